// The name section, from the identifiers of the text: what a backtrace shows.
// spec: appendix/custom#name-section
#pragma once

#include <string_view>
#include <vector>

#include "text/byte_writer.h"
#include "text/field_encoder.h"
#include "text/scope.h"

namespace tine::text {

/// Appends it to a module, if anything has a name.
void append_name_section(ByteWriter& module, std::string_view module_name, const Scope& scope,
                         const std::vector<FieldEncoder::LocalNames>& locals);

}  // namespace tine::text
