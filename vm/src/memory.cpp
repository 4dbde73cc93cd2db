// Memory: reservations, growth and the reset that walks the dirty cards.
//
// Everything a handler does with a memory is inline in memory.h or in the handler itself; here is
// what happens rarely (create, grow) and the one loop that has to be quick (reset_to).
#include "tine/memory.h"

#include <algorithm>

#include "limit_check.h"
#include "os_memory.h"
#include "reservation.h"

namespace tine {
namespace {

/// What a 32-bit address plus a 32-bit offset can reach, so that no access leaves the reservation.
constexpr uint64_t kReachBytes = uint64_t{8} << 30;

/// The most pages that memory.grow may reach.
uint64_t most_pages_of(const MemoryType& type) {
  const uint64_t declared =
      type.limits.max.value_or(most_declared_pages(type.address_type, type.page_shift));
  return std::min(declared, most_bytes(type.address_type) >> type.page_shift);
}

ReservationShape shape_of(const MemoryType& type) {
  const bool is_wide = type.address_type == AddressType::kI64;
  return {.open_bytes = summary_before_base(type.address_type),
          .closed_bytes =
              is_wide ? to_whole_blocks(most_pages_of(type) << type.page_shift) : kReachBytes};
}

/// Takes dirty cards of one memory back to base contents.
class Rewinder {
 public:
  Rewinder(uint8_t* memory, uint64_t block_bytes, std::span<const uint8_t> base_bytes)
      : memory_(memory), block_bytes_(block_bytes), base_bytes_(base_bytes) {}

  /// One whole card and the bytes behind it, which a store that crosses its end may have changed.
  /// The overhang is compared first: it may lie in a page that is still shared with the snapshot.
  void rewind_card(uint64_t address) {
    const uint64_t end = address + kCardBytes;
    if (address < base_bytes_.size()) {
      std::memcpy(memory_ + address, base_bytes_.data() + address, kCardBytes);
    } else {
      std::memset(memory_ + address, 0, kCardBytes);
    }
    if (end >= block_bytes_) return;
    const uint8_t* wanted = end < base_bytes_.size() ? base_bytes_.data() + end : kZeros;
    if (std::memcmp(memory_ + end, wanted, kCardOverhangBytes) != 0)
      std::memcpy(memory_ + end, wanted, kCardOverhangBytes);
  }

 private:
  static constexpr uint8_t kZeros[kCardOverhangBytes] = {};
  uint8_t* memory_;
  uint64_t block_bytes_;
  std::span<const uint8_t> base_bytes_;
};

}  // namespace

Result<std::unique_ptr<Memory>> Memory::create(const MemoryType& type) {
  TINE_TRY(check_size(type));
  return map(type, type.limits.min << type.page_shift, -1, 0, 0);
}

Result<void> Memory::check_size(const MemoryType& type) {
  if (type.address_type == AddressType::kI32) return {};  // its type says enough
  const int shift = kWasmPageShift - type.page_shift;
  const uint64_t whole = type.limits.min >> shift;
  return check_limit(limit::memory64_pages, whole + ((whole << shift) != type.limits.min ? 1 : 0),
                     kNoOffset);
}

Result<std::unique_ptr<Memory>> Memory::map(const MemoryType& type, uint64_t size_bytes, int fd,
                                            uint64_t fd_offset, uint64_t file_bytes) {
  std::unique_ptr<Memory> memory(new Memory());
  memory->type_ = type;
  TINE_REQUIRE(file_bytes % kWasmPageBytes == 0);
  TINE_TRY_ASSIGN(const Reservation reservation, take_reservation(shape_of(type)));
  memory->reservation_ = std::make_unique<Reservation>(reservation);
  memory->base_ = reservation.border;
  TINE_REQUIRE(file_bytes <= reservation.shape.closed_bytes);
  if (fd >= 0) {
    TINE_TRY(os::map_private(memory->base_, file_bytes, fd, fd_offset));
    memory->size_bytes_ = memory->mapped_bytes_ = file_bytes;
  }
  TINE_TRY(memory->set_size(size_bytes));
  return memory;
}

Memory::~Memory() {
  if (reservation_ != nullptr) give_back(*reservation_);
}

int64_t Memory::grow(uint64_t delta_pages) {
  const uint64_t old_pages = size_pages();
  const uint64_t most = most_pages_of(type_);
  if (old_pages > most || delta_pages > most - old_pages) return -1;
  if (!set_size((old_pages + delta_pages) << type_.page_shift)) return -1;
  return static_cast<int64_t>(old_pages);
}

bool Memory::can_have(const MemoryType& type, uint64_t size_bytes) {
  return size_bytes % type.page_bytes() == 0 &&
         size_bytes >> type.page_shift <= most_pages_of(type);
}

Result<void> Memory::set_size(uint64_t size_bytes) {
  TINE_REQUIRE(can_have(type_, size_bytes));
  const uint64_t block_bytes = to_whole_blocks(size_bytes);
  if (block_bytes > mapped_bytes_) {
    TINE_TRY(os::commit(base_ + mapped_bytes_, block_bytes - mapped_bytes_));
    mapped_bytes_ = block_bytes;
  }
  // What is mapped beyond the size reads as zero when the memory grows again.
  if (size_bytes < size_bytes_) std::memset(base_ + size_bytes, 0, size_bytes_ - size_bytes);
  size_bytes_ = size_bytes;
  return {};
}

void Memory::mark_range(uint64_t address, uint64_t size) {
  TINE_DCHECK(in_bounds(address, size));
  if (size == 0) return;
  const uint64_t last = address + size - 1;
  const uint64_t first_card = address >> kCardShift;
  const uint64_t first_granule = address >> kSummaryShift;
  std::memset(cards() + first_card, 1, (last >> kCardShift) - first_card + 1);
  std::memset(summary() + first_granule, 1, (last >> kSummaryShift) - first_granule + 1);
}

void Memory::write(uint64_t address, std::span<const uint8_t> data) {
  if (data.empty()) return;
  mark_range(address, data.size());
  std::memcpy(base_ + address, data.data(), data.size());
}

std::span<uint8_t> Memory::writable(uint64_t address, uint64_t size) {
  mark_range(address, size);
  return {base_ + address, size};
}

Memory::Folded& Memory::folded() {
  if (folded_ == nullptr) folded_ = std::make_unique<Folded>();
  return *folded_;
}

/// The marked cards, which are marked no more; valid until it is called again.
const CardSet& Memory::take_marks() {
  CardSet& marked = folded().marked;
  marked.clear();
  visit_marks<true>([&marked](uint64_t address) { marked.add(address >> kCardShift); });
  return marked;
}

void Memory::clear_cards() {
  has_base_ = true;
  base_size_bytes_ = size_bytes_;
  if (folded_ != nullptr) folded_->since_base.clear();
  CardSet marked;
  visit_marks<true>([&](uint64_t address) {
    if (is_followed_) marked.add(address >> kCardShift);
  });
  if (!marked.is_empty()) folded().since_parent.add_all(marked);
}

std::optional<CardSet> Memory::fold_cards() {
  Folded& sets = folded();
  const CardSet& marked = take_marks();
  if (has_base_) sets.since_base.add_all(marked);
  sets.since_parent.add_all(marked);
  std::optional<CardSet> changed;
  if (is_followed_) changed = std::move(sets.since_parent);
  sets.since_parent.clear();
  is_followed_ = true;
  return changed;
}

uint64_t Memory::reset_to(std::span<const uint8_t> base_blocks) {
  TINE_REQUIRE(has_base_);
  TINE_REQUIRE(base_blocks.size() == to_whole_blocks(base_size_bytes_));
  TINE_REQUIRE(base_size_bytes_ <= size_bytes_);
  Rewinder rewinder(base_, block_bytes(), base_blocks);
  uint64_t dirty = 0;
  const auto rewind = [&](uint64_t address) {
    rewinder.rewind_card(address);
    ++dirty;
  };
  if (folded_ == nullptr) {
    visit_marks<true>(rewind);
  } else {
    CardSet& cards = folded_->since_base;
    cards.add_all(take_marks());
    cards.for_each([&rewind](uint64_t card) { rewind(card << kCardShift); });
    folded_->since_parent.add_all(cards);
    cards.clear();
  }
  size_bytes_ = base_size_bytes_;
  return dirty;
}

}  // namespace tine
