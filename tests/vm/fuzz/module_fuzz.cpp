// A libFuzzer target over the decoder and the validator: `./run soak modules [SECONDS]`.
//
// An input is a module. What must hold: test::module_misbehaviour. The sanitizers watch.
#include <fmt/format.h>

#include <cstdlib>

#include "support/hostile_module.h"
#include "vm/fuzz/module_mutator.h"

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  return tine::test::mutate_input(data, size, max_size, seed, 0);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (const auto wrong = tine::test::module_misbehaviour({data, data + size})) {
    fmt::print(stderr, "module_fuzz: {}\n", *wrong);
    std::abort();
  }
  return 0;
}
