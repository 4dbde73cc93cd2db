// Standard streams: bytes handed over, sinks, or the process's own descriptors.
#include <algorithm>
#include <cstring>

#include "world_impl.h"

namespace tine {

WasiResult<uint64_t> Streams::read(std::span<uint8_t> into) {
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

}  // namespace tine
