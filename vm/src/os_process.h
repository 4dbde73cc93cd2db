// What a real world takes from this process and its machine: clocks, entropy, standard streams.
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

enum class WaitEnd : uint8_t { kReadable, kTimedOut, kWoken };
/// Waits until a read of `stream` (nothing: of no stream) would not block, at most `timeout_ns`
/// (nothing: for ever), whatever signals arrive. kWoken: descriptor `wake_fd` is readable (-1:
/// none).
[[nodiscard]] WaitEnd wait(std::optional<Stream> stream, std::optional<uint64_t> timeout_ns,
                           int wake_fd);

}  // namespace tine::os
