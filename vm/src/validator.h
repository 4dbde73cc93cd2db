// FuncValidator: one pass over a function body that checks every rule of the spec's validation
// chapter and measures what the translator wants to know beforehand.
// spec: valid/instructions, appendix/algorithm
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "decode_errors.h"
#include "tine/instr.h"
#include "tine/module.h"
#include "tine/result.h"
#include "type_stack.h"

namespace tine {

/// What code may refer to: all sections before the code section, already decoded.
struct ValidationContext {
  const Module& module;
  /// By function index; may be shorter. Functions that occur outside of code: only those may be
  /// named by ref.func. spec: valid/conventions#context (C.refs)
  const std::vector<bool>& declared_funcs;
  std::optional<uint32_t> data_count;  // of the data count section
};

class FuncValidator {
 public:
  explicit FuncValidator(const ValidationContext& context) : context_(context) {}

  /// Validates the code at [body.begin, body.end), and sets max_operand_slots and edge_count.
  /// Pre: the other fields of `body` are set. Errors: kMalformed, kInvalid, kLimit; the earliest.
  [[nodiscard]] Result<void> validate(const FuncType& type, FuncBody& body, WasmOffset section_end);

 private:
  [[nodiscard]] std::unexpected<Error> missing_end(WasmOffset at, WasmOffset section_end) const;
  // Where a run of declared locals ends, so that a local is found by binary search: expanding
  // the runs would cost far more time than the few bytes that declare them.
  struct LocalRunEnd {
    LocalIdx end;
    ValType type;
  };

  void begin_function(const FuncType& type, const FuncBody& body);
  /// Pre: there is such a local.
  [[nodiscard]] ValType local_type(LocalIdx index) const;

  [[nodiscard]] Result<void> check(const Instr& instr);
  [[nodiscard]] Result<void> check_immediate(const Instr& instr);
  [[nodiscard]] Result<void> check_memarg(const Instr& instr) const;
  [[nodiscard]] Result<void> check_block_type(const BlockType& type) const;
  [[nodiscard]] Result<void> check_try_table(const Instr& instr) const;
  [[nodiscard]] Result<void> check_lane(const Instr& instr) const;
  [[nodiscard]] Result<void> check_shuffle(const Instr& instr) const;
  [[nodiscard]] Result<void> check_data_index(uint32_t index) const;
  [[nodiscard]] Result<void> check_table_init(const Instr& instr) const;
  [[nodiscard]] Result<void> check_table_copy(const Instr& instr) const;
  /// Errors: kInvalid, `unknown WHAT INDEX`.
  [[nodiscard]] Result<void> exists(uint32_t index, size_t count, std::string_view what) const {
    return check_index(index, count, what, offset_);
  }

  /// Of the memory or table that an instruction names. Pre: its signature has an address.
  [[nodiscard]] ValType address_type(const Instr& instr) const;

  [[nodiscard]] Result<void> apply_special(const Instr& instr);
  [[nodiscard]] Result<void> apply_control(const Instr& instr);
  [[nodiscard]] Result<void> apply_block(const Instr& instr);
  [[nodiscard]] Result<void> apply_try_table(const Instr& instr);
  [[nodiscard]] Result<void> apply_catch(Op op, TypeList caught);
  [[nodiscard]] Result<void> apply_delegate(uint32_t label);
  [[nodiscard]] Result<void> apply_rethrow(uint32_t label);
  [[nodiscard]] Result<void> apply_else();
  [[nodiscard]] Result<void> apply_end();
  [[nodiscard]] Result<void> apply_br_if(uint32_t label);
  [[nodiscard]] Result<void> apply_br_table(const Instr& instr);
  [[nodiscard]] Result<void> apply_call(const FuncType& callee);
  [[nodiscard]] Result<void> apply_return_call(const FuncType& callee);
  [[nodiscard]] Result<void> apply_select();
  [[nodiscard]] Result<void> apply_select_t(const Instr& instr);
  [[nodiscard]] Result<void> apply_variable(const Instr& instr);
  [[nodiscard]] Result<void> apply_table(const Instr& instr);
  [[nodiscard]] Result<void> apply_copy(AddressType to, AddressType from);
  [[nodiscard]] Result<void> apply_ref(const Instr& instr);

  [[nodiscard]] Result<void> pop_and_branch(TypeList types);

  ValidationContext context_;
  const FuncType* type_ = nullptr;
  WasmOffset offset_ = 0;  // of the instruction being checked
  uint32_t local_count_ = 0;
  std::vector<LocalRunEnd> local_runs_;
  TypeStack stack_;
};

}  // namespace tine
