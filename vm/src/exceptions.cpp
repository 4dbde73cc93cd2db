#include "exceptions.h"

#include <algorithm>

namespace tine {

Ref ExceptionStore::add(Exception exception) {
  size_values_ += exception.values.size() + 1;
  size_t index = entries_.size();
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  entries_[index].exception = std::move(exception);
  entries_[index].is_live = true;
  return index + 1;
}

void ExceptionStore::begin_marking() {
  for (Entry& entry : entries_) entry.is_marked = false;
}

bool ExceptionStore::mark(Ref ref) {
  Entry& entry = entries_[ref - 1];
  if (entry.is_marked) return false;
  entry.is_marked = true;
  return true;
}

void ExceptionStore::forget(size_t index) {
  size_values_ -= entries_[index].exception.values.size() + 1;
  entries_[index].exception.values.clear();
  entries_[index].is_live = false;
}

void ExceptionStore::sweep() {
  for (size_t i = base_count_; i < entries_.size(); ++i) {
    if (entries_[i].is_marked || !entries_[i].is_live) continue;
    forget(i);
    free_.push_back(static_cast<uint32_t>(i));
  }
  collect_at_ = std::max(kFirstCollection, 2 * size_values_);
}

void ExceptionStore::set_base() {
  base_count_ = entries_.size();
  free_.clear();
}

void ExceptionStore::reset() {
  free_.clear();
  while (entries_.size() > base_count_) {
    if (entries_.back().is_live) forget(entries_.size() - 1);
    entries_.pop_back();
  }
}

}  // namespace tine
