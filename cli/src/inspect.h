// What `tine inspect` knows of a file, as JSON; the text for people is printed from the same JSON,
// so that the two never disagree. Names in it are raw; printing escapes them.
#pragma once

#include <string>

#include "snapshot_view.h"
#include "text.h"
#include "tine/module.h"
#include "tine/snapshot_files.h"

namespace tine::cli {

[[nodiscard]] Json module_facts(const Module& module);
void print_module(const std::string& file, const Json& facts);

[[nodiscard]] Json snapshot_facts(const std::string& path, const SnapshotView& view,
                                  const SnapshotOutline* outline);
void print_snapshot(const std::string& file, const Json& facts);

}  // namespace tine::cli
