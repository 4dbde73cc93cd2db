// The binary interface of WASI preview 1: numbers, flags and the layouts of its structs.
//
// Layouts are written down once, as offsets into little-endian byte images; nothing here depends on
// how the host lays out a struct. spec: wasi_snapshot_preview1.witx
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>

namespace tine::wasi {

enum class Errno : uint16_t {
  kSuccess = 0,
#define TINE_WASI_ERRNO(name, host) name,
#include "wasi_errno.def"
  kNotCapable,
};
static_assert(static_cast<uint16_t>(Errno::kNotCapable) == 76);

/// What the guest gets told when something fails: never an Error of tine's.
template <class T>
using WasiResult = std::expected<T, Errno>;

[[nodiscard]] inline std::unexpected<Errno> fail(Errno e) { return std::unexpected<Errno>(e); }

using Rights = uint64_t;

namespace internal {
enum RightBit : uint32_t {
#define TINE_WASI_RIGHT(name, kinds) name##Bit,
#include "wasi_rights.def"
};
/// Kinds of descriptors, as a set; the column of wasi_rights.def.
enum KindSet : uint32_t {
  kOfFile = 1,
  kOfDirectory = 2,
  kOfListener = 4,
  kOfConnection = 8,
  kOfAny = 15,
};
constexpr Rights rights_of(uint32_t kind) {
  Rights all = 0;
#define TINE_WASI_RIGHT(name, kinds) \
  if (((kinds) & kind) != 0) all |= Rights{1} << name##Bit;
#include "wasi_rights.def"
  return all;
}
}  // namespace internal

/// Each right as a mask of one bit.
namespace rights {
#define TINE_WASI_RIGHT(name, kinds) \
  inline constexpr Rights name = Rights{1} << internal::name##Bit;
#include "wasi_rights.def"

inline constexpr Rights kAll = internal::rights_of(internal::kOfAny);
/// What a descriptor of each kind may hold.
inline constexpr Rights kFile = internal::rights_of(internal::kOfFile);
inline constexpr Rights kDirectory = internal::rights_of(internal::kOfDirectory);
inline constexpr Rights kListener = internal::rights_of(internal::kOfListener);
inline constexpr Rights kConnection = internal::rights_of(internal::kOfConnection);
/// Standard streams: no seek and no tell, by which wasi-libc knows a terminal.
inline constexpr Rights kStdin = kFdRead | kFdFdstatSetFlags | kFdFilestatGet | kPollFdReadwrite;
inline constexpr Rights kStdout =
    kFdWrite | kFdFdstatSetFlags | kFdFilestatGet | kFdSync | kFdDatasync | kPollFdReadwrite;
/// Rights that need the host file opened for writing.
inline constexpr Rights kWriting = kFdWrite | kFdAllocate | kFdFilestatSetSize;
}  // namespace rights

enum class FileType : uint8_t {
  kUnknown = 0,
  kBlockDevice,
  kCharacterDevice,
  kDirectory,
  kRegularFile,
  kSocketDgram,
  kSocketStream,
  kSymbolicLink,
};

using FdFlags = uint16_t;
inline constexpr FdFlags kFdAppend = 1, kFdDsync = 2, kFdNonblock = 4, kFdRsync = 8, kFdSync = 16;
inline constexpr FdFlags kFdFlagsAll = 31;
inline constexpr uint16_t kOpenCreate = 1, kOpenDirectory = 2, kOpenExclusive = 4,
                          kOpenTruncate = 8;
inline constexpr uint16_t kOpenFlagsAll = 15;
inline constexpr uint32_t kLookupSymlinkFollow = 1;
inline constexpr uint16_t kSetAtime = 1, kSetAtimeNow = 2, kSetMtime = 4, kSetMtimeNow = 8;
inline constexpr uint32_t kClockRealtime = 0, kClockMonotonic = 1, kClockProcessCpu = 2,
                          kClockThreadCpu = 3;
inline constexpr uint16_t kSubscriptionClockAbstime = 1;
inline constexpr uint8_t kEventClock = 0, kEventFdRead = 1, kEventFdWrite = 2;
inline constexpr uint16_t kEventHangup = 1;
inline constexpr uint8_t kWhenceSet = 0, kWhenceCurrent = 1, kWhenceEnd = 2;
inline constexpr uint8_t kPreopenDirectory = 0;
inline constexpr uint32_t kAdviceCount = 6;
inline constexpr uint16_t kReceivePeek = 1, kReceiveWaitAll = 2;
inline constexpr uint8_t kShutReceiving = 1, kShutSending = 2;

/// A little-endian image of a struct of `kSize` bytes, zero where nothing was put.
template <size_t kSize>
class StructImage {
 public:
  template <class T>
  void put(size_t offset, T value) {
    const auto bits = static_cast<uint64_t>(value);
    for (size_t i = 0; i < sizeof(T); ++i)
      bytes_[offset + i] = static_cast<uint8_t>(bits >> (8 * i));
  }
  [[nodiscard]] std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  std::array<uint8_t, kSize> bytes_{};
};

/// `fdstat`: type at 0, flags at 2, rights at 8 and 16.
inline constexpr size_t kFdstatBytes = 24;
/// `filestat`: dev 0, ino 8, type 16, nlink 24, size 32, atim 40, mtim 48, ctim 56.
inline constexpr size_t kFilestatBytes = 64;
/// `dirent`: next cookie 0, ino 8, name length 16, type 20; the name follows.
inline constexpr size_t kDirentBytes = 24;
/// `prestat`: tag 0, length of the name 4.
inline constexpr size_t kPrestatBytes = 8;
/// `iovec` and `ciovec`: buffer 0, length 4.
inline constexpr size_t kIovecBytes = 8;
/// `subscription`: userdata 0, tag 8; clock: id 16, timeout 24, flags 40; fd: 16.
inline constexpr size_t kSubscriptionBytes = 48;
/// `event`: userdata 0, errno 8, type 10, bytes available 16, flags 24.
inline constexpr size_t kEventBytes = 32;

}  // namespace tine::wasi
