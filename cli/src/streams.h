// Standard streams of a guest that runs in the foreground.
//
// A real world reads this process's standard input as it goes. A closed world is a function of its
// inputs, so it gets all of it beforehand. `--stdin FILE` replaces it in both.
#pragma once

#include <string>
#include <vector>

#include "tine/result.h"
#include "tine/world.h"

namespace tine::cli {

class GuestStreams {
 public:
  /// Connects `world`; this object must live as long as the guest runs. `stdin_file`: empty for
  /// this process's own. Errors: kIo.
  [[nodiscard]] Result<void> connect(World& world, const std::string& stdin_file);

 private:
  std::vector<uint8_t> stdin_;
};

}  // namespace tine::cli
