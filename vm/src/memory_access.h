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

/// Which bytes of memory 0 an op reaches.
struct Access {
  uint64_t address = 0;
  bool is_in_bounds = false;
};

/// What an op reaches whose offset stands in ip[1].u32[1] and whose address is an operand. 32 bits
/// and 32 bits cannot overflow; with 64 the carry decides.
template <AddressType kAddressType, Source kSource, int kField>
[[gnu::always_inline]] inline Access access_of(const Cell* ip, const Slot* fp, const uint8_t* mem,
                                               uint64_t acc, uint64_t size) {
  const uint64_t limit = context_of(const_cast<uint8_t*>(mem))->memory_bytes;
  const uint64_t offset = ip[1].u32[1];
  if constexpr (kSource == Source::kImmediate) return {offset, offset + size <= limit};
  const Slot operand = kSource == Source::kAccumulator ? acc : fp[ip[1].u16[kField]];
  const uint64_t address = address_from(operand, kAddressType) + offset;
  if constexpr (kAddressType == AddressType::kI32) return {address, address + size <= limit};
  uint64_t end = 0;
  const bool overflows = __builtin_add_overflow(operand, offset + size, &end);
  return {address, !overflows && end <= limit};
}

#define TINE_CHECK_BOUNDS(access) \
  if (__builtin_expect(!(access).is_in_bounds, 0)) TINE_TRAP_EXIT(TrapKind::kMemoryOutOfBounds)

/// The memory that a slow op names.
[[nodiscard]] inline Memory& general_memory(const Cell* ip, uint8_t* mem) {
  return *context_of(mem)->instance->memory_items[ip[3].u32[0]];
}

/// A slow op decodes its own operands: `size` bytes at the address, or nullptr out of bounds.
[[nodiscard]] inline uint8_t* general_access(const Cell* ip, const Slot* fp, uint8_t* mem,
                                             uint32_t size) {
  const Memory& memory = general_memory(ip, mem);
  const uint64_t base = address_from(fp[ip[1].u16[1]], memory.type().address_type);
  uint64_t address = 0;
  if (__builtin_add_overflow(base, ip[2].u64, &address) || !memory.in_bounds(address, size))
    return nullptr;
  return memory.base() + address;
}

/// Marks what a slow op wrote at `p`.
inline void mark_general(const Cell* ip, uint8_t* mem, const uint8_t* p) {
  Memory& memory = general_memory(ip, mem);
  memory.mark_store(static_cast<uint64_t>(p - memory.base()));
}

}  // namespace tine
