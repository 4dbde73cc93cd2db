// Reservations: what is given back serves the next of its shape, as new.
#include "reservation.h"

#include <gtest/gtest.h>

#include <vector>

#include "os_memory.h"
#include "tine/types.h"

namespace tine {
namespace {

constexpr uint64_t kUnit = kWasmPageBytes;
constexpr ReservationShape kShape{.open_bytes = 3 * kUnit, .closed_bytes = 5 * kUnit};

Reservation taken(const ReservationShape& shape) {
  const auto reservation = take_reservation(shape);
  EXPECT_TRUE(reservation.has_value());
  return reservation.value_or(Reservation{});
}

TEST(Reservation, ComesBackAsNew) {
  const Reservation first = taken(kShape);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(first.border) % kUnit, 0u);
  uint8_t* const open = first.border - kShape.open_bytes;
  open[0] = open[kShape.open_bytes - 1] = 1;
  ASSERT_TRUE(os::commit(first.border, kUnit).has_value());
  first.border[0] = 1;
  give_back(first);
  const Reservation second = taken(kShape);
  ASSERT_EQ(second.border, first.border);
  EXPECT_EQ(open[0] + open[kShape.open_bytes - 1], 0);
  ASSERT_TRUE(os::commit(second.border, kUnit).has_value());
  EXPECT_EQ(second.border[0], 0);
  give_back(second);
}

TEST(Reservation, GoesOutOnlyToItsOwnShape) {
  const Reservation first = taken(kShape);
  give_back(first);
  const Reservation other = taken({.open_bytes = kUnit, .closed_bytes = 5 * kUnit});
  EXPECT_NE(other.border, first.border);
  give_back(other);
}

TEST(Reservation, IsKeptThoughManyOfOtherShapesWait) {
  std::vector<Reservation> odd;
  for (uint64_t i = 0; i < kMostIdleReservations; ++i)
    odd.push_back(taken({.open_bytes = (100 + i) * kUnit, .closed_bytes = 0}));
  for (const Reservation& reservation : odd) give_back(reservation);
  const Reservation first = taken(kShape);
  give_back(first);
  const Reservation second = taken(kShape);
  EXPECT_EQ(second.border, first.border);
  give_back(second);
}

}  // namespace
}  // namespace tine
