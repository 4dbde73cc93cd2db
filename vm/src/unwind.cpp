// What happens when a guest throws: the search for a handler, frame by frame, and the way there.
//
// The search changes nothing. Where nobody catches the exception that is a trap at the throwing
// instruction, with all frames still there to be looked at. Otherwise the frames above the
// handler's go, and the run continues where the exception lands. Handlers are facts of the code
// (IrHandler): which one is in force follows from where a frame stands.
// spec: exec/instructions#exec-throw-ref
#include <algorithm>

#include "machine_impl.h"
#include "tine/check.h"
#include "tine/limits.h"
#include "translate.h"

namespace tine {
namespace {

GlobalCell cell_of(ValType type, const Slot* slot) {
  const uint64_t lo = bits_of(type) == 32 ? static_cast<uint32_t>(slot[0]) : slot[0];
  return {lo, type == ValType::kV128 ? slot[1] : 0};
}

/// The clause of a handler, or of those asked after it, that takes an exception.
const CatchPlace* clause_for(const std::vector<HandlerPlace>& handlers, HandlerId innermost,
                             const std::vector<uint32_t>& tags, uint32_t thrown) {
  for (HandlerId id = innermost; id != kNoHandler; id = handlers[id].outer)
    for (const CatchPlace& c : handlers[id].catches)
      if (!c.tag || tags[*c.tag] == thrown) return &c;
  return nullptr;
}

}  // namespace

std::optional<Outcome> Machine::Impl::on_throw() {
  Context& ctx = context();
  ctx.fuel += reserve_;
  reserve_ = 0;
  stand_at_call();  // the throwing op
  Thrown thrown;
  if (ctx.exit_reason == ExitReason::kThrowRef) {
    thrown.ref = ctx.exit_arg;
    thrown.tag = exceptions_.at(thrown.ref).tag;
    thrown.values = exceptions_.at(thrown.ref).values;
  } else {
    thrown.tag = running_->tags[ctx.exit_arg];
    const Slot* slot = ctx.exit_fp + ctx.exit_ip[1].u16[0];
    for (const ValType type : tags_[thrown.tag].params) {
      thrown.values.push_back(cell_of(type, slot));
      slot += slots_of(type);
    }
  }
  return deliver(thrown, false);
}

/// The thread stands at the call of the host function that throws. In a tail call the frame is gone.
std::optional<Outcome> Machine::Impl::throw_from_host(const HostAction& action, bool is_tail) {
  TINE_REQUIRE(action.tag < tags_.size() &&
               std::ranges::equal(action.values, tags_[action.tag].params, {}, &Value::type));
  Thrown thrown{action.tag, kNullRef, {}};
  for (const Value& v : action.values) thrown.values.push_back({v.lo, v.hi});
  return deliver(thrown, is_tail);
}

/// Takes the run to where the exception lands, or ends it.
std::optional<Outcome> Machine::Impl::deliver(Thrown& thrown, bool top_is_gone) {
  FrameWalk walk = begin_walk();
  std::vector<FramePlace> left;
  const CatchPlace* landing = find_catch(walk, thrown.tag, top_is_gone, left);
  if (landing == nullptr) return uncaught(thrown);
  if (landing->ref != IrCatch::RefPlace::kNone && thrown.ref == kNullRef) {
    if (!make_room_for_exception(thrown)) return trap_at_throw(TrapKind::kTooManyExceptions);
    thrown.ref = exceptions_.add({thrown.tag, thrown.values});
  }
  for (const FramePlace& frame : left) leave_frame(frame);
  land(*landing, walk.place, thrown);
  return std::nullopt;
}

/// Walks to the frame that catches exceptions of a tag; `left`: the frames above it.
const CatchPlace* Machine::Impl::find_catch(FrameWalk& walk, uint32_t tag, bool top_is_gone,
                                            std::vector<FramePlace>& left) const {
  const CatchPlace* landing = top_is_gone ? nullptr : landing_in(walk.place, tag);
  while (landing == nullptr) {
    left.push_back(walk.place);
    if (!walk_to_caller(walk)) return nullptr;
    landing = landing_in(walk.place, tag);
  }
  return landing;
}

/// A host function that has called the guest may pass it on to its caller.
Outcome Machine::Impl::uncaught(Thrown& thrown) {
  if (!host_frames_.empty()) uncaught_ = std::move(thrown);
  return trap_at_throw(TrapKind::kUncaughtException);
}

Outcome Machine::Impl::trap_at_throw(TrapKind kind) const {
  Outcome outcome;
  outcome.kind = OutcomeKind::kTrapped;
  outcome.trap = kind;
  return outcome;
}

const CatchPlace* Machine::Impl::landing_in(const FramePlace& frame, uint32_t tag) const {
  Code& code = frame.instance->code->code(config_.kind);  // handlers are the same in all kinds
  const CodeMap& map = code.map(code.func(frame.func));
  return clause_for(map.handlers, map.handler_at(frame.offset), frame.instance->tags, tag);
}

/// A frame of the running instance goes, as if it had returned.
void Machine::Impl::leave_frame(const FramePlace& frame) {
  const FuncBody& body = frame.instance->module->body(frame.func);
  context().depth_left_slots += depth_slots(body);
  (void)pass_stubs(reinterpret_cast<const Cell*>(frame.fp[body.local_slots]));
}

void Machine::Impl::land(const CatchPlace& landing, const FramePlace& frame, const Thrown& thrown) {
  Slot* slot = frame.fp + landing.slot;
  if (landing.ref == IrCatch::RefPlace::kBeforeValues) *slot++ = thrown.ref;
  if (landing.tag) {
    const std::vector<ValType>& types = tags_[thrown.tag].params;
    for (size_t i = 0; i < types.size(); ++i) {
      *slot++ = thrown.values[i].lo;
      if (types[i] == ValType::kV128) *slot++ = thrown.values[i].hi;
    }
  }
  if (landing.ref == IrCatch::RefPlace::kBehindValues) *slot = thrown.ref;
  if (config_.kind == CodeKind::kCovered) count_edge(context().counters[landing.edge]);
  place_ = FramePlace{frame.instance, frame.func, landing.offset, frame.fp, CodeKind::kStepping};
  enter_at_place();
}

/// Whether another exception may be kept; the dead ones go first if it is time.
bool Machine::Impl::make_room_for_exception(const Thrown& thrown) {
  const auto is_full = [&] {
    return exceptions_.size_values() + thrown.values.size() >= kLimits.exception_values;
  };
  // Beneath a hook or a host function lies a run not all of whose values are in sight.
  const bool sees_all = !runs_on_top_ && host_frames_.empty();
  if (sees_all && (exceptions_.is_collection_due() || is_full())) collect_exceptions(thrown);
  return !is_full();
}

/// Forgets all exceptions that nothing refers to: no table, global, frame, argument or result, and
/// no value of an exception that something refers to, or of the one in flight.
void Machine::Impl::collect_exceptions(const Thrown& thrown) {
  std::vector<Ref> found;
  exceptions_.begin_marking();
  const auto visit = [&](Ref ref) {
    if (ref != kNullRef && exceptions_.mark(ref)) found.push_back(ref);
  };
  const auto visit_all = [&](const std::vector<Value>& values) {
    for (const Value& v : values)
      if (v.type == ValType::kExnRef) visit(v.lo);
  };
  for (const std::unique_ptr<Table>& table : tables_)
    if (table->type.element == ValType::kExnRef)
      for (const Ref ref : table->elements) visit(ref);
  for (size_t i = 0; i < globals_.size(); ++i)
    if (global_types_[i].type == ValType::kExnRef) visit(globals_[i].lo);
  const std::vector<FrameView> frames = walk_frames();
  for (const FrameView& frame : frames) {
    visit_all(read_locals(frame));
    visit_all(read_operands(frame));
  }
  for (const JumpRecordState& record : capture_jumps(frames)) visit_all(record.operands);
  for (const RootCall& root : pending_) visit_all(root.args);
  visit_all(results_);
  const auto visit_values = [&](uint32_t tag, const std::vector<GlobalCell>& values) {
    const std::vector<ValType>& types = tags_[tag].params;
    for (size_t i = 0; i < types.size(); ++i)
      if (types[i] == ValType::kExnRef) visit(values[i].lo);
  };
  visit_values(thrown.tag, thrown.values);
  while (!found.empty()) {
    const Exception& exception = exceptions_.at(found.back());
    found.pop_back();
    visit_values(exception.tag, exception.values);
  }
  exceptions_.sweep();
}

}  // namespace tine
