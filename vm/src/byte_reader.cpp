#include "byte_reader.h"

#include "limit_check.h"
#include "utf8.h"

namespace tine {

std::unexpected<Error> ByteReader::unexpected_end() const {
  return malformed(end_, "unexpected end of section or function");
}

Result<uint64_t> ByteReader::fixed(uint32_t n) {
  if (remaining() < n) return unexpected_end();
  uint64_t value = 0;
  for (uint32_t i = 0; i < n; ++i) value |= static_cast<uint64_t>(bytes_[at_ + i]) << (8 * i);
  at_ += n;
  return value;
}

Result<uint32_t> ByteReader::length() {
  const WasmOffset start = at_;
  if (at_end() && end_ < bytes_.size()) return malformed(start, "length out of bounds");
  TINE_TRY_ASSIGN(const uint32_t n, u32());
  if (n <= remaining()) return n;
  return malformed(start, "unexpected end of section or function: length out of bounds");
}

Result<std::string_view> ByteReader::name() {
  const WasmOffset start = at_;
  TINE_TRY_ASSIGN(const uint32_t size, length());
  TINE_TRY(check_limit(limit::name_bytes, size, start));
  const std::string_view text(reinterpret_cast<const char*>(bytes_.data()) + at_, size);
  if (!is_utf8(text)) return malformed(at_, "malformed UTF-8 encoding");
  at_ += size;
  return text;
}

}  // namespace tine
