// Changes a module as somebody would who knows the format and means harm.
//
// Random changes to a module's bytes mostly break the size of a section, and nothing behind that is
// looked at any more. So a module is taken apart, one section or one function body is changed, and
// all sizes are made to fit again; or an instruction becomes another one with the same operands and
// results, and the module stays valid. Now and then the bytes are changed as they come.
#pragma once

#include <cstdint>
#include <vector>

#include "support/random_source.h"

namespace tine::test {

/// Changes it once. Pre: inside libFuzzer, whose own mutations are used for the pieces.
void mutate_module(std::vector<uint8_t>& module, RandomSource& random);

/// libFuzzer's custom mutator for inputs that are a module and then `tail_bytes` of choices: changes
/// them in place and returns the new size, at most `most`.
[[nodiscard]] size_t mutate_input(uint8_t* data, size_t size, size_t most, unsigned seed,
                                  size_t tail_bytes);

}  // namespace tine::test
