// The other build as a link's second pair of hands: a spec_runner that was started with
// --link-server reads a snapshot and how far to run, and answers with what came of it.
//
// All numbers are u64, little-endian, so that the other one may be of another CPU, too:
//
//   request   kind of code, instructions, size, snapshot
//   answer    size, line (exact_text, or `error: …`), size, snapshot (empty after an error)
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "spec/link.h"

namespace tine::spec {

struct PeerAnswer {
  std::string line;  // exact_text of the effect
  std::vector<uint8_t> bytes;
};

class LinkPeer {
 public:
  virtual ~LinkPeer() = default;
  /// Throws where the other one cannot be started or ends.
  [[nodiscard]] virtual PeerAnswer run(std::span<const uint8_t> snapshot, const Slice& slice) = 0;
};

/// A process, for as long as the peer lives; it starts with the first request.
/// `command`: program and arguments, separated by spaces.
[[nodiscard]] std::unique_ptr<LinkPeer> make_process_peer(const std::string& command);

/// The other side: answers requests from `in` until it ends. `config`: of the machines; each link
/// says its kind of code. Throws where a request is cut off.
void serve_links(int in, int out, MachineConfig config);

}  // namespace tine::spec
