// What annotations say: `(@custom "name" "bytes")` is a custom section, `(@name "f")` the name of the
// thing that it stands at, and `(@metadata.code.branch_hint "\01")` tells of a branch that it is
// likely.
//
// An annotation is no part of the grammar: it stands between two tokens, and means something only
// where somebody asks for it there. What nobody has asked for in the end is misplaced.
// spec: appendix/custom#custom-annotations, appendix/custom#name-annotations; branch hints:
// metadata/code (binary and text)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "text/sections.h"
#include "text/token_reader.h"
#include "tine/result.h"

namespace tine::text {

/// Appends the custom sections that stand in front of the present token.
/// Errors: `@custom annotation: …`.
[[nodiscard]] Result<void> read_customs(TokenReader& in, std::vector<CustomSectionText>& out);

/// The name in front of the present token, if there is one. `noun` is what has it, for the error
/// `@name annotation: multiple NOUN`.
[[nodiscard]] Result<std::optional<std::string>> read_name(TokenReader& in, std::string_view noun);

/// Whether the branch at the present token is likely, if that is said.
/// Errors: `@metadata.code.branch_hint annotation: …`; kInvalid where the instruction, whose first
/// token is here, cannot have a hint.
[[nodiscard]] Result<std::optional<bool>> read_branch_hint(TokenReader& in, bool is_branch);

/// Errors: an annotation in front of the tokens from `first` to `last` that nobody has read. They
/// are those of a function, or of a module whose functions are in order.
[[nodiscard]] Result<void> check_all_read(const TokenReader& in, uint32_t first, uint32_t last,
                                          bool is_function);

}  // namespace tine::text
