// All that fuzz/ asks of the operating system itself.
#pragma once

namespace tine {

/// For the `==PID==` of reports.
[[nodiscard]] int process_id();
/// Leaves at once, without destructors or atexit handlers: the engine's own way to end.
[[noreturn]] void exit_now(int code);

}  // namespace tine
