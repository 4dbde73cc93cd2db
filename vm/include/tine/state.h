// MachineState: the complete state of a Machine as plain, canonical, typed data.
//
// The structs are those of machine_state.def. visit_fields() walks any of them field by field in
// the order of the table; the file format, hash and diff in fork/ are visitors.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "tine/module.h"
#include "tine/types.h"

namespace tine {

/// A module of the state. Never null in a state that capture() made.
using ModuleRef = std::shared_ptr<const Module>;

/// Half-open, in bytes.
struct ByteRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// Where a memory's contents are not those of its file.
struct FilePatches {
  uint64_t file_bytes = 0;        // so much of the memory the file has; behind, it is zeros
  std::vector<ByteRange> ranges;  // but for these: ascending, whole blocks of 4 KiB
};

/// The bytes of a memory, by reference: either into a live Machine (until it runs again), or into
/// a mapping that the holder of the state keeps alive. Where `fd` >= 0 the same bytes also stand
/// there at `fd_offset` (a multiple of 64 KiB), so that restore can map instead of copy; all of them
/// but for `patches`, if there are any.
/// `bytes.size()` is the present size, a multiple of 64 KiB.
struct MemoryContents {
  std::span<const uint8_t> bytes;
  int fd = -1;
  uint64_t fd_offset = 0;
  const FilePatches* patches = nullptr;
};

/// In FdState and OverlayNodeState, not a preopen: where files in memory are that have no name. Those
/// are what a closed world's guest removed while it was open, and what came embedded in a snapshot.
inline constexpr uint32_t kOrphanPreopen = 0xffffffff;

/// In FdState: a connection that is none of its listener's script.
inline constexpr uint32_t kUnscriptedConnection = 0xffffffff;

#define TINE_STRUCT(Name) struct Name {
#define TINE_FIELD(type, name, meaning) type name{};
#define TINE_STRUCT_END(Name) \
  }                           \
  ;
#include "tine/machine_state.def"

/// Calls `v("name", s.name)` for every field of `s` in table order, until one returns false.
/// `s` may be const or not. Returns whether all returned true.
#define TINE_STRUCT(Name)                                 \
  template <class S, class V>                             \
    requires std::is_same_v<std::remove_const_t<S>, Name> \
  [[nodiscard]] bool visit_fields(S& s, V&& v) {
#define TINE_FIELD(type, name, meaning) \
  if (!v(#name, s.name)) return false;
#define TINE_STRUCT_END(Name) \
  return true;                \
  }
#include "tine/machine_state.def"

}  // namespace tine
