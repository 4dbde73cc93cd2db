// mmap, mprotect and munmap, with their failures as Results.
#include "os_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace tine::os {
namespace {

std::unexpected<Error> os_failure(const char* what, uint64_t size_bytes) {
  return fail(ErrorCode::kIo, kNoOffset,
              std::string(what) + " of " + std::to_string(size_bytes) +
                  " bytes: " + std::generic_category().message(errno));
}

constexpr int kReserved = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

}  // namespace

Result<uint8_t*> reserve(uint64_t size_bytes) {
  void* at = mmap(nullptr, size_bytes, PROT_NONE, kReserved, -1, 0);
  if (at == MAP_FAILED) return os_failure("reserving address space", size_bytes);
  return static_cast<uint8_t*>(at);
}

Result<void> commit(uint8_t* at, uint64_t size_bytes) {
  if (size_bytes != 0 && mprotect(at, size_bytes, PROT_READ | PROT_WRITE) != 0)
    return os_failure("committing memory", size_bytes);
  return {};
}

Result<void> commit_sparse(uint8_t* at, uint64_t size_bytes) {
  TINE_TRY(commit(at, size_bytes));
  // Advice only: a kernel without huge pages answers EINVAL, and nothing is lost.
  (void)madvise(at, size_bytes, MADV_NOHUGEPAGE);
  return {};
}

bool discard(uint8_t* at, uint64_t size_bytes) {
  return madvise(at, size_bytes, MADV_DONTNEED) == 0;
}

bool close_again(uint8_t* at, uint64_t size_bytes) {
  return size_bytes == 0 ||
         mmap(at, size_bytes, PROT_NONE, kReserved | MAP_FIXED, -1, 0) != MAP_FAILED;
}

Result<void> map_private(uint8_t* at, uint64_t size_bytes, int fd, uint64_t fd_offset) {
  if (size_bytes == 0) return {};
  void* got = mmap(at, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
                   fd, static_cast<off_t>(fd_offset));
  if (got == MAP_FAILED) return os_failure("mapping a view", size_bytes);
  return {};
}

void release(uint8_t* reservation, uint64_t size_bytes) {
  if (reservation != nullptr) munmap(reservation, size_bytes);
}

}  // namespace tine::os
