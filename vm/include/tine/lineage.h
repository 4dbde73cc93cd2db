// Lineage: a moment in the life of a machine, and what its memories may have changed since earlier
// ones.
//
// A snapshot is such a moment. A machine that goes on from it follows its memories from there, and
// each further snapshot adds a step: the cards that were written since the one before. So a delta
// against any of the latest moments finds what to look at without comparing whole memories.
// Cost: a step takes 40 bytes for every 64 KiB that were written in; the latest kMostSteps are kept,
// shared by all later moments. Thread: a value; copies may go anywhere.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "tine/card_set.h"

namespace tine {

class Lineage {
 public:
  static constexpr size_t kMostSteps = 64;
  /// By memory: the cards that may have changed, or nothing where anything may have.
  using Changes = std::vector<std::optional<CardSet>>;

  /// A moment like no other.
  Lineage() : steps_{std::make_shared<const Changes>()} {}

  /// The moment at which these changes since this one are done.
  [[nodiscard]] Lineage after(Changes changes) const;
  /// What changed from `earlier` until now; nothing where that is not known.
  [[nodiscard]] std::optional<Changes> since(const Lineage& earlier) const;

 private:
  // Each leads to a moment, which it identifies; the last one to this moment.
  std::vector<std::shared_ptr<const Changes>> steps_;
};

}  // namespace tine
