// ImmediateEncoder: one plain instruction, opcode and immediates, from text to binary. Structure —
// blocks, folding, labels coming and going — is instr_encoder.h's.
// spec: text/instructions, binary/instructions
#pragma once

#include <cstdint>
#include <vector>

#include "text/byte_writer.h"
#include "text/label_stack.h"
#include "text/scope.h"
#include "text/text_ops.h"
#include "text/token_reader.h"
#include "text/type_reader.h"
#include "tine/result.h"

namespace tine::text {

struct BranchHint {
  size_t offset = 0;  // of the instruction in what is being written
  bool is_likely = false;
};

/// What the code of one function, or one constant expression, is read and written with.
struct CodeContext {
  TokenReader& in;
  ByteWriter& out;
  Scope& scope;
  TypeTable& types;
  const IndexSpace& locals;
  bool& uses_data;  // becomes true at an instruction that names a data segment
  /// What annotations say about the branches of a function; nullptr where code cannot have any.
  std::vector<BranchHint>* hints = nullptr;
};

class ImmediateEncoder {
 public:
  explicit ImmediateEncoder(const CodeContext& context)
      : in_(context.in),
        out_(context.out),
        scope_(context.scope),
        types_(context.in, context.scope, context.types),
        table_(context.types),
        locals_(context.locals),
        uses_data_(context.uses_data) {}

  /// Writes `op`, whose mnemonic has been read, with the immediates at the reader.
  /// Pre: it does not structure the code (block, else, end, …).
  [[nodiscard]] Result<void> instruction(TextOp op);

  /// Reads over a type use and what stands in front of it, and writes nothing. For those who write
  /// the instruction later: the type may be a new one, and gets its index then.
  [[nodiscard]] Result<void> pass_type_use(TextOp op);

  void opcode(TextOp op) { opcode(op, 0); }
  [[nodiscard]] Result<void> label();
  [[nodiscard]] Result<void> tag();
  [[nodiscard]] Result<void> block_type();
  /// The clauses of a try_table; their labels are counted from outside of it.
  [[nodiscard]] Result<void> catch_clauses();

  LabelStack& labels() { return labels_; }

 private:
  /// `variant` is added to the code: some mnemonics stand for two opcodes.
  void opcode(TextOp op, uint32_t variant);
  [[nodiscard]] Result<void> immediates(TextOp op);
  [[nodiscard]] Result<void> type_immediates(TextImmediate kind);

  [[nodiscard]] Result<void> index(const IndexSpace& space);
  [[nodiscard]] Result<void> index_or_zero(const IndexSpace& space);
  [[nodiscard]] Result<void> label_table();
  [[nodiscard]] Result<void> call_indirect();
  [[nodiscard]] Result<void> select();
  [[nodiscard]] Result<void> memarg(TextOp op, bool has_memory);
  [[nodiscard]] bool at_memory_before_lane() const;
  [[nodiscard]] Result<uint64_t> memarg_number(std::string_view key, uint64_t otherwise);
  [[nodiscard]] Result<void> copy(const IndexSpace& space);
  [[nodiscard]] Result<void> initialize(const IndexSpace& segments, const IndexSpace& targets);
  [[nodiscard]] Result<void> lane();
  [[nodiscard]] Result<void> shuffle();
  [[nodiscard]] Result<void> field();
  [[nodiscard]] Result<void> cast(TextOp op);
  [[nodiscard]] Result<void> branch_cast();
  [[nodiscard]] Result<void> heap_type();

  TokenReader& in_;
  ByteWriter& out_;
  Scope& scope_;
  TypeReader types_;
  TypeTable& table_;
  const IndexSpace& locals_;
  bool& uses_data_;
  LabelStack labels_;
};

}  // namespace tine::text
