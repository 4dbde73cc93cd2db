// World: making one, copying it, and its streams. What it does for the guest is in world_impl.cpp
// and the wasi_*.cpp files, how it becomes plain data in world_capture.cpp.
#include "tine/world.h"

#include "world_impl.h"
#include "world_sockets.h"

namespace tine {
namespace {

WorldSetup setup_of(const WorldConfig& config) {
  return {config.closed, config.args, config.environ, config.preopens, {}, {}};
}

std::unexpected<Error> usage(const char* detail) {
  return fail(ErrorCode::kUsage, kNoOffset, detail);
}

}  // namespace

World::World() : World(Impl{}) {
  impl_->edit_value().descriptors = Cow<Descriptors>(starting_descriptors(0, {}));
}
World::World(Impl impl) : impl_(std::make_unique<Impl>(std::move(impl))) {}
World::~World() = default;
World::World(const World& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
World::World(World&&) noexcept = default;
World& World::operator=(const World& other) {
  if (this != &other) *impl_ = *other.impl_;
  return *this;
}
World& World::operator=(World&&) noexcept = default;

Result<World> World::create(const WorldConfig& config) {
  WorldSetup setup = setup_of(config);
  TINE_TRY_ASSIGN(setup.listeners, listeners_of(config));
  if (config.preopens.size() + setup.listeners.size() + 3 > kMaxDescriptors)
    return usage("too many preopened directories and sockets");
  Impl impl;
  impl.streams.stdin_is_process = !config.closed;
  WorldValue& value = impl.edit_value();
  TINE_TRY_ASSIGN(const auto sockets, open_listeners(config.closed, setup.listeners));
  value.setup = std::make_shared<const WorldSetup>(std::move(setup));
  value.descriptors = Cow<Descriptors>(starting_descriptors(config.preopens.size(), sockets));
  TINE_TRY_ASSIGN(RealFiles files, open_preopens(config.preopens));
  if (config.closed) {
    value.overlay = OverlayFiles(std::make_shared<BaseFiles>(std::move(files)), {});
    value.entropy.seed = config.seed;
  } else {
    value.real_files = std::move(files);
  }
  return World(std::move(impl));
}

bool World::is_closed() const { return impl_->value().is_closed(); }

std::vector<std::string> World::listen_addresses() const {
  std::vector<std::string> addresses;
  for (const ListenerState& listener : impl_->value().setup->listeners)
    addresses.push_back(listener.address_hint);
  return addresses;
}

void World::mark_base() { impl_->mark_base(); }
bool World::changed_since_base() const { return impl_->changed_since_base(); }
void World::reset_to_base() { impl_->reset_to_base(); }

const std::vector<std::string>& World::restore_notes() const { return impl_->restore_notes; }

void World::set_capture_policy(FdPolicy policy) { impl_->streams.fd_policy = policy; }

std::vector<std::string> World::stream_losses() const {
  std::vector<std::string> losses;
  for (const auto& [fd, descriptor] : impl_->value().descriptors->table()) {
    if (!is_stream(descriptor.kind)) continue;
    std::string loss = impl_->streams.loss_of(descriptor.kind);
    if (!loss.empty()) losses.push_back(std::move(loss));
  }
  return losses;
}

void World::set_stdin(std::span<const uint8_t> bytes) {
  impl_->streams.stdin_is_process = false;
  impl_->streams.stdin_left = bytes;
}

void World::use_process_stdin() { impl_->streams.stdin_is_process = true; }

void World::set_stdout(OutputSink sink) {
  impl_->streams.stdout_is_process = false;
  impl_->streams.stdout_sink = std::move(sink);
}

void World::set_stderr(OutputSink sink) {
  impl_->streams.stderr_is_process = false;
  impl_->streams.stderr_sink = std::move(sink);
}

void World::set_sent(ConnectionSink sink) { impl_->streams.sent_sink = std::move(sink); }

void World::use_process_output() {
  impl_->streams.stdout_is_process = true;
  impl_->streams.stderr_is_process = true;
}

void World::pause_on_stdin(bool on) { impl_->streams.pause_on_stdin = on; }
void World::pause_when_idle(bool on) { impl_->streams.pause_when_idle = on; }
void World::interrupt_waits_on(int fd) { impl_->streams.wake_fd = fd; }

World::Pauses World::set_pauses(const Pauses& pauses) {
  Streams& streams = impl_->streams;
  const Pauses before{streams.pause_on_stdin, streams.pause_when_idle, streams.wake_fd};
  streams.pause_on_stdin = pauses.on_stdin;
  streams.pause_when_idle = pauses.when_idle;
  streams.wake_fd = pauses.wake_fd;
  return before;
}

}  // namespace tine
