// Triggers: where and why a run pauses.
//
//   a point in the code   the functions concerned get code of their own with `watch` ops
//   a host call           asked in the driver, which makes all host calls
//   a request             a flag that the driver looks at whenever it gets control; it withholds
//                         fuel so that this happens often enough (withhold_fuel)
//
// What a trigger does not concern pays nothing for it.
#include <utility>

#include "machine_impl.h"
#include "tine/check.h"

namespace tine {
namespace {

/// Most instructions between two looks at the flag. A look costs about a microsecond, this many
/// instructions some hundred of them.
constexpr int64_t kPollInterval = 100'000;

#ifdef TINE_WITHOUT_POLLS
constexpr bool kPolls = false;  // what looking costs is measured against a build that does not
#else
constexpr bool kPolls = true;
#endif

bool is_counted(Op op) { return op != Op::end && op != Op::else_; }

}  // namespace

void Machine::pause_at(const std::vector<PausePoint>& points) {
  TINE_REQUIRE(!impl_->is_running_);
  impl_->watches_.clear();
  std::vector<std::vector<WatchedPlace>> places(impl_->instances_.size());
  for (const PausePoint& p : points) {
    TINE_REQUIRE(p.nth > 0 && p.instance < instance_count());
    TINE_REQUIRE(!p.offset || is_pausable(p.instance, p.func, *p.offset));
    TINE_REQUIRE(!module_of(p.instance).is_imported(p.func));
    places[p.instance].push_back({p.func, p.offset, static_cast<uint32_t>(impl_->watches_.size())});
    impl_->watches_.push_back({p, p.nth});
  }
  for (const std::unique_ptr<Instance>& i : impl_->instances_) {
    const bool was_watched = i->watches != nullptr;
    const bool is_watched = !places[i->index].empty();
    i->watches = is_watched ? impl_->watches_.data() : nullptr;
    if (!was_watched && !is_watched) continue;
    impl_->retired_code_.push_back(i->code);
    i->code = is_watched ? std::make_shared<ModuleCode>(*i->module, std::move(places[i->index]))
                         : ModuleCode::of(i->module);
  }
}

bool Machine::is_pausable(InstanceIdx instance, FuncIdx func, WasmOffset offset) const {
  const Module& module = module_of(instance);
  if (func >= module.func_count() || module.is_imported(func)) return false;
  const FuncBody& body = module.body(func);
  InstrReader reader(module.bytes(), body.begin, body.end);
  while (!reader.at_end()) {
    const Result<Instr> in = reader.next();
    TINE_CHECK(in.has_value());  // the module is validated
    if (in->offset >= offset) return in->offset == offset && is_counted(in->op);
  }
  return false;
}

void Machine::pause_at_host_calls(const HostCallChooser& wanted) {
  TINE_REQUIRE(!impl_->is_running_);
  impl_->host_pauses_.clear();
  if (!wanted) return;
  for (const HostFunction* host : impl_->host_funcs_) impl_->host_pauses_.push_back(wanted(*host));
}

void Machine::request_pause() noexcept { impl_->is_pause_requested_.store(true); }

bool Machine::Impl::takes_pause_request() {
  if (completion_ || runs_on_top_) return false;  // no runs of their own (complete_call, hooks)
  if (!host_frames_.empty()) return false;        // it waits for them to return
  return is_pause_requested_.load(std::memory_order_relaxed) && is_pause_requested_.exchange(false);
}

HostCallPauses Machine::Impl::pauses_at(uint32_t host_index) const {
  return host_index < host_pauses_.size() ? host_pauses_[host_index] : HostCallPauses{};
}

Outcome Machine::Impl::pause_for(PauseReason reason) const {
  Outcome outcome;
  outcome.kind = OutcomeKind::kPaused;
  outcome.pause = reason;
  return outcome;
}

Outcome Machine::Impl::pause_for(PauseReason reason, const HostFunction& host) const {
  Outcome outcome = pause_for(reason);
  outcome.detail = name_of(host);
  return outcome;
}

/// What would pause the guest while host functions are on the stack pauses it behind them. Of
/// several such pauses the first is told.
void Machine::Impl::let_pause_wait(Outcome pause) {
  if (!waiting_pause_) waiting_pause_ = std::move(pause);
}

std::optional<Outcome> Machine::Impl::take_waiting_pause() {
  if (!host_frames_.empty()) return std::nullopt;
  return std::exchange(waiting_pause_, std::nullopt);
}

/// Leaves threaded code no more than it may run before the next look.
void Machine::Impl::withhold_fuel() {
  Context& ctx = context();
  if (!kPolls || ctx.fuel <= kPollInterval) return;
  reserve_ += ctx.fuel - kPollInterval;
  ctx.fuel = kPollInterval;
}

}  // namespace tine
