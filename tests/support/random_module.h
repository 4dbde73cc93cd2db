// Random modules: valid by construction, small, and full of what an interpreter can get wrong.
//
// A seed gives a module with a handful of functions that call each other (directly, indirectly, in
// tail position, with several results), locals set while older values of them stand on the operand
// stack, every numeric instruction, nested blocks with parameters and results, bounded loops and
// some endless ones, branches with values, dead code, two memories and two tables, a third of them
// with 64-bit addresses, and passive segments. Most runs return, some trap, a few never end: give them fuel.
//
//   imports   "test" "mix": [i32 i64] -> [i64], which add_random_module_hosts() supplies
//   exports   "f0", "f1", …: all defined functions;  "m0", "m1": the memories
#pragma once

#include <cstdint>
#include <vector>

#include "support/random_source.h"
#include "tine/host.h"

namespace tine::test {

/// The module of a seed: the same bytes everywhere.
[[nodiscard]] std::vector<uint8_t> random_module(uint64_t seed);

/// `test.mix`: its result depends on both arguments, and it costs extra instructions.
void add_random_module_hosts(HostRegistry& registry);

/// Arguments for a call of one of its functions.
[[nodiscard]] std::vector<Value> random_args(RandomSource& random, const FuncType& type);

}  // namespace tine::test
