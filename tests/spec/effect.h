// Effect: all that can be seen of one call from outside, for comparing two ways to make it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tine/machine.h"

namespace tine::spec {

struct Effect {
  Outcome outcome;
  std::vector<Value> results;  // where the outcome is kReturned
  uint64_t instructions = 0;   // the machine's count afterwards
};

[[nodiscard]] Effect effect_of(const Machine& machine, const Outcome& outcome);
/// Same way to end, at the same place, with the same results after the same number of instructions.
[[nodiscard]] bool same(const Effect& a, const Effect& b);
[[nodiscard]] std::string to_string(const Effect& effect);
/// `i32:1 f32:2`, or `nothing`.
[[nodiscard]] std::string to_string(const std::vector<Value>& values);

}  // namespace tine::spec
