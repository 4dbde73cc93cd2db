// Address space from the operating system: reserve, make usable, map a file, and all the way back.
//
// vm/ touches the operating system in the os_*.cpp files and nowhere else, so that a port has one
// place to look. Addresses and sizes are multiples of 64 KiB unless said otherwise, which every
// page size divides.
#pragma once

#include <cstdint>

#include "tine/result.h"

namespace tine::os {

/// Reserves address space without access rights; costs no memory. Errors: kIo.
[[nodiscard]] Result<uint8_t*> reserve(uint64_t size_bytes);

/// Makes part of a reservation readable, writable and zero; pages arrive when first touched.
/// Pre: reserved, never mapped before. Errors: kIo.
[[nodiscard]] Result<void> commit(uint8_t* at, uint64_t size_bytes);

/// The same for tables that are touched sparsely: asks for small pages, so that one byte never
/// costs 2 MiB. `at` and `size_bytes` are multiples of 4 KiB only. Errors: kIo.
[[nodiscard]] Result<void> commit_sparse(uint8_t* at, uint64_t size_bytes);

/// Makes committed memory zero again and gives its pages back. Returns whether the system did,
/// which it does not where pages are locked.
[[nodiscard]] bool discard(uint8_t* at, uint64_t size_bytes);

/// Takes what was committed or mapped back to a reservation. Returns whether the system did.
[[nodiscard]] bool close_again(uint8_t* at, uint64_t size_bytes);

/// Puts a private copy-on-write view of `fd` at `at`, within a reservation. Errors: kIo.
[[nodiscard]] Result<void> map_private(uint8_t* at, uint64_t size_bytes, int fd,
                                       uint64_t fd_offset);

/// Gives a whole reservation back.
void release(uint8_t* reservation, uint64_t size_bytes);

}  // namespace tine::os
