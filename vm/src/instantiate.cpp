// Instantiation: imports resolved, items allocated, active segments written.
// spec: exec/modules#instantiation
#include "bulk.h"
#include "machine_impl.h"
#include "tine/check.h"
#include "tine/limits.h"
#include "translate.h"

namespace tine {
namespace {

Error unlinkable(const Import& import, const char* what) {
  return Error{ErrorCode::kUnlinkable, kNoOffset,
               std::string(what) + ": " + escape_for_terminal(import.module) + "." +
                   escape_for_terminal(import.name)};
}

/// spec: exec/modules#match-limits
bool limits_match(uint64_t size, const std::optional<uint64_t>& max, const SizeLimits& wanted) {
  if (size < wanted.min) return false;
  return !wanted.max || (max && *max <= *wanted.max);
}

}  // namespace

uint32_t Machine::Impl::signature_of(const FuncType& type) {
  for (uint32_t i = 0; i < signatures_.size(); ++i)
    if (signatures_[i] == type) return i;
  signatures_.push_back(type);
  return static_cast<uint32_t>(signatures_.size() - 1);
}

uint32_t Machine::Impl::module_number(const std::shared_ptr<const Module>& module) {
  for (uint32_t i = 0; i < modules_.size(); ++i)
    if (modules_[i] == module) return i;
  modules_.push_back(module);
  return static_cast<uint32_t>(modules_.size() - 1);
}

uint32_t Machine::Impl::add_func(StoreFunc func) {
  funcs_.push_back(std::make_unique<StoreFunc>(func));
  func_pointers_.push_back(funcs_.back().get());
  return static_cast<uint32_t>(funcs_.size() - 1);
}

/// A host function has one address, however often it is imported.
uint32_t Machine::Impl::add_host_func(const HostFunction& host) {
  for (uint32_t i = 0; i < funcs_.size(); ++i)
    if (funcs_[i]->is_host && host_funcs_[funcs_[i]->host_index] == &host) return i;
  host_funcs_.push_back(&host);
  StoreFunc func;
  func.is_host = true;
  func.signature = signature_of(host.type);
  func.host_index = static_cast<uint32_t>(host_funcs_.size() - 1);
  return add_func(func);
}

uint32_t Machine::Impl::add_tag(const FuncType& type) {
  tags_.push_back(type);
  return static_cast<uint32_t>(tags_.size() - 1);
}

uint32_t Machine::Impl::add_table(const TableType& type, Ref init) {
  auto table = std::make_unique<Table>();
  table->type = type;
  table->elements.assign(type.limits.min, init);
  tables_.push_back(std::move(table));
  return static_cast<uint32_t>(tables_.size() - 1);
}

uint32_t Machine::Impl::add_global(GlobalType type, GlobalCell value) {
  globals_.push_back(value);
  global_types_.push_back(type);
  return static_cast<uint32_t>(globals_.size() - 1);
}

Result<uint32_t> Machine::Impl::add_memory(const MemoryType& type) {
  TINE_TRY_ASSIGN(auto memory, Memory::create(type));
  memories_.push_back(std::move(memory));
  return static_cast<uint32_t>(memories_.size() - 1);
}

Result<Instantiation> Machine::Impl::instantiate(std::shared_ptr<const Module> module,
                                                 const ImportResolver& resolver) {
  auto owned = std::make_unique<Instance>();
  Instance& instance = *owned;
  instance.index = static_cast<InstanceIdx>(instances_.size());
  instance.module = module;
  for (const TableType& t : module->tables)
    if (t.limits.min > kLimits.table_elements)
      return fail(ErrorCode::kLimit, kNoOffset, "table too large");
  for (size_t i = module->imported_memories; i < module->memories.size(); ++i)
    TINE_TRY(Memory::check_size(module->memories[i]));
  const size_t funcs_before = funcs_.size();
  const size_t hosts_before = host_funcs_.size();
  if (const Result<void> linked = resolve_imports(instance, resolver); !linked) {
    funcs_.resize(funcs_before);  // host functions of imports before the one that failed
    func_pointers_.resize(funcs_before);
    host_funcs_.resize(hosts_before);
    return std::unexpected(linked.error());
  }
  instance.module_number = module_number(module);
  instance.code = ModuleCode::of(module);
  TINE_TRY(allocate(instance));
  instances_.push_back(std::move(owned));
  bind_all_items();
  Instantiation made;
  made.instance = instance.index;
  made.outcome = run_active_segments(instance);
  if (made.outcome.returned() && module->has_start)
    pending_.push_back({instance.funcs[module->start], {}, false});
  return made;
}

Result<void> Machine::Impl::resolve_imports(Instance& instance, const ImportResolver& resolver) {
  for (const Import& import : instance.module->imports)
    TINE_TRY(resolve_import(instance, import, resolver));
  return {};
}

Result<void> Machine::Impl::resolve_import(Instance& instance, const Import& import,
                                           const ImportResolver& resolver) {
  if (resolver) {
    if (const std::optional<ExternRef> item = resolver(import))
      return link_item(instance, import, *item);
  }
  const HostFunction* host = hosts_ ? hosts_->find(import.module, import.name) : nullptr;
  if (host == nullptr) return std::unexpected(unlinkable(import, "unknown import"));
  if (import.kind != ExternKind::kFunc || host->type != instance.module->types[import.type_index])
    return std::unexpected(unlinkable(import, "incompatible import type"));
  instance.funcs.push_back(add_host_func(*host));
  return {};
}

Result<void> Machine::Impl::link_item(Instance& instance, const Import& import, ExternRef item) {
  const auto mismatch = [&] {
    return std::unexpected(unlinkable(import, "incompatible import type"));
  };
  if (item.kind != import.kind) return mismatch();
  switch (import.kind) {
    case ExternKind::kFunc:
      if (signatures_[funcs_[item.address]->signature] != instance.module->types[import.type_index])
        return mismatch();
      instance.funcs.push_back(item.address);
      break;
    case ExternKind::kTable: {
      const Table& table = *tables_[item.address];
      if (table.type.element != import.table.element ||
          table.type.address_type != import.table.address_type ||
          !limits_match(table.elements.size(), table.type.limits.max, import.table.limits))
        return mismatch();
      instance.tables.push_back(item.address);
      break;
    }
    case ExternKind::kMemory: {
      const Memory& memory = *memories_[item.address];
      if (memory.type().address_type != import.memory.address_type ||
          memory.type().page_shift != import.memory.page_shift ||
          !limits_match(memory.size_pages(), memory.type().limits.max, import.memory.limits))
        return mismatch();
      instance.memories.push_back(item.address);
      break;
    }
    case ExternKind::kGlobal:
      if (global_types_[item.address] != import.global) return mismatch();
      instance.globals.push_back(item.address);
      break;
    case ExternKind::kTag:
      if (tags_[item.address] != instance.module->types[import.type_index]) return mismatch();
      instance.tags.push_back(item.address);
      break;
  }
  return {};
}

/// Everything the module defines itself, in the spec's order.
Result<void> Machine::Impl::allocate(Instance& instance) {
  const Module& module = *instance.module;
  for (const FuncType& type : module.types) instance.signatures.push_back(signature_of(type));
  for (size_t i = module.imported_memories; i < module.memories.size(); ++i) {
    TINE_TRY_ASSIGN(const uint32_t address, add_memory(module.memories[i]));
    instance.memories.push_back(address);
  }
  for (FuncIdx f = module.imported_funcs; f < module.func_count(); ++f) {
    StoreFunc func;
    func.signature = instance.signatures[module.func_types[f]];
    func.func = f;
    func.depth_slots = depth_slots(module.body(f));
    func.owner = &instance;
    instance.funcs.push_back(add_func(func));
  }
  for (size_t i = module.imported_tags; i < module.tags.size(); ++i)
    instance.tags.push_back(add_tag(module.tag_type(static_cast<TagIdx>(i))));
  bind_items(instance);  // an initialiser may name imported globals
  for (size_t i = 0; i < module.table_inits.size(); ++i) {
    const Ref init = bulk::evaluate(instance, module.table_inits[i]).lo;
    instance.tables.push_back(add_table(module.tables[module.imported_tables + i], init));
  }
  for (const Global& global : module.globals) {
    bind_items(instance);  // an initialiser may name earlier globals
    instance.globals.push_back(add_global(global.type, bulk::evaluate(instance, global.init)));
  }
  instance.dropped_elements.assign(module.elements.size(), 0);
  instance.dropped_data.assign(module.data.size(), 0);
  return ensure_home(instance);
}

/// The memory whose Context the instance runs with.
Result<void> Machine::Impl::ensure_home(Instance& instance) {
  if (!instance.memories.empty()) {
    instance.home = memories_[instance.memories[0]].get();
    return {};
  }
  if (empty_memory_ == nullptr) {
    TINE_TRY_ASSIGN(empty_memory_, Memory::create(MemoryType{{0, 0}}));
  }
  instance.home = empty_memory_.get();
  return {};
}

/// Resolves an instance's store addresses to the items that handlers touch.
void Machine::Impl::bind_items(Instance& instance) {
  instance.func_items.clear();
  for (const uint32_t a : instance.funcs) instance.func_items.push_back(funcs_[a].get());
  instance.table_items.clear();
  for (const uint32_t a : instance.tables) instance.table_items.push_back(tables_[a].get());
  instance.memory_items.clear();
  for (const uint32_t a : instance.memories) instance.memory_items.push_back(memories_[a].get());
  instance.global_items.clear();
  for (const uint32_t a : instance.globals) instance.global_items.push_back(&globals_[a]);
  instance.store_funcs = func_pointers_.data();
}

void Machine::Impl::bind_all_items() {
  for (const std::unique_ptr<Instance>& instance : instances_) bind_items(*instance);
}

/// Active segments in order; the first that does not fit traps, and what was written stays.
Outcome Machine::Impl::run_active_segments(Instance& instance) {
  Outcome outcome;
  outcome.position.instance = instance.index;
  const Module& module = *instance.module;
  const auto trapped = [&](TrapKind kind) {
    outcome.kind = OutcomeKind::kTrapped;
    outcome.trap = kind;
    return outcome;
  };
  for (uint32_t i = 0; i < module.elements.size(); ++i) {
    const ElementSegment& segment = module.elements[i];
    if (segment.mode == SegmentMode::kActive) {
      const uint64_t to = address_from(bulk::evaluate(instance, segment.table_offset).lo,
                                       module.tables[segment.table].address_type);
      const bulk::Done done =
          bulk::table_init(instance, i, segment.table, to, 0, segment.elements.size());
      if (!done.check.ok) return trapped(done.check.trap);
    }
    if (segment.mode != SegmentMode::kPassive) bulk::elem_drop(instance, i);
  }
  for (uint32_t i = 0; i < module.data.size(); ++i) {
    const DataSegment& segment = module.data[i];
    if (segment.mode != SegmentMode::kActive) continue;
    const uint64_t to = address_from(bulk::evaluate(instance, segment.memory_offset).lo,
                                     module.memories[segment.memory].address_type);
    const bulk::Done done = bulk::memory_init(instance, i, segment.memory, to, 0, segment.size);
    if (!done.check.ok) return trapped(done.check.trap);
    bulk::data_drop(instance, i);
  }
  return outcome;
}

}  // namespace tine
