// Input through standard input: the run goes on before the read that it was paused at.
#include "tine/delivery.h"

namespace tine {

Delivery deliver_by_stdin() {
  return [](Machine& machine, std::span<const uint8_t> input, uint64_t fuel) {
    machine.world().set_stdin(input);
    return machine.run(fuel);
  };
}

}  // namespace tine
