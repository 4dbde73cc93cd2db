// Losses as lines for people.
#include "tine/fd_policy.h"

#include <iterator>

namespace tine {

std::string to_string(const LossState& loss) {
  std::string line = "descriptor " + std::to_string(loss.fd) + ", " + loss.path + ": ";
  line += loss.what < std::size(kLossTexts) ? kLossTexts[loss.what] : "lost";
  return line;
}

}  // namespace tine
