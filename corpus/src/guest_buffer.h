// Bytes of ours in a guest's memory, at a place where the guest may use them.
//
// The guest's own malloc knows best what is free, and a heap checker compiled into the guest then
// sees overruns. A guest without an exported malloc gets new pages behind all it has, with the
// bytes right-aligned to the end of memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tine/machine.h"

namespace tine {

/// A function exported under `name` whose type is exactly `type`, or nothing where there is no
/// such export. Errors: kUnlinkable where it has another type.
[[nodiscard]] Result<std::optional<uint32_t>> find_typed_export(const Machine& machine,
                                                                InstanceIdx instance,
                                                                std::string_view name,
                                                                const FuncType& type);

class GuestBuffer {
 public:
  /// Errors: kUnlinkable (malloc of another type, or no memory at all).
  [[nodiscard]] static Result<GuestBuffer> create(const Machine& machine, InstanceIdx instance);

  struct Placed {
    Outcome outcome;       // of the guest's malloc; kReturned without one
    uint32_t address = 0;  // of the first byte; meaningful when the outcome is kReturned
  };
  /// Copies `bytes` into the guest. kHostError where no room is left.
  [[nodiscard]] Placed place(Machine& machine, std::span<const uint8_t> bytes, uint64_t fuel) const;

 private:
  explicit GuestBuffer(InstanceIdx instance) : instance_(instance) {}
  [[nodiscard]] Placed place_by_malloc(Machine& machine, std::span<const uint8_t> bytes,
                                       uint64_t fuel) const;
  [[nodiscard]] Placed place_at_end(Machine& machine, std::span<const uint8_t> bytes) const;

  InstanceIdx instance_;
  std::optional<uint32_t> malloc_;  // store address
};

}  // namespace tine
