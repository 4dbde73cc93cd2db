#include "symbols.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "coverage_map.h"

namespace tine {

namespace {

struct Symbols {
  std::vector<std::shared_ptr<const Module>> modules;
  std::string label;
};
Symbols g_symbols;

/// The function whose body holds `offset`, or nothing.
std::string func_at(const Module& module, WasmOffset offset) {
  const auto after = std::ranges::upper_bound(module.bodies, offset, {}, &FuncBody::begin);
  if (after == module.bodies.begin()) return "?";
  const auto index = static_cast<FuncIdx>(after - module.bodies.begin() - 1);
  if (offset >= module.bodies[index].end) return "?";
  return escape_for_terminal(module.func_name(module.imported_funcs + index));
}

}  // namespace

void set_symbols(std::vector<std::shared_ptr<const Module>> modules, std::string label) {
  g_symbols = {std::move(modules), std::move(label)};
}

std::string symbolize(uintptr_t pc, std::string_view format) {
  // libFuzzer asks about the instruction behind a PC. PCs of a table are offsets of branches, and
  // every branch has its opcode's byte before the next instruction: one back is still inside.
  const WasmOffset offset = offset_of_pc(pc) - 1;
  const InstanceIdx instance = instance_of_pc(pc);
  std::string func = "?";
  if (instance < g_symbols.modules.size()) func = func_at(*g_symbols.modules[instance], offset);
  std::string text;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      text += format[i];
      continue;
    }
    switch (format[++i]) {
      case 'p': text += fmt::format("{:#x}", offset); break;
      case 'F': text += "in " + func; break;
      case 'f': text += func; break;
      case 'L': text += fmt::format("{}:{:#x}", g_symbols.label, offset); break;
      case 's':
      case 'm': text += g_symbols.label; break;
      case 'l': text += fmt::format("{:#x}", offset); break;
      default: text += format[i];
    }
  }
  return text;
}

}  // namespace tine

// Under AddressSanitizer its own runtime has these functions, and libFuzzer's output stays without
// Wasm names.
#ifndef TINE_ADDRESS_SANITIZER
namespace tine {
namespace {

void copy_out(const std::string& text, char* out, size_t size) {
  if (size == 0) return;
  const size_t length = std::min(text.size(), size - 1);
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

}  // namespace
}  // namespace tine

extern "C" {

void __sanitizer_symbolize_pc(void* pc, const char* format, char* out, size_t size) {
  tine::copy_out(tine::symbolize(reinterpret_cast<uintptr_t>(pc), format), out, size);
}

int __sanitizer_get_module_and_offset_for_pc(void* pc, char* module, size_t size, void** offset) {
  tine::copy_out(tine::g_symbols.label, module, size);
  *offset = pc;
  return 1;
}

/// libFuzzer calls this for trouble outside the guest: a signal in tine itself, its own alarm, too
/// much memory. The guest is in the middle of an instruction then and has no frames to show.
void __sanitizer_print_stack_trace() {}

/// One thread of one process reports at a time; the guest's findings come from one thread anyway.
int __sanitizer_acquire_crash_state() { return 1; }

/// Findings call libFuzzer's death callback directly (ending.cpp).
void __sanitizer_set_death_callback(void (*)()) {}

}  // extern "C"
#endif
