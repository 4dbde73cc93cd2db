// What the tests of corpus/ share: their guests, and bytes out of text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tine/fork.h"
#include "tine/program.h"
#include "tine/target.h"

namespace tine::test {

inline std::string guest(const std::string& name) {
  return std::string(TINE_GUEST_DIR) + "/" + name + ".wasm";
}

inline std::vector<uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

inline ProgramConfig closed_config(const std::string& name) {
  ProgramConfig config;
  config.world.closed = true;
  config.world.args = {name};
  return config;
}

inline ForkConfig fork_config() {
  ForkConfig config;
  config.hosts = default_hosts();
  return config;
}

inline Result<std::shared_ptr<const Snapshot>> target(const std::string& name) {
  return open_target(guest(name), closed_config(name + ".wasm"));
}

}  // namespace tine::test
