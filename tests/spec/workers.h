// Workers: jobs side by side, each in a process of its own, so that a crash costs one job only.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace tine::spec {

/// Calls `job(i)` for i in [0, count), at most `width` at a time, each in a forked process, and
/// `done(i, answer)` here with what it returned, in order of i. Of a job that died the answer is
/// nothing and `done` gets the reason instead.
struct Answer {
  bool has_died = false;
  std::string text;  // what the job returned, or how it died
};
void run_workers(size_t count, size_t width, const std::function<std::string(size_t)>& job,
                 const std::function<void(size_t, const Answer&)>& done);

}  // namespace tine::spec
