// Address space for guest frames.
#include "machine_impl.h"
#include "os_memory.h"
#include "tine/check.h"
#include "tine/limits.h"

namespace tine {
namespace {

uint64_t round_up(uint64_t v, uint64_t unit) { return (v + unit - 1) / unit * unit; }

}  // namespace

FrameStack::FrameStack(uint64_t limit_slots)
    : reserved_bytes_(
          round_up((limit_slots + kLimits.frame_slots) * sizeof(Slot), kWasmPageBytes)) {
  const Result<uint8_t*> reserved = os::reserve(reserved_bytes_);
  TINE_CHECK(reserved.has_value());
  TINE_CHECK(os::commit_sparse(*reserved, reserved_bytes_).has_value());
  base_ = reinterpret_cast<Slot*>(*reserved);
}

FrameStack::~FrameStack() { os::release(reinterpret_cast<uint8_t*>(base_), reserved_bytes_); }

}  // namespace tine
