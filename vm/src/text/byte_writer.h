// ByteWriter: the primitives of the binary format, appended to a byte string. The twin of
// ByteReader; integers are written in as few bytes as they need. spec: binary/values
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tine::text {

class ByteWriter {
 public:
  void byte(uint32_t b) { bytes_.push_back(static_cast<uint8_t>(b)); }
  /// Unsigned LEB128.
  void u64(uint64_t v) {
    for (; v >= 0x80; v >>= 7) byte(static_cast<uint32_t>(v & 0x7f) | 0x80);
    byte(static_cast<uint32_t>(v));
  }
  /// Signed LEB128, of any width.
  void s64(int64_t v) {
    for (; v < -64 || v > 63; v >>= 7) byte(static_cast<uint32_t>(v & 0x7f) | 0x80);
    byte(static_cast<uint32_t>(v & 0x7f));
  }
  /// Little-endian.
  void fixed(uint64_t v, uint32_t size_bytes) {
    for (uint32_t i = 0; i < size_bytes; ++i) byte(static_cast<uint32_t>(v >> (8 * i)) & 0xff);
  }
  void raw(std::string_view bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  /// Length and bytes: a name, a section, a function body.
  void sized(std::string_view bytes) { u64(bytes.size()), raw(bytes); }
  void sized(const ByteWriter& other) { sized(other.view()); }

  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  /// Cuts off everything behind `size` and hands it over.
  [[nodiscard]] std::vector<uint8_t> cut(size_t size) {
    std::vector<uint8_t> tail(bytes_.begin() + static_cast<std::ptrdiff_t>(size), bytes_.end());
    bytes_.resize(size);
    return tail;
  }
  [[nodiscard]] std::vector<uint8_t> take() && { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace tine::text
