// How a command ends: one line for an error, a backtrace for a trap, and the exit code.
#pragma once

#include <string>
#include <string_view>

#include "tine/machine.h"
#include "tine/result.h"

namespace tine::cli {

/// Prints `FILE:0xOFFSET: message` on stderr. Returns the exit code that the error stands for.
int end_with_error(const Error& error, std::string_view file);

/// Says on stderr what went wrong, if anything did: a trap with its backtrace. Returns the exit
/// code. `label` names the program in positions.
int end_with_outcome(const Machine& machine, const Outcome& outcome, std::string_view label);

}  // namespace tine::cli
