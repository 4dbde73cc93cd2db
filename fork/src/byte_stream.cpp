// Reading on: from memory first, then from the file, whichever there is.
#include "byte_stream.h"

#include <algorithm>

namespace tine {

Result<size_t> ByteStream::read_some(std::span<uint8_t> to) {
  size_t count = std::min(to.size(), rest_.size());
  if (file_.fd() >= 0) {
    TINE_TRY_ASSIGN(count, file_.read_next(to));
  } else {
    std::copy_n(rest_.begin(), count, to.begin());
    rest_ = rest_.subspan(count);
  }
  position_ += count;
  return count;
}

Result<size_t> ByteStream::read_up_to(std::span<uint8_t> to) {
  size_t done = 0;
  while (done < to.size()) {
    TINE_TRY_ASSIGN(const size_t count, read_some(to.subspan(done)));
    if (count == 0) break;
    done += count;
  }
  return done;
}

}  // namespace tine
