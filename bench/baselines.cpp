// fork(2) and memcpy on a resident copy. The child writes to its pages and exits at once.
#include "baselines.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "clock.h"

namespace tine::bench {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

}  // namespace

ResidentCopy::ResidentCopy(std::span<const uint8_t> source, Use use)
    : source_(source), copy_(nullptr) {
  if (source.empty()) return;
  void* at =
      ::mmap(nullptr, source.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) give_up("mmap");
  if (use == Use::kCopying && ::madvise(at, source.size(), MADV_DONTFORK) != 0) give_up("madvise");
  copy_ = static_cast<uint8_t*>(at);
  std::memcpy(copy_, source.data(), source.size());
}

ResidentCopy::~ResidentCopy() {
  if (copy_ != nullptr) ::munmap(copy_, source_.size());
}

uint64_t ResidentCopy::fork_ns(std::span<const uint64_t> addresses) const {
  const uint64_t begin = now_ns();
  const pid_t child = ::fork();
  if (child < 0) give_up("fork");
  if (child == 0) {
    for (const uint64_t address : addresses) {
      volatile uint8_t* const byte = copy_ + address;
      *byte = static_cast<uint8_t>(*byte + 1);
    }
    ::_exit(0);
  }
  if (::waitpid(child, nullptr, 0) != child) give_up("waitpid");
  return now_ns() - begin;
}

uint64_t ResidentCopy::copy_all_ns() {
  const uint64_t begin = now_ns();
  if (copy_ != nullptr) std::memcpy(copy_, source_.data(), source_.size());
  asm volatile("" ::: "memory");
  return now_ns() - begin;
}

double ResidentCopy::copy_at_ns(std::span<const uint64_t> addresses, uint64_t bytes_each,
                                uint32_t rounds) {
  const uint64_t begin = now_ns();
  for (uint32_t i = 0; i < rounds; ++i) {
    for (const uint64_t address : addresses)
      std::memcpy(copy_ + address, source_.data() + address, bytes_each);
    asm volatile("" ::: "memory");
  }
  return static_cast<double>(now_ns() - begin) / rounds;
}

double median(std::vector<double>& samples) {
  const auto middle = samples.begin() + static_cast<ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

}  // namespace tine::bench
