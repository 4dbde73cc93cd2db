// A libFuzzer target over the text reader, as a module and as a script: `./run soak modules
// [SECONDS]`. What comes out as a binary goes on to the decoder.
//
// An input is a text. What must hold: test::text_misbehaviour. The sanitizers watch.
#include <fmt/format.h>

#include <cstdlib>

#include "support/hostile_module.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (const auto wrong = tine::test::text_misbehaviour({data, data + size})) {
    fmt::print(stderr, "text_fuzz: {}\n", *wrong);
    std::abort();
  }
  return 0;
}
