#include "support/hostile_module.h"

#include "tine/code.h"
#include "tine/instr.h"
#include "tine/module.h"
#include "tine/text.h"

namespace tine::test {
namespace {

std::optional<std::string> error_misbehaviour(const Error& error, size_t size) {
  if (error.detail.empty()) return "an error without a reason";
  if (error.byte_offset > size) return "an error outside of the input: " + error.detail;
  return std::nullopt;
}

/// What a walk over a validated body must find.
std::optional<std::string> body_misbehaviour(const Module& module, const FuncBody& body) {
  InstrReader reader(module.bytes(), body.begin, body.end);
  while (!reader.at_end())
    if (const auto instr = reader.next(); !instr)
      return "code that was validated cannot be read: " + instr.error().detail;
  if (reader.offset() != body.end) return "the last instruction ends behind its function";
  return std::nullopt;
}

std::optional<std::string> answers_misbehaviour(const Module& module) {
  if (coverage_edges(module).size() != edge_count(module)) return "edges are miscounted";
  for (FuncIdx f = 0; f < module.func_count(); ++f) {
    if (module.func_name(f).empty()) return "a function without a name";
    if (module.is_imported(f)) continue;
    const FuncBody& body = module.body(f);
    if (module.local_types(f).size() != body.local_count) return "locals are miscounted";
    if (auto wrong = body_misbehaviour(module, body)) return wrong;
  }
  for (const CustomSection& custom : module.customs)
    if (module.contents(custom).size() != custom.size) return "a custom section out of bounds";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> module_misbehaviour(const std::vector<uint8_t>& bytes) {
  const auto module = Module::create(bytes);
  if (!module) return error_misbehaviour(module.error(), bytes.size());
  return answers_misbehaviour(**module);
}

std::optional<std::string> text_misbehaviour(const std::string& text) {
  const auto binary = encode_text_module(text, {.names = true});
  if (!binary) {
    if (auto wrong = error_misbehaviour(binary.error(), text.size())) return wrong;
  } else if (auto wrong = module_misbehaviour(*binary)) {
    return wrong;
  }
  const auto script = read_script(text);
  return script ? std::nullopt : error_misbehaviour(script.error(), text.size());
}

}  // namespace tine::test
