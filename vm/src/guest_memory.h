// GuestMemory: a guest's memory as a WASI call uses it: every address checked, every number
// little-endian, every write through the dirty-card barrier, every byte counted as work.
//
// A bad address is the guest's mistake and becomes EFAULT; it never traps and never reads further.
#pragma once

#include <span>
#include <string>

#include "tine/memory.h"
#include "wasi_abi.h"

namespace tine::wasi {

using Ptr = uint32_t;

class GuestMemory {
 public:
  /// `memory` may be null: an instance without a memory, where every address is bad.
  explicit GuestMemory(Memory* memory) : memory_(memory) {}

  /// Bytes that went through here, by which the call is charged.
  [[nodiscard]] uint64_t bytes_moved() const { return bytes_moved_; }

  /// 64-bit so that sums of guest addresses cannot wrap into range.
  [[nodiscard]] bool contains(uint64_t address, uint64_t size) const {
    return memory_ != nullptr && memory_->in_bounds(address, size);
  }

  template <class T>
  [[nodiscard]] WasiResult<T> load(uint64_t address) {
    if (!contains(address, sizeof(T))) return fail(Errno::kFault);
    bytes_moved_ += sizeof(T);
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof(T); ++i)
      bits |= uint64_t{memory_->base()[address + i]} << (8 * i);
    return static_cast<T>(bits);
  }

  template <class T>
  [[nodiscard]] Errno store(uint64_t address, T value) {
    StructImage<sizeof(T)> image;
    image.put(0, value);
    return write(address, image.bytes());
  }

  [[nodiscard]] Errno write(uint64_t address, std::span<const uint8_t> data) {
    if (!contains(address, data.size())) return Errno::kFault;
    bytes_moved_ += data.size();
    memory_->write(address, data);
    return Errno::kSuccess;
  }

  [[nodiscard]] WasiResult<std::span<const uint8_t>> view(uint64_t address, uint64_t size) {
    if (!contains(address, size)) return fail(Errno::kFault);
    bytes_moved_ += size;
    return std::span<const uint8_t>(memory_->base() + address, size);
  }

  /// Lets `fill` write into a range; it says how many bytes it wrote, and only those are marked:
  /// a guest's read buffer is mostly larger than what there is to read.
  template <class F>
  [[nodiscard]] WasiResult<uint64_t> fill(uint64_t address, uint64_t size, F fill) {
    if (!contains(address, size)) return fail(Errno::kFault);
    const WasiResult<uint64_t> filled = fill(std::span<uint8_t>(memory_->base() + address, size));
    const uint64_t changed = filled.value_or(size);  // who fails may have written anything
    bytes_moved_ += changed;
    memory_->mark_range(address, changed);
    return filled;
  }

 private:
  Memory* memory_;
  uint64_t bytes_moved_ = 0;
};

}  // namespace tine::wasi
