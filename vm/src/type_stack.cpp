#include "type_stack.h"

#include <algorithm>
#include <cstring>

#include "decode_errors.h"

namespace tine {

uint32_t slots_of_all(TypeList types) {
  // Hardly any list has wide types, and memchr is several times faster than counting.
  const bool has_wide =
      !types.empty() &&
      std::memchr(types.data(), static_cast<int>(ValType::kV128), types.size()) != nullptr;
  if (!has_wide) return static_cast<uint32_t>(types.size());
  const auto wide = std::count(types.begin(), types.end(), ValType::kV128);
  return static_cast<uint32_t>(types.size() + static_cast<size_t>(wide));
}

void TypeStack::clear() {
  operands_.clear();
  frames_.clear();
  slots_ = 0;
  max_slots_ = 0;
}

std::unexpected<Error> TypeStack::mismatch(std::string_view expected,
                                           std::string_view found) const {
  return type_mismatch(offset_, expected, found);
}

void TypeStack::push(ValType type) {
  operands_.push_back(type);
  slots_ += slots_of(type);
  max_slots_ = std::max(max_slots_, slots_);
}

void TypeStack::push_all(TypeList types) {
  operands_.insert(operands_.end(), types.begin(), types.end());
  slots_ += slots_of_all(types);
  max_slots_ = std::max(max_slots_, slots_);
}

Result<ValType> TypeStack::pop() {
  if (available() == 0) {
    if (frames_.back().is_unreachable) return kAnyType;
    return mismatch("an operand", "nothing");
  }
  const ValType type = operands_.back();
  operands_.pop_back();
  slots_ -= slots_of(type);
  return type;
}

Result<void> TypeStack::pop(ValType expected) {
  if (available() == 0) {
    if (frames_.back().is_unreachable) return {};
    return mismatch(name_of(expected), "nothing");
  }
  const ValType type = operands_.back();
  if (type != expected && type != kAnyType) return mismatch(name_of(expected), name_of(type));
  operands_.pop_back();
  slots_ -= slots_of(type);
  return {};
}

bool TypeStack::top_is(TypeList types) const {
  if (types.empty()) return true;
  return available() >= types.size() &&
         std::memcmp(operands_.data() + operands_.size() - types.size(), types.data(),
                     types.size()) == 0;
}

Result<void> TypeStack::check_all(TypeList types) const {
  if (top_is(types)) return {};
  const size_t present = std::min(available(), types.size());
  for (size_t i = 1; i <= present; ++i) {
    const ValType expected = types[types.size() - i];
    const ValType found = operands_[operands_.size() - i];
    if (found != expected && found != kAnyType) return mismatch(name_of(expected), name_of(found));
  }
  if (present == types.size() || frames_.back().is_unreachable) return {};
  return mismatch(name_of(types[types.size() - 1 - present]), "nothing");
}

Result<void> TypeStack::pop_all(TypeList types) {
  TINE_TRY(check_all(types));
  const size_t present = std::min(available(), types.size());
  slots_ -= slots_of_all(TypeList(operands_).last(present));
  operands_.resize(operands_.size() - present);
  return {};
}

void TypeStack::enter(Op op, TypeList params, TypeList results) {
  ControlFrame frame;
  frame.op = op;
  frame.params = params;
  frame.results = results;
  frame.height = static_cast<uint32_t>(operands_.size());
  frame.slot_height = slots_;
  frames_.push_back(frame);
  push_all(params);
}

void TypeStack::enter_catch(Op op, TypeList caught, TypeList results) {
  push(ValType::kExnRef);
  enter(op, caught, results);
}

Result<ControlFrame> TypeStack::leave() {
  const ControlFrame frame = frames_.back();
  TINE_TRY(pop_all(frame.results));
  if (available() != 0) return mismatch("the end of the block", "more values on the stack");
  frames_.pop_back();
  if (is_catch(frame.op)) {
    operands_.pop_back();
    --slots_;
  }
  return frame;
}

void TypeStack::set_unreachable() {
  ControlFrame& frame = frames_.back();
  operands_.resize(frame.height);
  slots_ = frame.slot_height;
  frame.is_unreachable = true;
}

}  // namespace tine
