// Integers in files are little-endian, on every host.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>

namespace tine {

template <std::unsigned_integral T>
[[nodiscard]] T little_endian(T v) {
  return std::endian::native == std::endian::big ? std::byteswap(v) : v;
}

template <std::unsigned_integral T>
void store_le(uint8_t* to, T v) {
  v = little_endian(v);
  std::memcpy(to, &v, sizeof v);
}

template <std::unsigned_integral T>
[[nodiscard]] T load_le(const uint8_t* from) {
  T v;
  std::memcpy(&v, from, sizeof v);
  return little_endian(v);
}

}  // namespace tine
