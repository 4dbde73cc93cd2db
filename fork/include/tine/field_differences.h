// Which fields of two states differ, as data: what `tine diff` prints.
//
// A field is named by its path in the table of mutable state (machine_state.def): list items by
// their index, open descriptors by their number (`world.fds[3].offset`), overlay files by preopen
// and path (`world.overlay[0:log.txt].contents`).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tine/state.h"

namespace tine {

struct Difference {
  std::string field;
  // The two values as text fit for a terminal; both empty where `note` says it instead.
  std::string a = {};
  std::string b = {};
  std::string note = {};  // `0x64..0x68 differ`, `only the first has it`
};
/// `instructions: 72 != 9`.
[[nodiscard]] std::string to_string(const Difference& difference);

/// At most `most` of them, in the order of the table. Empty: the states are equal. Memories are
/// compared too, unless they are the same bytes. Cost: O(state + memory).
[[nodiscard]] std::vector<Difference> field_differences(const MachineState& a,
                                                        const MachineState& b, size_t most);
/// The same of two descriptors; `field` begins at theirs.
[[nodiscard]] std::vector<Difference> field_differences(const FdState& a, const FdState& b);

}  // namespace tine
