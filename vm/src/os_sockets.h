// Stream sockets of the host, one system call a function, errors as WASI's numbers.
//
// Every one of them is non-blocking: a call that has nothing to do says kAgain, and whoever wants to
// wait does so with os::wait, where a wait can be ended from outside.
#pragma once

#include <span>
#include <string>

#include "os_files.h"

namespace tine::os {

/// A socket that listens at `address`: HOST:PORT or [HOST]:PORT, HOST an IP address or "localhost",
/// port 0 for any that is free. Errors: kUsage (no such address), kIo; the detail has the address.
[[nodiscard]] Result<HandleRef> listen_at(const std::string& address);
/// Where it listens, with the port that it got: HOST:PORT.
[[nodiscard]] std::string address_of(const Handle& listener);

/// The next connection. Errors: kAgain where none has come yet.
[[nodiscard]] WasiResult<HandleRef> accept(const Handle& listener);
/// What has arrived, at most `into.size()` bytes; 0: the peer sends no more. `peek` leaves it there.
[[nodiscard]] WasiResult<uint64_t> receive(const Handle& connection, std::span<uint8_t> into,
                                           bool peek);
/// Returns how much was taken, not all of it perhaps. Errors: kPipe where nobody reads any more.
[[nodiscard]] WasiResult<uint64_t> send(const Handle& connection, std::span<const uint8_t> data);
[[nodiscard]] WasiResult<void> shut_down(const Handle& connection, bool receiving, bool sending);

}  // namespace tine::os
