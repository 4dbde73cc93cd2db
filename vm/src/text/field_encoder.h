// FieldEncoder: the fields of a module, one after the other, from the text into sections.
//
// Fields come in any order in the text, and some stand for several things of the binary: a function
// may export itself, a memory may bring its data along. Each part of this class is one kind of
// field: functions, imports and exports in field_encoder.cpp, tables and memories in
// field_storage.cpp, segments in field_segments.cpp. spec: text/modules
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "text/immediates.h"
#include "text/outline.h"
#include "text/sections.h"
#include "text/token_reader.h"
#include "text/type_reader.h"
#include "tine/result.h"
#include "tine/types.h"

namespace tine::text {

class FieldEncoder {
 public:
  FieldEncoder(TokenReader& in, Scope& scope, TypeTable& types, Sections& sections)
      : in_(in), scope_(scope), table_(types), types_(in, scope, types), sections_(sections) {}

  /// Encodes the field at the reader, which is none of types. Pre: fields come in the text's order.
  [[nodiscard]] Result<void> field();

  /// The named locals of a function; for the name section.
  struct LocalNames {
    uint32_t func = 0;
    IndexSpace locals;
  };
  [[nodiscard]] const std::vector<LocalNames>& local_names() const { return local_names_; }

 private:
  /// What imports and exports can be. The numbers are those of the binary format.
  enum class Kind : uint8_t { kFunc = 0, kTable = 1, kMemory = 2, kGlobal = 3, kTag = 4 };
  static constexpr uint32_t kKinds = 5;
  struct ImportName {
    std::string module;
    std::string name;
  };

  [[nodiscard]] Result<void> import_field();
  [[nodiscard]] Result<void> export_field();
  [[nodiscard]] Result<void> start_field();
  [[nodiscard]] Result<void> definition(Kind kind);
  [[nodiscard]] Result<void> func(uint32_t index);
  [[nodiscard]] Result<void> global();
  [[nodiscard]] Result<void> table(uint32_t index);
  [[nodiscard]] Result<void> memory(uint32_t index);
  [[nodiscard]] Result<void> elem();
  [[nodiscard]] Result<void> data();

  // Imports and exports.
  [[nodiscard]] std::optional<Kind> peek_kind() const;
  [[nodiscard]] const IndexSpace& space_of(Kind kind) const;
  [[nodiscard]] Result<void> inline_exports(Kind kind, uint32_t index);
  [[nodiscard]] Result<ImportName> import_name();
  [[nodiscard]] Result<void> imported(Kind kind, const ImportName& name);
  [[nodiscard]] Result<void> imported_func(ByteWriter& out);
  void add_export(std::string_view name, Kind kind, uint32_t index);

  // Functions.
  [[nodiscard]] Result<void> locals(IndexSpace& names, ByteWriter& out);
  [[nodiscard]] Result<void> expression(ByteWriter& out, const IndexSpace& locals,
                                        std::vector<BranchHint>* hints = nullptr);
  void add_hints(uint32_t func, const std::vector<BranchHint>& hints);

  // Tables and memories.
  struct Limits {
    bool is_64 = false;
    bool is_shared = false;
    uint64_t min = 0;
    std::optional<uint64_t> max;
    uint64_t page_bytes = kWasmPageBytes;
  };
  [[nodiscard]] bool index_type_is_64();
  [[nodiscard]] Result<void> size_range(Limits& limits);
  [[nodiscard]] Result<void> page_size(Limits& limits);
  [[nodiscard]] Result<Limits> memory_type();
  [[nodiscard]] Result<void> table_type(ByteWriter& out);
  [[nodiscard]] Result<void> inline_elements(uint32_t table, bool is_64);
  [[nodiscard]] Result<void> inline_data(uint32_t memory, Limits limits);
  static void encode(ByteWriter& out, const Limits& limits);

  // Segments.
  /// Where an active segment goes. Empty `offset`: passive, or declarative.
  struct Target {
    uint32_t index = 0;
    ByteWriter offset;
  };
  /// The elements of a segment in both forms that the binary has.
  struct Elements {
    TypeCode type;
    uint32_t count = 0;
    ByteWriter functions;  // function indices, as long as are_functions
    ByteWriter expressions;
    bool are_functions = true;
  };
  [[nodiscard]] Result<Target> target(std::string_view word, const IndexSpace& space);
  [[nodiscard]] Result<void> offset(ByteWriter& out);
  [[nodiscard]] Result<void> folded_expression(ByteWriter& out);
  [[nodiscard]] Result<Elements> element_list(bool may_omit_type);
  [[nodiscard]] Result<void> function_elements(Elements& elements);
  [[nodiscard]] Result<void> expression_elements(Elements& elements);
  void add_elements(const Target& target, bool is_declarative, const Elements& elements);
  void add_data(const Target& target, std::string_view bytes);
  static Target at_zero(uint32_t index, bool is_64);

  TokenReader& in_;
  Scope& scope_;
  TypeTable& table_;
  TypeReader types_;
  Sections& sections_;
  uint32_t next_index_[kKinds] = {};
  std::vector<LocalNames> local_names_;
};

}  // namespace tine::text
