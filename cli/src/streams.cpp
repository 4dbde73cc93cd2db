#include "streams.h"

#include "os.h"
#include "tine/program.h"

namespace tine::cli {

Result<void> GuestStreams::connect(World& world, const std::string& stdin_file) {
  world.use_process_output();
  if (!stdin_file.empty()) {
    auto bytes = read_file(stdin_file);
    if (!bytes) return fail(ErrorCode::kIo, kNoOffset, stdin_file + ": " + bytes.error().detail);
    stdin_ = std::move(*bytes);
  } else if (!world.is_closed()) {
    world.use_process_stdin();
    return {};
  } else if (!stdin_is_terminal()) {
    // A descriptor that cannot be read, as after `<&-`, is an empty input.
    stdin_ = read_file("/dev/stdin").value_or(std::vector<uint8_t>());
  }
  world.set_stdin(stdin_);
  return {};
}

}  // namespace tine::cli
