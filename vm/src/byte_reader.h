// ByteReader: a bounds-checked cursor over part of a module's binary, for the primitives of the
// binary format: bytes, LEB128 integers, lengths and names.
//
// A reader never leaves its own range, be it a section, a function body or the whole module. Only a
// LEB128 integer that crosses the end of the range is first judged by its own encoding, as the
// spec's grammar does, which knows no ranges. Every error is kMalformed with the spec's wording, at
// the offending byte. spec: binary/values
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "decode_errors.h"
#include "tine/result.h"
#include "tine/types.h"

namespace tine {

class ByteReader {
 public:
  /// Reads `module_bytes[begin, end)`. Pre: begin <= end <= module_bytes.size().
  ByteReader(std::span<const uint8_t> module_bytes, WasmOffset begin, WasmOffset end)
      : bytes_(module_bytes), at_(begin), end_(end) {}

  [[nodiscard]] bool at_end() const { return at_ >= end_; }
  [[nodiscard]] WasmOffset offset() const { return at_; }
  [[nodiscard]] WasmOffset end() const { return end_; }
  [[nodiscard]] uint32_t remaining() const { return end_ - at_; }

  /// The next byte, not consumed.
  [[nodiscard]] Result<uint8_t> peek() const {
    if (at_end()) return unexpected_end();
    return bytes_[at_];
  }
  [[nodiscard]] Result<uint8_t> byte() {
    if (at_end()) return unexpected_end();
    return bytes_[at_++];
  }
  [[nodiscard]] Result<uint32_t> u32() {
    if (!at_end() && bytes_[at_] < 0x80) return bytes_[at_++];
    return leb128<uint32_t, 32>();
  }
  [[nodiscard]] Result<uint64_t> u64() { return leb128<uint64_t, 64>(); }
  [[nodiscard]] Result<int32_t> s7() { return leb128<int32_t, 7>(); }
  [[nodiscard]] Result<int32_t> s32() { return leb128<int32_t, 32>(); }
  [[nodiscard]] Result<int64_t> s33() { return leb128<int64_t, 33>(); }
  [[nodiscard]] Result<int64_t> s64() { return leb128<int64_t, 64>(); }
  /// `n` bytes (at most 8), little-endian.
  [[nodiscard]] Result<uint64_t> fixed(uint32_t n);

  /// The size in bytes of what follows; it lies within this reader's range.
  [[nodiscard]] Result<uint32_t> length();
  /// The next `n` bytes as a reader of their own. Pre: n <= remaining().
  [[nodiscard]] ByteReader take(uint32_t n) {
    at_ += n;
    return {bytes_, at_ - n, at_};
  }
  /// A name: length and UTF-8. The view stays valid as long as the module's bytes.
  /// Errors also: kLimit.
  [[nodiscard]] Result<std::string_view> name();

 private:
  template <class T, unsigned kBits>
  [[nodiscard]] Result<T> leb128();
  [[nodiscard]] std::unexpected<Error> unexpected_end() const;

  std::span<const uint8_t> bytes_;
  WasmOffset at_;
  WasmOffset end_;
};

// spec: binary/values#integers. The last possible byte holds fewer than seven bits of value; the
// others must be zero, or copies of the sign.
template <class T, unsigned kBits>
Result<T> ByteReader::leb128() {
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (at_ >= bytes_.size()) return unexpected_end();
    const uint8_t b = bytes_[at_++];
    const unsigned bits_left = kBits - shift;
    if (bits_left < 7) {
      constexpr unsigned kSignBit = std::is_signed_v<T> ? 1 : 0;
      const uint8_t unused = 0x7f & (0x7f << (bits_left - kSignBit));
      const bool is_sign_extension = std::is_signed_v<T> && (b & unused) == unused;
      if ((b & unused) != 0 && !is_sign_extension) return malformed(at_ - 1, "integer too large");
    }
    value |= static_cast<uint64_t>(b & 0x7f) << shift;
    if ((b & 0x80) == 0) {
      if (at_ > end_) return unexpected_end();
      const bool is_negative = std::is_signed_v<T> && (b & 0x40) != 0;
      if (is_negative && shift + 7 < 64) value |= ~uint64_t{0} << (shift + 7);
      return static_cast<T>(value);
    }
    if (bits_left <= 7) return malformed(at_, "integer representation too long");
  }
}

}  // namespace tine
