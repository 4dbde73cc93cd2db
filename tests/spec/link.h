// Link: a step of a chain. A machine is loaded from the bytes of a snapshot, runs for a while, and
// is written as the bytes of the next one. Whoever gets the same bytes must write the same bytes:
// every kind of code, build and CPU.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "spec/effect.h"
#include "tine/machine.h"

namespace tine::spec {

/// How far a link runs, and in which kind of code.
struct Slice {
  CodeKind kind = CodeKind::kStepping;
  uint64_t instructions = 1;
};

/// What came of a link.
struct LinkEnd {
  Effect effect;
  std::vector<uint8_t> bytes;  // the snapshot behind it
};

/// The machine's present state as the bytes of a complete snapshot file. Errors: those of
/// Snapshot::capture.
[[nodiscard]] Result<std::vector<uint8_t>> snapshot_bytes(Machine& machine);

/// A machine that goes on from there, in a closed world. Errors: those of Snapshot::from_bytes and
/// Machine::restore.
[[nodiscard]] Result<std::unique_ptr<Machine>> machine_from(std::span<const uint8_t> snapshot,
                                                            const MachineConfig& config);

/// One line, equal where `same` says so, with every bit of the results.
[[nodiscard]] std::string exact_text(const Effect& effect);

/// What tells the states of two machines apart; empty where their snapshots are the same bytes.
[[nodiscard]] std::string snapshot_difference(Machine& machine, Machine& undisturbed);

}  // namespace tine::spec
