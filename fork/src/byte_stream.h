// ByteStream: bytes that come one after the other and are never seen twice, from a file, a pipe or
// memory. Its position is the offset that errors name.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "os.h"
#include "tine/result.h"

namespace tine {

class ByteStream {
 public:
  /// `bytes` must outlive the stream.
  explicit ByteStream(std::span<const uint8_t> bytes) : rest_(bytes) {}
  /// What read_next() of a file gives.
  explicit ByteStream(os::File file) : file_(std::move(file)) {}

  /// How many bytes were read.
  [[nodiscard]] uint64_t position() const { return position_; }
  /// The next bytes, at most `to.size()` and at least one unless the stream has ended. Errors: kIo.
  [[nodiscard]] Result<size_t> read_some(std::span<uint8_t> to);
  /// The next bytes, fewer than `to.size()` only at the stream's end. Errors: kIo.
  [[nodiscard]] Result<size_t> read_up_to(std::span<uint8_t> to);

 private:
  std::span<const uint8_t> rest_;
  os::File file_;
  uint64_t position_ = 0;
};

/// Takes the bytes of a stream in order. Errors are the caller's to hand on.
using ByteSink = std::function<Result<void>(std::span<const uint8_t>)>;

}  // namespace tine
