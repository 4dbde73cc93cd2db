// Completing a host call from outside: the embedder gives the result, the host function stays out.
//
// A paused call has not been made yet: the thread stands before it, with the arguments as operands.
// So it is completed by running that one instruction, in whatever kind of code the machine is in,
// with the results in the place of the host function. Counting, tail calls, bridges between
// instances and the return out of a root call are then those of any host call, and the state
// afterwards is the one that the host function itself would have left.
#include <algorithm>
#include <string>

#include "machine_impl.h"
#include "tine/check.h"
#include "tine/instr.h"

namespace tine {
namespace {

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::kBadCall, kNoOffset, "complete_host_call: " + std::move(why));
}

std::vector<ValType> types_of(std::span<const Value> values) {
  std::vector<ValType> types;
  for (const Value& v : values) types.push_back(v.type);
  return types;
}

}  // namespace

/// The function that the instruction at place_ calls; null where it calls none, or would trap.
const StoreFunc* Machine::Impl::callee_at_place() const {
  const Instance& instance = *place_.instance;
  InstrReader reader(instance.module->bytes(), place_.offset,
                     instance.module->body(place_.func).end);
  const Result<Instr> in = reader.next();
  TINE_CHECK(in.has_value());
  switch (in->op) {
    case Op::call:
    case Op::return_call: return instance.func_items[in->index];
    case Op::call_indirect:
    case Op::return_call_indirect: break;
    default: return nullptr;
  }
  const FrameView top{place_, static_cast<uint32_t>(operands_of(place_).operands.size())};
  const uint64_t element = read_operands(top).back().lo;
  const std::vector<Ref>& elements = instance.table_items[in->index2]->elements;
  if (element >= elements.size() || elements[element] == kNullRef) return nullptr;
  const StoreFunc* callee = funcs_[elements[element] - 1].get();
  return callee->signature == instance.signatures[in->index] ? callee : nullptr;
}

/// The host function that would be called next, or null.
const StoreFunc* Machine::Impl::awaited_host_func() const {
  const StoreFunc* func = nullptr;
  if (has_ended_) return nullptr;
  if (has_frames_)
    func = callee_at_place();
  else if (!pending_.empty())
    func = funcs_[pending_.front().func_address].get();
  return func != nullptr && func->is_host ? func : nullptr;
}

Result<void> Machine::Impl::complete_host_call(std::span<const Value> results) {
  const StoreFunc* func = awaited_host_func();
  if (func == nullptr) return refused("the machine stands at no call of a host function");
  const HostFunction& host = *host_funcs_[func->host_index];
  const FuncType given{host.type.params, types_of(results)};
  if (given != host.type)
    return refused("expected " + to_string(host.type) + ", got " + to_string(given));
  for (const Value& v : results) {
    if (v.type == ValType::kFuncRef && v.lo > funcs_.size())
      return refused("a reference to a function that does not exist");
  }
  completion_ = results;
  run_awaited_call();
  TINE_CHECK(!completion_);
  keeps_results_ = true;
  return {};
}

/// One instruction, or none where the host function is a root call itself. Host functions that are
/// root calls behind it cost nothing either, so they are kept out of this run.
void Machine::Impl::run_awaited_call() {
  const auto is_host = [&](const RootCall& root) { return funcs_[root.func_address]->is_host; };
  const auto first_later = std::find_if(pending_.begin() + 1, pending_.end(), is_host);
  const std::vector<RootCall> later(first_later, pending_.end());
  pending_.erase(first_later, pending_.end());
  (void)run(has_frames_ ? 1 : 0);
  pending_.insert(pending_.end(), later.begin(), later.end());
}

/// Calls a host function, or puts the embedder's results in its place.
HostAction Machine::Impl::call_host(const HostFunction& host, HostCall& call, Slot* slots) {
  if (!completion_) {
    enter_host(host);
    HostAction action = host.call(call);
    leave_host(action);
    return action;
  }
  for (const Value& v : *completion_) {
    slots[0] = v.lo;
    if (v.type == ValType::kV128) slots[1] = v.hi;
    slots += slots_of(v.type);
  }
  completion_.reset();
  return HostAction::done();
}

}  // namespace tine
