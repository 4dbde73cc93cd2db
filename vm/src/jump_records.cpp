// Implementation of jump_records.h.
#include "jump_records.h"

#include <algorithm>

#include "tine/limits.h"

namespace tine {

size_t JumpRecords::end_of_slots(size_t record) const {
  return record + 1 < records_.size() ? records_[record + 1].first_slot : slots_.size();
}

std::span<const Slot> JumpRecords::operands_of(const JumpRecord& record) const {
  const auto index = static_cast<size_t>(&record - records_.data());
  return {slots_.data() + record.first_slot, end_of_slots(index) - record.first_slot};
}

Slot* JumpRecords::innermost() const {
  return records_.empty() ? nullptr : frames_[records_.back().frame].fp;
}

const JumpRecord* JumpRecords::find(uint64_t id) const {
  const auto it = std::ranges::lower_bound(records_, id, {}, &JumpRecord::id);
  return it != records_.end() && it->id == id ? &*it : nullptr;
}

size_t JumpRecords::count_of_last_frame() const {
  const auto first = std::ranges::lower_bound(records_, static_cast<uint32_t>(frames_.size() - 1),
                                              {}, &JumpRecord::frame);
  return static_cast<size_t>(records_.end() - first);
}

bool JumpRecords::has_room(size_t operand_slots) const {
  return records_.size() < kLimits.jump_records &&
         slots_.size() + operand_slots <= kLimits.jump_slots;
}

JumpFrame JumpRecords::pop_frame() {
  const JumpFrame frame = frames_.back();
  drop_records_from(frames_.size() - 1);
  frames_.pop_back();
  return frame;
}

void JumpRecords::cut_to(size_t frames) {
  drop_records_from(frames);
  frames_.resize(frames);
}

void JumpRecords::drop_records_from(size_t frame) {
  while (!records_.empty() && records_.back().frame >= frame) {
    slots_.resize(records_.back().first_slot);
    records_.pop_back();
  }
}

void JumpRecords::add(uint64_t id, uint64_t buffer, WasmOffset offset,
                      std::span<const Slot> operands) {
  for (size_t i = records_.size() - count_of_last_frame(); i < records_.size(); ++i) {
    if (records_[i].buffer != buffer) continue;
    erase(i);
    break;
  }
  records_.push_back(
      {id, buffer, offset, static_cast<uint32_t>(frames_.size() - 1), slots_.size()});
  slots_.insert(slots_.end(), operands.begin(), operands.end());
}

void JumpRecords::erase(size_t record) {
  const size_t begin = records_[record].first_slot;
  const size_t end = end_of_slots(record);
  slots_.erase(slots_.begin() + static_cast<ptrdiff_t>(begin),
               slots_.begin() + static_cast<ptrdiff_t>(end));
  records_.erase(records_.begin() + static_cast<ptrdiff_t>(record));
  for (size_t i = record; i < records_.size(); ++i) records_[i].first_slot -= end - begin;
}

}  // namespace tine
