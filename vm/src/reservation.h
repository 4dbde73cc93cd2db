// Reservation: address space for a memory or a frame stack, taken over from one that ended where
// possible.
//
//   start                    border, 64 KiB-aligned
//     [ open: readable, zero ][ closed: no access until the owner maps it ]
//
// A fresh one takes up to four system calls, and page tables at its first use: together a good part
// of what restoring a machine costs. One that is given back loses its contents but keeps the rest
// for the next of the same shape. At most kMostIdleReservations wait, which suits processes whose
// machines come one after another. Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tine/result.h"

namespace tine {

inline constexpr size_t kMostIdleReservations = 8;

struct ReservationShape {
  uint64_t open_bytes = 0;    // a multiple of 4 KiB
  uint64_t closed_bytes = 0;  // a multiple of 64 KiB
  bool operator==(const ReservationShape&) const = default;
};

struct Reservation {
  ReservationShape shape;
  uint8_t* start = nullptr;
  uint64_t size_bytes = 0;
  uint8_t* border = nullptr;
};

/// Errors: kIo (no address space).
[[nodiscard]] Result<Reservation> take_reservation(const ReservationShape& shape);
/// Whatever was mapped or committed in it goes. Cost: O(pages that were touched).
void give_back(const Reservation& reservation);

}  // namespace tine
