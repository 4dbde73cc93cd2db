// Steps from moment to moment, and their sum.
#include "tine/lineage.h"

#include <algorithm>

namespace tine {

Lineage Lineage::after(Changes changes) const {
  Lineage next = *this;
  if (next.steps_.size() == kMostSteps) next.steps_.erase(next.steps_.begin());
  next.steps_.push_back(std::make_shared<const Changes>(std::move(changes)));
  return next;
}

std::optional<Lineage::Changes> Lineage::since(const Lineage& earlier) const {
  auto step = std::ranges::find(steps_, earlier.steps_.back());
  if (step == steps_.end()) return std::nullopt;
  // Memories only ever come, and one that came on the way may have changed anywhere.
  Changes sum(steps_.back()->size(), CardSet());
  while (++step != steps_.end()) {
    for (size_t m = 0; m < sum.size(); ++m) {
      const bool is_known = sum[m] && m < (*step)->size() && (**step)[m];
      if (is_known)
        sum[m]->add_all(*(**step)[m]);
      else
        sum[m].reset();
    }
  }
  return sum;
}

}  // namespace tine
