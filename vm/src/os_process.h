// What a real world takes from this process and its machine: clocks, entropy, standard streams;
// and how it waits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "wasi_abi.h"

namespace tine::os {

[[nodiscard]] uint64_t realtime_ns();
[[nodiscard]] uint64_t monotonic_ns();

/// Fills `into` with the host's entropy.
[[nodiscard]] wasi::WasiResult<void> entropy(std::span<uint8_t> into);

enum class Stream : uint8_t { kStdin = 0, kStdout = 1, kStderr = 2 };

/// What the stream is: a terminal is kCharacterDevice, a pipe kUnknown.
[[nodiscard]] wasi::FileType type_of(Stream stream);
/// What people call it: "a pipe", "a terminal", "a socket", "a file"; empty for what has no state
/// to lose, as /dev/null.
[[nodiscard]] std::string_view description_of(Stream stream);
/// One read; 0 at end of file.
[[nodiscard]] wasi::WasiResult<uint64_t> read_stream(Stream stream, std::span<uint8_t> into);
/// Writes all of `data`.
[[nodiscard]] wasi::WasiResult<void> write_stream(Stream stream, std::span<const uint8_t> data);

/// The host's number of a standard stream, to wait for.
[[nodiscard]] constexpr int fd_of(Stream stream) { return static_cast<int>(stream); }

/// A descriptor of the host to wait for, and what came of it.
struct Waited {
  int fd = -1;
  bool to_write = false;  // else to read, or to accept
  bool is_ready = false;  // the call would not block, be it with an error
  bool has_hung_up = false;
};
enum class WaitEnd : uint8_t { kReady, kTimedOut, kWoken };
/// Waits until one of `all` is ready, at most `timeout_ns` (nothing: for ever), whatever signals
/// arrive. kWoken: descriptor `wake_fd` is readable (-1: none).
[[nodiscard]] WaitEnd wait(std::span<Waited> all, std::optional<uint64_t> timeout_ns, int wake_fd);
/// How many bytes a read would give at once, as far as the host tells.
[[nodiscard]] uint64_t readable_bytes(int fd);

}  // namespace tine::os
