// Standard streams: bytes handed over, sinks, or the process's own descriptors.
#include <algorithm>
#include <cstring>

#include "world_impl.h"

namespace tine {

WasiResult<uint64_t> Streams::read(std::span<uint8_t> into) {
  stdin_was_read = true;
  if (stdin_is_process) return os::read_stream(os::Stream::kStdin, into);
  const size_t n = std::min(into.size(), stdin_left.size());
  std::copy_n(stdin_left.begin(), n, into.begin());
  stdin_left = stdin_left.subspan(n);
  return n;
}

WasiResult<void> Streams::write(FdKind kind, std::span<const uint8_t> data) {
  const bool is_stderr = kind == FdKind::kStderr;
  if (is_stderr ? stderr_is_process : stdout_is_process)
    return os::write_stream(is_stderr ? os::Stream::kStderr : os::Stream::kStdout, data);
  const OutputSink& sink = is_stderr ? stderr_sink : stdout_sink;
  if (sink.write) sink.write(data);
  return {};
}

FileType Streams::type_of(FdKind kind) const {
  if (kind == FdKind::kStdin)
    return stdin_is_process ? os::type_of(os::Stream::kStdin) : FileType::kUnknown;
  if (kind == FdKind::kStdout)
    return stdout_is_process ? os::type_of(os::Stream::kStdout) : FileType::kUnknown;
  return stderr_is_process ? os::type_of(os::Stream::kStderr) : FileType::kUnknown;
}

std::string Streams::loss_of(FdKind kind) const {
  if (kind == FdKind::kStdin) {
    if (!stdin_was_read) return {};
    if (!stdin_is_process)
      return stdin_left.empty() ? std::string()
                                : "the last " + std::to_string(stdin_left.size()) +
                                      " bytes of standard input, not read yet";
    const std::string what(os::description_of(os::Stream::kStdin));
    return what.empty() ? what : "standard input, " + what + " that the program has read from";
  }
  const bool is_stderr = kind == FdKind::kStderr;
  const bool is_process = is_stderr ? stderr_is_process : stdout_is_process;
  const auto stream = is_stderr ? os::Stream::kStderr : os::Stream::kStdout;
  // A terminal, pipe or file takes the output of another process as well; a connection ends.
  if (!is_process || os::description_of(stream) != "a socket") return {};
  return is_stderr ? "standard error, a socket" : "standard output, a socket";
}

}  // namespace tine
