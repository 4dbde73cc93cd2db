#include "text/script_values.h"

#include <optional>

#include "text/vector_literal.h"

namespace tine::text {
namespace {

using Kind = ScriptValue::Kind;
using Nan = ScriptValue::Nan;

Result<ScriptValue> read_value(TokenReader& in);

struct NumberForm {
  std::string_view word;
  ValType type;
  VectorShape shape;  // a number is a vector of one lane
};

constexpr NumberForm kNumberForms[] = {
    {"i32.const", ValType::kI32, {"", 1, 32, false}},
    {"i64.const", ValType::kI64, {"", 1, 64, false}},
    {"f32.const", ValType::kF32, {"", 1, 32, true}},
    {"f64.const", ValType::kF64, {"", 1, 64, true}},
};

Result<ScriptValue::Lane> read_lane(TokenReader& in, const VectorShape& shape) {
  if (shape.is_float && in.take_word("nan:canonical"))
    return ScriptValue::Lane{.nan = Nan::kCanonical};
  if (shape.is_float && in.take_word("nan:arithmetic"))
    return ScriptValue::Lane{.nan = Nan::kArithmetic};
  TINE_TRY_ASSIGN(const uint64_t bits, expect_lane(in, shape));
  return ScriptValue::Lane{.bits = bits};
}

Result<ScriptValue> read_lanes(TokenReader& in, ValType type, const VectorShape& shape) {
  ScriptValue value{.type = type, .lane_bits = shape.lane_bits};
  for (uint32_t i = 0; i < shape.lane_count; ++i) {
    TINE_TRY_ASSIGN(const ScriptValue::Lane lane, read_lane(in, shape));
    value.lanes.push_back(lane);
  }
  return value;
}

/// What a reference with a number is.
std::optional<Kind> numbered_kind(std::string_view heap_type) {
  if (heap_type == "extern") return Kind::kRefExtern;
  if (heap_type == "host") return Kind::kRefHost;
  if (heap_type == "func") return Kind::kRefFunc;
  return std::nullopt;
}

/// `(ref.null func)`, `(ref.extern 1)`, `(ref.func)`: the form's word has been read.
Result<ScriptValue> read_reference(TokenReader& in, std::string_view word) {
  ScriptValue value{.kind = Kind::kRefAny};
  value.heap_type = word.substr(std::string_view("ref.").size());
  value.type = value.heap_type == "func" ? ValType::kFuncRef : ValType::kExternRef;
  if (value.heap_type == "null") {
    value.kind = Kind::kRefNull;
    value.heap_type.clear();
    if (in.at(TokenKind::kWord)) {
      TINE_TRY_ASSIGN(value.heap_type, in.expect_word());
    }
    value.type = value.heap_type == "extern" ? ValType::kExternRef : ValType::kFuncRef;
  } else if (const auto kind = numbered_kind(value.heap_type); kind && in.at_index()) {
    value.kind = *kind;
    TINE_TRY_ASSIGN(const uint64_t handle, in.expect_unsigned(32));
    value.handle = static_cast<uint32_t>(handle);
  }
  return value;
}

Result<ScriptValue> read_form(TokenReader& in, std::string_view word) {
  for (const NumberForm& form : kNumberForms)
    if (word == form.word) return read_lanes(in, form.type, form.shape);
  if (word == "v128.const") {
    TINE_TRY_ASSIGN(const VectorShape shape, expect_shape(in));
    return read_lanes(in, ValType::kV128, shape);
  }
  return read_reference(in, word);
}

/// `(either value value…)`; its choices are no choices themselves.
Result<ScriptValue> read_either(TokenReader& in) {
  ScriptValue value{.kind = Kind::kEither};
  while (in.at(TokenKind::kLeft)) {
    if (in.at_form("either")) return in.unexpected_form();
    TINE_TRY_ASSIGN(ScriptValue choice, read_value(in));
    value.choices.push_back(std::move(choice));
  }
  TINE_TRY(in.expect(TokenKind::kRight));
  return value;
}

Result<ScriptValue> read_value(TokenReader& in) {
  if (in.take_form("either")) return read_either(in);
  const std::string_view word = in.text_of(in.peek(1));
  const bool is_value = word.ends_with(".const") || word.starts_with("ref.");
  if (!in.at(TokenKind::kLeft) || !is_value) return in.unexpected_form();
  in.skip();
  in.skip();
  TINE_TRY_ASSIGN(ScriptValue value, read_form(in, word));
  TINE_TRY(in.expect(TokenKind::kRight));
  return value;
}

}  // namespace

Result<std::vector<ScriptValue>> read_values(TokenReader& in) {
  std::vector<ScriptValue> values;
  while (in.at(TokenKind::kLeft)) {
    TINE_TRY_ASSIGN(ScriptValue value, read_value(in));
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace tine::text
