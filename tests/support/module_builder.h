// ModuleBuilder: a small .wasm made in the test that needs it, so that test and module are read
// together.
//
//   ModuleBuilder b;
//   const TypeIdx type = b.add_type({.params = {ValType::kI32}, .results = {ValType::kI32}});
//   const FuncIdx twice =
//       b.add_func(type, Code().local_get(0).local_get(0).op(Op::i32_add).end());
//   b.export_func("twice", twice);
//   auto module = Module::create(b.build());
//
// It checks nothing: invalid modules are half of what tests want. Imports must be added before
// items of their own kind.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "support/wasm_bytes.h"
#include "tine/module.h"
#include "tine/opcodes.h"
#include "tine/types.h"

namespace tine::test {

using Bytes = std::vector<uint8_t>;

/// Instructions, one after the other. Every method appends and returns the same object.
class Code {
 public:
  Code& raw(const Bytes& bytes) { return out_.append(bytes), *this; }
  Code& u32(uint32_t value) { return out_.u32(value), *this; }
  Code& u64(uint64_t value) { return out_.u32(value), *this; }  // LEB128 has no width
  /// An opcode; its immediates, if it has any, are appended with u32() or raw().
  Code& op(Op op) { return out_.op(op), *this; }
  /// An opcode with indices behind it.
  Code& op(Op op, uint32_t first) { return this->op(op).u32(first); }
  Code& op(Op op, uint32_t first, uint32_t second) { return this->op(op, first).u32(second); }

  Code& i32_const(int32_t value) { return op(Op::i32_const), out_.s64(value), *this; }
  Code& i64_const(int64_t value) { return op(Op::i64_const), out_.s64(value), *this; }
  /// An address, index or size as a constant of its type.
  Code& address_const(int32_t value, AddressType type) {
    return type == AddressType::kI64 ? i64_const(value) : i32_const(value);
  }
  Code& f32_const(float value) {
    return op(Op::f32_const), out_.fixed(std::bit_cast<uint32_t>(value), 4), *this;
  }
  Code& f64_const(double value) {
    return op(Op::f64_const), out_.fixed(std::bit_cast<uint64_t>(value), 8), *this;
  }
  Code& v128_const(uint64_t lo, uint64_t hi) {
    return op(Op::v128_const), out_.fixed(lo, 8), out_.fixed(hi, 8), *this;
  }
  Code& local_get(LocalIdx index) { return op(Op::local_get, index); }
  Code& local_set(LocalIdx index) { return op(Op::local_set, index); }
  /// A load or store of memory 0.
  Code& memory_op(Op op, uint32_t align_log2, uint32_t offset = 0) {
    return this->op(op, align_log2, offset);
  }

  /// block, loop or if without parameters, and with one result at most.
  Code& begin(Op op, std::optional<ValType> result = std::nullopt) {
    return this->op(op).raw({result ? static_cast<uint8_t>(*result) : uint8_t{0x40}});
  }
  /// block, loop or if of a function type.
  Code& begin_typed(Op op, TypeIdx type) { return this->op(op), out_.s64(type), *this; }
  Code& br_table(const std::vector<uint32_t>& labels, uint32_t otherwise) {
    op(Op::br_table, static_cast<uint32_t>(labels.size()));
    for (const uint32_t label : labels) u32(label);
    return u32(otherwise);
  }
  Code& end() { return op(Op::end); }

  operator const Bytes&() const { return out_.bytes(); }  // NOLINT: a Code is its bytes

 private:
  WasmBytes out_;
};

class ModuleBuilder {
 public:
  // --- imports -------------------------------------------------------------------------------
  FuncIdx import_func(std::string_view module, std::string_view name, TypeIdx type) {
    begin_import(module, name, ExternKind::kFunc).u32(type);
    return func_count_++;
  }
  TableIdx import_table(std::string_view module, std::string_view name, const TableType& type) {
    write(begin_import(module, name, ExternKind::kTable), type);
    return table_count_++;
  }
  MemIdx import_memory(std::string_view module, std::string_view name, const SizeLimits& limits) {
    write(begin_import(module, name, ExternKind::kMemory), MemoryType{limits});
    return memory_count_++;
  }
  GlobalIdx import_global(std::string_view module, std::string_view name, GlobalType type) {
    write(begin_import(module, name, ExternKind::kGlobal), type);
    return global_count_++;
  }

  // --- definitions ---------------------------------------------------------------------------
  TypeIdx add_type(const FuncType& type) {
    const uint32_t index = types_.count;
    WasmBytes& item = types_.next();
    item.byte(0x60);
    write(item, type.params);
    write(item, type.results);
    return index;
  }
  /// `code` includes the final `end`.
  FuncIdx add_func(TypeIdx type, const Bytes& code, const std::vector<LocalRun>& locals = {}) {
    WasmBytes body;
    body.u32(locals.size());
    for (const LocalRun& run : locals) {
      body.u32(run.count);
      body.type(run.type);
    }
    body.append(code);
    functions_.next().u32(type);
    write_sized(bodies_.next(), body);
    return func_count_++;
  }
  /// `init`: nothing, or what all elements are at first, with the final `end`.
  TableIdx add_table(const TableType& type, const Bytes& init = {}) {
    WasmBytes& item = tables_.next();
    if (!init.empty()) item.append(Bytes{0x40, 0x00});
    write(item, type);
    item.append(init);
    return table_count_++;
  }
  MemIdx add_memory(uint64_t min, std::optional<uint64_t> max = std::nullopt,
                    AddressType address_type = AddressType::kI32) {
    return add_memory(MemoryType{{min, max}, address_type});
  }
  MemIdx add_memory(const MemoryType& type) {
    write(memories_.next(), type);
    return memory_count_++;
  }
  TagIdx add_tag(TypeIdx type) {
    WasmBytes& item = tags_.next();
    item.byte(0x00);
    item.u32(type);
    return tag_count_++;
  }
  /// `init` includes the final `end`.
  GlobalIdx add_global(GlobalType type, const Bytes& init) {
    WasmBytes& item = globals_.next();
    write(item, type);
    item.append(init);
    return global_count_++;
  }
  void export_item(std::string_view name, ExternKind kind, uint32_t index) {
    WasmBytes& item = exports_.next();
    item.text(name);
    item.byte(static_cast<uint8_t>(kind));
    item.u32(index);
  }
  void export_func(std::string_view name, FuncIdx func) {
    export_item(name, ExternKind::kFunc, func);
  }
  void set_start(FuncIdx func) { start_ = func; }

  // --- segments ------------------------------------------------------------------------------
  /// Functions into table 0 from `offset` on; the type is that of its indices, likewise below.
  void add_elements(int32_t offset, const std::vector<FuncIdx>& funcs,
                    AddressType type = AddressType::kI32) {
    WasmBytes& item = elements_.next();
    item.byte(0x00);
    item.append(Code().address_const(offset, type).end());
    write(item, funcs);
  }
  /// Lets ref.func name functions.
  void declare_funcs(const std::vector<FuncIdx>& funcs) {
    WasmBytes& item = elements_.next();
    item.append(Bytes{0x03, 0x00});
    write(item, funcs);
  }
  /// A segment that the test encodes itself, flags first.
  void add_raw_elements(const Bytes& segment) { elements_.next().append(segment); }
  /// Bytes into memory 0 from `offset` on.
  void add_data(int32_t offset, std::string_view bytes, AddressType type = AddressType::kI32) {
    WasmBytes& item = data_.next();
    item.byte(0x00);
    item.append(Code().address_const(offset, type).end());
    item.text(bytes);
  }
  void add_passive_data(std::string_view bytes) {
    WasmBytes& item = data_.next();
    item.byte(0x01);
    item.text(bytes);
  }
  /// Writes a data count section, as memory.init and data.drop require.
  void announce_data_count() { has_data_count_ = true; }

  // --- custom sections, behind all others ----------------------------------------------------
  void add_custom(std::string_view name, const Bytes& contents) {
    WasmBytes section;
    section.text(name);
    section.append(contents);
    write_section(customs_, 0, section);
  }
  /// For the name section.
  void name_func(FuncIdx func, std::string_view name) {
    WasmBytes& item = func_names_.next();
    item.u32(func);
    item.text(name);
  }
  void name_module(std::string_view name) { module_name_.text(name); }

  [[nodiscard]] Bytes build() const {
    WasmBytes out;
    out.append(Bytes{0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00});
    write_items(out, 1, types_);
    write_items(out, 2, imports_);
    write_items(out, 3, functions_);
    write_items(out, 4, tables_);
    write_items(out, 5, memories_);
    write_items(out, 13, tags_);
    write_items(out, 6, globals_);
    write_items(out, 7, exports_);
    if (start_) write_section(out, 8, number(*start_));
    write_items(out, 9, elements_);
    if (has_data_count_) write_section(out, 12, number(data_.count));
    write_items(out, 10, bodies_);
    write_items(out, 11, data_);
    write_name_section(out);
    out.append(customs_);
    return out.bytes();
  }

 private:
  struct Items {
    uint32_t count = 0;
    WasmBytes bytes;
    /// Where the next item is to be written.
    WasmBytes& next() { return ++count, bytes; }
  };

  static WasmBytes number(uint32_t value) {
    WasmBytes out;
    out.u32(value);
    return out;
  }
  static void write(WasmBytes& out, const std::vector<ValType>& types) {
    out.u32(types.size());
    for (const ValType type : types) out.type(type);
  }
  static void write(WasmBytes& out, const std::vector<FuncIdx>& funcs) {
    out.u32(funcs.size());
    for (const FuncIdx func : funcs) out.u32(func);
  }
  static void write(WasmBytes& out, const SizeLimits& limits, AddressType address_type,
                    bool has_page_size = false) {
    out.byte((limits.max ? 1 : 0) | (address_type == AddressType::kI64 ? 4 : 0) |
             (has_page_size ? 8 : 0));
    out.u32(limits.min);
    if (limits.max) out.u32(*limits.max);
  }
  static void write(WasmBytes& out, const MemoryType& type) {
    const bool has_page_size = type.page_shift != kWasmPageShift;
    write(out, type.limits, type.address_type, has_page_size);
    if (has_page_size) out.u32(type.page_shift);
  }
  static void write(WasmBytes& out, const TableType& type) {
    out.type(type.element);
    write(out, type.limits, type.address_type);
  }
  static void write(WasmBytes& out, GlobalType type) {
    out.type(type.type);
    out.byte(type.is_mutable ? 1 : 0);
  }
  static void write_sized(WasmBytes& out, const WasmBytes& contents) {
    out.u32(contents.size());
    out.append(contents);
  }
  static void write_section(WasmBytes& out, uint8_t id, const WasmBytes& contents) {
    out.byte(id);
    write_sized(out, contents);
  }
  static void write_items(WasmBytes& out, uint8_t id, const Items& items) {
    if (items.count == 0) return;
    WasmBytes contents = number(items.count);
    contents.append(items.bytes);
    write_section(out, id, contents);
  }
  WasmBytes& begin_import(std::string_view module, std::string_view name, ExternKind kind) {
    WasmBytes& item = imports_.next();
    item.text(module);
    item.text(name);
    item.byte(static_cast<uint8_t>(kind));
    return item;
  }
  void write_name_section(WasmBytes& out) const {
    if (module_name_.size() == 0 && func_names_.count == 0) return;
    WasmBytes contents;
    contents.text("name");
    if (module_name_.size() != 0) write_section(contents, 0, module_name_);
    write_items(contents, 1, func_names_);
    write_section(out, 0, contents);
  }

  Items types_, imports_, functions_, tables_, memories_, tags_, globals_, exports_, elements_,
      bodies_;
  Items data_, func_names_;
  WasmBytes module_name_;
  WasmBytes customs_;
  std::optional<FuncIdx> start_;
  bool has_data_count_ = false;
  uint32_t func_count_ = 0;
  uint32_t table_count_ = 0;
  uint32_t memory_count_ = 0;
  uint32_t global_count_ = 0;
  uint32_t tag_count_ = 0;
};

}  // namespace tine::test
