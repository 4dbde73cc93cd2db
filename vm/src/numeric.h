// The spec's numeric operators that C++ has no operator for, and the rule for NaNs.
//
// Arithmetic NaNs are the positive canonical NaN, so that the same program gives the same bits on
// every CPU. spec: exec/numerics
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "tine/outcome.h"

namespace tine::numeric {

using uint128 = unsigned __int128;

/// Sign-extended. The product of two of these is the signed one, modulo 2^128.
[[gnu::always_inline]] inline uint128 widen_s(uint64_t v) {
  const uint64_t sign = v >> 63 != 0 ? ~uint64_t{0} : 0;
  return uint128{sign} << 64 | v;
}

inline constexpr float kNanF32 = std::bit_cast<float>(0x7fc00000u);
inline constexpr double kNanF64 = std::bit_cast<double>(0x7ff8000000000000ull);

[[gnu::always_inline]] inline float canonical(float v) {
  return __builtin_expect(v != v, 0) ? kNanF32 : v;
}
[[gnu::always_inline]] inline double canonical(double v) {
  return __builtin_expect(v != v, 0) ? kNanF64 : v;
}

template <class F>
inline F min(F a, F b) {
  if (a != a || b != b) return canonical(a + b);
  if (a == b) return std::signbit(a) ? a : b;  // -0 < +0
  return a < b ? a : b;
}
template <class F>
inline F max(F a, F b) {
  if (a != a || b != b) return canonical(a + b);
  if (a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}
template <class F>
inline F nearest(F v) {
  return canonical(std::nearbyint(v));  // the rounding mode is always to nearest, ties to even
}

// Sign operations work on bits and keep NaNs as they are.
inline float abs(float v) { return std::bit_cast<float>(std::bit_cast<uint32_t>(v) & 0x7fffffffu); }
inline double abs(double v) {
  return std::bit_cast<double>(std::bit_cast<uint64_t>(v) & 0x7fffffffffffffffull);
}
inline float neg(float v) { return std::bit_cast<float>(std::bit_cast<uint32_t>(v) ^ 0x80000000u); }
inline double neg(double v) {
  return std::bit_cast<double>(std::bit_cast<uint64_t>(v) ^ 0x8000000000000000ull);
}
inline float copysign(float a, float b) {
  return std::bit_cast<float>((std::bit_cast<uint32_t>(a) & 0x7fffffffu) |
                              (std::bit_cast<uint32_t>(b) & 0x80000000u));
}
inline double copysign(double a, double b) {
  return std::bit_cast<double>((std::bit_cast<uint64_t>(a) & 0x7fffffffffffffffull) |
                               (std::bit_cast<uint64_t>(b) & 0x8000000000000000ull));
}

/// The float range that truncates into To: values v with lower < v < upper are fine.
/// Both bounds are exact in F.
template <class To, class F>
struct TruncRange {
  static constexpr bool kSigned = std::is_signed_v<To>;
  static constexpr int kBits = sizeof(To) * 8;
  static constexpr F upper() {
    return static_cast<F>(kSigned ? (kBits == 32 ? 2147483648.0 : 9223372036854775808.0)
                                  : (kBits == 32 ? 4294967296.0 : 18446744073709551616.0));
  }
  /// Inclusive where -2^(n-1) - 1 is not exact in F, exclusive -1 for unsigned.
  static bool fits(F v) {
    if constexpr (!kSigned) return v > F(-1) && v < upper();
    if constexpr (kBits == 32 && std::is_same_v<F, double>)
      return v > -2147483649.0 && v < upper();
    else
      return v >= -upper() && v < upper();
  }
};

/// An operator that may trap: whether it may run, and why not.
struct Check {
  bool ok = true;
  TrapKind trap = TrapKind::kUnreachable;
};

template <class To, class F>
inline Check trunc(F v, To& out) {
  if (v != v) return {false, TrapKind::kInvalidConversion};
  if (!TruncRange<To, F>::fits(v)) return {false, TrapKind::kIntegerOverflow};
  out = static_cast<To>(v);
  return {};
}
template <class To, class F>
inline To trunc_sat(F v) {
  if (v != v) return 0;
  if (TruncRange<To, F>::fits(v)) return static_cast<To>(v);
  return v < 0 ? std::numeric_limits<To>::min() : std::numeric_limits<To>::max();
}

/// convert, demote and promote. spec: exec/numerics#conversions
template <class To, class From>
inline To cast(From v) {
  return canonical(static_cast<To>(v));
}

template <class S>
inline Check div_s(std::make_unsigned_t<S> a, std::make_unsigned_t<S> b,
                   std::make_unsigned_t<S>& out) {
  if (b == 0) return {false, TrapKind::kIntegerDivideByZero};
  if (static_cast<S>(a) == std::numeric_limits<S>::min() && static_cast<S>(b) == -1)
    return {false, TrapKind::kIntegerOverflow};
  out = static_cast<std::make_unsigned_t<S>>(static_cast<S>(a) / static_cast<S>(b));
  return {};
}
template <class U>
inline Check div_u(U a, U b, U& out) {
  if (b == 0) return {false, TrapKind::kIntegerDivideByZero};
  out = a / b;
  return {};
}
template <class S>
inline Check rem_s(std::make_unsigned_t<S> a, std::make_unsigned_t<S> b,
                   std::make_unsigned_t<S>& out) {
  if (b == 0) return {false, TrapKind::kIntegerDivideByZero};
  out = static_cast<S>(b) == -1
            ? 0
            : static_cast<std::make_unsigned_t<S>>(static_cast<S>(a) % static_cast<S>(b));
  return {};
}
template <class U>
inline Check rem_u(U a, U b, U& out) {
  if (b == 0) return {false, TrapKind::kIntegerDivideByZero};
  out = a % b;
  return {};
}

}  // namespace tine::numeric
