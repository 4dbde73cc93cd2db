// Cow<T>: a value that copies share until one of them changes it.
//
// Worlds are copied for every fork and assigned at every reset. A Cow makes the copy one pointer;
// the first edit() after a copy pays for a T of its own. Copies may live in different threads; one
// Cow belongs to one thread.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace tine {

template <class T>
class Cow {
 public:
  Cow() : value_(std::make_shared<T>()) {}
  explicit Cow(T value) : value_(std::make_shared<T>(std::move(value))) {}

  [[nodiscard]] const T& operator*() const { return *value_; }
  [[nodiscard]] const T* operator->() const { return value_.get(); }

  /// The value to change, after a copy if it is shared.
  [[nodiscard]] T& edit() {
    if (value_.use_count() != 1) value_ = std::make_shared<T>(*value_);
    // Another thread may have let go of its share just now; its last reads come before our writes.
    std::atomic_thread_fence(std::memory_order_acquire);
    return *value_;
  }

 private:
  std::shared_ptr<T> value_;
};

}  // namespace tine
