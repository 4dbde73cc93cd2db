// Reading and writing across the pieces.
#include "file_bytes.h"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace tine {

FileBytes::FileBytes(std::span<const uint8_t> contents) { write(0, contents); }

uint64_t FileBytes::read(uint64_t offset, std::span<uint8_t> into) const {
  if (offset >= size_bytes_) return 0;
  const uint64_t total = std::min<uint64_t>(into.size(), size_bytes_ - offset);
  for (uint64_t done = 0; done < total;) {
    const uint64_t at = (offset + done) % kPieceBytes;
    const uint64_t n = std::min(total - done, kPieceBytes - at);
    const auto& piece = pieces_[(offset + done) / kPieceBytes];
    if (piece) {
      std::memcpy(into.data() + done, piece->data() + at, n);
    } else {
      std::memset(into.data() + done, 0, n);
    }
    done += n;
  }
  return total;
}

FileBytes::Piece& FileBytes::edit(uint64_t index) {
  std::shared_ptr<Piece>& piece = pieces_[index];
  if (!piece) {
    piece = std::make_shared<Piece>(kPieceBytes, uint8_t{0});
  } else if (piece.use_count() != 1) {
    piece = std::make_shared<Piece>(*piece);
  }
  // As in Cow: another thread may have let go just now, its last reads come before our writes.
  std::atomic_thread_fence(std::memory_order_acquire);
  return *piece;
}

void FileBytes::write(uint64_t offset, std::span<const uint8_t> data) {
  if (data.empty()) return;
  if (offset + data.size() > size_bytes_) set_size(offset + data.size());
  for (uint64_t done = 0; done < data.size();) {
    const uint64_t at = (offset + done) % kPieceBytes;
    const uint64_t n = std::min(data.size() - done, kPieceBytes - at);
    std::memcpy(edit((offset + done) / kPieceBytes).data() + at, data.data() + done, n);
    done += n;
  }
}

void FileBytes::set_size(uint64_t size_bytes) {
  pieces_.resize((size_bytes + kPieceBytes - 1) / kPieceBytes);
  const uint64_t tail = size_bytes % kPieceBytes;
  if (size_bytes < size_bytes_ && tail != 0 && pieces_.back()) {
    Piece& last = edit(pieces_.size() - 1);
    std::fill(last.begin() + static_cast<ptrdiff_t>(tail), last.end(), uint8_t{0});
  }
  size_bytes_ = size_bytes;
}

std::vector<uint8_t> FileBytes::flat() const {
  std::vector<uint8_t> all(size_bytes_);
  read(0, all);
  return all;
}

}  // namespace tine
