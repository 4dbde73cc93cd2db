// ModuleDecoder: builds a Module out of its bytes, section by section, validating as it goes.
//
// The order of sections is such that everything an item refers to has been decoded before it (the
// data count section exists for that), so one pass suffices and the first error met is the
// earliest in the input. No count is believed beyond the bytes that are left, so memory is
// bounded by the size of the input. spec: binary/modules, valid/modules
//
//   decoder.cpp           the driver: preamble, section order, what must agree at the end
//   decoder_sections.cpp  types, imports, functions, tables, memories, tags, globals, exports, start
//   decoder_segments.cpp  constant expressions, element and data segments
//   decoder_code.cpp      function bodies: locals, then FuncValidator
//   name_section.cpp      the one custom section that tine reads
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "byte_reader.h"
#include "limit_check.h"
#include "tine/module.h"
#include "tine/result.h"

namespace tine {

struct Instr;
class FuncValidator;

class ModuleDecoder {
 public:
  /// Errors: kMalformed, kInvalid, kLimit; the earliest in the input.
  [[nodiscard]] static Result<std::shared_ptr<const Module>> decode(std::vector<uint8_t> bytes);

 private:
  explicit ModuleDecoder(std::vector<uint8_t> bytes);

  [[nodiscard]] Result<void> preamble();
  [[nodiscard]] Result<void> sections();
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] Result<void> custom_section(ByteReader& in);
  [[nodiscard]] Result<void> type_section(ByteReader& in);
  [[nodiscard]] Result<void> import_section(ByteReader& in);
  [[nodiscard]] Result<void> function_section(ByteReader& in);
  [[nodiscard]] Result<void> table_section(ByteReader& in);
  [[nodiscard]] Result<void> memory_section(ByteReader& in);
  [[nodiscard]] Result<void> tag_section(ByteReader& in);
  [[nodiscard]] Result<void> global_section(ByteReader& in);
  [[nodiscard]] Result<void> export_section(ByteReader& in);
  [[nodiscard]] Result<void> start_section(ByteReader& in);
  [[nodiscard]] Result<void> element_section(ByteReader& in);
  [[nodiscard]] Result<void> data_count_section(ByteReader& in);
  [[nodiscard]] Result<void> code_section(ByteReader& in);
  [[nodiscard]] Result<void> data_section(ByteReader& in);

  [[nodiscard]] Result<FuncType> func_type(ByteReader& in);
  [[nodiscard]] Result<std::vector<ValType>> val_types(ByteReader& in, const LimitInfo& limit);
  [[nodiscard]] Result<Import> import(ByteReader& in);
  [[nodiscard]] Result<TypeIdx> type_index(ByteReader& in);
  /// What limits begin with.
  struct LimitsFlags {
    AddressType address_type = AddressType::kI32;
    bool has_max = false;
    bool has_page_size = false;
  };
  [[nodiscard]] Result<LimitsFlags> limits_flags(ByteReader& in, uint8_t known_flags);
  [[nodiscard]] Result<SizeLimits> size_limits(ByteReader& in, bool has_max, uint64_t most,
                                               const char* too_big);
  [[nodiscard]] Result<TableType> table_type(ByteReader& in);
  [[nodiscard]] Result<TableType> table(ByteReader& in);
  [[nodiscard]] Result<uint8_t> page_shift_behind_limits(ByteReader in, bool has_max);
  [[nodiscard]] Result<MemoryType> memory_type(ByteReader& in);
  [[nodiscard]] Result<TypeIdx> tag_type(ByteReader& in);
  [[nodiscard]] Result<GlobalType> global_type(ByteReader& in);
  [[nodiscard]] Result<Global> global(ByteReader& in);
  [[nodiscard]] Result<Export> export_item(ByteReader& in);

  [[nodiscard]] Result<ConstExpr> const_expr(ByteReader& in, ValType expected);
  [[nodiscard]] Result<ConstExpr> constant(const Instr& instr);
  [[nodiscard]] Result<void> apply_constant(const ConstExpr& instr, std::vector<ValType>& stack);
  [[nodiscard]] ConstExpr joined(const std::vector<ConstExpr>& instrs);
  [[nodiscard]] Result<ElementSegment> element_segment(ByteReader& in);
  [[nodiscard]] Result<ConstExpr> element_function(ByteReader& in);
  [[nodiscard]] Result<DataSegment> data_segment(ByteReader& in);

  [[nodiscard]] Result<FuncBody> function_body(ByteReader& in, FuncValidator& validator);
  [[nodiscard]] Result<void> locals(ByteReader& in, const FuncType& type, FuncBody& body);

  /// Decodes `count, item…` and appends the items to `out`; those already there (imports) count
  /// for the limit too. `item` is called as Result<T>() once for each.
  template <class T, class Item>
  [[nodiscard]] Result<void> append_each(ByteReader& in, const LimitInfo& limit,
                                         std::vector<T>& out, Item item);

  [[nodiscard]] size_t item_count(ExternKind kind) const;
  /// ref.func may name the function from now on. Pre: it exists.
  void declare_func(FuncIdx func);

  std::shared_ptr<Module> module_;
  Module& m_;
  std::optional<uint32_t> data_count_;
  std::vector<bool> declared_funcs_;
  std::set<std::string_view> export_names_;  // not hashed: nobody can make them collide
};

template <class T, class Item>
Result<void> ModuleDecoder::append_each(ByteReader& in, const LimitInfo& limit, std::vector<T>& out,
                                        Item item) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint32_t count, in.u32());
  TINE_TRY(check_limit(limit, uint64_t{count} + out.size(), offset));
  // Every item takes a byte at least, so the bytes left bound what a count may reserve; beyond
  // some size the vector had better grow with what really is there.
  constexpr uint32_t kMostReserved = 1u << 16;
  out.reserve(out.size() + std::min({count, in.remaining(), kMostReserved}));
  for (uint32_t i = 0; i < count; ++i) {
    TINE_TRY_ASSIGN(T value, item());
    out.push_back(std::move(value));
  }
  return {};
}

}  // namespace tine
