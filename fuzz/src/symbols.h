// Names for libFuzzer's output: NEW_FUNC lines, -print_coverage, -focus_function.
//
// libFuzzer asks the sanitizer runtime what a PC is called. Here tine is that runtime: a PC of
// coverage_map.h becomes a Wasm function name and an offset in the module.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tine/module.h"

namespace tine {

/// One module an instance, in order of the instances; `label` names the program.
void set_symbols(std::vector<std::shared_ptr<const Module>> modules, std::string label);

/// `format` in the sanitizers' notation: %p the PC, %F `in` and the function, %f the function,
/// %L module and offset, %s or %m the module, %l the offset.
[[nodiscard]] std::string symbolize(uintptr_t pc, std::string_view format);

}  // namespace tine
