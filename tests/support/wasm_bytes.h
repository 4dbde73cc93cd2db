// WasmBytes: the binary format's numbers, names and opcodes, written one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tine/opcodes.h"
#include "tine/types.h"

namespace tine::test {

class WasmBytes {
 public:
  void byte(uint8_t b) { bytes_.push_back(b); }
  void type(ValType t) { byte(static_cast<uint8_t>(t)); }
  /// Unsigned LEB128.
  void u32(uint64_t v) {
    for (; v >= 0x80; v >>= 7) byte(static_cast<uint8_t>(v | 0x80));
    byte(static_cast<uint8_t>(v));
  }
  /// Signed LEB128, of any width.
  void s64(int64_t v) {
    for (; v < -64 || v > 63; v >>= 7) byte(static_cast<uint8_t>((v & 0x7f) | 0x80));
    byte(static_cast<uint8_t>(v & 0x7f));
  }
  /// Little-endian, `size` bytes.
  void fixed(uint64_t v, int size) {
    for (int i = 0; i < size; ++i) byte(static_cast<uint8_t>(v >> (8 * i)));
  }
  /// A name: its length, then its bytes.
  void text(std::string_view s) {
    u32(s.size());
    bytes_.insert(bytes_.end(), s.begin(), s.end());
  }
  void append(const std::vector<uint8_t>& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
  }
  void append(const WasmBytes& other) { append(other.bytes_); }
  void op(Op o) {
    const OpInfo& info = op_info(o);
    if (info.prefix == 0) return byte(static_cast<uint8_t>(info.code));
    byte(info.prefix);
    u32(info.code);
  }

  [[nodiscard]] const std::vector<uint8_t>& bytes() const { return bytes_; }
  [[nodiscard]] size_t size() const { return bytes_.size(); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace tine::test
