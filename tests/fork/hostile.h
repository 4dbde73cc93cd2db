// What damaged and hostile files are made with, and what is done with whatever they load as.
// Without GoogleTest, as the fuzz target of the loader uses it too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "snapshot_format.h"
#include "tine/result.h"
#include "tine/snapshot.h"

namespace tine::test {

using Bytes = std::vector<uint8_t>;

/// What the header says of its sections, read without checking anything but that they are within
/// the file; those that are not are left out.
[[nodiscard]] std::vector<Section> sections_of(const Bytes& file);

/// Makes all hashes fit again, as somebody who means harm would: of the sections, of the modules in
/// the first field of the state, of the outline; `parent`: whose root hash a delta is to name.
/// Offsets and sizes stay what they are. Any bytes will do.
void rehash(Bytes& file, const Bytes* parent = nullptr);

/// The dense form of any bytes.
[[nodiscard]] Bytes pack(const Bytes& plain);

/// Loads a file, whose parent (whatever its name) is `parent`. Errors: those of Snapshot::load.
[[nodiscard]] Result<std::shared_ptr<const Snapshot>> load(const Bytes& file,
                                                           const Bytes* parent = nullptr);

/// Uses everything that a snapshot gives: verifies, restores, runs a while, writes it again. Says
/// what is wrong where a snapshot does not come back as it was written; a refusal to be restored is
/// no such thing.
[[nodiscard]] std::optional<std::string> misbehaviour(const Snapshot& snapshot);

}  // namespace tine::test
