// RandomSource: the same sequence of choices from the same seed, with every standard library.
//
// (The distributions of <random> are not specified exactly; the engine is.)
#pragma once

#include <cstdint>
#include <iterator>
#include <random>

#include "tine/types.h"

namespace tine::test {

class RandomSource {
 public:
  explicit RandomSource(uint64_t seed) : engine_(seed) {}

  [[nodiscard]] uint64_t bits() { return engine_(); }
  /// In [0, n). Pre: n > 0.
  [[nodiscard]] uint32_t below(uint64_t n) { return static_cast<uint32_t>(engine_() % n); }
  /// In [low, high].
  [[nodiscard]] uint32_t between(uint32_t low, uint32_t high) {
    return low + below(uint64_t{high} - low + 1);
  }
  /// True once in `n` times.
  [[nodiscard]] bool one_in(uint32_t n) { return below(n) == 0; }
  template <class Range>
  [[nodiscard]] const auto& pick(const Range& range) {
    return *std::next(std::begin(range), below(std::size(range)));
  }

  /// A value of the type; numbers that are often special (zeros, extremes, NaNs with payloads)
  /// come more often than chance would have it. References are null.
  [[nodiscard]] Value value(ValType type);

 private:
  std::mt19937_64 engine_;
};

inline Value RandomSource::value(ValType type) {
  static constexpr uint64_t kInts[] = {0,
                                       1,
                                       2,
                                       7,
                                       31,
                                       32,
                                       63,
                                       64,
                                       255,
                                       256,
                                       0x7fff'ffff,
                                       0x8000'0000,
                                       0xffff'ffff,
                                       0x7fff'ffff'ffff'ffff,
                                       0x8000'0000'0000'0000,
                                       ~uint64_t{0}};
  static constexpr uint32_t kFloats[] = {0,           0x8000'0000, 0x3f80'0000, 0xbf80'0000,
                                         0x7f80'0000, 0xff80'0000, 0x7fc0'0000, 0xffc0'0000,
                                         0x7fa0'0001, 0xff80'1234, 0x0000'0001, 0x4f00'0000,
                                         0x4b80'0001, 0x3fc0'0000, 0x7f7f'ffff};
  static constexpr uint64_t kDoubles[] = {0,
                                          0x8000'0000'0000'0000,
                                          0x3ff0'0000'0000'0000,
                                          0xbff0'0000'0000'0000,
                                          0x7ff0'0000'0000'0000,
                                          0xfff0'0000'0000'0000,
                                          0x7ff8'0000'0000'0000,
                                          0xfff8'0000'0000'0000,
                                          0x7ff4'0000'0000'0001,
                                          0xfff0'0000'1234'5678,
                                          1,
                                          0x41e0'0000'0000'0000,
                                          0x43e0'0000'0000'0000,
                                          0x3ff8'0000'0000'0000,
                                          0x7fef'ffff'ffff'ffff};
  const bool is_special = !one_in(3);
  const uint64_t raw = one_in(2) ? bits() : below(100);
  switch (type) {
    case ValType::kI32: return Value::i32(static_cast<uint32_t>(is_special ? pick(kInts) : raw));
    case ValType::kI64: return Value::i64(is_special ? pick(kInts) : raw);
    case ValType::kF32: return {type, is_special ? pick(kFloats) : static_cast<uint32_t>(raw), 0};
    case ValType::kF64: return {type, is_special ? pick(kDoubles) : raw, 0};
    case ValType::kV128:
      return {type, is_special ? pick(kDoubles) : raw,
              one_in(2) ? pick(kInts) : uint64_t{pick(kFloats)} * 0x1'0000'0001};
    default: return Value::zero(type);
  }
}

}  // namespace tine::test
