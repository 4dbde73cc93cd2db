// The idle reservations of the process, behind a mutex.
#include "reservation.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "os_memory.h"
#include "tine/memory.h"

namespace tine {
namespace {

class IdleReservations {
 public:
  /// The latest one that suits, because most of it still is in the caches.
  std::optional<Reservation> take(const ReservationShape& shape) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(idle_.rbegin(), idle_.rend(), shape, &Reservation::shape);
    if (found == idle_.rend()) return std::nullopt;
    const Reservation reservation = *found;
    idle_.erase(std::next(found).base());
    return reservation;
  }

  /// Returns the oldest one where there are too many: a shape that is no longer wanted goes.
  std::optional<Reservation> add(const Reservation& reservation) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(reservation);
    if (idle_.size() <= kMostIdleReservations) return std::nullopt;
    const Reservation oldest = idle_.front();
    idle_.erase(idle_.begin());
    return oldest;
  }

 private:
  std::mutex mutex_;
  std::vector<Reservation> idle_;
};

/// Never taken down: machines may outlive static objects.
IdleReservations& idle_reservations() {
  static IdleReservations& idle = *new IdleReservations();
  return idle;
}

[[nodiscard]] Result<Reservation> make_reservation(const ReservationShape& shape) {
  const uint64_t before_border = to_whole_blocks(shape.open_bytes);
  Reservation made{.shape = shape};
  // One page more than needed: the OS aligns to its own page size, the border wants 64 KiB.
  made.size_bytes = before_border + shape.closed_bytes + kWasmPageBytes;
  TINE_TRY_ASSIGN(made.start, os::reserve(made.size_bytes));
  const auto start = reinterpret_cast<uintptr_t>(made.start);
  made.border = made.start + (to_whole_blocks(start) - start) + before_border;
  const auto open = os::commit_sparse(made.border - shape.open_bytes, shape.open_bytes);
  if (!open) os::release(made.start, made.size_bytes);
  TINE_TRY(open);
  return made;
}

/// Returns whether the system made it as good as new.
[[nodiscard]] bool wipe(const Reservation& used) {
  return os::discard(used.border - used.shape.open_bytes, used.shape.open_bytes) &&
         os::close_again(used.border, used.shape.closed_bytes);
}

}  // namespace

Result<Reservation> take_reservation(const ReservationShape& shape) {
  if (const std::optional<Reservation> idle = idle_reservations().take(shape)) return *idle;
  return make_reservation(shape);
}

void give_back(const Reservation& reservation) {
  std::optional<Reservation> unwanted = reservation;
  if (wipe(reservation)) unwanted = idle_reservations().add(reservation);
  if (unwanted) os::release(unwanted->start, unwanted->size_bytes);
}

}  // namespace tine
