// WASI's functions about the process: arguments, environment, clocks, entropy, the end.
#include "wasi_calls.h"

namespace tine::wasi {
namespace {

/// args_get and environ_get: pointers at `pointers`, the strings themselves at `buffer`.
Errno store_strings(GuestMemory& memory, const std::vector<std::string>& strings, Ptr pointers,
                    Ptr buffer) {
  uint64_t pointer_at = pointers;
  uint64_t string_at = buffer;
  for (const std::string& s : strings) {
    if (const Errno e = memory.store(pointer_at, static_cast<uint32_t>(string_at));
        e != Errno::kSuccess)
      return e;
    const auto* bytes = reinterpret_cast<const uint8_t*>(s.c_str());
    if (const Errno e = memory.write(string_at, {bytes, s.size() + 1}); e != Errno::kSuccess)
      return e;
    pointer_at += sizeof(uint32_t);
    string_at += s.size() + 1;
  }
  return Errno::kSuccess;
}

Errno store_sizes(GuestMemory& memory, const std::vector<std::string>& strings, Ptr count,
                  Ptr buffer_bytes) {
  uint32_t bytes = 0;
  for (const std::string& s : strings) bytes += static_cast<uint32_t>(s.size()) + 1;
  if (!memory.contains(buffer_bytes, sizeof bytes)) return Errno::kFault;
  if (const Errno e = memory.store(count, static_cast<uint32_t>(strings.size()));
      e != Errno::kSuccess)
    return e;
  return memory.store(buffer_bytes, bytes);
}

}  // namespace

Answer args_get(WasiCall& call, Ptr argv, Ptr buffer) {
  return store_strings(call.memory(), call.value().setup->args, argv, buffer);
}

Answer args_sizes_get(WasiCall& call, Ptr count, Ptr buffer_bytes) {
  return store_sizes(call.memory(), call.value().setup->args, count, buffer_bytes);
}

Answer environ_get(WasiCall& call, Ptr environ, Ptr buffer) {
  return store_strings(call.memory(), call.value().setup->environ, environ, buffer);
}

Answer environ_sizes_get(WasiCall& call, Ptr count, Ptr buffer_bytes) {
  return store_sizes(call.memory(), call.value().setup->environ, count, buffer_bytes);
}

Answer clock_res_get(WasiCall& call, uint32_t id, Ptr resolution) {
  if (id > kClockThreadCpu) return Errno::kInval;
  return call.memory().store(resolution, uint64_t{1});
}

/// The CPU time of a guest is what it executed, in both worlds: 1 ns an instruction.
Answer clock_time_get(WasiCall& call, uint32_t id, uint64_t, Ptr time) {
  if (!call.memory().contains(time, sizeof(uint64_t))) return Errno::kFault;
  switch (id) {
    case kClockRealtime:
      return call.memory().store(time, call.world().realtime_ns(call.instructions()));
    case kClockMonotonic:
      return call.memory().store(time, call.world().monotonic_ns(call.instructions()));
    case kClockProcessCpu:
    case kClockThreadCpu: return call.memory().store(time, call.instructions());
    default: return Errno::kInval;
  }
}

Answer random_get(WasiCall& call, Ptr buffer, uint32_t length) {
  const auto filled = call.memory().fill(buffer, length, [&](std::span<uint8_t> into) {
    const auto done = call.world().fill_entropy(into);
    return done ? WasiResult<uint64_t>(into.size()) : fail(done.error());
  });
  return filled ? Errno::kSuccess : filled.error();
}

Answer proc_exit(WasiCall&, uint32_t code) { return HostAction::exit(code); }

/// No guest can handle signals, so each does what the specification says of it: those that end the
/// process do, with the exit code that a shell would show; nobody could continue a stopped one.
Answer proc_raise(WasiCall&, uint32_t signal) {
  constexpr uint32_t kNone = 0, kPipe = 13, kChild = 16, kContinue = 17, kStop = 18,
                     kTerminalOutput = 21, kUrgent = 22, kWindowChange = 27, kSignals = 31;
  constexpr uint32_t kShellSignalBase = 128;
  switch (signal) {
    case kNone:
    case kPipe:
    case kChild:
    case kContinue:
    case kUrgent:
    case kWindowChange: return Errno::kSuccess;
    default: break;
  }
  if (signal >= kSignals) return Errno::kInval;
  if (signal >= kStop && signal <= kTerminalOutput) return Errno::kNotSup;
  return HostAction::exit(kShellSignalBase + signal);
}

Answer sched_yield(WasiCall&) { return Errno::kSuccess; }

}  // namespace tine::wasi
