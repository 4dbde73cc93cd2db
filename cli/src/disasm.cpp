// tine disasm: a module's instructions beside the threaded code that they become.
#include <algorithm>
#include <charconv>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "ending.h"
#include "options.h"
#include "text.h"
#include "tine/disasm.h"
#include "tine/program.h"

namespace tine::cli {

namespace {

struct DisasmOptions {
  std::string file;
  std::string func;  // a name or an index; empty: all
  CodeKind kind = CodeKind::kPlain;
  bool json = false;
};

/// The functions that `text` names: by name, as `func[N]`, or as N. All with a body if it is empty.
Result<std::vector<FuncIdx>> funcs_of(const Module& module, const std::string& text) {
  std::vector<FuncIdx> funcs;
  if (text.empty()) {
    for (FuncIdx f = module.imported_funcs; f < module.func_count(); ++f) funcs.push_back(f);
    return funcs;
  }
  funcs = module.funcs_named(text);
  FuncIdx index = 0;
  const std::string_view digits = text.starts_with("func[") && text.ends_with(']')
                                      ? std::string_view(text).substr(5, text.size() - 6)
                                      : std::string_view(text);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  const bool is_index = error == std::errc{} && end == digits.data() + digits.size();
  if (funcs.empty() && is_index && index < module.func_count()) funcs.push_back(index);
  const std::string name = escape_for_terminal(text);
  if (funcs.empty())
    return fail(ErrorCode::kUsage, kNoOffset, fmt::format("there is no function {}", name));
  std::erase_if(funcs, [&](FuncIdx f) { return module.is_imported(f); });
  if (funcs.empty())
    return fail(ErrorCode::kUsage, kNoOffset,
                fmt::format("{} is imported and has no instructions", name));
  return funcs;
}

// --- JSON ----------------------------------------------------------------------------------------

std::string_view kind_word(CodeOperand::Kind kind) {
  switch (kind) {
    case CodeOperand::Kind::kSlot: return "slot";
    case CodeOperand::Kind::kPin: return "pin";
    case CodeOperand::Kind::kImmediate: return "immediate";
    case CodeOperand::Kind::kIndex: return "index";
    case CodeOperand::Kind::kLabel: return "label";
    case CodeOperand::Kind::kCost: return "cost";
  }
  return "";
}

Json operand_facts(const CodeOperand& operand) {
  using Kind = CodeOperand::Kind;
  Json facts{{"role", operand.role}, {"kind", kind_word(operand.kind)}};
  const bool has_text = !operand.text.empty();
  if (operand.kind == Kind::kPin) {
    facts["pin"] = operand.text;
    facts["slot"] = operand.number;
  } else if (operand.kind != Kind::kCost) {
    if (has_text)
      facts["value"] = operand.text;
    else
      facts["value"] = operand.number;
  }
  if (operand.kind == Kind::kLabel || operand.kind == Kind::kCost)
    facts["instructions"] = operand.cost;
  return facts;
}

Json listing_facts(const Module& module, const FuncListing& listing) {
  Json instrs = Json::array();
  for (const InstrText& in : listing.instrs)
    instrs.push_back({{"offset", in.offset}, {"depth", in.depth}, {"text", in.text}});
  Json segments = Json::array();
  for (const CodeSegment& s : listing.segments)
    segments.push_back({{"cell", s.cell},
                        {"offset", s.offset},
                        {"instructions", s.count},
                        {"internal", s.is_internal}});
  Json ops = Json::array();
  for (const CodeOp& op : listing.ops) {
    Json operands = Json::array();
    for (const CodeOperand& operand : op.operands) operands.push_back(operand_facts(operand));
    ops.push_back({{"cell", op.cell},
                   {"cells", op.cells},
                   {"op", op.name},
                   {"offset", op.offset},
                   {"operands", std::move(operands)}});
  }
  return {{"func", listing.func},
          {"name", module.func_name(listing.func)},
          {"type", to_string(module.func_type(listing.func))},
          {"kind", name_of(listing.kind)},
          {"cells", listing.cells},
          {"local_slots", listing.local_slots},
          {"instrs", std::move(instrs)},
          {"segments", std::move(segments)},
          {"ops", std::move(ops)}};
}

// --- text ----------------------------------------------------------------------------------------

constexpr size_t kWasmColumns = 40;

/// The two columns: instructions flow down the left one, ops and segments down the right one.
class Columns {
 public:
  explicit Columns(const FuncListing& listing) : listing_(listing) {}

  void print() {
    size_t segment = 0;
    for (const CodeOp& op : listing_.ops) {
      for (; segment < listing_.segments.size() && listing_.segments[segment].cell <= op.cell;
           ++segment)
        print_segment(segment);
      print_instrs_before(op.offset);
      print_op(op);
    }
    print_instrs_before(~WasmOffset{0});
  }

 private:
  [[nodiscard]] std::string left_of(const InstrText& in) const {
    return fmt::format("{:#06x}  {:{}}{}", in.offset, "", 2 * in.depth, in.text);
  }
  static void print_row(std::string_view left, std::string_view right) {
    if (right.empty())
      fmt::print("  {}\n", left);
    else
      fmt::print("  {:{}} {}\n", left, kWasmColumns, right);
  }
  [[nodiscard]] bool is_next(WasmOffset offset) const {
    return next_ < listing_.instrs.size() && listing_.instrs[next_].offset == offset;
  }

  /// Instructions that stand before `offset` and became no op, or none any more.
  void print_instrs_before(WasmOffset offset) {
    for (; next_ < listing_.instrs.size() && listing_.instrs[next_].offset < offset; ++next_)
      print_row(left_of(listing_.instrs[next_]), "");
  }
  void print_segment(size_t number) {
    const CodeSegment& segment = listing_.segments[number];
    print_instrs_before(segment.offset);
    if (segment.is_internal)
      return print_row("", fmt::format("L{}: moves operands for a branch", number));
    print_row("", fmt::format("L{}: {} instruction{}", number, segment.count,
                              segment.count == 1 ? "" : "s"));
  }
  void print_op(const CodeOp& op) {
    std::string left;
    if (op.name != "enter" && is_next(op.offset)) left = left_of(listing_.instrs[next_++]);
    print_row(left, fmt::format("{:5}  {}", op.cell, to_string(op)));
  }

  const FuncListing& listing_;
  size_t next_ = 0;  // instruction
};

void print_listing(const Module& module, const FuncListing& listing) {
  fmt::print("func {} {}  {}\n", listing.func, escape_for_terminal(module.func_name(listing.func)),
             to_string(module.func_type(listing.func)));
  fmt::print("  {}: {} cells; the return word is s{}\n", name_of(listing.kind), listing.cells,
             listing.local_slots);
  Columns(listing).print();
}

Result<void> disasm(const DisasmOptions& options) {
  TINE_TRY_ASSIGN(const auto module, load_module(options.file));
  TINE_TRY_ASSIGN(const auto funcs, funcs_of(*module, options.func));
  const Disassembler disassembler(*module, options.kind);
  Json all = Json::array();
  for (const FuncIdx f : funcs) {
    const FuncListing listing = disassembler.func(f);
    if (options.json) {
      all.push_back(listing_facts(*module, listing));
      continue;
    }
    if (f != funcs.front()) fmt::print("\n");
    print_listing(*module, listing);
  }
  if (options.json) print_json(all);
  return {};
}

}  // namespace

void add_disasm(CLI::App& app, int& status) {
  auto options = std::make_shared<DisasmOptions>();
  CLI::App* command =
      app.add_subcommand("disasm", "Shows instructions beside the threaded code they become");
  command->add_option("FILE", options->file, "app.wasm or app.wat")->type_name("FILE")->required();
  command->add_option("--func", options->func, "Only functions of this name, or with this index")
      ->type_name("NAME|N");
  add_kind(*command, options->kind);
  add_json(*command, options->json);
  command->footer(
      "Left, each instruction with its offset in the file; right, the cells it became: the number\n"
      "of the first one, the handler and its operands. sN is a slot of the frame; acc, facc and\n"
      "dacc are the registers that the latest results also stand in; LN a segment, whose\n"
      "instructions are counted at once by whatever leads there: `→ L2 (6)`. "
      "docs/threaded-code.md\n"
      "tells more. --json has the same as data.\n"
      "Examples:\n"
      "  tine disasm app.wasm\n"
      "  tine disasm --func parse --kind stepping app.wasm");
  command->callback([options, &status] {
    if (const auto done = disasm(*options); !done)
      status = end_with_error(done.error(), options->file);
  });
}

}  // namespace tine::cli
