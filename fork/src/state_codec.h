// The bytes of a MachineState: every field of machine_state.def, in the order of the table.
//
//   bool, uint8_t … uint64_t   1, 1, 2, 4, 8 bytes, little-endian; bool is 0 or 1
//   std::string, byte vectors  u32 length, then the bytes
//   std::vector of others      u32 count, then the elements
//   Value                      the type's code (1 byte), then its bits: 4, 8 or 16 bytes
//   ModuleRef                  XXH3-128 of the module's binary, which stands in a section of its own
//   MemoryContents             u64 size in bytes; the bytes stand in a section of their own
//   structs                    their fields, one after the other
//
// There is exactly one encoding of a state, so equal states are equal bytes. Nothing is aligned.
// Both directions are visitors over visit_fields(): a field added to the table is written and read.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tine/result.h"
#include "tine/state.h"

namespace tine {

[[nodiscard]] std::vector<uint8_t> encode_state(const MachineState& state);

/// Reads what encode_state wrote. `modules` and `memories` are the contents of the file's other
/// sections, which the state must name completely and in order. Every count is bounded by the bytes
/// that are left before anything is allocated. Whether indices, types and frames make sense is
/// checked by Machine::restore, not here.
/// Errors: kBadSnapshot at `file_offset` + the offset in `bytes`, with the path of the field.
[[nodiscard]] Result<MachineState> decode_state(std::span<const uint8_t> bytes,
                                                uint64_t file_offset,
                                                std::span<const ModuleRef> modules,
                                                std::span<const MemoryContents> memories);

}  // namespace tine
