// Element and data segments.
#include "text/field_encoder.h"
#include "text/instr_encoder.h"

namespace tine::text {
namespace {

constexpr uint8_t kI32Const = 0x41;
constexpr uint8_t kI64Const = 0x42;
constexpr uint8_t kRefFunc = 0xd2;
constexpr uint8_t kEnd = 0x0b;

// Flags of element segments. spec: binary/modules#element-section
constexpr uint32_t kNotActive = 1;
constexpr uint32_t kHasTable = 2;  // of segments that are not active: declarative
constexpr uint32_t kExpressions = 4;
constexpr uint8_t kElementsAreFunctions = 0;

// Forms of data segments. spec: binary/modules#data-section
constexpr uint32_t kActiveData = 0;
constexpr uint32_t kPassiveData = 1;
constexpr uint32_t kActiveDataOfMemory = 2;

const TypeCode kFuncRef = "\x70";
const TypeCode kNonNullFuncRef = "\x64\x70";

/// The LEB128 of the function, where an expression is `ref.func` of one.
std::optional<std::string_view> single_function(std::string_view expression) {
  if (static_cast<uint8_t>(expression[0]) != kRefFunc) return std::nullopt;
  size_t length = 1;
  while ((expression[length] & 0x80) != 0) ++length;
  if (expression.size() != length + 2) return std::nullopt;
  return expression.substr(1, length);
}

}  // namespace

/// `(offset …)`, or one folded instruction.
Result<void> FieldEncoder::offset(ByteWriter& out) {
  if (in_.take_form("offset")) {
    TINE_TRY(expression(out, no_locals()));
    return in_.expect(TokenKind::kRight);
  }
  return folded_expression(out);
}

Result<void> FieldEncoder::folded_expression(ByteWriter& out) {
  if (!in_.at(TokenKind::kLeft)) return in_.unexpected();
  const IndexSpace locals = no_locals();
  const CodeContext context{in_, out, scope_, table_, locals, sections_.needs_data_count};
  TINE_TRY(InstrEncoder(context).folded());
  out.byte(kEnd);
  return {};
}

FieldEncoder::Target FieldEncoder::at_zero(uint32_t index, bool is_64) {
  Target target{.index = index, .offset = {}};
  target.offset.byte(is_64 ? kI64Const : kI32Const);
  target.offset.byte(0);
  target.offset.byte(kEnd);
  return target;
}

/// Table or memory and offset of an active segment, both optional. The index may also stand alone,
/// as it did in the first version.
Result<FieldEncoder::Target> FieldEncoder::target(std::string_view word, const IndexSpace& space) {
  Target target;
  bool is_active = in_.at(TokenKind::kLeft) && !types_.at_reference_type();
  if (in_.take_form(word)) {
    TINE_TRY_ASSIGN(target.index, space.read(in_));
    TINE_TRY(in_.expect(TokenKind::kRight));
    is_active = true;
  } else if (in_.at_index()) {
    TINE_TRY_ASSIGN(target.index, space.read(in_));
    is_active = true;
  }
  if (is_active) TINE_TRY(offset(target.offset));
  return target;
}

// ------------------------------------------------------------------------------------------------
// Elements

Result<void> FieldEncoder::elem() {
  (void)in_.take_id();  // the scope knows it
  const bool is_declarative = in_.take_word("declare");
  Target place;
  bool has_table = false;
  if (!is_declarative) {
    has_table = in_.at_form("table");
    TINE_TRY_ASSIGN(place, target("table", scope_.tables));
  }
  const bool may_omit_type = !place.offset.empty() && !has_table;
  TINE_TRY_ASSIGN(const Elements elements, element_list(may_omit_type));
  add_elements(place, is_declarative, elements);
  return in_.expect(TokenKind::kRight);
}

/// `func $f $g`, or a type and expressions; `$f $g` alone is left from the first version.
Result<FieldEncoder::Elements> FieldEncoder::element_list(bool may_omit_type) {
  Elements elements;
  elements.type = kFuncRef;
  if (types_.at_reference_type()) {
    TINE_TRY_ASSIGN(const ReferenceType type, types_.reference_type());
    elements.type = type.code();
    TINE_TRY(expression_elements(elements));
  } else if (in_.take_word("func") || may_omit_type) {
    TINE_TRY(function_elements(elements));
  } else {
    return in_.unexpected();
  }
  return elements;
}

Result<void> FieldEncoder::function_elements(Elements& elements) {
  for (; in_.at_index(); ++elements.count) {
    TINE_TRY_ASSIGN(const uint32_t func, scope_.funcs.read(in_));
    elements.functions.u64(func);
    elements.expressions.byte(kRefFunc);
    elements.expressions.u64(func);
    elements.expressions.byte(kEnd);
  }
  return {};
}

/// `(item …)`, or one folded instruction each.
Result<void> FieldEncoder::expression_elements(Elements& elements) {
  for (; in_.at(TokenKind::kLeft); ++elements.count) {
    ByteWriter item;
    if (in_.take_form("item")) {
      TINE_TRY(expression(item, no_locals()));
      TINE_TRY(in_.expect(TokenKind::kRight));
    } else {
      TINE_TRY(folded_expression(item));
    }
    elements.expressions.raw(item.view());
    const auto func = single_function(item.view());
    elements.are_functions = elements.are_functions && func;
    if (func) elements.functions.raw(*func);
  }
  return {};
}

/// As short as the binary format allows: function indices where all elements are functions, and
/// nothing about the table where it is the first one.
void FieldEncoder::add_elements(const Target& target, bool is_declarative,
                                const Elements& elements) {
  const bool is_active = !target.offset.empty();
  const bool has_func_type = elements.type == kFuncRef || elements.type == kNonNullFuncRef;
  const bool are_functions = elements.are_functions && has_func_type;
  const bool has_table = is_active && (target.index != 0 || elements.type != kFuncRef);
  const uint32_t flags = (is_active ? 0 : kNotActive) |
                         (is_declarative || has_table ? kHasTable : 0) |
                         (are_functions ? 0 : kExpressions);
  ByteWriter& out = sections_.elems.next();
  out.u64(flags);
  if (has_table) out.u64(target.index);
  out.raw(target.offset.view());
  if ((flags & (kNotActive | kHasTable)) != 0) {
    if (are_functions) {
      out.byte(kElementsAreFunctions);
    } else {
      out.raw(elements.type);
    }
  }
  out.u64(elements.count);
  out.raw(are_functions ? elements.functions.view() : elements.expressions.view());
}

// ------------------------------------------------------------------------------------------------
// Data

Result<void> FieldEncoder::data() {
  (void)in_.take_id();  // the scope knows it
  TINE_TRY_ASSIGN(const Target place, target("memory", scope_.memories));
  add_data(place, in_.take_strings());
  return in_.expect(TokenKind::kRight);
}

void FieldEncoder::add_data(const Target& target, std::string_view bytes) {
  ByteWriter& out = sections_.datas.next();
  if (target.offset.empty()) {
    out.u64(kPassiveData);
  } else if (target.index == 0) {
    out.u64(kActiveData);
  } else {
    out.u64(kActiveDataOfMemory);
    out.u64(target.index);
  }
  out.raw(target.offset.view());
  out.sized(bytes);
}

}  // namespace tine::text
