// Snapshots as a chain: the machine that executes instruction n+1 was loaded from the bytes of a
// snapshot that was taken after instruction n, of a machine that was loaded from … . One field
// forgotten by capture, file format or restore, one value looked for in the wrong place, and the
// run goes another way.
//
// A plain chain steps through single instructions. A chain of kinds changes the kind of code at
// every link, and runs 1, 2, 3, 5, 8 … instructions: where fewer are wanted than the present segment
// has, any code hands over to stepping code, so single steps alone would show little of the others.
// With a peer every link also runs in the other build, which must end it in the same way, with the
// same bytes; the chain goes on from the bytes that the other one wrote.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "spec/driver.h"
#include "spec/link.h"

namespace tine::spec {
namespace {

// As many slices as no multiple of the kinds: so each kind comes to run each of them.
constexpr std::array kKinds{CodeKind::kPlain, CodeKind::kStepping, CodeKind::kCovered};
constexpr std::array<uint64_t, 10> kSlices{1, 2, 3, 5, 8, 13, 21, 34, 55, 89};
static_assert(kSlices.size() % kKinds.size() != 0);

class ChainDriver final : public Driver {
 public:
  ChainDriver(const MachineConfig& config, const ChainOptions& options,
              std::unique_ptr<LinkPeer> peer)
      : config_(config), options_(options), peer_(std::move(peer)) {
    if (options.calls > options.most_calls)
      stride_ = (options.calls + options.most_calls - 1) / options.most_calls;
  }

  Outcome drive(std::unique_ptr<Machine>& machine, uint64_t fuel,
                std::vector<std::string>& problems) override {
    if (calls_++ % stride_ != 0) return machine->run(fuel);
    const uint64_t end = machine->instructions() + fuel;
    // The first snapshot is taken before the first instruction: the call itself is still pending.
    auto bytes = write(*machine, problems);
    for (uint64_t links = 1;; ++links) {
      const uint64_t before = machine->instructions();
      Slice slice = next_slice(links);
      slice.instructions = std::min(slice.instructions, end - before);
      if (!bytes || !move(machine, *bytes, slice.kind, problems)) break;
      const Outcome outcome = machine->run(slice.instructions);
      const bool is_over =
          outcome.kind != OutcomeKind::kOutOfFuel || machine->instructions() >= end;
      if (!is_over && machine->instructions() == before) {
        problems.push_back("chain: a slice of fuel brought the run no further");
        break;
      }
      if (is_over && !peer_) return outcome;
      const auto from = std::move(*bytes);
      bytes = write(*machine, problems);
      const bool is_agreed =
          bytes &&
          (!peer_ || peer_agrees(from, slice, effect_of(*machine, outcome), *bytes, problems));
      if (is_over) return outcome;
      if (!is_agreed) break;
    }
    return machine->run(end - machine->instructions());
  }

 private:
  /// From the sampled number of links on, every slice is twice as long as the one before.
  Slice next_slice(uint64_t links) {
    Slice slice;
    if (options_.changes_kind) {
      slice.kind = kKinds[links_ % kKinds.size()];
      slice.instructions = kSlices[links_ % kSlices.size()];
    }
    ++links_;
    constexpr uint64_t kMostDoublings = 40;
    if (links > options_.most_links)
      slice.instructions <<= std::min(links - options_.most_links, kMostDoublings);
    return slice;
  }

  static std::optional<std::vector<uint8_t>> write(Machine& machine,
                                                   std::vector<std::string>& problems) {
    auto bytes = snapshot_bytes(machine);
    if (bytes) return std::move(*bytes);
    problems.push_back("chain: " + bytes.error().to_line("snapshot"));
    return std::nullopt;
  }

  /// Moves the run into a machine loaded from `bytes`.
  bool move(std::unique_ptr<Machine>& machine, std::span<const uint8_t> bytes, CodeKind kind,
            std::vector<std::string>& problems) {
    config_.kind = kind;
    auto next = machine_from(bytes, config_);
    if (next) {
      machine = std::move(*next);
    } else {
      problems.push_back("chain: " + next.error().to_line("snapshot"));
    }
    return next.has_value();
  }

  /// Whether the other build ends the link as this one did; then `bytes` are those that it wrote.
  bool peer_agrees(std::span<const uint8_t> from, const Slice& slice, const Effect& effect,
                   std::vector<uint8_t>& bytes, std::vector<std::string>& problems) {
    PeerAnswer answer = peer_->run(from, slice);
    const std::string line = exact_text(effect);
    if (answer.line != line)
      problems.push_back(
          fmt::format("chain: the other build: {}, this one: {}", answer.line, line));
    if (answer.bytes != bytes)
      problems.push_back(fmt::format(
          "chain: the other build writes another snapshot after {} instructions from {} on",
          slice.instructions, effect.instructions));
    const bool agrees = answer.line == line && answer.bytes == bytes;
    bytes = std::move(answer.bytes);
    return agrees;
  }

  MachineConfig config_;
  ChainOptions options_;
  std::unique_ptr<LinkPeer> peer_;
  uint64_t stride_ = 1;
  uint64_t calls_ = 0;
  uint64_t links_ = 0;  // of all calls
};

}  // namespace

std::unique_ptr<Driver> make_chain_driver(const MachineConfig& config, const ChainOptions& options,
                                          std::unique_ptr<LinkPeer> peer) {
  return std::make_unique<ChainDriver>(config, options, std::move(peer));
}

}  // namespace tine::spec
