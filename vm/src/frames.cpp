// Frames as typed data: walking return words, and reading locals and operands where the
// translation says they are.
#include <algorithm>

#include "machine_impl.h"
#include "tine/check.h"
#include "tine/instr.h"
#include "translate.h"

namespace tine {
namespace {

/// How many operands the call instruction at `offset` takes, its element index included.
uint32_t operands_of_call(const Module& module, FuncIdx func, WasmOffset offset) {
  const FuncBody& body = module.body(func);
  InstrReader reader(module.bytes(), offset, body.end);
  const Result<Instr> in = reader.next();
  TINE_CHECK(in.has_value());
  if (in->op == Op::call || in->op == Op::return_call)
    return static_cast<uint32_t>(module.func_type(in->index).params.size());
  return static_cast<uint32_t>(module.types[in->index].params.size()) + 1;
}

}  // namespace

Value value_in_slot(ValType type, const Slot* slot) {
  Value v;
  v.type = type;
  v.lo = bits_of(type) == 32 ? static_cast<uint32_t>(slot[0]) : slot[0];
  if (type == ValType::kV128) v.hi = slot[1];
  return v;
}

Code& Machine::Impl::find_code(const Instance& instance, const Cell* ip,
                               const FuncCode** func) const {
  if (Code* code = instance.code->find(ip, func)) return *code;
  for (const std::shared_ptr<ModuleCode>& retired : retired_code_)
    if (Code* code = retired->find(ip, func)) return *code;
  check_failed("check", "a return word leads into code", __FILE__, __LINE__);
}

/// The place of an op that has left threaded code.
FramePlace Machine::Impl::place_of_exit(Instance& instance, const Cell* ip, Slot* fp) const {
  const FuncCode* func = nullptr;
  Code& code = find_code(instance, ip, &func);
  const OpPlace& op = code.map(*func).op_at(func->cell_of(ip));
  return FramePlace{&instance, func->func(), op.offset, fp, code.kind()};
}

ReturnPath Machine::Impl::innermost_return() const {
  return {.bridges_left = bridges_.size(), .jumps_left = jumps_.frames().size()};
}

/// Where `callee` returns to: into code, or root_stub().
const Cell* Machine::Impl::follow_return(ReturnPath& path, const FramePlace& callee) const {
  auto& self = const_cast<Impl&>(*this);  // the path also serves set_return()
  const auto kept_in = [&](Slot* word, Bridge* bridge, JumpFrame* jump_frame) {
    path.word = word;
    path.bridge = bridge;
    path.jump_frame = jump_frame;
  };
  path.instance = callee.instance;
  kept_in(callee.fp + callee.instance->module->body(callee.func).local_slots, nullptr, nullptr);
  const Cell* to = reinterpret_cast<const Cell*>(*path.word);
  for (;;) {
    if (to == low_water_stub()) {
      kept_in(nullptr, nullptr, nullptr);
      to = base_->frames[base_->guarded_frame].return_to;
    } else if (to == jump_stub()) {
      kept_in(nullptr, nullptr, &self.jumps_.frame(--path.jumps_left));
      to = path.jump_frame->return_to;
    } else if (to == bridge_stub()) {
      kept_in(nullptr, &self.bridges_[--path.bridges_left], nullptr);
      path.instance = path.bridge->instance;
      to = path.bridge->return_to;
    } else {
      return to;
    }
  }
}

/// Changes the address that follow_return() has just found.
void Machine::Impl::set_return(const ReturnPath& path, const Cell* to) {
  if (path.word != nullptr)
    *path.word = reinterpret_cast<uint64_t>(to);
  else if (path.bridge != nullptr)
    path.bridge->return_to = to;
  else if (path.jump_frame != nullptr)
    path.jump_frame->return_to = to;
}

/// Innermost first: the guest's own, and host functions with the guest's frames beneath each.
std::vector<FrameView> Machine::Impl::walk_frames() const {
  std::vector<FrameView> frames;
  FrameWalk walk = begin_walk();
  if (has_frames_) walk_guest_frames(walk, frames);
  for (auto host = host_frames_.rbegin(); host != host_frames_.rend(); ++host) {
    frames.emplace_back().host = host->host;
    if (!host->has_frames) continue;
    walk.place = place_of_exit(*host->instance, host->ip, host->fp);
    walk_guest_frames(walk, frames);
  }
  return frames;
}

/// From where the walk stands to the root of its call.
void Machine::Impl::walk_guest_frames(FrameWalk& walk, std::vector<FrameView>& frames) const {
  frames.push_back({walk.place, static_cast<uint32_t>(operands_of(walk.place).operands.size())});
  while (walk_to_caller(walk)) {
    const FramePlace& place = walk.place;
    const size_t all = operands_of(place).operands.size();
    frames.push_back(
        {place, static_cast<uint32_t>(
                    all - operands_of_call(*place.instance->module, place.func, place.offset))});
  }
}

FrameWalk Machine::Impl::begin_walk() const { return {place_, innermost_return()}; }

bool Machine::Impl::walk_to_caller(FrameWalk& walk) const {
  const Cell* to = follow_return(walk.path, walk.place);
  if (to == root_stub()) return false;
  Instance& instance = *walk.path.instance;
  const FuncCode* code = nullptr;
  Code& owner = find_code(instance, to, &code);
  const WasmOffset call = owner.map(*code).op_at(code->cell_of(to) - 1).offset;
  walk.place = {&instance, code->func(), call, walk.place.fp - to[-1].u16[2], CodeKind::kStepping};
  return true;
}

const OperandsAt& Machine::Impl::operands_of(const FramePlace& place) const {
  return place.instance->code->code(place.operands_in).operands_at(place.func, place.offset);
}

std::vector<Value> Machine::Impl::read_locals(const FrameView& frame) const {
  const Module& module = *frame.place.instance->module;
  const std::vector<ValType> types = module.local_types(frame.place.func);
  const std::vector<uint32_t> slots = local_slots(module, frame.place.func);
  std::vector<Value> values;
  values.reserve(types.size());
  for (size_t i = 0; i < types.size(); ++i)
    values.push_back(value_in_slot(types[i], frame.place.fp + slots[i]));
  return values;
}

std::vector<Value> Machine::Impl::read_operands(const FrameView& frame) const {
  const std::vector<OperandLocation>& where = operands_of(frame.place).operands;
  std::vector<Value> values;
  for (uint32_t i = 0; i < frame.operands; ++i) {
    if (where[i].is_constant)
      values.push_back({where[i].type, where[i].bits, 0});
    else
      values.push_back(value_in_slot(where[i].type, frame.place.fp + where[i].slot));
  }
  return values;
}

/// Where a call returns to in a kind of code.
const Cell* Machine::Impl::return_cell(Instance& instance, FuncIdx func, WasmOffset call,
                                       CodeKind kind) {
  Code& code = instance.code->code(kind);
  const FuncCode& func_code = code.func(func);
  const auto& cells = code.map(func_code).return_cells;
  const auto it = cells.find(call);
  TINE_CHECK(it != cells.end());
  return func_code.at(it->second);
}

/// Makes every frame return into the wanted kind of code.
void Machine::Impl::rebind_frames() {
  if (frames_kind_ == config_.kind) return;
  TINE_REQUIRE(base_ == nullptr || !base_->has_frames);  // reset() brings frames back as they were
  const std::vector<FrameView> frames = walk_frames();
  ReturnPath path = innermost_return();
  for (size_t i = 0; i + 1 < frames.size(); ++i) {
    const FramePlace& caller = frames[i + 1].place;
    follow_return(path, frames[i].place);
    set_return(path, return_cell(*caller.instance, caller.func, caller.offset, config_.kind));
  }
  frames_kind_ = config_.kind;
}

/// Stepping code may have made the call that led here, on its way to a safepoint; its caller shall
/// go on in the wanted kind of code all the same.
void Machine::Impl::rebind_top_return() {
  ReturnPath path = innermost_return();
  const Cell* to = follow_return(path, place_);
  if (to == root_stub()) return;
  const FuncCode* code = nullptr;
  Code& owner = find_code(*path.instance, to, &code);
  if (owner.kind() == config_.kind) return;
  const WasmOffset call = owner.map(*code).op_at(code->cell_of(to) - 1).offset;
  set_return(path, return_cell(*path.instance, code->func(), call, config_.kind));
}

Position Machine::Impl::position_of(const FramePlace& place) const {
  return {place.instance->index, place.func, place.offset};
}

std::vector<BacktraceFrame> Machine::Impl::backtrace() const {
  std::vector<BacktraceFrame> out;
  for (const FrameView& frame : walk_frames()) {
    BacktraceFrame f;
    if (frame.host != nullptr) {
      f.is_host = true;
      f.func_name = name_of(*frame.host);
      out.push_back(std::move(f));
      continue;
    }
    f.position = position_of(frame.place);
    f.func_name = frame.place.instance->module->func_name(frame.place.func);
    f.locals = read_locals(frame);
    f.operands = read_operands(frame);
    out.push_back(std::move(f));
  }
  return out;
}

}  // namespace tine
