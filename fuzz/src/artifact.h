// Artifacts that libFuzzer does not write itself.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine_flags.h"

namespace tine {

/// Where an input is saved: <artifact_prefix><kind><sha1 of it>, or -exact_artifact_path.
[[nodiscard]] std::string artifact_path(std::string_view kind, std::span<const uint8_t> input,
                                        const EngineFlags& flags);

/// Saves it there and says so in libFuzzer's words, which scripts look for.
void save_artifact(std::string_view kind, std::span<const uint8_t> input, const EngineFlags& flags);

}  // namespace tine
