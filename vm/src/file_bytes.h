// FileBytes: the contents of a file in memory, shared piece by piece.
//
// Forks of a closed world write into copies of the same files. The contents are a list of 64 KiB
// pieces that copies share until they write into them, so that a write costs a piece and not the
// file. A piece that was never written is absent and reads as zeros.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tine {

class FileBytes {
 public:
  static constexpr uint64_t kPieceBytes = uint64_t{1} << 16;

  FileBytes() = default;
  explicit FileBytes(std::span<const uint8_t> contents);

  [[nodiscard]] uint64_t size_bytes() const { return size_bytes_; }
  /// Returns how many bytes there were to read.
  uint64_t read(uint64_t offset, std::span<uint8_t> into) const;
  /// Grows the file as needed. Pre: the caller bounds `offset + data.size()`.
  void write(uint64_t offset, std::span<const uint8_t> data);
  /// New bytes read as zero. Pre: the caller bounds `size_bytes`.
  void set_size(uint64_t size_bytes);
  /// All contents in one piece.
  [[nodiscard]] std::vector<uint8_t> flat() const;

 private:
  using Piece = std::vector<uint8_t>;  // kPieceBytes long
  /// The piece to write into: made or copied where need be.
  Piece& edit(uint64_t index);

  std::vector<std::shared_ptr<Piece>> pieces_;  // null: zeros
  uint64_t size_bytes_ = 0;
  // Bytes of the last piece beyond size_bytes_ are zero.
};

}  // namespace tine
