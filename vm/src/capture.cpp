// Capture: the machine's state as canonical plain data, one function a field of machine_state.def.
//
// What a slot holds beyond its type's bits, where an operand stands, and which code a frame returns
// to are facts of the translation; none of them gets into the state.
#include <algorithm>
#include <unordered_map>

#include "machine_impl.h"

namespace tine {
namespace {

std::vector<uint8_t> type_codes(const std::vector<ValType>& types) {
  std::vector<uint8_t> codes;
  codes.reserve(types.size());
  for (const ValType t : types) codes.push_back(static_cast<uint8_t>(t));
  return codes;
}

}  // namespace

Result<MachineState> Machine::Impl::capture() const {
  if (!host_frames_.empty())
    return fail(ErrorCode::kNotCapturable, kNoOffset,
                "host function " + escape_for_terminal(name_of(*host_frames_.back().host)) +
                    " is on the stack");
  if (is_running_) return fail(ErrorCode::kNotCapturable, kNoOffset, "the machine is running");
  MachineState state;
#define TINE_MACHINE_FIELD(type, name, meaning) TINE_TRY(capture_##name(state.name));
#include "machine_fields.h"
  number_exceptions(state);
  return state;
}

/// What stands in `state` refers to exceptions by their numbers in this machine; from here on by
/// those in the state.
void Machine::Impl::number_exceptions(MachineState& state) const {
  std::unordered_map<Ref, Ref> numbers;
  const auto renumber = [&](uint64_t& ref) {
    if (ref == kNullRef) return;
    const auto [entry, is_new] = numbers.try_emplace(ref, state.exceptions.size() + 1);
    if (is_new) state.exceptions.push_back(exception_state(ref));
    ref = entry->second;
  };
  const auto renumber_all = [&](std::vector<Value>& values) {
    for (Value& v : values)
      if (v.type == ValType::kExnRef) renumber(v.lo);
  };
  for (TableState& table : state.tables)
    if (static_cast<ValType>(table.element) == ValType::kExnRef)
      for (uint64_t& ref : table.elements) renumber(ref);
  for (GlobalState& global : state.globals)
    if (global.value.type == ValType::kExnRef) renumber(global.value.lo);
  for (ThreadState& thread : state.threads) {
    for (FrameState& frame : thread.frames) {
      renumber_all(frame.locals);
      renumber_all(frame.operands);
    }
    for (JumpRecordState& record : thread.jumps) renumber_all(record.operands);
  }
  for (RootCallState& root : state.pending) renumber_all(root.args);
  for (size_t i = 0; i < state.exceptions.size(); ++i) {  // it grows on the way
    std::vector<Value> values = std::move(state.exceptions[i].values);
    renumber_all(values);
    state.exceptions[i].values = std::move(values);
  }
}

ExceptionState Machine::Impl::exception_state(Ref ref) const {
  const Exception& exception = exceptions_.at(ref);
  const std::vector<ValType>& types = tags_[exception.tag].params;
  ExceptionState out{exception.tag, {}};
  for (size_t i = 0; i < types.size(); ++i)
    out.values.push_back({types[i], exception.values[i].lo, exception.values[i].hi});
  return out;
}

Result<void> Machine::Impl::capture_tags(std::vector<TagState>& out) const {
  for (const FuncType& tag : tags_) out.push_back({type_codes(tag.params)});
  return {};
}

/// Which of them live is known once everything else is there (number_exceptions).
Result<void> Machine::Impl::capture_exceptions(std::vector<ExceptionState>&) const { return {}; }

Result<void> Machine::Impl::capture_modules(std::vector<ModuleRef>& out) const {
  out = modules_;
  return {};
}

Result<void> Machine::Impl::capture_host_funcs(std::vector<HostFuncState>& out) const {
  for (const HostFunction* host : host_funcs_)
    out.push_back(
        {host->module, host->name, type_codes(host->type.params), type_codes(host->type.results)});
  return {};
}

Result<void> Machine::Impl::capture_funcs(std::vector<StoreFuncState>& out) const {
  for (const std::unique_ptr<StoreFunc>& f : funcs_)
    out.push_back({f->is_host, f->is_host ? f->host_index : f->owner->index, f->func});
  return {};
}

Result<void> Machine::Impl::capture_instances(std::vector<InstanceState>& out) const {
  for (const std::unique_ptr<Instance>& i : instances_)
    out.push_back({i->module_number, i->funcs, i->tables, i->memories, i->globals, i->tags,
                   i->dropped_elements, i->dropped_data});
  return {};
}

Result<void> Machine::Impl::capture_memories(std::vector<MemoryState>& out) const {
  for (const std::unique_ptr<Memory>& m : memories_) {
    const MemoryType& type = m->type();
    out.push_back({static_cast<uint8_t>(type.address_type), type.page_shift, type.limits.min,
                   type.limits.max.has_value(), type.limits.max.value_or(0), m->size_bytes(),
                   MemoryContents{m->blocks(), -1, 0}});
  }
  return {};
}

Result<void> Machine::Impl::capture_tables(std::vector<TableState>& out) const {
  for (const std::unique_ptr<Table>& t : tables_)
    out.push_back({static_cast<uint8_t>(t->type.element),
                   static_cast<uint8_t>(t->type.address_type), t->type.limits.min,
                   t->type.limits.max.has_value(), t->type.limits.max.value_or(0), t->elements});
  return {};
}

Result<void> Machine::Impl::capture_globals(std::vector<GlobalState>& out) const {
  for (size_t i = 0; i < globals_.size(); ++i)
    out.push_back({global_types_[i].is_mutable, owner_.global_value(static_cast<uint32_t>(i))});
  return {};
}

Result<void> Machine::Impl::capture_threads(std::vector<ThreadState>& out) const {
  ThreadState thread;
  const std::vector<FrameView> frames = walk_frames();
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    const FramePlace& place = frame->place;
    thread.frames.push_back({place.instance->index, place.func, place.offset, read_locals(*frame),
                             read_operands(*frame)});
  }
  thread.jumps = capture_jumps(frames);
  thread.jumps_made = jumps_made_;
  out.push_back(std::move(thread));
  return {};
}

Result<void> Machine::Impl::capture_pending(std::vector<RootCallState>& out) const {
  for (const RootCall& root : pending_) {
    const StoreFunc& func = *funcs_[root.func_address];
    if (func.is_host)
      out.push_back(host_root_call(root));
    else
      out.push_back({func.owner->index, func.func, root.args, root.is_running});
  }
  return {};
}

/// A host function belongs to no instance: it is named by the first one that imports it.
RootCallState Machine::Impl::host_root_call(const RootCall& root) const {
  for (const std::unique_ptr<Instance>& instance : instances_) {
    const auto it = std::ranges::find(instance->funcs, root.func_address);
    if (it == instance->funcs.end()) continue;
    const auto func = static_cast<FuncIdx>(it - instance->funcs.begin());
    return {instance->index, func, root.args, root.is_running};
  }
  TINE_CHECK(false);  // host functions come into the store by imports only
}

/// A run that has ended by a trap stands before the trapping instruction, which was counted.
Result<void> Machine::Impl::capture_instructions(uint64_t& out) const {
  out = instructions_ - (has_ended_ && has_frames_ ? 1 : 0);
  return {};
}

Result<void> Machine::Impl::capture_stack_limit_slots(uint64_t& out) const {
  out = config_.stack_limit_slots;
  return {};
}

Result<void> Machine::Impl::capture_world(WorldState& out) const {
  TINE_TRY_ASSIGN(out, world_.capture());
  return {};
}

}  // namespace tine
