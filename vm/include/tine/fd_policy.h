// FdPolicy: what capture and restore do about open files of the host; and the list of what a
// snapshot could not take along.
//
// A snapshot records an open file by its path, size and contents' hash, and finds it there again.
// Where that cannot work, because the file was removed, replaced or changed, the policy decides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tine/state.h"

namespace tine {

enum class FdPolicy : uint8_t {
#define TINE_FD_POLICY(name, word, at_capture, at_restore) name,
#include "tine/fd_policies.def"
};

/// The words for people: of the option, of what it means at capture, and at restore.
struct FdPolicyInfo {
  FdPolicy policy;
  std::string_view word;
  std::string_view at_capture;
  std::string_view at_restore;
};
inline constexpr FdPolicyInfo kFdPolicies[] = {
#define TINE_FD_POLICY(name, word, at_capture, at_restore) \
  {FdPolicy::name, word, at_capture, at_restore},
#include "tine/fd_policies.def"
};

/// Values are those of LossState::what.
enum class LossKind : uint8_t {
#define TINE_LOSS(name, text) name,
#include "tine/losses.def"
};
inline constexpr std::string_view kLossTexts[] = {
#define TINE_LOSS(name, text) text,
#include "tine/losses.def"
};

/// `descriptor 4, /data/log: the directory was removed …`. Raw: escape before showing. `loss` may
/// come from a file that nobody vouches for.
[[nodiscard]] std::string to_string(const LossState& loss);

}  // namespace tine
