#include "spec/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "spec/forms.h"

namespace tine::spec {
namespace {

using Kind = ScriptValue::Kind;
using Lane = ScriptValue::Lane;
using Nan = ScriptValue::Nan;

constexpr std::array kCommandNames{
    std::pair{ScriptCommandKind::kModule, "module"},
    std::pair{ScriptCommandKind::kRegister, "register"},
    std::pair{ScriptCommandKind::kAction, "action"},
    std::pair{ScriptCommandKind::kAssertReturn, "assert_return"},
    std::pair{ScriptCommandKind::kAssertTrap, "assert_trap"},
    std::pair{ScriptCommandKind::kAssertExhaustion, "assert_exhaustion"},
    std::pair{ScriptCommandKind::kAssertException, "assert_exception"},
    std::pair{ScriptCommandKind::kAssertSuspension, "assert_suspension"},
    std::pair{ScriptCommandKind::kAssertInvalid, "assert_invalid"},
    std::pair{ScriptCommandKind::kAssertMalformed, "assert_malformed"},
    std::pair{ScriptCommandKind::kAssertInvalidCustom, "assert_invalid_custom"},
    std::pair{ScriptCommandKind::kAssertMalformedCustom, "assert_malformed_custom"},
    std::pair{ScriptCommandKind::kAssertUnlinkable, "assert_unlinkable"},
    std::pair{ScriptCommandKind::kAssertUninstantiable, "assert_uninstantiable"},
};

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The type that holds references to a heap type, for those that tine has.
ValType ref_type(const std::string& heap_type) {
  if (heap_type == "func") return ValType::kFuncRef;
  if (heap_type == "extern") return ValType::kExternRef;
  if (heap_type == "exn") return ValType::kExnRef;
  throw std::runtime_error("reference type not supported: " + heap_type);
}

uint64_t mask_of(uint32_t bits) { return bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1; }

Value number_of(const ScriptValue& value) {
  Value out = Value::zero(value.type);
  for (size_t i = 0; i < value.lanes.size(); ++i) {
    const size_t at = i * value.lane_bits;
    (at < 64 ? out.lo : out.hi) |= (value.lanes[i].bits & mask_of(value.lane_bits)) << (at % 64);
  }
  return out;
}

/// A reference stands in a Value as its handle plus one.
Value argument_of(const ScriptValue& value) {
  switch (value.kind) {
    case Kind::kNumber: return number_of(value);
    case Kind::kRefNull: return Value::zero(ref_type(value.heap_type));
    case Kind::kRefExtern: return Value::ref(ValType::kExternRef, uint64_t{value.handle} + 1);
    case Kind::kRefFunc: return Value::ref(ValType::kFuncRef, uint64_t{value.handle} + 1);
    default: throw std::runtime_error("not an argument: " + to_string(value));
  }
}

bool is_canonical_nan(uint64_t bits, uint32_t width) {
  if (width == 32) return (bits & 0x7fff'ffff) == 0x7fc0'0000;
  return (bits & 0x7fff'ffff'ffff'ffff) == 0x7ff8'0000'0000'0000;
}

bool is_arithmetic_nan(uint64_t bits, uint32_t width) {
  const uint64_t quiet = width == 32 ? 0x7fc0'0000 : 0x7ff8'0000'0000'0000;
  return (bits & quiet) == quiet;
}

bool matches_lane(const Lane& expected, uint64_t bits, uint32_t width) {
  switch (expected.nan) {
    case Nan::kNone: return bits == (expected.bits & mask_of(width));
    case Nan::kCanonical: return is_canonical_nan(bits, width);
    case Nan::kArithmetic: return is_arithmetic_nan(bits, width);
  }
  return false;
}

bool matches_number(const ScriptValue& expected, const Value& actual) {
  if (actual.type != expected.type) return false;
  for (size_t i = 0; i < expected.lanes.size(); ++i) {
    const size_t at = i * expected.lane_bits;
    const uint64_t bits = (at < 64 ? actual.lo : actual.hi) >> (at % 64);
    if (!matches_lane(expected.lanes[i], bits & mask_of(expected.lane_bits), expected.lane_bits))
      return false;
  }
  return expected.type == ValType::kV128 || actual.hi == 0;
}

bool has_heap_type(const ScriptValue& expected, const Value& actual) {
  return is_ref(actual.type) &&
         (expected.heap_type.empty() || actual.type == ref_type(expected.heap_type));
}

std::string lane_text(const Lane& lane) {
  switch (lane.nan) {
    case Nan::kNone: return fmt::format("{:#x}", lane.bits);
    case Nan::kCanonical: return "nan:canonical";
    case Nan::kArithmetic: return "nan:arithmetic";
  }
  return "?";
}

std::string number_text(const ScriptValue& value) {
  const bool is_plain =
      std::ranges::all_of(value.lanes, [](const Lane& lane) { return lane.nan == Nan::kNone; });
  if (is_plain) return tine::to_string(number_of(value));
  std::string lanes;
  for (const Lane& lane : value.lanes) lanes += (lanes.empty() ? "" : " ") + lane_text(lane);
  return fmt::format("{}:{}", tine::name_of(value.type), lanes);
}

}  // namespace

Script read_script_file(const std::filesystem::path& suite, const std::string& name,
                        const std::vector<uint32_t>& pending_lines) {
  Script script;
  script.name = name;
  std::string text = read_text(suite / name);
  std::vector<uint32_t> unmatched;
  script.left_out = blank_forms(text, pending_lines, unmatched);
  if (!unmatched.empty())
    throw std::runtime_error(
        fmt::format("pending.txt: {}:{}: no form starts on this line", name, unmatched[0]));
  auto commands = read_script(text);
  if (!commands) throw std::runtime_error(commands.error().to_line(name));
  script.commands = std::move(*commands);
  return script;
}

const char* name_of(ScriptCommandKind kind) {
  for (const auto& [k, text] : kCommandNames)
    if (k == kind) return text;
  return "?";
}

Action action_of(const ScriptAction& action) {
  Action out{action.is_get, action.module, action.name, {}};
  for (const ScriptValue& value : action.arguments) out.args.push_back(argument_of(value));
  return out;
}

bool matches(const ScriptValue& expected, const Value& actual) {
  switch (expected.kind) {
    case Kind::kNumber: return matches_number(expected, actual);
    case Kind::kRefNull: return has_heap_type(expected, actual) && actual.lo == kNullRef;
    case Kind::kRefAny: return has_heap_type(expected, actual) && actual.lo != kNullRef;
    case Kind::kRefExtern:
    case Kind::kRefFunc: return actual == argument_of(expected);
    case Kind::kRefHost: return false;  // of the type any, which tine does not have
    case Kind::kEither:
      return std::ranges::any_of(
          expected.choices, [&](const ScriptValue& choice) { return matches(choice, actual); });
  }
  return false;
}

std::string to_string(const ScriptValue& expected) {
  switch (expected.kind) {
    case Kind::kNumber: return number_text(expected);
    case Kind::kRefNull: return fmt::format("ref.null {}", expected.heap_type);
    case Kind::kRefAny: return fmt::format("ref.{}", expected.heap_type);
    case Kind::kRefExtern: return fmt::format("ref.extern {}", expected.handle);
    case Kind::kRefHost: return fmt::format("ref.host {}", expected.handle);
    case Kind::kRefFunc: return fmt::format("ref.func {}", expected.handle);
    case Kind::kEither: {
      std::string text = "either";
      for (const ScriptValue& choice : expected.choices) text += " " + to_string(choice);
      return text;
    }
  }
  return "?";
}

}  // namespace tine::spec
