// The table of WASI's functions as host functions: arguments out of slots, an errno back.
#include <type_traits>

#include "wasi_calls.h"

namespace tine {
namespace {

using wasi::Answer;
using wasi::Ptr;
using wasi::WasiCall;

template <class T>
constexpr ValType kValTypeOf = sizeof(T) == 8 ? ValType::kI64 : ValType::kI32;

template <class T>
T argument(HostCall& call, uint32_t i) {
  static_assert(std::is_same_v<T, uint32_t> || std::is_same_v<T, uint64_t>);
  if constexpr (std::is_same_v<T, uint64_t>) {
    return call.arg_u64(i);
  } else {
    return call.arg_u32(i);
  }
}

/// A function of the table behind HostFunction::call.
template <auto kFunction, class... Params, size_t... kIndex>
HostAction invoke(HostCall& host, Answer (*)(WasiCall&, Params...),
                  std::index_sequence<kIndex...>) {
  WasiCall call(host.world().impl(), host.memory(), host.instructions(), host.is_first_of_run());
  Answer answer = kFunction(call, argument<Params>(host, kIndex)...);
  host.charge_bytes(call.memory().bytes_moved());
  if (answer.action) return *std::move(answer.action);
  host.set_result_u32(0, static_cast<uint32_t>(answer.errno_value));
  return HostAction::done();
}

enum class Returns : uint8_t { E, V };

template <auto kFunction, class... Params>
HostFunction host_function(const char* name, Returns returns,
                           Answer (*declared)(WasiCall&, Params...)) {
  FuncType type{.params = {kValTypeOf<Params>...}, .results = {}};
  if (returns == Returns::E) type.results = {ValType::kI32};
  return {.module = "wasi_snapshot_preview1",
          .name = name,
          .type = std::move(type),
          .call = [declared](HostCall& host) {
            return invoke<kFunction>(host, declared, std::index_sequence_for<Params...>());
          }};
}

std::vector<HostFunction> make_functions() {
  std::vector<HostFunction> functions;
#define TINE_WASI(name, returns, ...) \
  functions.push_back(host_function<&wasi::name>(#name, Returns::returns, &wasi::name));
#include "wasi_functions.def"
  return functions;
}

}  // namespace

std::span<const HostFunction> wasi_functions() {
  static const std::vector<HostFunction> functions = make_functions();
  return functions;
}

}  // namespace tine
