// Address space for guest frames.
#include "machine_impl.h"
#include "tine/check.h"
#include "tine/limits.h"

namespace tine {
FrameStack::FrameStack(uint64_t limit_slots) {
  const uint64_t bytes = to_whole_blocks((limit_slots + kLimits.frame_slots) * sizeof(Slot));
  Result<Reservation> taken = take_reservation({.open_bytes = bytes, .closed_bytes = 0});
  TINE_CHECK(taken.has_value());
  reservation_ = *taken;
}

FrameStack::~FrameStack() { give_back(reservation_); }

Slot* FrameStack::base() const {
  return reinterpret_cast<Slot*>(reservation_.border - reservation_.shape.open_bytes);
}

}  // namespace tine
