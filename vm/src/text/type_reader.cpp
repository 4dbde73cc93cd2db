#include "text/type_reader.h"

#include <array>

#include "limit_check.h"

namespace tine::text {
namespace {

constexpr char kNonNullable = '\x64';
constexpr char kNullable = '\x63';
constexpr char kExact = '\x62';

struct NamedCode {
  std::string_view name;
  uint8_t code;
};

constexpr NamedCode kValueTypes[] = {
#define TINE_VALUE_TYPE(code, text) {text, code},
#include "text/types.def"
};
constexpr NamedCode kReferenceTypes[] = {
#define TINE_HEAP_TYPE(code, text, reference) {reference, code},
#include "text/types.def"
};
constexpr NamedCode kHeapTypes[] = {
#define TINE_HEAP_TYPE(code, text, reference) {text, code},
#include "text/types.def"
};

template <size_t kCount>
std::optional<TypeCode> find_code(const NamedCode (&table)[kCount], const TokenReader& in) {
  if (!in.at(TokenKind::kWord)) return std::nullopt;
  for (const NamedCode& row : table)
    if (row.name == in.text()) return TypeCode(1, static_cast<char>(row.code));
  return std::nullopt;
}

template <size_t kCount>
std::optional<TypeCode> take_code(const NamedCode (&table)[kCount], TokenReader& in) {
  auto code = find_code(table, in);
  if (code) in.skip();
  return code;
}

/// A type index where heap types are meant is a positive number of 33 bits.
TypeCode index_code(uint32_t index) {
  ByteWriter out;
  out.s64(index);
  return TypeCode(out.view());
}

}  // namespace

TypeCode ReferenceType::code() const {
  const bool is_abstract = heap_type.size() == 1 && (heap_type[0] & 0x40) != 0;
  if (is_nullable && is_abstract) return heap_type;
  return (is_nullable ? kNullable : kNonNullable) + heap_type;
}

bool TypeReader::at_reference_type() const {
  return in_.at_form("ref") || find_code(kReferenceTypes, in_);
}

Result<TypeCode> TypeReader::value_type() {
  if (auto code = take_code(kValueTypes, in_)) return *code;
  TINE_TRY_ASSIGN(const ReferenceType type, reference_type());
  return type.code();
}

Result<TypeCode> TypeReader::heap_type() {
  if (auto code = take_code(kHeapTypes, in_)) return *code;
  if (in_.take_form("exact")) {
    TINE_TRY_ASSIGN(const uint32_t index, scope_.types.read(in_));
    TINE_TRY(in_.expect(TokenKind::kRight));
    return kExact + index_code(index);
  }
  TINE_TRY_ASSIGN(const uint32_t index, scope_.types.read(in_));
  return index_code(index);
}

Result<ReferenceType> TypeReader::reference_type() {
  if (auto code = take_code(kReferenceTypes, in_)) return ReferenceType{true, *code};
  TINE_TRY(in_.expect_form("ref"));
  ReferenceType type;
  type.is_nullable = in_.take_word("null");
  TINE_TRY_ASSIGN(type.heap_type, heap_type());
  TINE_TRY(in_.expect(TokenKind::kRight));
  return type;
}

Result<TypeCode> TypeReader::mutable_type(Result<TypeCode> (TypeReader::*inner)()) {
  const bool is_mutable = in_.take_form("mut");
  TINE_TRY_ASSIGN(const TypeCode type, (this->*inner)());
  if (is_mutable) TINE_TRY(in_.expect(TokenKind::kRight));
  return type + (is_mutable ? '\1' : '\0');
}

Result<TypeCode> TypeReader::global_type() { return mutable_type(&TypeReader::value_type); }

/// Packed types exist in fields only. spec: text/types#text-storagetype
Result<TypeCode> TypeReader::storage_type() {
  if (in_.take_word("i8")) return TypeCode("\x78");
  if (in_.take_word("i16")) return TypeCode("\x77");
  return value_type();
}

/// spec: text/types#recursive-types
Result<void> TypeReader::definition() {
  const uint32_t begin = in_.here().begin;
  std::vector<Definition> group;
  if (in_.take_form("rec")) {
    while (!in_.at(TokenKind::kRight)) {
      TINE_TRY_ASSIGN(Definition definition, single_definition());
      group.push_back(std::move(definition));
    }
    in_.skip();
  } else {
    TINE_TRY_ASSIGN(Definition definition, single_definition());
    group.push_back(std::move(definition));
  }
  table_.add_group(std::move(group));
  return check_limit(limit::types, table_.count(), begin);
}

Result<TypeTable::Definition> TypeReader::single_definition() {
  TINE_TRY(in_.expect_form("type"));
  (void)in_.take_id();  // the scope knows it
  scope_.fields.emplace_back("field", "field");
  TINE_TRY_ASSIGN(Definition definition, sub_type());
  TINE_TRY(in_.expect(TokenKind::kRight));
  return definition;
}

/// spec: text/types#text-subtype
Result<TypeTable::Definition> TypeReader::sub_type() {
  if (!in_.take_form("sub")) return described_type();
  constexpr uint8_t kSub = 0x50;
  constexpr uint8_t kFinalSub = 0x4f;
  const bool is_final = in_.take_word("final");
  std::vector<uint32_t> super_types;
  while (in_.at_index()) {
    TINE_TRY_ASSIGN(const uint32_t index, scope_.types.read(in_));
    super_types.push_back(index);
  }
  TINE_TRY_ASSIGN(Definition definition, described_type());
  TINE_TRY(in_.expect(TokenKind::kRight));
  if (is_final && super_types.empty()) return definition;
  ByteWriter head;
  head.byte(is_final ? kFinalSub : kSub);
  head.u64(super_types.size());
  for (const uint32_t index : super_types) head.u64(index);
  definition.code.insert(0, head.view());
  return definition;
}

/// Custom descriptors: `(describes $a) (descriptor $b) (struct …)`. Not from the core spec.
Result<TypeTable::Definition> TypeReader::described_type() {
  constexpr uint8_t kDescribes = 0x4c;
  constexpr uint8_t kDescriptor = 0x4d;
  ByteWriter head;
  for (const bool is_describes : {true, false}) {
    if (!in_.take_form(is_describes ? "describes" : "descriptor")) continue;
    TINE_TRY_ASSIGN(const uint32_t index, scope_.types.read(in_));
    TINE_TRY(in_.expect(TokenKind::kRight));
    head.byte(is_describes ? kDescribes : kDescriptor);
    head.u64(index);
  }
  TINE_TRY_ASSIGN(Definition definition, composite_type());
  definition.code.insert(0, head.view());
  return definition;
}

/// spec: text/types#composite-types
Result<TypeTable::Definition> TypeReader::composite_type() {
  constexpr char kArray = '\x5e';
  Definition definition;
  if (in_.take_form("func")) {
    IndexSpace names = no_locals();  // may be given, must differ, mean nothing
    TINE_TRY_ASSIGN(definition.signature, signature(&names));
    definition.code = encode_function_type(*definition.signature);
  } else if (in_.take_form("struct")) {
    TINE_TRY_ASSIGN(definition.code, struct_type());
  } else if (in_.take_form("array")) {
    TINE_TRY_ASSIGN(const TypeCode element, mutable_type(&TypeReader::storage_type));
    definition.code = kArray + element;
  } else {
    return in_.unexpected_form();
  }
  TINE_TRY(in_.expect(TokenKind::kRight));
  return definition;
}

/// `(field $x i32)` has one name, `(field i32 i64)` stands for two fields.
Result<std::string> TypeReader::struct_type() {
  constexpr uint8_t kStruct = 0x5f;
  IndexSpace& fields = scope_.fields.back();
  ByteWriter types;
  while (in_.take_form("field")) {
    const bool is_named = in_.at(TokenKind::kId);
    while (is_named || !in_.at(TokenKind::kRight)) {
      TINE_TRY(fields.add(in_));
      TINE_TRY_ASSIGN(const TypeCode type, mutable_type(&TypeReader::storage_type));
      types.raw(type);
      if (is_named) break;
    }
    TINE_TRY(in_.expect(TokenKind::kRight));
  }
  ByteWriter out;
  out.byte(kStruct);
  out.u64(fields.count());
  out.raw(types.view());
  return std::string(out.view());
}

Result<Signature> TypeReader::signature(IndexSpace* locals) {
  Signature signature;
  while (in_.take_form("param")) {
    const bool is_named = in_.at(TokenKind::kId);
    if (is_named && locals == nullptr) return in_.unexpected();
    while (is_named || !in_.at(TokenKind::kRight)) {
      if (locals != nullptr) TINE_TRY(locals->add(in_));
      TINE_TRY_ASSIGN(TypeCode type, value_type());
      signature.params.push_back(std::move(type));
      if (is_named) break;
    }
    TINE_TRY(in_.expect(TokenKind::kRight));
  }
  TINE_TRY_ASSIGN(signature.results, results());
  const uint32_t end = in_.here().begin;
  TINE_TRY(check_limit(limit::params, signature.params.size(), end));
  TINE_TRY(check_limit(limit::results, signature.results.size(), end));
  return signature;
}

Result<std::vector<TypeCode>> TypeReader::results() {
  std::vector<TypeCode> types;
  while (in_.take_form("result")) {
    while (!in_.at(TokenKind::kRight)) {
      TINE_TRY_ASSIGN(TypeCode type, value_type());
      types.push_back(std::move(type));
    }
    in_.skip();
  }
  return types;
}

Result<TypeUse> TypeReader::read_type_use(IndexSpace* locals) {
  TypeUse use;
  if (in_.take_form("type")) {
    TINE_TRY_ASSIGN(use.index, scope_.types.read(in_));
    TINE_TRY(in_.expect(TokenKind::kRight));
  }
  TINE_TRY_ASSIGN(use.signature, signature(locals));
  // What is out of order is a fault of its own, before the types are compared.
  if (in_.at_form("type") || in_.at_form("param")) return in_.unexpected_form();
  return use;
}

Result<uint32_t> TypeReader::index_of(const TypeUse& use, const Token& place) {
  if (!use.index) return table_.index_of(use.signature);
  if (use.signature.empty()) return *use.index;
  const Signature* named = table_.find(*use.index);
  if (*use.index >= table_.count())
    return in_.error_at(place, "unknown type " + std::to_string(*use.index));
  if (named == nullptr || *named != use.signature)
    return in_.error_at(place, "inline function type does not match the type that is named");
  return *use.index;
}

Result<uint32_t> TypeReader::type_use(IndexSpace* locals) {
  const Token& place = in_.here();
  TINE_TRY_ASSIGN(const TypeUse use, read_type_use(locals));
  TINE_TRY_ASSIGN(const uint32_t index, index_of(use, place));
  // Where no parameters are written out, those of the type have indices all the same.
  const Signature* signature = table_.find(index);
  if (locals != nullptr && use.signature.params.empty() && signature != nullptr)
    for (size_t i = 0; i < signature->params.size(); ++i) locals->add_unnamed();
  return index;
}

}  // namespace tine::text
