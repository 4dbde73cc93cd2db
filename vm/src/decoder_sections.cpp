// The sections that declare a module's items: types, imports, functions, tables, memories, tags,
// globals, exports, start. spec: binary/modules, valid/modules
#include "decoder.h"
#include "value_codes.h"

namespace tine {
namespace {

constexpr int32_t kFuncTypeCode = -0x20;  // 0x60 as a signed 7-bit LEB128

// Flags of limits. Shared ones (2) belong to a proposal that tine does not have.
constexpr uint8_t kHasMax = 1;
constexpr uint8_t kIs64 = 4;
constexpr uint8_t kHasPageSize = 8;

constexpr uint8_t kTableWithInit = 0x40;  // where else the element type stands; 0x00 follows

const char* too_many_pages(const MemoryType& type) {
  const bool is_64 = type.address_type == AddressType::kI64;
  if (type.page_shift == kBytePageShift) return "memory size must be at most 2^32-1 pages";
  return is_64 ? "memory size must be at most 2^48 pages"
               : "memory size must be at most 65536 pages (4GiB)";
}

}  // namespace

Result<void> ModuleDecoder::type_section(ByteReader& in) {
  return append_each(in, limit::types, m_.types, [&] { return func_type(in); });
}

Result<FuncType> ModuleDecoder::func_type(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const int32_t form, in.s7());
  if (form != kFuncTypeCode) return malformed(offset, "malformed function type");
  FuncType type;
  TINE_TRY_ASSIGN(type.params, val_types(in, limit::params));
  TINE_TRY_ASSIGN(type.results, val_types(in, limit::results));
  return type;
}

Result<std::vector<ValType>> ModuleDecoder::val_types(ByteReader& in, const LimitInfo& limit) {
  std::vector<ValType> types;
  TINE_TRY(append_each(in, limit, types, [&] { return read_val_type(in); }));
  return types;
}

Result<TypeIdx> ModuleDecoder::type_index(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint32_t index, in.u32());
  TINE_TRY(check_index(index, m_.types.size(), "type", offset));
  return index;
}

/// spec: binary/types#binary-limits
Result<ModuleDecoder::LimitsFlags> ModuleDecoder::limits_flags(ByteReader& in,
                                                               uint8_t known_flags) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t flags, in.byte());
  const bool has_page_size = (flags & kHasPageSize) != 0;
  // In core Wasm that flag is malformed, which the suite tests with nothing behind it.
  if ((flags & ~known_flags) != 0 || (has_page_size && in.remaining() == 0))
    return malformed(offset, "malformed limits flags");
  return LimitsFlags{.address_type = (flags & kIs64) != 0 ? AddressType::kI64 : AddressType::kI32,
                     .has_max = (flags & kHasMax) != 0,
                     .has_page_size = has_page_size};
}

Result<SizeLimits> ModuleDecoder::size_limits(ByteReader& in, bool has_max, uint64_t most,
                                              const char* too_big) {
  SizeLimits limits;
  const WasmOffset min_offset = in.offset();
  TINE_TRY_ASSIGN(limits.min, in.u64());
  if (limits.min > most) return invalid(min_offset, too_big);
  if (has_max) {
    const WasmOffset max_offset = in.offset();
    TINE_TRY_ASSIGN(const uint64_t max, in.u64());
    if (max > most) return invalid(max_offset, too_big);
    if (max < limits.min)
      return invalid(max_offset, "size minimum must not be greater than maximum");
    limits.max = max;
  }
  return limits;
}

Result<TableType> ModuleDecoder::table_type(ByteReader& in) {
  TableType type;
  TINE_TRY_ASSIGN(type.element, read_ref_type(in));
  TINE_TRY_ASSIGN(const LimitsFlags flags, limits_flags(in, kHasMax | kIs64));
  type.address_type = flags.address_type;
  TINE_TRY_ASSIGN(type.limits,
                  size_limits(in, flags.has_max, most_declared_elements(type.address_type),
                              "table size must be at most 2^32-1"));
  return type;
}

/// Pages have a bound that depends on their size, which stands behind their numbers.
/// Spec: proposals/custom-page-sizes
Result<uint8_t> ModuleDecoder::page_shift_behind_limits(ByteReader in, bool has_max) {
  TINE_TRY(in.u64());
  if (has_max) TINE_TRY(in.u64());
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint32_t shift, in.u32());
  if (shift >= 64) return malformed(offset, "invalid custom page size");
  if (!is_page_shift(shift)) return invalid(offset, "invalid custom page size");
  return static_cast<uint8_t>(shift);
}

Result<MemoryType> ModuleDecoder::memory_type(ByteReader& in) {
  MemoryType type;
  TINE_TRY_ASSIGN(const LimitsFlags flags, limits_flags(in, kHasMax | kIs64 | kHasPageSize));
  type.address_type = flags.address_type;
  if (flags.has_page_size) {
    TINE_TRY_ASSIGN(type.page_shift, page_shift_behind_limits(in, flags.has_max));
  }
  TINE_TRY_ASSIGN(type.limits, size_limits(in, flags.has_max,
                                           most_declared_pages(type.address_type, type.page_shift),
                                           too_many_pages(type)));
  if (flags.has_page_size) TINE_TRY(in.u32());
  return type;
}

/// spec: binary/types#binary-tagtype, valid/types#tag-types
Result<TypeIdx> ModuleDecoder::tag_type(ByteReader& in) {
  const WasmOffset attribute_offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t attribute, in.byte());
  if (attribute != 0) return malformed(attribute_offset, "malformed tag attribute");
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const TypeIdx type, type_index(in));
  if (!m_.types[type].results.empty()) return invalid(offset, "non-empty tag result type");
  return type;
}

Result<GlobalType> ModuleDecoder::global_type(ByteReader& in) {
  GlobalType type;
  TINE_TRY_ASSIGN(type.type, read_val_type(in));
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t mutability, in.byte());
  if (mutability > 1) return malformed(offset, "malformed mutability");
  type.is_mutable = mutability == 1;
  return type;
}

Result<void> ModuleDecoder::import_section(ByteReader& in) {
  return append_each(in, limit::imports, m_.imports, [&] { return import(in); });
}

Result<Import> ModuleDecoder::import(ByteReader& in) {
  Import item;
  const WasmOffset start = in.offset();
  TINE_TRY_ASSIGN(item.module, in.name());
  TINE_TRY_ASSIGN(item.name, in.name());
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t kind, in.byte());
  if (kind > static_cast<uint8_t>(ExternKind::kTag))
    return malformed(offset, "malformed import kind");
  item.kind = static_cast<ExternKind>(kind);
  switch (item.kind) {
    case ExternKind::kFunc: {
      TINE_TRY_ASSIGN(item.type_index, type_index(in));
      m_.func_types.push_back(item.type_index);
      ++m_.imported_funcs;
      return item;
    }
    case ExternKind::kTable: {
      TINE_TRY_ASSIGN(item.table, table_type(in));
      m_.tables.push_back(item.table);
      ++m_.imported_tables;
      TINE_TRY(check_limit(limit::tables, m_.tables.size(), start));
      return item;
    }
    case ExternKind::kMemory: {
      TINE_TRY_ASSIGN(item.memory, memory_type(in));
      m_.memories.push_back(item.memory);
      ++m_.imported_memories;
      TINE_TRY(check_limit(limit::memories, m_.memories.size(), start));
      return item;
    }
    case ExternKind::kGlobal: {
      TINE_TRY_ASSIGN(item.global, global_type(in));
      m_.global_types.push_back(item.global);
      ++m_.imported_globals;
      return item;
    }
    case ExternKind::kTag: {
      TINE_TRY_ASSIGN(item.type_index, tag_type(in));
      m_.tags.push_back(item.type_index);
      ++m_.imported_tags;
      TINE_TRY(check_limit(limit::tags, m_.tags.size(), start));
      return item;
    }
  }
  return item;
}

Result<void> ModuleDecoder::function_section(ByteReader& in) {
  return append_each(in, limit::functions, m_.func_types, [&] { return type_index(in); });
}

Result<void> ModuleDecoder::table_section(ByteReader& in) {
  return append_each(in, limit::tables, m_.tables, [&] { return table(in); });
}

/// A table's type, perhaps with what its elements are at first; else they are null. The expression
/// may name imported globals only: others are not known yet. spec: binary/modules#binary-table
Result<TableType> ModuleDecoder::table(ByteReader& in) {
  TINE_TRY_ASSIGN(const uint8_t first, in.peek());
  const bool has_init = first == kTableWithInit;
  if (has_init) {
    TINE_TRY(in.byte());
    const WasmOffset offset = in.offset();
    TINE_TRY_ASSIGN(const uint8_t zero, in.byte());
    if (zero != 0) return malformed(offset, "malformed table");
  }
  TINE_TRY_ASSIGN(const TableType type, table_type(in));
  ConstExpr init{.op = Op::ref_null, .type = type.element};
  if (has_init) {
    TINE_TRY_ASSIGN(init, const_expr(in, type.element));
  }
  m_.table_inits.push_back(init);
  return type;
}

Result<void> ModuleDecoder::memory_section(ByteReader& in) {
  return append_each(in, limit::memories, m_.memories, [&] { return memory_type(in); });
}

Result<void> ModuleDecoder::tag_section(ByteReader& in) {
  return append_each(in, limit::tags, m_.tags, [&] { return tag_type(in); });
}

Result<void> ModuleDecoder::global_section(ByteReader& in) {
  return append_each(in, limit::globals, m_.globals, [&] { return global(in); });
}

Result<Global> ModuleDecoder::global(ByteReader& in) {
  TINE_TRY(check_limit(limit::globals, m_.global_types.size() + 1, in.offset()));
  Global item;
  TINE_TRY_ASSIGN(item.type, global_type(in));
  TINE_TRY_ASSIGN(item.init, const_expr(in, item.type.type));
  m_.global_types.push_back(item.type);  // after its initialiser, which must not name it
  return item;
}

Result<void> ModuleDecoder::export_section(ByteReader& in) {
  return append_each(in, limit::exports, m_.exports, [&] { return export_item(in); });
}

Result<Export> ModuleDecoder::export_item(ByteReader& in) {
  const WasmOffset start = in.offset();
  TINE_TRY_ASSIGN(const std::string_view name, in.name());
  if (!export_names_.insert(name).second)
    return invalid(start, "duplicate export name: " + escape_for_terminal(name));
  const WasmOffset kind_offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t kind, in.byte());
  if (kind > static_cast<uint8_t>(ExternKind::kTag))
    return malformed(kind_offset, "malformed export kind");

  Export item{std::string(name), static_cast<ExternKind>(kind), 0};
  static constexpr const char* kNouns[] = {"function", "table", "memory", "global", "tag"};
  const WasmOffset index_offset = in.offset();
  TINE_TRY_ASSIGN(item.index, in.u32());
  TINE_TRY(check_index(item.index, item_count(item.kind), kNouns[kind], index_offset));
  if (item.kind == ExternKind::kFunc) declare_func(item.index);
  return item;
}

size_t ModuleDecoder::item_count(ExternKind kind) const {
  switch (kind) {
    case ExternKind::kFunc: return m_.func_types.size();
    case ExternKind::kTable: return m_.tables.size();
    case ExternKind::kMemory: return m_.memories.size();
    case ExternKind::kGlobal: return m_.global_types.size();
    case ExternKind::kTag: return m_.tags.size();
  }
  return 0;
}

Result<void> ModuleDecoder::start_section(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(m_.start, in.u32());
  TINE_TRY(check_index(m_.start, m_.func_count(), "function", offset));
  if (m_.func_type(m_.start) != FuncType{})
    return invalid(offset, "start function must have type [] -> []");
  m_.has_start = true;
  return {};
}

}  // namespace tine
