// Delivery: how an input gets into a guest.
//
// A guest at its base waits for one input. A program that reads standard input is paused before
// its first read and gets the bytes there; a library is called at LLVMFuzzerTestOneInput with the
// bytes in a buffer of its own. Fuzzing and replay know only this one interface, so a new way in
// is a new small file, and a crash found by one of them reproduces in the other.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "tine/machine.h"
#include "tine/result.h"

namespace tine {

/// Fuel of one input unless the user says otherwise: about a second of interpreted code.
inline constexpr uint64_t kDefaultInputFuel = 1'000'000'000;

/// Gives `input` to a machine that stands at its base and runs it with at most `fuel` instructions
/// (the guest's allocation of the buffer included). The bytes must live until the run has ended.
using Delivery =
    std::function<Outcome(Machine& machine, std::span<const uint8_t> input, uint64_t fuel)>;

/// For a program that was stopped before it reads standard input.
[[nodiscard]] Delivery deliver_by_stdin();

/// For a library that exports LLVMFuzzerTestOneInput: the guest's own malloc, if exported, gives a
/// buffer of exactly the input's size, so that the guest's checks see overruns; without one, memory
/// grows and the input ends where it ends, so that reading on traps.
/// Errors: kUnlinkable where the export's type is another.
[[nodiscard]] Result<Delivery> deliver_by_call(const Machine& machine, InstanceIdx instance);

/// The way that fits a machine: a call where nothing is suspended and the export is there, else
/// standard input. Errors: kNotCapturable where the machine has ended and exports nothing to call.
[[nodiscard]] Result<Delivery> delivery_for(const Machine& machine);

/// Calls the guest's LLVMFuzzerInitialize, if exported, with `name` as its only argument.
/// Errors: kUnlinkable as above.
[[nodiscard]] Result<Outcome> call_fuzzer_initialize(Machine& machine, InstanceIdx instance,
                                                     std::string_view name);

}  // namespace tine
