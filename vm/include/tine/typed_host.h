// Host functions as C++ lambdas: the Wasm signature is deduced from the C++ one, at compile time.
//
//   hosts->add(host_function("env", "scale", [](int32_t a, float b) -> int64_t { … }));
//   hosts->add(host_function("env", "each", [](HostCall& host, FuncRef f, uint32_t n)
//                                               -> std::expected<void, Outcome> {
//     for (uint32_t i = 0; i < n; ++i)
//       if (auto done = host.call<void>(f, i); !done) return std::unexpected(done.error());
//     return {};
//   }));
//
//   parameters   int32_t uint32_t → i32   int64_t uint64_t → i64   float → f32   double → f64
//                V128 → v128   FuncRef → funcref   HostRef → externref
//                a HostCall& before all of them, if it is wanted
//   results      void, one of those, a std::tuple of them, or a std::expected of any of these whose
//                error is a HostAction or an Outcome: how the run ends instead
//                HostAction alone: no results, and how to go on
//
// What is here costs a few moves: arguments and results stand in the slots that HostCall shows.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "tine/host.h"
#include "tine/types.h"

namespace tine {

/// An externref as host functions get and give it: null, or a handle of the embedder's own.
struct HostRef {
  std::optional<uint64_t> handle;  // below 2^64 - 1
  bool operator==(const HostRef&) const = default;
};

/// What a fallible host function returns: results, or how the run goes on or ends instead.
template <class T>
using HostResult = std::expected<T, HostAction>;

// --- one value -----------------------------------------------------------------------------------

/// How a C++ type stands for a Wasm value: `kType`, `from(Value)` and `to(T)`.
template <class T>
struct HostValue {
  static_assert(sizeof(T) == 0,
                "a host function takes and gives int32_t, uint32_t, int64_t, uint64_t, float, "
                "double, V128, FuncRef and HostRef");
};

template <class T>
concept I32 = std::integral<T> && !std::same_as<T, bool> && sizeof(T) == 4;
template <class T>
concept I64 = std::integral<T> && sizeof(T) == 8;

template <I32 T>
struct HostValue<T> {
  static constexpr ValType kType = ValType::kI32;
  static T from(const Value& v) { return static_cast<T>(v.lo); }
  static Value to(T v) { return Value::i32(static_cast<uint32_t>(v)); }
};
template <I64 T>
struct HostValue<T> {
  static constexpr ValType kType = ValType::kI64;
  static T from(const Value& v) { return static_cast<T>(v.lo); }
  static Value to(T v) { return Value::i64(static_cast<uint64_t>(v)); }
};
template <>
struct HostValue<float> {
  static constexpr ValType kType = ValType::kF32;
  static float from(const Value& v) { return std::bit_cast<float>(static_cast<uint32_t>(v.lo)); }
  static Value to(float v) { return Value::f32(v); }
};
template <>
struct HostValue<double> {
  static constexpr ValType kType = ValType::kF64;
  static double from(const Value& v) { return std::bit_cast<double>(v.lo); }
  static Value to(double v) { return Value::f64(v); }
};
template <>
struct HostValue<V128> {
  static constexpr ValType kType = ValType::kV128;
  static V128 from(const Value& v) { return {v.lo, v.hi}; }
  static Value to(V128 v) { return {kType, v.lo, v.hi}; }
};
template <>
struct HostValue<FuncRef> {
  static constexpr ValType kType = ValType::kFuncRef;
  static FuncRef from(const Value& v) { return {v.lo}; }
  static Value to(FuncRef v) { return Value::ref(kType, v.bits); }
};
template <>
struct HostValue<HostRef> {
  static constexpr ValType kType = ValType::kExternRef;
  static HostRef from(const Value& v) { return v.lo == kNullRef ? HostRef{} : HostRef{v.lo - 1}; }
  static Value to(HostRef v) { return Value::ref(kType, v.handle ? *v.handle + 1 : kNullRef); }
};

// --- results -------------------------------------------------------------------------------------

/// What a host function or HostCall::call gives: its types, and how it becomes and comes of Values.
template <class R>
struct HostResults {
  static std::vector<ValType> types() { return {HostValue<R>::kType}; }
  static R from(std::span<const Value> values) { return HostValue<R>::from(values[0]); }
  template <class Write>
  static HostAction put(R result, Write write) {
    return write(HostValue<R>::to(result)), HostAction::done();
  }
};
template <>
struct HostResults<void> {
  static std::vector<ValType> types() { return {}; }
  static void from(std::span<const Value>) {}
};
template <class... Ts>
struct HostResults<std::tuple<Ts...>> {
  static std::vector<ValType> types() { return {HostValue<Ts>::kType...}; }
  static std::tuple<Ts...> from(std::span<const Value> values) {
    size_t i = 0;
    return {HostValue<Ts>::from(values[i++])...};  // braces: from left to right
  }
  template <class Write>
  static HostAction put(const std::tuple<Ts...>& results, Write write) {
    std::apply([&](const Ts&... each) { (write(HostValue<Ts>::to(each)), ...); }, results);
    return HostAction::done();
  }
};
template <>
struct HostResults<HostAction> {
  static std::vector<ValType> types() { return {}; }
  template <class Write>
  static HostAction put(HostAction action, Write) {
    return action;
  }
};
template <class T, class E>
struct HostResults<std::expected<T, E>> {
  static_assert(std::same_as<E, HostAction> || std::same_as<E, Outcome>,
                "the error of a host function is a HostAction or an Outcome");
  static std::vector<ValType> types() { return HostResults<T>::types(); }
  template <class Write>
  static HostAction put(std::expected<T, E> result, Write write) {
    if (!result) {
      if constexpr (std::same_as<E, Outcome>)
        return HostAction::pass_on(std::move(result).error());
      else
        return std::move(result).error();
    }
    if constexpr (std::is_void_v<T>)
      return HostAction::done();
    else
      return HostResults<T>::put(*std::move(result), write);
  }
};

// --- the function --------------------------------------------------------------------------------

/// Calls a C++ function of this signature with what stands in the slots.
template <class Result, class... Params>
struct HostSignature {
  [[nodiscard]] static FuncType type() {
    return {{HostValue<Params>::kType...}, HostResults<Result>::types()};
  }

  template <class F, class... Host>  // Host: HostCall& or nothing
  static HostAction invoke(F& function, HostCall& call, Host&... host) {
    uint32_t slot = 0;
    [[maybe_unused]] const auto next = [&](ValType type) {
      Value v{type, bits_of(type) == 32 ? call.arg_u32(slot) : call.arg_u64(slot), 0};
      if (type == ValType::kV128) v.hi = call.arg_u64(slot + 1);
      slot += slots_of(type);
      return v;
    };
    // Braces: the arguments are read from left to right.
    std::tuple<Params...> args{HostValue<Params>::from(next(HostValue<Params>::kType))...};
    const auto run = [&]() -> Result {
      return std::apply(
          [&](Params&... each) -> Result { return function(host..., std::move(each)...); }, args);
    };
    if constexpr (std::is_void_v<Result>)
      return run(), HostAction::done();
    else
      return HostResults<Result>::put(run(), [&call, to = uint32_t{0}](const Value& v) mutable {
        call.set_result(to, v.lo);
        if (v.type == ValType::kV128) call.set_result(to + 1, v.hi);
        to += slots_of(v.type);
      });
  }
};

template <class F, class Result, class... Params>
HostFunction make_host_function(std::string module, std::string name, F function,
                                std::type_identity<std::function<Result(HostCall&, Params...)>>) {
  using Signature = HostSignature<Result, std::decay_t<Params>...>;
  return {std::move(module), std::move(name), Signature::type(),
          [f = std::move(function)](HostCall& call) mutable {
            return Signature::invoke(f, call, call);
          }};
}
template <class F, class Result, class... Params>
HostFunction make_host_function(std::string module, std::string name, F function,
                                std::type_identity<std::function<Result(Params...)>>) {
  using Signature = HostSignature<Result, std::decay_t<Params>...>;
  return {std::move(module), std::move(name), Signature::type(),
          [f = std::move(function)](HostCall& call) mutable { return Signature::invoke(f, call); }};
}

/// A host function that calls `function`: anything with one signature, see above.
/// Pre: it throws nothing; captured state is the embedder's, and in no snapshot. Machines that
/// share a registry share it, so it must bear the threads that they run on.
template <class F>
[[nodiscard]] HostFunction host_function(std::string module, std::string name, F function) {
  using Deduced = decltype(std::function(function));
  return make_host_function(std::move(module), std::move(name), std::move(function),
                            std::type_identity<Deduced>());
}

template <class Results, class... Args>
std::expected<Results, Outcome> HostCall::call(FuncRef function, Args... args) {
  static_assert(!std::same_as<Results, HostAction>, "a guest gives values");
  const std::array<Value, sizeof...(Args)> values{HostValue<Args>::to(args)...};
  const FuncType type{{HostValue<Args>::kType...}, HostResults<Results>::types()};
  auto results = call_typed(function, type, values);
  if (!results) return std::unexpected(std::move(results).error());
  if constexpr (std::is_void_v<Results>)
    return {};
  else
    return HostResults<Results>::from(*results);
}

}  // namespace tine
