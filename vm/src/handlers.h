// What all handlers share: reading operands, writing results, and the table they are listed in.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "cell.h"
#include "ir.h"

namespace tine {

/// Handlers by op and by the sources of its operands a and b (kSlot where it has none).
class HandlerTable {
 public:
  /// Built once, shared.
  static const HandlerTable& get();

  /// nullptr where the op has no such variant.
  [[nodiscard]] Handler find(IrOp op, Source a, Source b) const {
    return handlers_[static_cast<size_t>(op)][slot_of(a, b)];
  }
  void add(IrOp op, Source a, Source b, Handler h) {
    handlers_[static_cast<size_t>(op)][slot_of(a, b)] = h;
  }

 private:
  static size_t slot_of(Source a, Source b) {
    return static_cast<size_t>(a) * kSourceCount + static_cast<size_t>(b);
  }
  std::array<std::array<Handler, kSourceCount * kSourceCount>, static_cast<size_t>(IrOp::kCount)>
      handlers_{};
};

/// What the rows of the table are written with.
namespace rows {
inline constexpr Source S = Source::kSlot;
inline constexpr Source A = Source::kAccumulator;
inline constexpr Source I = Source::kImmediate;
inline constexpr AddressType kNarrow = AddressType::kI32;
inline constexpr AddressType kWide = AddressType::kI64;
}  // namespace rows

// Each file of handlers lists its own.
void add_numeric_handlers(HandlerTable& table);
void add_branch_handlers(HandlerTable& table);
void add_memory_handlers(HandlerTable& table);
void add_control_handlers(HandlerTable& table);
void add_store_handlers(HandlerTable& table);
void add_vector_handlers(HandlerTable& table);
void add_coverage_handlers(HandlerTable& table);

template <class T>
[[gnu::always_inline]] inline T from_slot(Slot s) {
  if constexpr (std::is_same_v<T, float>) return std::bit_cast<float>(static_cast<uint32_t>(s));
  if constexpr (std::is_same_v<T, double>) return std::bit_cast<double>(s);
  if constexpr (std::is_integral_v<T>) return static_cast<T>(s);
}
template <class T>
[[gnu::always_inline]] inline Slot to_slot(T v) {
  if constexpr (std::is_same_v<T, float>) return std::bit_cast<uint32_t>(v);
  if constexpr (std::is_same_v<T, double>) return std::bit_cast<uint64_t>(v);
  if constexpr (std::is_integral_v<T>) return static_cast<std::make_unsigned_t<T>>(v);
}

/// An operand of type T: slot number ip[1].u16[kField], accumulator, or the immediate ip[1].i32[1].
template <class T, Source S, int kField>
[[gnu::always_inline]] inline T read_operand(const Cell* ip, const Slot* fp, uint64_t acc,
                                             float facc, double dacc) {
  if constexpr (S == Source::kSlot) return from_slot<T>(fp[ip[1].u16[kField]]);
  if constexpr (S == Source::kImmediate) return static_cast<T>(static_cast<int64_t>(ip[1].i32[1]));
  if constexpr (S == Source::kAccumulator) {
    if constexpr (std::is_same_v<T, float>) return facc;
    if constexpr (std::is_same_v<T, double>) return dacc;
    if constexpr (std::is_integral_v<T>) return static_cast<T>(acc);
  }
}
#define TINE_READ(T, S, field) read_operand<T, S, field>(ip, fp, acc, facc, dacc)

/// Writes a result through: to its slot and to its accumulator.
#define TINE_WRITE(slot, value)                                        \
  do {                                                                 \
    const auto result_ = (value);                                      \
    using Result_ = std::remove_const_t<decltype(result_)>;            \
    fp[slot] = to_slot(result_);                                       \
    if constexpr (std::is_same_v<Result_, float>) facc = result_;      \
    if constexpr (std::is_same_v<Result_, double>) dacc = result_;     \
    if constexpr (std::is_integral_v<Result_>) acc = to_slot(result_); \
  } while (0)

}  // namespace tine
