// Memory: one linear memory in a reservation whose base never moves, with dirty cards before it.
//
//   reservation:  [ summary | cards | context page(s) ][ base … size | mapped | reserved … ]
//                                                      ^ base(), 64 KiB-aligned
//
// What is mapped, kept in snapshots and reset comes in blocks of 64 KiB. Where pages are bytes
// (custom page sizes) a size may end within a block; what lies behind it there is zero, always.
//
// A memory with 32-bit addresses reserves 8 GiB, whatever its maximum: so no access can leave it. One
// with 64-bit addresses reserves what it may grow to, at most kLimits.memory64_pages. What lies
// before the base depends on the address type alone, so that handlers know the distances.
//
// Every guest-visible write marks `cards[a >> 8]` and `summary[a >> 16]` with plain stores (no
// branch). A store that crosses into the next card marks only the first: whoever reads the cards
// also looks at the kCardOverhangBytes behind a marked card. Cards serve two readers: reset
// (since the fork's base) and deltas (since the parent snapshot). fold_cards() is the second one: it
// takes the marks into two sets, so that neither reader loses what the other clears.
// The context page holds what handlers reach at fixed negative offsets from the base (context.h).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>

#include "tine/card_set.h"
#include "tine/check.h"
#include "tine/limits.h"
#include "tine/result.h"
#include "tine/types.h"

namespace tine {

struct Reservation;

inline constexpr uint32_t kCardShift = 8;
inline constexpr uint64_t kCardBytes = uint64_t{1} << kCardShift;
inline constexpr uint32_t kSummaryShift = 16;
inline constexpr uint64_t kCardOverhangBytes = 16;

/// The most bytes that a memory can have at run time.
[[nodiscard]] constexpr uint64_t most_bytes(AddressType t) {
  return t == AddressType::kI64 ? kLimits.memory64_pages * kWasmPageBytes : uint64_t{1} << 32;
}

/// Rounds up to blocks of 64 KiB. Pre: what a memory can have.
[[nodiscard]] constexpr uint64_t to_whole_blocks(uint64_t size_bytes) {
  return (size_bytes + kWasmPageBytes - 1) & ~(kWasmPageBytes - 1);
}

/// Layout of what lies before the base: cards and summary for the largest memory of its address type.
inline constexpr uint64_t kContextBytes = 4096;
[[nodiscard]] constexpr uint64_t cards_before_base(AddressType t) {
  return kContextBytes + (most_bytes(t) >> kCardShift);
}
[[nodiscard]] constexpr uint64_t summary_before_base(AddressType t) {
  return cards_before_base(t) + (most_bytes(t) >> kSummaryShift);
}

/// The one barrier: marks the card of a write that starts at `base + address`.
template <AddressType kAddressType = AddressType::kI32>
[[gnu::always_inline]] inline void mark_dirty([[maybe_unused]] uint8_t* base,
                                              [[maybe_unused]] uint64_t address) {
#ifndef TINE_WITHOUT_DIRTY_TRACKING  // what it costs is measured against a build without
  constexpr auto kCards = static_cast<int64_t>(cards_before_base(kAddressType));
  constexpr auto kSummary = static_cast<int64_t>(summary_before_base(kAddressType));
  base[static_cast<int64_t>(address >> kCardShift) - kCards] = 1;
  base[static_cast<int64_t>(address >> kSummaryShift) - kSummary] = 1;
#endif
}

class Memory {
 public:
  /// A fresh zeroed memory of `type.limits.min` pages.
  /// Errors: kLimit (more pages than there can be), kIo (no address space).
  [[nodiscard]] static Result<std::unique_ptr<Memory>> create(const MemoryType& type);
  /// A memory of `size_bytes` whose first `file_bytes` (a multiple of 64 KiB) are a private
  /// copy-on-write view of `fd` at `fd_offset` (page-aligned); what the file has beyond the size is
  /// not seen. Pre: its type allows that size. Cost: one mmap, whatever the size.
  [[nodiscard]] static Result<std::unique_ptr<Memory>> map(const MemoryType& type,
                                                           uint64_t size_bytes, int fd,
                                                           uint64_t fd_offset, uint64_t file_bytes);
  /// Whether a memory of this type can be made. Errors: kLimit.
  [[nodiscard]] static Result<void> check_size(const MemoryType& type);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  [[nodiscard]] uint8_t* base() const { return base_; }
  [[nodiscard]] uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] uint64_t size_pages() const { return size_bytes_ >> type_.page_shift; }
  [[nodiscard]] const MemoryType& type() const { return type_; }
  [[nodiscard]] std::span<const uint8_t> bytes() const { return {base_, size_bytes_}; }
  /// bytes() and the zeros up to the end of their last block of 64 KiB: what snapshots hold.
  [[nodiscard]] std::span<const uint8_t> blocks() const { return {base_, block_bytes()}; }
  [[nodiscard]] uint8_t* context() const { return base_ - kContextBytes; }

  /// memory.grow: the old size in pages, or -1. New pages read as zero.
  int64_t grow(uint64_t delta_pages);

  [[nodiscard]] bool in_bounds(uint64_t address, uint64_t size) const {
    return size <= size_bytes_ && address <= size_bytes_ - size;
  }
  /// Marks what a store to `address` marks. Pre: in bounds.
  void mark_store(uint64_t address) {
    if (type_.address_type == AddressType::kI64)
      mark_dirty<AddressType::kI64>(base_, address);
    else
      mark_dirty<AddressType::kI32>(base_, address);
  }
  /// Marks the cards of `[address, address + size)`. Pre: in bounds.
  void mark_range(uint64_t address, uint64_t size);
  /// Writes through the barrier. Pre: in bounds.
  void write(uint64_t address, std::span<const uint8_t> data);
  /// A span to write into, its cards already marked. Pre: in bounds.
  [[nodiscard]] std::span<uint8_t> writable(uint64_t address, uint64_t size);

  [[nodiscard]] uint8_t* cards() const { return base_ - cards_before_base(type_.address_type); }
  [[nodiscard]] uint8_t* summary() const { return base_ - summary_before_base(type_.address_type); }

  /// Calls `visit(first_byte, size)` for every marked card below `size_bytes()` in address order,
  /// without the overhang: those written since the latest fold, reset or clear.
  /// Cost: O(size / 64 KiB / 64 + marked granules).
  template <class F>
  void for_each_dirty_card(F visit) const {
    visit_marks<false>([&visit](uint64_t address) { visit(address, kCardBytes); });
  }

  /// Makes the present contents the base that reset_to() goes back to: clears all cards.
  void clear_cards();

  /// From now on fold_cards() tells what changes. Pre: no card is marked.
  void follow() { is_followed_ = true; }
  /// The cards (without the overhang; some may lie behind a memory that shrank since) that may have
  /// changed since the latest fold_cards() or follow(), or nothing if there was none: anything may
  /// have. reset_to() still goes back to its base. Cost: O(dirty cards + size / 4 MiB).
  [[nodiscard]] std::optional<CardSet> fold_cards();

  /// Back to `base_blocks` (the blocks() when the cards were last clear) and to the size of then:
  /// copies marked cards and their overhang, zeroes what lies beyond, clears the cards.
  /// Pre: clear_cards() was called.
  /// Cost: O(dirty cards); no system call, no allocation. Returns the dirty cards.
  uint64_t reset_to(std::span<const uint8_t> base_blocks);

  /// Sets the size without growing rules (restore, reset). Pre: mapped that far, or maps it.
  [[nodiscard]] Result<void> set_size(uint64_t size_bytes);
  /// Whether the type allows this size, beside what may be mapped at all. Its minimum is not asked.
  [[nodiscard]] static bool can_have(const MemoryType& type, uint64_t size_bytes);

 private:
  Memory() = default;
  [[nodiscard]] uint64_t block_bytes() const { return to_whole_blocks(size_bytes_); }
  /// Calls `visit(first_byte)` for every marked card in address order; clears the marks on the way
  /// if asked to.
  template <bool kClear, class F>
  void visit_marks(F visit) const;
  /// Cards that are marked no more, but still concern one of the two readers. Only memories that
  /// were folded, or whose base moved while they were followed, have them.
  struct Folded {
    CardSet since_base;    // for reset, with the marks
    CardSet since_parent;  // for deltas, with the marks
    CardSet marked;        // scratch of take_marks()
  };
  [[nodiscard]] Folded& folded();
  [[nodiscard]] const CardSet& take_marks();

  MemoryType type_;
  std::unique_ptr<Reservation> reservation_;
  uint8_t* base_ = nullptr;
  uint64_t size_bytes_ = 0;
  uint64_t mapped_bytes_ = 0;     // whole blocks, the size at least; zero beyond the size
  uint64_t base_size_bytes_ = 0;  // the size when the cards were last clear
  bool has_base_ = false;
  bool is_followed_ = false;
  // Null: both readers need just the marks, and a reset leaves nothing for either.
  std::unique_ptr<Folded> folded_;
};

/// Marks are looked at 64 bytes at a time.
inline constexpr uint64_t kMarksALine = 64;

/// A bit for each of 64 marks (bytes that are 0 or 1), the first mark's lowest. Most lines are
/// empty and cost one test; in the others no branch depends on which marks are set.
[[nodiscard]] inline uint64_t marks_of_line(const uint8_t* line) {
  uint64_t words[kMarksALine / 8];
  std::memcpy(words, line, sizeof words);
  uint64_t any = 0;
  for (const uint64_t word : words) any |= word;
  if (any == 0) return 0;
  uint64_t bits = 0;
  for (uint32_t i = 0; i < kMarksALine / 8; ++i) {
    uint64_t word = words[i];
    if constexpr (std::endian::native == std::endian::big) word = std::byteswap(word);
    // The multiplication takes the mark of byte k, at bit 8k, to bit 56 + k.
    bits |= (word * 0x0102040810204080) >> 56 << (8 * i);
  }
  return bits;
}

template <bool kClear, class F>
void Memory::visit_marks(F visit) const {
  constexpr uint64_t kCardsAGranule = kWasmPageBytes >> kCardShift;
  const auto take_line = [](uint8_t* line) {
    const uint64_t marks = marks_of_line(line);
    if (kClear && marks != 0) std::memset(line, 0, kMarksALine);
    return marks;
  };
  uint8_t* const all_sums = summary();
  uint8_t* const all_cards = cards();
  // There is a summary for the largest memory, whatever the size, so its last line may be read whole.
  const uint64_t granules = block_bytes() >> kSummaryShift;
  for (uint64_t line = 0; line < granules; line += kMarksALine) {
    for (uint64_t sums = take_line(all_sums + line); sums != 0; sums &= sums - 1) {
      const uint64_t granule = line + static_cast<uint64_t>(std::countr_zero(sums));
      const uint64_t first = granule * kCardsAGranule;
      for (uint64_t card = first; card < first + kCardsAGranule; card += kMarksALine)
        for (uint64_t marks = take_line(all_cards + card); marks != 0; marks &= marks - 1)
          visit((card + static_cast<uint64_t>(std::countr_zero(marks))) << kCardShift);
    }
  }
}

}  // namespace tine
