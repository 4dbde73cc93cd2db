// Calls WASI functions without a Machine: a world, a memory of one page, and guest structs by hand.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "wasi_calls.h"

namespace tine::wasi {

// NOLINTNEXTLINE(readability-identifier-naming): the name that GoogleTest looks for
inline void PrintTo(Errno e, std::ostream* out) { *out << "errno " << static_cast<int>(e); }

}  // namespace tine::wasi

namespace tine::test {

using wasi::Answer;
using wasi::Errno;
using wasi::Ptr;

/// The errno of an answer that is one.
inline Errno errno_of(const Answer& answer) {
  EXPECT_FALSE(answer.action.has_value());
  return answer.errno_value;
}

/// A program of our own making: scratch space for texts, buffers and results at fixed addresses.
class WasiProgram {
 public:
  static constexpr Ptr kResult = 0x10;
  static constexpr Ptr kIov = 0x20;
  static constexpr Ptr kStat = 0x100;
  static constexpr Ptr kPath = 0x1000;
  static constexpr Ptr kSecondPath = 0x3000;
  static constexpr Ptr kBuffer = 0x5000;
  static constexpr uint32_t kBufferBytes = 0x8000;
  static constexpr uint32_t kFirstPreopen = 3;

  explicit WasiProgram(World world) : world_(std::move(world)) {
    auto memory = Memory::create({.limits = {.min = 1, .max = 1}});
    TINE_CHECK(memory.has_value());
    memory_ = std::move(*memory);
  }

  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] Memory& memory() { return *memory_; }
  void set_instructions(uint64_t n) { instructions_ = n; }

  /// The call of one function: `run(&wasi::fd_close, fd)`.
  template <class... Params, class... Args>
  Answer run(Answer (*function)(wasi::WasiCall&, Params...), Args... args) {
    wasi::WasiCall call(world_.impl(), memory_.get(), instructions_, false);
    Answer answer = function(call, static_cast<Params>(args)...);
    bytes_moved_ = call.memory().bytes_moved();
    return answer;
  }
  template <class... Params, class... Args>
  Errno call(Answer (*function)(wasi::WasiCall&, Params...), Args... args) {
    return errno_of(run(function, args...));
  }
  [[nodiscard]] uint64_t bytes_moved() const { return bytes_moved_; }

  // Guest memory.

  uint32_t put(Ptr at, std::string_view text) {
    memory_->write(at, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    return static_cast<uint32_t>(text.size());
  }
  template <class T>
  void store(Ptr at, T value) {
    wasi::StructImage<sizeof(T)> image;
    image.put(0, value);
    memory_->write(at, image.bytes());
  }
  template <class T = uint32_t>
  [[nodiscard]] T load(Ptr at) {
    return wasi::GuestMemory(memory_.get()).load<T>(at).value();
  }
  [[nodiscard]] std::string text(Ptr at, uint32_t size) const {
    return {reinterpret_cast<const char*>(memory_->base()) + at, size};
  }
  void put_iov(Ptr buffer, uint32_t size) {
    store(kIov, buffer);
    store(kIov + 4, size);
  }

  // Whole calls, as a C library makes them.

  Errno open(std::string_view path, uint32_t open_flags, wasi::Rights rights, uint32_t* fd,
             uint32_t directory = kFirstPreopen, uint32_t fd_flags = 0) {
    const Errno e =
        call(&wasi::path_open, directory, wasi::kLookupSymlinkFollow, kPath, put(kPath, path),
             open_flags, rights, wasi::rights::kAll, fd_flags, kResult);
    if (e == Errno::kSuccess) *fd = load(kResult);
    return e;
  }
  Errno open_for_reading(std::string_view path, uint32_t* fd) {
    return open(path, 0, kReading, fd);
  }
  Errno create(std::string_view path, uint32_t* fd) {
    return open(path, wasi::kOpenCreate | wasi::kOpenTruncate, kReading | kWriting, fd);
  }
  Errno write(uint32_t fd, std::string_view data) {
    put_iov(kBuffer, put(kBuffer, data));
    return call(&wasi::fd_write, fd, kIov, 1, kResult);
  }
  /// What one fd_read gives; an error is told as "errno N".
  std::string read(uint32_t fd, uint32_t size = kBufferBytes) {
    put_iov(kBuffer, size);
    const Errno e = call(&wasi::fd_read, fd, kIov, 1, kResult);
    if (e != Errno::kSuccess) return "errno " + std::to_string(static_cast<int>(e));
    return text(kBuffer, load(kResult));
  }
  /// The contents of a file by name, or "errno N".
  std::string contents(std::string_view path) {
    uint32_t fd = 0;
    if (const Errno e = open_for_reading(path, &fd); e != Errno::kSuccess)
      return "errno " + std::to_string(static_cast<int>(e));
    std::string all = read(fd);
    EXPECT_EQ(close(fd), Errno::kSuccess);
    return all;
  }
  Errno write_file(std::string_view path, std::string_view data) {
    uint32_t fd = 0;
    if (const Errno e = create(path, &fd); e != Errno::kSuccess) return e;
    if (const Errno e = write(fd, data); e != Errno::kSuccess) return e;
    return close(fd);
  }
  Errno close(uint32_t fd) { return call(&wasi::fd_close, fd); }
  Errno seek(uint32_t fd, int64_t delta, uint8_t whence) {
    return call(&wasi::fd_seek, fd, static_cast<uint64_t>(delta), whence, kResult);
  }
  Errno unlink(std::string_view path) {
    return call(&wasi::path_unlink_file, kFirstPreopen, kPath, put(kPath, path));
  }
  Errno make_directory(std::string_view path) {
    return call(&wasi::path_create_directory, kFirstPreopen, kPath, put(kPath, path));
  }
  Errno remove_directory(std::string_view path) {
    return call(&wasi::path_remove_directory, kFirstPreopen, kPath, put(kPath, path));
  }
  Errno rename(std::string_view from, std::string_view to) {
    const uint32_t from_length = put(kPath, from);
    return call(&wasi::path_rename, kFirstPreopen, kPath, from_length, kFirstPreopen, kSecondPath,
                put(kSecondPath, to));
  }
  Errno link(std::string_view from, std::string_view to) {
    const uint32_t from_length = put(kPath, from);
    return call(&wasi::path_link, kFirstPreopen, 0, kPath, from_length, kFirstPreopen, kSecondPath,
                put(kSecondPath, to));
  }
  Errno symlink(std::string_view target, std::string_view path) {
    const uint32_t target_length = put(kSecondPath, target);
    return call(&wasi::path_symlink, kSecondPath, target_length, kFirstPreopen, kPath,
                put(kPath, path));
  }
  /// Names in a directory, as one read of a large buffer gives them.
  std::vector<std::string> list(uint32_t fd, uint64_t cookie = 0) {
    EXPECT_EQ(call(&wasi::fd_readdir, fd, kBuffer, kBufferBytes, cookie, kResult), Errno::kSuccess);
    std::vector<std::string> names;
    const Ptr end = kBuffer + load(kResult);
    for (Ptr at = kBuffer; at < end;) {
      const uint32_t length = load(at + 16);
      names.push_back(text(at + wasi::kDirentBytes, length));
      at += wasi::kDirentBytes + length;
    }
    return names;
  }

  static constexpr wasi::Rights kReading = wasi::rights::kFdRead | wasi::rights::kFdSeek |
                                           wasi::rights::kFdTell | wasi::rights::kFdReaddir |
                                           wasi::rights::kFdFilestatGet | wasi::rights::kFdAdvise |
                                           wasi::rights::kFdFilestatSetTimes;
  static constexpr wasi::Rights kWriting = wasi::rights::kWriting | wasi::rights::kFdSync |
                                           wasi::rights::kFdDatasync |
                                           wasi::rights::kFdFdstatSetFlags;

 private:
  World world_;
  std::unique_ptr<Memory> memory_;
  uint64_t instructions_ = 0;
  uint64_t bytes_moved_ = 0;
};

/// What World::restore needs of a config: one directory.
inline WorldConfig grant(const std::string& host_path, const std::string& guest_path) {
  WorldConfig grants;
  grants.preopens = {{host_path, guest_path}};
  return grants;
}

inline World make_world(bool closed, const std::vector<Preopen>& preopens, uint64_t seed = 0) {
  auto world = World::create({.closed = closed,
                              .seed = seed,
                              .args = {"prog", "one"},
                              .environ = {"KEY=value"},
                              .preopens = preopens});
  EXPECT_TRUE(world.has_value()) << world.error().detail;
  return std::move(*world);
}

}  // namespace tine::test
