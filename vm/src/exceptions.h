// Exceptions of the store that a guest can still get hold of: those that an exnref or a legacy catch
// has kept. An exception that nobody keeps is never stored; its values go from frame to frame.
//
// A reference is the exception's number here plus one. Numbers of dead ones are used again, so a
// machine looks for the living now and then (Machine::Impl::collect_exceptions); they are not part of
// the state: capture numbers what lives in the order in which it finds it.
// spec: exec/runtime#exception-instances
#pragma once

#include <cstdint>
#include <vector>

#include "context.h"
#include "tine/types.h"

namespace tine {

struct Exception {
  uint32_t tag = 0;                // of the store
  std::vector<GlobalCell> values;  // one a parameter of the tag
};

class ExceptionStore {
 public:
  /// Cost: amortised O(values).
  [[nodiscard]] Ref add(Exception exception);
  [[nodiscard]] const Exception& at(Ref ref) const { return entries_[ref - 1].exception; }
  /// Whether an exception lives under a reference that is not null.
  [[nodiscard]] bool has(Ref ref) const {
    return ref <= entries_.size() && entries_[ref - 1].is_live;
  }
  /// Values of all that are stored, and one for each of them.
  [[nodiscard]] uint64_t size_values() const { return size_values_; }
  /// Whether so many have come since the last collection that the next one is worth its while.
  [[nodiscard]] bool is_collection_due() const { return size_values_ >= collect_at_; }

  // A collection: mark what lives, then sweep.
  void begin_marking();
  /// False where it was marked before.
  bool mark(Ref ref);
  void sweep();

  /// What is stored now stays stored, and reset() forgets everything else.
  void set_base();
  /// Cost: O(exceptions since set_base()). Allocates nothing.
  void reset();

 private:
  struct Entry {
    Exception exception;
    bool is_live = false;
    bool is_marked = false;
  };
  static constexpr uint64_t kFirstCollection = 4096;

  void forget(size_t index);

  std::vector<Entry> entries_;
  std::vector<uint32_t> free_;  // dead entries behind the base, the next one to use last
  size_t base_count_ = 0;       // entries below are those of the fork's base
  uint64_t size_values_ = 0;
  uint64_t collect_at_ = kFirstCollection;
};

}  // namespace tine
