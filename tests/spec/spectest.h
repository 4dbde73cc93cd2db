// The module `spectest` that the suite's scripts import from: print functions that print nothing,
// globals of 666, a table of 10 to 20 functions, a memory of 1 to 2 pages.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "tine/machine.h"

namespace tine::spec {

inline constexpr const char* kSpectest = "spectest";

/// Its functions, and what random modules import: the other build of a chain gets machines of both.
[[nodiscard]] std::shared_ptr<const HostRegistry> spectest_hosts();

/// Makes the item that is not a function in `machine`'s store. Nothing where there is no such item.
[[nodiscard]] std::optional<ExternRef> add_spectest_item(Machine& machine, std::string_view name);

}  // namespace tine::spec
