// Facts as text for people: what every printing command shares.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace tine::cli {

using Json = nlohmann::ordered_json;

/// `12 B`, `3.4 KiB`, `17.0 MiB`.
[[nodiscard]] std::string human_bytes(uint64_t bytes);
/// A name out of a file, fit for a terminal.
[[nodiscard]] std::string shown(const Json& name);
[[nodiscard]] uint64_t number(const Json& n);
/// `… N more (--json shows all)` where a list of `size` items was cut after `most`.
void print_more(size_t size, size_t most, const char* indent);
/// Facts as JSON text. Names may be any bytes, JSON text may not: what is not UTF-8 is replaced.
void print_json(const Json& facts);

}  // namespace tine::cli
