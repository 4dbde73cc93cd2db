// TypeReader: value types, reference types, type definitions and type uses, from the text to the
// codes of the binary format. spec: text/types
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "text/scope.h"
#include "text/token_reader.h"
#include "text/type_table.h"
#include "tine/result.h"

namespace tine::text {

struct ReferenceType {
  bool is_nullable = true;
  TypeCode heap_type;

  /// `(ref null func)` is one byte, as it has always been.
  [[nodiscard]] TypeCode code() const;
};

/// `(type $t) (param …) (result …)`: a type by index, written out, or both.
struct TypeUse {
  std::optional<uint32_t> index;
  Signature signature;
};

class TypeReader {
 public:
  TypeReader(TokenReader& in, Scope& scope, TypeTable& table)
      : in_(in), scope_(scope), table_(table) {}

  [[nodiscard]] bool at_reference_type() const;
  [[nodiscard]] Result<TypeCode> value_type();
  [[nodiscard]] Result<TypeCode> heap_type();
  [[nodiscard]] Result<ReferenceType> reference_type();
  /// `i32` or `(mut i32)`: value type and mutability.
  [[nodiscard]] Result<TypeCode> global_type();

  /// `(rec …)` or `(type …)` alone, into the table.
  [[nodiscard]] Result<void> definition();
  /// The index of a type use: given, found or made. Names of parameters go to `locals`; where that
  /// is nullptr there must be none.
  /// Errors: `inline function type` where the two forms differ, `unknown type`.
  [[nodiscard]] Result<uint32_t> type_use(IndexSpace* locals);
  /// The same, without looking for the index yet.
  [[nodiscard]] Result<TypeUse> read_type_use(IndexSpace* locals);
  [[nodiscard]] Result<uint32_t> index_of(const TypeUse& use, const Token& place);
  /// All of `(result i32) (result i64)…`.
  [[nodiscard]] Result<std::vector<TypeCode>> results();

 private:
  using Definition = TypeTable::Definition;
  [[nodiscard]] Result<Definition> single_definition();
  [[nodiscard]] Result<Definition> sub_type();
  [[nodiscard]] Result<Definition> described_type();
  [[nodiscard]] Result<Definition> composite_type();
  [[nodiscard]] Result<Signature> signature(IndexSpace* locals);
  [[nodiscard]] Result<std::string> struct_type();
  [[nodiscard]] Result<TypeCode> storage_type();
  [[nodiscard]] Result<TypeCode> mutable_type(Result<TypeCode> (TypeReader::*inner)());

  TokenReader& in_;
  Scope& scope_;
  TypeTable& table_;
};

}  // namespace tine::text
