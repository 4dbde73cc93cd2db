// JumpRecords: where longjmp can go back to. Plain data, copied whole into a fork's base.
//
// A guest that imports `tine.setjmp` and calls it leaves a record: the call's position and a copy of
// the operands below it. `tine.longjmp` drops all deeper frames, puts the operands back and goes on
// behind that call, a second time; locals are as they are. In the guest's memory stands no more than
// the record's number, which is never given twice, so nothing there can lead to a wrong place.
//
// A record dies with its frame. So that nobody has to count frames, the return word of a frame that
// has records is a stub, as forks have one for their low-water mark (reset.cpp); what it was stands
// in the JumpFrame. Frames and records are in the order in which they were made, which is also that
// of the stack, so all of this is three arrays that grow and shrink at the end.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "context.h"
#include "tine/types.h"

namespace tine {

/// A frame that has called setjmp, and all that a jump into it needs without walking the stack.
struct JumpFrame {
  Slot* fp = nullptr;
  const Cell* return_to = nullptr;  // the frame's own return word; in its place stands a stub
  Instance* instance = nullptr;
  FuncIdx func = 0;
  size_t bridges = 0;  // calls across instances up to and with the one that led here
  int64_t depth_left_slots = 0;
};

struct JumpRecord {
  uint64_t id = 0;        // ascending
  uint64_t buffer = 0;    // address of the jmp_buf
  WasmOffset offset = 0;  // of the call of setjmp
  uint32_t frame = 0;     // in JumpRecords::frames()
  size_t first_slot = 0;  // of its operands, in a common list
};

class JumpRecords {
 public:
  [[nodiscard]] const std::vector<JumpFrame>& frames() const { return frames_; }
  [[nodiscard]] const std::vector<JumpRecord>& records() const { return records_; }
  [[nodiscard]] JumpFrame& frame(size_t index) { return frames_[index]; }
  [[nodiscard]] std::span<const Slot> operands_of(const JumpRecord& record) const;
  /// The innermost frame that has records; nullptr where none has.
  [[nodiscard]] Slot* innermost() const;
  [[nodiscard]] bool has_frame(const Slot* fp) const {
    return !frames_.empty() && frames_.back().fp == fp;
  }
  /// The live record of this number, or nullptr. Cost: O(log records).
  [[nodiscard]] const JumpRecord* find(uint64_t id) const;
  /// Records of the innermost frame: what add() looks through.
  [[nodiscard]] size_t count_of_last_frame() const;
  /// Whether one more record with so many operands stays within limits.def.
  [[nodiscard]] bool has_room(size_t operand_slots) const;

  void push_frame(const JumpFrame& frame) { frames_.push_back(frame); }
  /// The frame is left; so are its records.
  JumpFrame pop_frame();
  /// A tail call has replaced the innermost frame: its records are dead, its stub stays.
  void forget_last_frame() { drop_records_from(frames_.size() - 1); }
  /// The frames above the first `frames` are left.
  void cut_to(size_t frames);
  /// A record of the innermost frame. It replaces the one with the same buffer in that frame, whose
  /// number is lost anyway: so a loop around setjmp needs no more than one.
  void add(uint64_t id, uint64_t buffer, WasmOffset offset, std::span<const Slot> operands);

 private:
  [[nodiscard]] size_t end_of_slots(size_t record) const;
  void drop_records_from(size_t frame);
  void erase(size_t record);

  std::vector<JumpFrame> frames_;    // outermost first
  std::vector<JumpRecord> records_;  // by id, and so by frame
  std::vector<Slot> slots_;          // operands of all records, one after the other
};

}  // namespace tine
