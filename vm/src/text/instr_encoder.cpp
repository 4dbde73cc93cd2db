#include "text/instr_encoder.h"

#include "limit_check.h"
#include "text/annotation_reader.h"

namespace tine::text {
namespace {

/// Instructions that open a block.
bool opens_block(TextOp op) {
  switch (op) {
    case TextOp::block:
    case TextOp::loop:
    case TextOp::if_:
    case TextOp::try_:
    case TextOp::try_table: return true;
    default: return false;
  }
}

/// Instructions that go on with a block or end it.
bool continues_block(TextOp op) {
  switch (op) {
    case TextOp::else_:
    case TextOp::end:
    case TextOp::catch_:
    case TextOp::catch_all:
    case TextOp::delegate: return true;
    default: return false;
  }
}

}  // namespace

Result<void> InstrEncoder::sequence() {
  while (!(frames_.empty() && in_.at(TokenKind::kRight))) TINE_TRY(step());
  return {};
}

Result<void> InstrEncoder::folded() {
  TINE_TRY(open());
  while (!frames_.empty()) TINE_TRY(step());
  return {};
}

Result<void> InstrEncoder::step() {
  if (in_.at(TokenKind::kLeft)) return open();
  if (in_.at(TokenKind::kRight)) return close();
  return flat_instruction();
}

// ------------------------------------------------------------------------------------------------
// Folded instructions

Result<void> InstrEncoder::open() {
  const bool is_arm_due = top_is(Kind::kIf) && (top().arm != Arm::kNone || in_.at_form("then"));
  if (is_arm_due) return open_if_arm();
  if (top_is(Kind::kTry)) return open_try_arm();
  return open_instruction();
}

Result<void> InstrEncoder::open_instruction() {
  TINE_TRY_ASSIGN(const TextOp op, peek_op(1));
  if (continues_block(op)) return in_.unexpected_form();
  TINE_TRY_ASSIGN(const auto hint, branch_hint(op));
  in_.skip();
  in_.skip();
  Frame frame{.kind = Kind::kOperands, .op = op, .waiting_begin = waiting_.size(), .hint = hint};
  if (opens_block(op)) frame.label = in_.take_id();
  if (op == TextOp::if_ || info_of(op).immediate == TextImmediate::kCallIndirect) {
    frame.kind = op == TextOp::if_ ? Kind::kIf : Kind::kOperands;
    frame.type_use = in_.position();
    TINE_TRY(immediates_.pass_type_use(op));
  } else if (opens_block(op)) {
    frame.kind = op == TextOp::try_ ? Kind::kTry : Kind::kBlock;
    TINE_TRY(block_head(op));
    immediates_.labels().push(frame.label);
  } else {
    const size_t begin = out_.size();
    TINE_TRY(immediates_.instruction(op));
    defer(begin);
  }
  return push(std::move(frame));
}

/// `(then …)`, and behind it `(else …)`.
Result<void> InstrEncoder::open_if_arm() {
  Frame& frame = top();
  if (frame.arm == Arm::kNone) {
    in_.skip();
    in_.skip();
    TINE_TRY(release(frame));
    immediates_.labels().push(frame.label);
    frame.arm = Arm::kFirst;
  } else if (frame.arm == Arm::kFirst && in_.take_form("else")) {
    open_else();
  } else {
    return in_.unexpected_form();
  }
  return push({.kind = Kind::kArm});
}

/// `(do …)`, and behind it clauses, or `(delegate …)` alone. spec: none (the older proposal)
Result<void> InstrEncoder::open_try_arm() {
  Frame& frame = top();
  const bool may_catch = frame.arm == Arm::kFirst || frame.arm == Arm::kCatch;
  if (frame.arm == Arm::kNone && in_.take_form("do")) {
    frame.arm = Arm::kFirst;
  } else if (may_catch && in_.take_form("catch")) {
    frame.arm = Arm::kCatch;
    TINE_TRY(catch_head(TextOp::catch_));
  } else if (may_catch && in_.take_form("catch_all")) {
    frame.arm = Arm::kCatchAll;
    TINE_TRY(catch_head(TextOp::catch_all));
  } else if (frame.arm == Arm::kFirst && in_.take_form("delegate")) {
    frame.arm = Arm::kDelegate;
    immediates_.labels().pop();  // the try itself cannot be meant
    TINE_TRY(immediates_.instruction(TextOp::delegate));
    return in_.expect(TokenKind::kRight);
  } else {
    return in_.unexpected_form();
  }
  return push({.kind = Kind::kArm});
}

Result<void> InstrEncoder::close() {
  const Frame& frame = top();
  switch (frame.kind) {
    case Kind::kOperands: TINE_TRY(release(frame)); break;
    case Kind::kArm: break;
    case Kind::kFlat: return in_.unexpected();
    case Kind::kIf:
    case Kind::kTry:
      if (frame.arm == Arm::kNone) return in_.unexpected();
      [[fallthrough]];
    case Kind::kBlock: close_block(); break;
  }
  frames_.pop_back();
  in_.skip();
  return {};
}

void InstrEncoder::open_else() {
  immediates_.opcode(TextOp::else_);
  top().arm = Arm::kElse;
  top().else_end = out_.size();
}

/// An `else` without instructions needs none in the binary, and a `delegate` was the end already.
void InstrEncoder::close_block() {
  const Frame& frame = top();
  if (frame.arm == Arm::kDelegate) return;
  if (frame.arm == Arm::kElse && out_.size() == frame.else_end) (void)out_.cut(out_.size() - 1);
  immediates_.opcode(TextOp::end);
  immediates_.labels().pop();
}

void InstrEncoder::defer(size_t begin) {
  const std::vector<uint8_t> bytes = out_.cut(begin);
  waiting_.raw({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<void> InstrEncoder::release(const Frame& frame) {
  note_hint(frame.hint);
  if (frame.type_use == 0) {
    const std::vector<uint8_t> bytes = waiting_.cut(frame.waiting_begin);
    out_.raw({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return {};
  }
  const uint32_t position = in_.position();
  in_.seek(frame.type_use);
  TINE_TRY(frame.op == TextOp::if_ ? block_head(frame.op) : immediates_.instruction(frame.op));
  in_.seek(position);
  return {};
}

// ------------------------------------------------------------------------------------------------
// Flat instructions

Result<void> InstrEncoder::flat_instruction() {
  TINE_TRY_ASSIGN(const TextOp op, peek_op(0));
  if (!takes_instructions()) return in_.unexpected();
  TINE_TRY_ASSIGN(const auto hint, branch_hint(op));
  note_hint(hint);
  if (continues_block(op) || opens_block(op)) return flat_structure(op);
  in_.skip();
  return immediates_.instruction(op);
}

Result<void> InstrEncoder::flat_structure(TextOp op) {
  if (opens_block(op)) {
    in_.skip();
    Frame frame{.kind = Kind::kFlat, .op = op, .label = in_.take_id()};
    TINE_TRY(block_head(op));
    immediates_.labels().push(frame.label);
    return push(std::move(frame));
  }
  if (!top_is(Kind::kFlat)) return in_.unexpected();
  switch (op) {
    case TextOp::end: return flat_end();
    case TextOp::else_: return flat_else();
    case TextOp::delegate: return flat_delegate();
    default: return flat_catch(op);
  }
}

Result<void> InstrEncoder::flat_end() {
  in_.skip();
  TINE_TRY(matching_label());
  close_block();
  frames_.pop_back();
  return {};
}

Result<void> InstrEncoder::flat_else() {
  if (top().op != TextOp::if_ || top().arm != Arm::kNone) return in_.unexpected();
  in_.skip();
  TINE_TRY(matching_label());
  open_else();
  return {};
}

Result<void> InstrEncoder::flat_catch(TextOp op) {
  if (top().op != TextOp::try_ || top().arm == Arm::kCatchAll) return in_.unexpected();
  in_.skip();
  top().arm = op == TextOp::catch_ ? Arm::kCatch : Arm::kCatchAll;
  return catch_head(op);
}

Result<void> InstrEncoder::flat_delegate() {
  if (top().op != TextOp::try_ || top().arm != Arm::kNone) return in_.unexpected();
  in_.skip();
  immediates_.labels().pop();
  frames_.pop_back();
  return immediates_.instruction(TextOp::delegate);
}

// ------------------------------------------------------------------------------------------------
// Common to both

/// Spec: none (branch hints)
Result<std::optional<bool>> InstrEncoder::branch_hint(TextOp op) {
  if (hints_ == nullptr) return std::nullopt;
  return read_branch_hint(in_, op == TextOp::if_ || op == TextOp::br_if);
}

void InstrEncoder::note_hint(std::optional<bool> hint) {
  if (hint) hints_->push_back({out_.size(), *hint});
}

Result<void> InstrEncoder::block_head(TextOp op) {
  immediates_.opcode(op);
  TINE_TRY(immediates_.block_type());
  return op == TextOp::try_table ? immediates_.catch_clauses() : Result<void>();
}

Result<void> InstrEncoder::catch_head(TextOp op) {
  immediates_.opcode(op);
  return op == TextOp::catch_ ? immediates_.tag() : Result<void>();
}

Result<void> InstrEncoder::matching_label() {
  const Token& token = in_.here();
  const auto label = in_.take_id();
  if (!label || label == top().label) return {};
  return in_.error_of_id(token, "mismatching label");
}

Result<TextOp> InstrEncoder::peek_op(uint32_t ahead) const {
  const Token& token = in_.peek(ahead);
  if (token.kind == TokenKind::kWord)
    if (const auto op = find_op(in_.text_of(token))) return *op;
  return ahead == 0 ? in_.unexpected() : in_.unexpected_form();
}

/// Operands must be folded, and an if or try consists of arms.
bool InstrEncoder::takes_instructions() const {
  return frames_.empty() || top().kind == Kind::kBlock || top().kind == Kind::kArm ||
         top().kind == Kind::kFlat;
}

Result<void> InstrEncoder::push(Frame frame) {
  frames_.push_back(std::move(frame));
  return check_limit(limit::control_depth, frames_.size(), in_.here().begin);
}

}  // namespace tine::text
