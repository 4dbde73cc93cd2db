// V128: a vector as the two halves that its slots hold, and the spec's operators on its lanes.
//
// Lane 0 is in the lowest bits whatever the host's byte order, so the same code is right on every
// CPU. On little-endian ones lanes are the bytes as they stand, and compilers make vector
// instructions of the loops. spec: exec/numerics#vector-operations
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "numeric.h"
#include "tine/types.h"

namespace tine::vector {

template <class L>
inline constexpr size_t kLanes = 16 / sizeof(L);
template <class L>
using Lanes = std::array<L, kLanes<L>>;

/// The unsigned integer of a lane's width.
template <size_t kBytes>
struct BitsOfWidth;
template <>
struct BitsOfWidth<1> {
  using Type = uint8_t;
};
template <>
struct BitsOfWidth<2> {
  using Type = uint16_t;
};
template <>
struct BitsOfWidth<4> {
  using Type = uint32_t;
};
template <>
struct BitsOfWidth<8> {
  using Type = uint64_t;
};
template <class L>
using Bits = typename BitsOfWidth<sizeof(L)>::Type;

[[gnu::always_inline]] constexpr V128 bits_of(uint64_t lo, uint64_t hi) { return {lo, hi}; }

template <class L>
[[gnu::always_inline]] inline Lanes<L> lanes_of(V128 v) {
  if constexpr (std::endian::native == std::endian::little) {
    return std::bit_cast<Lanes<L>>(v);
  } else {
    Lanes<L> lanes;
    constexpr size_t kHalf = kLanes<L> / 2;
    for (size_t i = 0; i < kLanes<L>; ++i) {
      const uint64_t word = i < kHalf ? v.lo : v.hi;
      lanes[i] = std::bit_cast<L>(static_cast<Bits<L>>(word >> (i % kHalf * sizeof(L) * 8)));
    }
    return lanes;
  }
}

template <class L>
[[gnu::always_inline]] inline V128 from_lanes(const Lanes<L>& lanes) {
  if constexpr (std::endian::native == std::endian::little) {
    return std::bit_cast<V128>(lanes);
  } else {
    V128 v;
    constexpr size_t kHalf = kLanes<L> / 2;
    for (size_t i = 0; i < kLanes<L>; ++i) {
      const uint64_t bits = std::bit_cast<Bits<L>>(lanes[i]);
      (i < kHalf ? v.lo : v.hi) |= bits << (i % kHalf * sizeof(L) * 8);
    }
    return v;
  }
}

// --- lane by lane ----------------------------------------------------------------------------------

template <class L, class F>
[[gnu::always_inline]] inline V128 map(V128 a, F f) {
  Lanes<L> x = lanes_of<L>(a);
  for (L& lane : x) lane = f(lane);
  return from_lanes<L>(x);
}

template <class L, class F>
[[gnu::always_inline]] inline V128 zip(V128 a, V128 b, F f) {
  Lanes<L> x = lanes_of<L>(a);
  const Lanes<L> y = lanes_of<L>(b);
  for (size_t i = 0; i < kLanes<L>; ++i) x[i] = f(x[i], y[i]);
  return from_lanes<L>(x);
}

/// Lanes of all ones where `f` holds.
template <class L, class F>
[[gnu::always_inline]] inline V128 compare(V128 a, V128 b, F f) {
  const Lanes<L> x = lanes_of<L>(a);
  const Lanes<L> y = lanes_of<L>(b);
  Lanes<Bits<L>> mask;
  for (size_t i = 0; i < kLanes<L>; ++i)
    mask[i] = f(x[i], y[i]) ? std::numeric_limits<Bits<L>>::max() : Bits<L>{0};
  return from_lanes<Bits<L>>(mask);
}

template <class L>
[[gnu::always_inline]] inline V128 splat(L value) {
  Lanes<L> lanes;
  lanes.fill(value);
  return from_lanes<L>(lanes);
}

template <class L>
[[gnu::always_inline]] inline L extract(V128 v, size_t lane) {
  return lanes_of<L>(v)[lane];
}

template <class L>
[[gnu::always_inline]] inline V128 replace(V128 v, size_t lane, L value) {
  Lanes<L> lanes = lanes_of<L>(v);
  lanes[lane] = value;
  return from_lanes<L>(lanes);
}

// --- of one lane -----------------------------------------------------------------------------------

/// The nearest value that a narrower (or equal) type has.
template <class To, class From>
[[gnu::always_inline]] constexpr To saturate(From v) {
  constexpr From kLeast = static_cast<From>(std::numeric_limits<To>::min());
  constexpr From kMost = static_cast<From>(std::numeric_limits<To>::max());
  return static_cast<To>(std::clamp(v, kLeast, kMost));
}

template <class L>
[[gnu::always_inline]] constexpr L add_sat(L x, L y) {
  return saturate<L>(int32_t{x} + int32_t{y});
}
template <class L>
[[gnu::always_inline]] constexpr L sub_sat(L x, L y) {
  return saturate<L>(int32_t{x} - int32_t{y});
}

[[gnu::always_inline]] constexpr int16_t q15mulr_sat(int16_t x, int16_t y) {
  return saturate<int16_t>((int32_t{x} * int32_t{y} + 0x4000) >> 15);
}

/// The least value stays as it is.
template <class L>
[[gnu::always_inline]] constexpr L abs(L x) {
  return x < 0 ? static_cast<L>(Bits<L>{0} - static_cast<Bits<L>>(x)) : x;
}

// --- across lanes ----------------------------------------------------------------------------------

template <class L>
[[gnu::always_inline]] inline uint32_t all_true(V128 a) {
  const Lanes<L> x = lanes_of<L>(a);
  return std::ranges::all_of(x, [](L lane) { return lane != 0; }) ? 1 : 0;
}

/// The lanes' sign bits, lane 0's lowest.
template <class L>
[[gnu::always_inline]] inline uint32_t bitmask(V128 a) {
  const Lanes<L> x = lanes_of<L>(a);
  uint32_t mask = 0;
  for (size_t i = 0; i < kLanes<L>; ++i) mask |= static_cast<uint32_t>(x[i] < 0) << i;
  return mask;
}

[[gnu::always_inline]] inline V128 swizzle(V128 a, V128 indices) {
  const Lanes<uint8_t> x = lanes_of<uint8_t>(a);
  return map<uint8_t>(indices, [&x](uint8_t i) { return i < x.size() ? x[i] : uint8_t{0}; });
}

/// `indices`: below 32, those of the lanes of `a` and then of `b`.
[[gnu::always_inline]] inline V128 shuffle(V128 a, V128 b, V128 indices) {
  const Lanes<uint8_t> x = lanes_of<uint8_t>(a);
  const Lanes<uint8_t> y = lanes_of<uint8_t>(b);
  return map<uint8_t>(indices, [&](uint8_t i) { return i < x.size() ? x[i] : y[i - x.size()]; });
}

template <class From, class To>
[[gnu::always_inline]] inline V128 narrow(V128 a, V128 b) {
  const Lanes<From> x = lanes_of<From>(a);
  const Lanes<From> y = lanes_of<From>(b);
  Lanes<To> narrowed;
  for (size_t i = 0; i < x.size(); ++i) narrowed[i] = saturate<To>(x[i]);
  for (size_t i = 0; i < y.size(); ++i) narrowed[x.size() + i] = saturate<To>(y[i]);
  return from_lanes<To>(narrowed);
}

/// The lower (0) or upper (1) half of the lanes, each twice as wide.
template <class From, class To, size_t kHalf>
[[gnu::always_inline]] inline V128 extend(V128 a) {
  const Lanes<From> x = lanes_of<From>(a);
  Lanes<To> wide;
  for (size_t i = 0; i < wide.size(); ++i) wide[i] = To{x[kHalf * wide.size() + i]};
  return from_lanes<To>(wide);
}

template <class From, class To, size_t kHalf>
[[gnu::always_inline]] inline V128 extmul(V128 a, V128 b) {
  return zip<To>(extend<From, To, kHalf>(a), extend<From, To, kHalf>(b),
                 [](To x, To y) { return static_cast<To>(x * y); });
}

template <class From, class To>
[[gnu::always_inline]] inline V128 extadd_pairwise(V128 a) {
  const Lanes<From> x = lanes_of<From>(a);
  Lanes<To> sums;
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] = static_cast<To>(To{x[2 * i]} + To{x[2 * i + 1]});
  return from_lanes<To>(sums);
}

/// Sums of two products of signed 16-bit lanes; only the least possible value wraps.
[[gnu::always_inline]] inline V128 dot(V128 a, V128 b) {
  const Lanes<int16_t> x = lanes_of<int16_t>(a);
  const Lanes<int16_t> y = lanes_of<int16_t>(b);
  Lanes<uint32_t> sums;
  for (size_t i = 0; i < sums.size(); ++i) {
    const auto product = [&](size_t lane) {
      return static_cast<uint32_t>(int32_t{x[lane]} * int32_t{y[lane]});
    };
    sums[i] = product(2 * i) + product(2 * i + 1);
  }
  return from_lanes<uint32_t>(sums);
}

/// Sums of two products of signed bytes, saturated.
[[gnu::always_inline]] inline V128 dot_sat(V128 a, V128 b) {
  const Lanes<int8_t> x = lanes_of<int8_t>(a);
  const Lanes<int8_t> y = lanes_of<int8_t>(b);
  Lanes<int16_t> sums;
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] = saturate<int16_t>(int32_t{x[2 * i]} * int32_t{y[2 * i]} +
                                int32_t{x[2 * i + 1]} * int32_t{y[2 * i + 1]});
  return from_lanes<int16_t>(sums);
}

[[gnu::always_inline]] inline V128 dot_add(V128 a, V128 b, V128 c) {
  const V128 sums = extadd_pairwise<int16_t, int32_t>(dot_sat(a, b));
  return zip<uint32_t>(sums, c, [](uint32_t x, uint32_t y) { return x + y; });
}

/// The bits of `a` where those of `mask` are ones, and of `b` elsewhere.
[[gnu::always_inline]] constexpr V128 bitselect(V128 a, V128 b, V128 mask) {
  return bits_of((a.lo & mask.lo) | (b.lo & ~mask.lo), (a.hi & mask.hi) | (b.hi & ~mask.hi));
}

/// Rounded twice: after the product, and after the sum.
template <class F>
[[gnu::always_inline]] inline V128 multiply_add(V128 a, V128 b, V128 c) {
  const V128 products = zip<F>(a, b, [](F x, F y) { return numeric::canonical(x * y); });
  return zip<F>(products, c, [](F x, F y) { return numeric::canonical(x + y); });
}

template <class F>
[[gnu::always_inline]] inline V128 negated(V128 a) {
  return map<F>(a, [](F x) { return numeric::neg(x); });
}

// --- conversions -----------------------------------------------------------------------------------

template <class From, class To, class F>
[[gnu::always_inline]] inline V128 convert(V128 a, F f) {
  static_assert(sizeof(From) == sizeof(To));
  const Lanes<From> x = lanes_of<From>(a);
  Lanes<To> converted;
  for (size_t i = 0; i < x.size(); ++i) converted[i] = f(x[i]);
  return from_lanes<To>(converted);
}

/// As many of the lower lanes as both types have; what is left above is zero.
template <class From, class To, class F>
[[gnu::always_inline]] inline V128 convert_low(V128 a, F f) {
  const Lanes<From> x = lanes_of<From>(a);
  Lanes<To> converted{};
  for (size_t i = 0; i < std::min(x.size(), converted.size()); ++i) converted[i] = f(x[i]);
  return from_lanes<To>(converted);
}

}  // namespace tine::vector
