// Module: a decoded, validated, immutable WebAssembly module, shared by machines and threads.
//
// Decoding and validation are one pass over the bytes, always complete: whoever holds a Module may
// rely on every rule of the spec's validation chapter. The bytes stay with it; positions are
// offsets into them. spec: binary/modules, valid/modules
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tine/opcodes.h"
#include "tine/result.h"
#include "tine/types.h"

namespace tine {

class ModuleCode;

enum class ExternKind : uint8_t { kFunc = 0, kTable = 1, kMemory = 2, kGlobal = 3, kTag = 4 };

struct Import {
  std::string module;
  std::string name;
  ExternKind kind = ExternKind::kFunc;
  TypeIdx type_index = 0;  // kFunc, kTag
  TableType table;
  MemoryType memory;
  GlobalType global;
};

struct Export {
  std::string name;
  ExternKind kind = ExternKind::kFunc;
  uint32_t index = 0;
};

/// A constant expression, decoded: its last instruction, which mostly is the only one. What stands
/// before an addition, subtraction or multiplication is in Module::const_operands.
/// spec: valid/instructions#constant-expressions
struct ConstExpr {
  Op op = Op::i32_const;         // *_const, ref_null, ref_func, global_get, {i32,i64}_{add,sub,mul}
  uint64_t bits = 0;             // constants
  uint64_t bits_hi = 0;          // of v128
  uint32_t index = 0;            // function or global; of arithmetic, the first instruction before
  uint32_t operand_count = 0;    // of arithmetic, how many instructions stand before
  ValType type = ValType::kI32;  // type of the value
  WasmOffset offset = 0;
};

/// Whether an operator of constant expressions takes two operands.
[[nodiscard]] bool is_const_arithmetic(Op op);

struct Global {
  GlobalType type;
  ConstExpr init;
};

enum class SegmentMode : uint8_t { kActive, kPassive, kDeclarative };

struct ElementSegment {
  SegmentMode mode = SegmentMode::kPassive;
  ValType type = ValType::kFuncRef;
  TableIdx table = 0;
  ConstExpr table_offset;  // kActive
  std::vector<ConstExpr> elements;
};

struct DataSegment {
  SegmentMode mode = SegmentMode::kPassive;
  MemIdx memory = 0;
  ConstExpr memory_offset;  // kActive
  WasmOffset begin = 0;     // its bytes in the binary: [begin, begin + size)
  uint32_t size = 0;
};

struct LocalRun {
  uint32_t count = 0;
  ValType type = ValType::kI32;
};

/// A function with a body. Offsets are in the module's binary.
struct FuncBody {
  WasmOffset begin = 0;            // of the first instruction, behind the local declarations
  WasmOffset end = 0;              // behind the final `end`
  std::vector<LocalRun> locals;    // declared ones, without the parameters
  uint32_t local_count = 0;        // parameters + declared
  uint32_t local_slots = 0;        // slots of parameters + declared locals
  uint32_t max_operand_slots = 0;  // deepest operand stack (reachable code), in slots
  uint32_t edge_count = 0;  // coverage edges: 1 (entry) + 2 a br_if or if + (labels) a br_table;
                            // br_table counts each label and the default; unreachable code counts
};

struct CustomSection {
  std::string name;
  WasmOffset begin = 0;  // contents behind the name
  uint32_t size = 0;
};

/// A section as it stands in the binary; of a custom one, with its name.
struct ModuleSection {
  uint8_t id = 0;        // spec: binary/modules#sections
  WasmOffset begin = 0;  // of the contents
  uint32_t size = 0;
};

class Module {
 public:
  /// Decodes and validates. Cost: linear; under 1 s for 10 MB. Thread: any.
  /// Errors: kMalformed, kInvalid, kLimit with the byte offset and the spec's wording.
  [[nodiscard]] static Result<std::shared_ptr<const Module>> create(std::vector<uint8_t> bytes);

  [[nodiscard]] std::span<const uint8_t> bytes() const { return bytes_; }

  std::vector<FuncType> types;
  std::vector<Import> imports;
  std::vector<TypeIdx> func_types;     // of every function, imports first
  std::vector<TableType> tables;       // imports first, likewise below
  std::vector<ConstExpr> table_inits;  // of defined ones only: what their elements are at first
  std::vector<MemoryType> memories;
  std::vector<GlobalType> global_types;
  std::vector<TypeIdx> tags;    // their types, which have no results
  std::vector<Global> globals;  // defined ones only
  std::vector<Export> exports;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  std::vector<ConstExpr> const_operands;  // of all constant expressions that calculate, in order
  std::vector<FuncBody> bodies;           // defined functions only
  std::vector<ModuleSection> sections;
  std::vector<CustomSection> customs;  // in the order of the binary, names may repeat
  bool has_start = false;
  FuncIdx start = 0;

  uint32_t imported_funcs = 0;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;
  uint32_t imported_tags = 0;

  [[nodiscard]] uint32_t func_count() const { return static_cast<uint32_t>(func_types.size()); }
  [[nodiscard]] const FuncType& func_type(FuncIdx f) const { return types[func_types[f]]; }
  [[nodiscard]] const FuncType& tag_type(TagIdx t) const { return types[tags[t]]; }
  [[nodiscard]] bool is_imported(FuncIdx f) const { return f < imported_funcs; }
  [[nodiscard]] const FuncBody& body(FuncIdx f) const { return bodies[f - imported_funcs]; }
  /// Types of all locals (parameters first) of a defined function. Cost: O(locals).
  [[nodiscard]] std::vector<ValType> local_types(FuncIdx f) const;
  /// nullptr where there is no such export.
  [[nodiscard]] const Export* find_export(std::string_view name) const;
  /// Name from the name section, else of an export, else of the import, else `func[N]`. Raw bytes
  /// of the module: escape before showing (escape_for_terminal).
  [[nodiscard]] std::string func_name(FuncIdx f) const;
  /// The same of a global, but empty where nothing names it. Raw bytes, likewise below.
  [[nodiscard]] std::string global_name(GlobalIdx g) const;
  /// Name of a data segment from the name section (`.rodata`), or empty.
  [[nodiscard]] std::string data_name(uint32_t segment) const;
  /// The contents of one of `customs`, behind its name. They live as long as the module.
  [[nodiscard]] std::span<const uint8_t> contents(const CustomSection& custom) const {
    return bytes().subspan(custom.begin, custom.size);
  }
  /// The module's own name from the name section, or empty.
  [[nodiscard]] const std::string& name() const { return module_name_; }
  /// Functions called `name` (name section, else export), in index order.
  [[nodiscard]] std::vector<FuncIdx> funcs_named(std::string_view name) const;
  /// XXH3-128 of bytes(), computed once at creation: low and high half.
  [[nodiscard]] const uint64_t (&hash() const)[2] { return hash_; }

 private:
  friend class ModuleDecoder;
  friend class ModuleCode;
  Module() = default;
  std::vector<uint8_t> bytes_;
  std::string module_name_;
  // By index; empty where unnamed.
  std::vector<std::string> func_names_;
  std::vector<std::string> global_names_;
  std::vector<std::string> data_names_;
  uint64_t hash_[2] = {0, 0};
  // What machines have translated of it so far, shared by all of them, and by those to come.
  mutable std::once_flag has_code_;
  mutable std::shared_ptr<ModuleCode> code_;
};

/// Control characters, quotes, backslashes and non-UTF-8 bytes as \xNN, so that a name out of a
/// module cannot drive a terminal or break out of a line.
[[nodiscard]] std::string escape_for_terminal(std::string_view raw);

}  // namespace tine
