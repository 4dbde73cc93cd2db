// World: what the guest sees of the outside — arguments, files, clocks, entropy, standard streams.
//
// Two kinds behind one interface. The real world passes through to preopened host directories, the
// host's clock and entropy. The closed world is a pure function of its seed and its inputs: a
// virtual clock that advances 1 ns an instruction and jumps over sleeps, seeded entropy, an
// in-memory overlay over read-only files, sockets whose connections are a script. Both are plain
// data at capture (world_state.def).
// A World is a value with copy-on-write parts: copying it is cheap. A fork marks its base once and
// goes back to it in every reset, which costs what changed and nothing where nothing did.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tine/fd_policy.h"
#include "tine/host.h"
#include "tine/result.h"
#include "tine/state.h"

namespace tine {

/// A host directory that the guest may see, under a name of its own. `--dir HOST::GUEST`.
struct Preopen {
  std::string host_path;
  std::string guest_path;
};

/// Where the guest's standard output and error go.
struct OutputSink {
  /// Called with the bytes of one write; null: the bytes are dropped (but counted as written).
  std::function<void(std::span<const uint8_t>)> write;
};

/// A connection to a closed world: what its peer sends. The peer takes whatever the guest sends.
struct ScriptedConnection {
  std::vector<uint8_t> incoming;
  uint32_t listener = 0;  // which listening socket it arrives at
};

/// Where goes what the guest sends through scripted connections.
struct ConnectionSink {
  /// Connection `connection` of listener `listener` got these bytes; null: they are dropped.
  std::function<void(uint32_t listener, uint32_t connection, std::span<const uint8_t>)> write;
};

struct WorldConfig {
  bool closed = false;
  uint64_t seed = 0;                 // closed: entropy, and nothing else
  std::vector<std::string> args;     // argv[0] included
  std::vector<std::string> environ;  // KEY=VALUE
  std::vector<Preopen> preopens;
  /// Sockets that listen from the start, HOST:PORT; their descriptors follow those of the preopens.
  /// A closed world opens no port: there it is a name, and `connections` arrive.
  std::vector<std::string> listen = {};
  /// Closed worlds: in the order in which they arrive. One to a socket that `listen` does not name
  /// makes one without a name.
  std::vector<ScriptedConnection> connections = {};
  /// restore() alone: what to do about open files of the host that differ or are gone. Nothing:
  /// kEmbed where the snapshot has their contents, else kError.
  std::optional<FdPolicy> fd_policy = {};
};

class World {
 public:
  World();  // closed, empty, seed 0
  ~World();
  World(const World&);
  World(World&&) noexcept;
  World& operator=(const World&);
  World& operator=(World&&) noexcept;

  /// Errors: kIo (a preopened directory cannot be opened, an address not be listened at; the detail
  /// names it), kUsage (no such address; too many of anything; connections to a real world).
  [[nodiscard]] static Result<World> create(const WorldConfig& config);
  /// A world with the state captured in `state`, and no more authority than `grants.preopens`
  /// gives: descriptors reopen beneath the preopen of the same guest name, confined, rights
  /// intersected. Its listening sockets listen at `grants.listen`, in their order; in a closed world
  /// `grants.connections` arrive after those that the state still has. Beyond these and `fd_policy`,
  /// `grants` is ignored: it is part of the state.
  /// Cost: one pass over each open file. Errors: kBadSnapshot (state makes no sense), kIo (no grant
  /// for a guest directory or a listening socket, which the detail names; a file differs or is gone,
  /// a connection is gone, and the policy is to refuse it), kUsage (as create()).
  [[nodiscard]] static Result<World> restore(const WorldState& state, const WorldConfig& grants);
  /// For forks: the same world, closed. Entropy starts anew from `seed`, the clocks go on virtually
  /// from what the guest saw last; the granted directories become read-only bases under an overlay.
  /// Copies of the result share what they read of those directories: for many forks, close once
  /// and copy. Errors: as restore().
  [[nodiscard]] static Result<World> close(const WorldState& state, uint64_t seed,
                                           const std::vector<Preopen>& preopens,
                                           std::optional<FdPolicy> fd_policy = {});
  /// What restore() or close() did about open files that differ or are gone, a line each
  /// (`descriptor 4, /data/log: gone; closed`). Raw: escape before showing.
  [[nodiscard]] const std::vector<std::string>& restore_notes() const;

  [[nodiscard]] bool is_closed() const;
  /// Where the sockets of WorldConfig::listen listen, with the port that the host gave to those that
  /// asked for port 0.
  [[nodiscard]] std::vector<std::string> listen_addresses() const;
  /// The state as plain data; what it could not take along is listed in it.
  /// Cost: one pass over each open file of the host.
  /// Errors: kNotCapturable (an open file was removed or replaced, and the policy is kError; or it
  /// is too large to embed), kIo.
  [[nodiscard]] Result<WorldState> capture() const;

  // Going back, for forks.

  /// Makes the present state the one that reset_to_base() goes back to.
  void mark_base();
  /// Whether anything of the state may differ from the base (true before the first mark_base()).
  [[nodiscard]] bool changed_since_base() const;
  /// Takes the state back to the base; the streams below stay as they are. Pre: mark_base().
  /// Cost: nothing if nothing changed, else a handful of pointers, plus freeing what the run made
  /// (files written, descriptors opened). No allocation, no system call, but for closing files
  /// that a real world opened since.
  void reset_to_base();

  // Not state: the streams of this process, and what captures do. A copy of a World takes them
  // along.

  /// What captures do about open files of the host. All worlds start with kError.
  void set_capture_policy(FdPolicy policy);
  /// What of this process's standard streams a snapshot does not take along, a line each: it is
  /// part of no state, for the same state can stand in processes with other streams.
  [[nodiscard]] std::vector<std::string> stream_losses() const;

  /// Standard input of a closed world, and of a real one after this call: these bytes, then end of
  /// file. The bytes must outlive the reads. Resets the read position to their start.
  void set_stdin(std::span<const uint8_t> bytes);
  /// Standard input from the process's own descriptor 0. Real worlds start so; closed ones start
  /// with an empty standard input.
  void use_process_stdin();
  void set_stdout(OutputSink sink);
  void set_stderr(OutputSink sink);
  /// Where goes what the guest sends through scripted connections. All worlds start with: nowhere.
  void set_sent(ConnectionSink sink);
  /// Output goes to the process's own descriptors 1 and 2. All worlds start so.
  void use_process_output();
  /// While on, the next read of standard input pauses the run before it (PauseReason::kStdin).
  void pause_on_stdin(bool on);
  /// While on, a call that would wait (for the clock, for the process's standard input) with
  /// nothing else ready pauses the run before it (PauseReason::kIdle).
  void pause_when_idle(bool on);
  /// While a call waits, it also waits for this descriptor to become readable, and then pauses the
  /// run before the call (PauseReason::kRequest). Whoever made it readable makes it unreadable
  /// again. -1: waits are not interrupted.
  void interrupt_waits_on(int fd);

  /// The three above at once.
  struct Pauses {
    bool on_stdin = false;
    bool when_idle = false;
    int wake_fd = -1;
  };
  /// Returns those before.
  Pauses set_pauses(const Pauses& pauses);

  /// For the host functions in vm/src; opaque elsewhere.
  struct Impl;
  [[nodiscard]] Impl& impl() { return *impl_; }
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  explicit World(Impl impl);
  std::unique_ptr<Impl> impl_;
};

/// The host functions of `wasi_snapshot_preview1` over HostCall::world().
[[nodiscard]] std::span<const HostFunction> wasi_functions();

}  // namespace tine
