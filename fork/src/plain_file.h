// PlainFile: the bytes of a snapshot in its plain form, wherever they came from.
//
//   a regular file in the plain form   is read where it stands
//   bytes in the plain form            likewise
//   the dense form (dense.h)           is unpacked into a memfd of its own
//   a pipe in either form              likewise; its blocks of zeros take no memory
//
// So everything behind this class knows one form only. Nothing is believed yet: the sizes are
// compared with a limit before memory is taken, and memory is taken only for blocks that came.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "byte_stream.h"
#include "os.h"
#include "tine/result.h"

namespace tine {

/// The path that stands for standard input (and output).
inline constexpr std::string_view kStandardStream = "-";

class PlainFile {
 public:
  /// `path`: `-` is standard input. `most_bytes`: of what is unpacked or comes through a pipe.
  /// Errors: kIo, kBadSnapshot, kLimit.
  [[nodiscard]] static Result<PlainFile> open(const std::string& path, uint64_t most_bytes);
  /// `bytes` must outlive the file. Errors: likewise.
  [[nodiscard]] static Result<PlainFile> of_bytes(std::span<const uint8_t> bytes,
                                                  uint64_t most_bytes);

  [[nodiscard]] uint64_t size() const { return size_; }
  /// Whether these bytes are not those that were given, but what they unpack to: offsets of errors
  /// are offsets in this form then.
  [[nodiscard]] bool was_dense() const { return was_dense_; }
  /// Whether there is a file behind it, which can be mapped and has holes.
  [[nodiscard]] bool is_file() const { return file_.fd() >= 0; }
  /// Whether that file is a sealed memfd of our own, which nobody can change.
  [[nodiscard]] bool is_own() const { return is_own_; }

  /// Pre: within size(). Errors: kIo.
  [[nodiscard]] Result<void> read_at(uint64_t offset, std::span<uint8_t> to) const;
  /// The bytes from `offset` where they are in memory anyway, else empty.
  [[nodiscard]] std::span<const uint8_t> view() const { return bytes_; }
  /// As os::next_data, of whole blocks when `from` begins one.
  [[nodiscard]] os::Extent next_data(uint64_t from, uint64_t end) const;
  /// Gives the file away, to be mapped.
  [[nodiscard]] os::File take_file() { return std::move(file_); }

 private:
  PlainFile() = default;
  [[nodiscard]] static Result<PlainFile> unpack(std::span<const uint8_t> start, ByteStream& stream,
                                                uint64_t most_bytes);
  [[nodiscard]] static Result<PlainFile> spool(std::span<const uint8_t> start, ByteStream& stream,
                                               uint64_t most_bytes);

  os::File file_;                   // or
  std::span<const uint8_t> bytes_;  // all of it
  uint64_t size_ = 0;
  bool was_dense_ = false;
  bool is_own_ = false;
};

/// Calls `visit(offset, run)` for every run of blocks of `[begin, end)` that hold something, in
/// order, with offsets from `begin`. Both are multiples of 4 KiB, or `end` is the file's. `visit`
/// returns a Result<void>; its error ends the walk. Cost: O(what is not a hole). Errors: kIo too.
[[nodiscard]] Result<void> for_each_data_run(
    const PlainFile& file, uint64_t begin, uint64_t end,
    const std::function<Result<void>(uint64_t offset, std::span<const uint8_t> run)>& visit);

}  // namespace tine
