// The public face of Machine: each function is a line or two over Machine::Impl.
#include "tine/machine.h"

#include "machine_impl.h"
#include "tine/check.h"

namespace tine {

Machine::Impl::Impl(Machine& owner, const MachineConfig& config)
    : owner_(owner),
      config_(config),
      hosts_(config.hosts),
      stack_(config.stack_limit_slots),
      depth_left_slots_(static_cast<int64_t>(config.stack_limit_slots)),
      frames_kind_(config.kind) {}

Machine::Machine() = default;
Machine::~Machine() = default;

std::unique_ptr<Machine> Machine::create(const MachineConfig& config) {
  TINE_REQUIRE(config.stack_limit_slots <= kMaxStackLimitSlots);
  std::unique_ptr<Machine> machine(new Machine());
  machine->impl_ = std::make_unique<Impl>(*machine, config);
  return machine;
}

Result<Instantiation> Machine::instantiate(std::shared_ptr<const Module> module,
                                           const ImportResolver& resolver) {
  TINE_REQUIRE(!impl_->is_running_);
  return impl_->instantiate(std::move(module), resolver);
}

std::optional<ExternRef> Machine::find_export(InstanceIdx instance, std::string_view name) const {
  const Instance& i = *impl_->instances_[instance];
  const Export* e = i.module->find_export(name);
  if (e == nullptr) return std::nullopt;
  switch (e->kind) {
    case ExternKind::kFunc: return ExternRef{e->kind, i.funcs[e->index]};
    case ExternKind::kTable: return ExternRef{e->kind, i.tables[e->index]};
    case ExternKind::kMemory: return ExternRef{e->kind, i.memories[e->index]};
    case ExternKind::kGlobal: return ExternRef{e->kind, i.globals[e->index]};
    case ExternKind::kTag: return ExternRef{e->kind, i.tags[e->index]};
  }
  return std::nullopt;
}

uint32_t Machine::instance_count() const { return static_cast<uint32_t>(impl_->instances_.size()); }
const Module& Machine::module_of(InstanceIdx instance) const {
  return *impl_->instances_[instance]->module;
}
std::shared_ptr<const Module> Machine::module_ref(InstanceIdx instance) const {
  return impl_->instances_[instance]->module;
}
uint32_t Machine::memory_count() const { return static_cast<uint32_t>(impl_->memories_.size()); }
Memory& Machine::memory(uint32_t address) { return *impl_->memories_[address]; }
const Memory& Machine::memory(uint32_t address) const { return *impl_->memories_[address]; }
Memory* Machine::memory_of(InstanceIdx instance) {
  const Instance& i = *impl_->instances_[instance];
  return i.memory_items.empty() ? nullptr : i.memory_items[0];
}

Value Machine::global_value(uint32_t address) const {
  const ValType type = impl_->global_types_[address].type;
  const GlobalCell& cell = impl_->globals_[address];
  Value v{type, bits_of(type) == 32 ? static_cast<uint32_t>(cell.lo) : cell.lo, 0};
  if (type == ValType::kV128) v.hi = cell.hi;
  return v;
}

uint32_t Machine::add_global(GlobalType type, Value value) {
  TINE_REQUIRE(type.type == value.type);
  const uint32_t address = impl_->add_global(type, {value.lo, value.hi});
  impl_->bind_all_items();
  return address;
}
uint32_t Machine::add_tag(const FuncType& type) {
  TINE_REQUIRE(type.results.empty());
  return impl_->add_tag(type);
}
uint32_t Machine::add_table(const TableType& type) { return impl_->add_table(type); }
Result<uint32_t> Machine::add_memory(const MemoryType& type) { return impl_->add_memory(type); }
FuncType Machine::func_type(uint32_t address) const {
  return impl_->signatures_[impl_->funcs_[address]->signature];
}

void Machine::push_call(InstanceIdx instance, FuncIdx func, std::span<const Value> args) {
  push_call(impl_->instances_[instance]->funcs[func], args);
}

void Machine::push_call(uint32_t func_address, std::span<const Value> args) {
  TINE_REQUIRE(!impl_->is_running_);
  if (impl_->has_ended_) impl_->drop_ended_run();
  const FuncType type = func_type(func_address);
  TINE_REQUIRE(args.size() == type.params.size());
  for (size_t i = 0; i < args.size(); ++i) TINE_REQUIRE(args[i].type == type.params[i]);
  impl_->pending_.push_back({func_address, {args.begin(), args.end()}, false});
}

Outcome Machine::run(uint64_t fuel) {
  if (Outcome hooks = run_restore_hooks(); !hooks.returned()) return hooks;
  return impl_->run(fuel);
}
Result<void> Machine::complete_host_call(std::span<const Value> results) {
  TINE_REQUIRE(!impl_->is_running_);
  // While it still stands at that call.
  if (const Outcome hooks = run_restore_hooks(); !hooks.returned())
    return fail(ErrorCode::kBadCall, kNoOffset, "complete_host_call: " + to_string(hooks));
  return impl_->complete_host_call(results);
}
std::span<const Value> Machine::results() const { return impl_->results_; }
uint64_t Machine::instructions() const { return impl_->instructions_now(); }
bool Machine::is_suspended() const {
  return !impl_->has_ended_ && (impl_->has_frames_ || !impl_->pending_.empty());
}

void Machine::set_code_kind(CodeKind kind) {
  TINE_REQUIRE(!impl_->is_running_);
  impl_->config_.kind = kind;
}
CodeKind Machine::code_kind() const { return impl_->config_.kind; }

void Machine::set_coverage(InstanceIdx instance, const CoverageSinks& sinks) {
  impl_->instances_[instance]->sinks = sinks;
}

World& Machine::world() { return impl_->world_; }
const World& Machine::world() const { return impl_->world_; }

Result<MachineState> Machine::capture() const { return impl_->capture(); }
void Machine::follow(Lineage moment) {
  impl_->lineage_ = std::move(moment);
  for (const std::unique_ptr<Memory>& memory : impl_->memories_) memory->follow();
}
Lineage Machine::mark_moment() {
  TINE_REQUIRE(!impl_->is_running_);
  Lineage::Changes changes;
  changes.reserve(impl_->memories_.size());
  for (const std::unique_ptr<Memory>& memory : impl_->memories_)
    changes.push_back(memory->fold_cards());
  impl_->lineage_ = impl_->lineage_.after(std::move(changes));
  return impl_->lineage_;
}
std::vector<BacktraceFrame> Machine::backtrace() const { return impl_->backtrace(); }
void Machine::set_base(std::vector<std::span<const uint8_t>> pristine) {
  impl_->set_base(std::move(pristine));
}
ResetStats Machine::reset() { return impl_->reset(); }

}  // namespace tine
