// How handlers reach guest memory: effective addresses, bounds, and little-endian bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "handlers.h"
#include "store.h"

namespace tine {

/// Little-endian access to guest memory, whatever the host.
template <class M>
[[gnu::always_inline]] inline M read_le(const uint8_t* p) {
  M v;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&v, p, sizeof(M));
  } else {
    uint8_t bytes[sizeof(M)];
    for (size_t i = 0; i < sizeof(M); ++i) bytes[i] = p[sizeof(M) - 1 - i];
    std::memcpy(&v, bytes, sizeof(M));
  }
  return v;
}
template <class M>
[[gnu::always_inline]] inline void write_le(uint8_t* p, M v) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(p, &v, sizeof(M));
  } else {
    uint8_t bytes[sizeof(M)];
    std::memcpy(bytes, &v, sizeof(M));
    for (size_t i = 0; i < sizeof(M); ++i) p[i] = bytes[sizeof(M) - 1 - i];
  }
}

/// The effective address of an op whose offset stands in ip[1].u32[1].
template <Source Address, int kField>
[[gnu::always_inline]] inline uint64_t effective_address(const Cell* ip, const Slot* fp,
                                                         uint64_t acc) {
  const uint64_t offset = ip[1].u32[1];
  if constexpr (Address == Source::kImmediate) return offset;
  if constexpr (Address == Source::kAccumulator) return offset + static_cast<uint32_t>(acc);
  return offset + static_cast<uint32_t>(fp[ip[1].u16[kField]]);
}

#define TINE_CHECK_BOUNDS(address, size)                                       \
  if (__builtin_expect((address) + (size) > context_of(mem)->memory_bytes, 0)) \
  TINE_TRAP_EXIT(TrapKind::kMemoryOutOfBounds)

/// A slow op decodes its own operands: `size` bytes at the address, or nullptr out of bounds.
[[nodiscard]] inline uint8_t* general_access(const Cell* ip, const Slot* fp, uint8_t* mem,
                                             uint32_t size) {
  Memory& memory = *context_of(mem)->instance->memory_items[ip[3].u32[0]];
  const uint64_t base = static_cast<uint32_t>(fp[ip[1].u16[1]]);
  uint64_t address = 0;
  if (__builtin_add_overflow(base, ip[2].u64, &address) || !memory.in_bounds(address, size))
    return nullptr;
  return memory.base() + address;
}

}  // namespace tine
