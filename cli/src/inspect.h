// What `tine inspect` knows of a file, as JSON; the text for people is printed from the same JSON,
// so that the two never disagree. Names in it are raw; printing escapes them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tine/module.h"
#include "tine/result.h"
#include "tine/snapshot.h"

namespace tine::cli {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json module_facts(const Module& module);
void print_module(const std::string& file, const Json& facts);

/// Errors: those of Machine::restore, which verifies the frames.
[[nodiscard]] Result<Json> snapshot_facts(const std::string& path, const Snapshot& snapshot);
void print_snapshot(const std::string& file, const Json& facts);

/// `12 B`, `3.4 KiB`, `17.0 MiB`.
[[nodiscard]] std::string human_bytes(uint64_t bytes);
/// A name out of a file, fit for a terminal.
[[nodiscard]] std::string shown(const Json& name);

}  // namespace tine::cli
