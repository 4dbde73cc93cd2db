// Restore: a machine from plain data that nobody vouches for.
//
// Every index is checked before it is used, every type against the module, every frame's position
// and operands against what the translator infers there, and the call chain against the calls the
// frames stand at. Only then are the frames written. One function a field of machine_state.def.
#include <algorithm>
#include <cstring>

#include "machine_impl.h"
#include "tine/check.h"
#include "tine/instr.h"
#include "tine/limits.h"
#include "translate.h"

namespace tine {
namespace {

std::unexpected<Error> bad(std::string detail) {
  return fail(ErrorCode::kBadSnapshot, kNoOffset, std::move(detail));
}

bool is_val_type(uint8_t code) { return is_val_type_code(code); }

/// A value whose type exists and whose unused bits are zero.
bool is_canonical(const Value& v) {
  if (!is_val_type(static_cast<uint8_t>(v.type))) return false;
  if (v.type != ValType::kV128 && v.hi != 0) return false;
  return bits_of(v.type) != 32 || v.lo <= UINT32_MAX;
}

Result<std::vector<ValType>> types_of(const std::vector<uint8_t>& codes) {
  std::vector<ValType> types;
  for (const uint8_t code : codes) {
    if (!is_val_type(code)) return bad("a value type that does not exist");
    types.push_back(static_cast<ValType>(code));
  }
  return types;
}

bool have_types(const std::vector<Value>& values, const std::vector<ValType>& types) {
  if (values.size() != types.size()) return false;
  for (size_t i = 0; i < values.size(); ++i)
    if (values[i].type != types[i] || !is_canonical(values[i])) return false;
  return true;
}

bool all_below(const std::vector<uint32_t>& indices, size_t count) {
  return std::all_of(indices.begin(), indices.end(), [&](uint32_t i) { return i < count; });
}

bool is_address_type(uint8_t code) {
  return code == static_cast<uint8_t>(AddressType::kI32) ||
         code == static_cast<uint8_t>(AddressType::kI64);
}

SizeLimits limits_of(uint64_t min, bool has_max, uint64_t max) {
  SizeLimits limits;
  limits.min = min;
  if (has_max) limits.max = max;
  return limits;
}

void write_value(const Value& v, Slot* slot) {
  slot[0] = v.lo;
  if (v.type == ValType::kV128) slot[1] = v.hi;
}

/// A memory over the file that its contents stand in.
Result<std::unique_ptr<Memory>> map_contents(const MemoryType& type, const MemoryState& state) {
  const MemoryContents& from = state.contents;
  const FilePatches unpatched{.file_bytes = from.bytes.size(), .ranges = {}};
  const FilePatches& patches = from.patches != nullptr ? *from.patches : unpatched;
  TINE_TRY_ASSIGN(auto memory,
                  Memory::map(type, state.size_bytes, from.fd, from.fd_offset, patches.file_bytes));
  for (const ByteRange& range : patches.ranges)
    std::memcpy(memory->base() + range.begin, from.bytes.data() + range.begin,
                range.end - range.begin);
  return memory;
}

/// The type that a memory's state tells, which has to allow its size.
Result<MemoryType> memory_type_of(const MemoryState& s) {
  if (!is_address_type(s.address_type)) return bad("a memory of unknown addresses");
  if (!is_page_shift(s.page_shift)) return bad("a memory with pages of an unknown size");
  const MemoryType type{limits_of(s.min_pages, s.has_max, s.max_pages),
                        static_cast<AddressType>(s.address_type), s.page_shift};
  const uint64_t most_declared = most_declared_pages(type.address_type, type.page_shift);
  if ((s.has_max ? s.max_pages > most_declared : s.max_pages != 0) ||
      !Memory::can_have(type, s.size_bytes) || s.size_bytes >> s.page_shift < s.min_pages ||
      s.contents.bytes.size() != to_whole_blocks(s.size_bytes))
    return bad("a memory whose size its type does not allow");
  if (std::ranges::any_of(s.contents.bytes.subspan(s.size_bytes), [](uint8_t b) { return b != 0; }))
    return bad("a memory with something behind its end");
  return type;
}

}  // namespace

Result<void> Machine::Impl::restore_modules(const std::vector<ModuleRef>& in) {
  for (const ModuleRef& m : in)
    if (m == nullptr) return bad("a module is missing");
  modules_ = in;
  return {};
}

Result<void> Machine::Impl::restore_host_funcs(const std::vector<HostFuncState>& in) {
  for (const HostFuncState& s : in) {
    const std::string name = escape_for_terminal(s.module) + "." + escape_for_terminal(s.name);
    const HostFunction* host = hosts_ ? hosts_->find(s.module, s.name) : nullptr;
    if (host == nullptr) return fail(ErrorCode::kUnlinkable, kNoOffset, "no host function " + name);
    TINE_TRY_ASSIGN(const std::vector<ValType> params, types_of(s.params));
    TINE_TRY_ASSIGN(const std::vector<ValType> results, types_of(s.results));
    if (host->type.params != params || host->type.results != results)
      return fail(ErrorCode::kUnlinkable, kNoOffset, "host function " + name + " has another type");
    host_funcs_.push_back(host);
  }
  return {};
}

/// Owners are bound once the instances exist (restore_instances).
Result<void> Machine::Impl::restore_funcs(const std::vector<StoreFuncState>& in) {
  for (const StoreFuncState& s : in) {
    StoreFunc func;
    func.is_host = s.is_host;
    func.func = s.func;
    func.host_index = s.owner;
    if (s.is_host) {
      if (s.owner >= host_funcs_.size()) return bad("a host function that does not exist");
      if (s.func != 0) return bad("a host function with a function index");
      func.signature = signature_of(host_funcs_[s.owner]->type);
    }
    add_func(func);
  }
  return {};
}

Result<void> Machine::Impl::restore_tags(const std::vector<TagState>& in) {
  for (const TagState& s : in) {
    TINE_TRY_ASSIGN(std::vector<ValType> params, types_of(s.params));
    add_tag({std::move(params), {}});
  }
  return {};
}

/// They may refer to each other, whatever their order.
Result<void> Machine::Impl::restore_exceptions(const std::vector<ExceptionState>& in) {
  uint64_t values = 0;
  for (const ExceptionState& s : in) {
    if (s.tag >= tags_.size()) return bad("an exception of a tag that does not exist");
    if (!have_types(s.values, tags_[s.tag].params))
      return bad("an exception whose values have other types than its tag's");
    values += s.values.size() + 1;
    if (values > kLimits.exception_values) return bad("more exceptions than there may be");
    Exception exception{s.tag, {}};
    for (const Value& v : s.values) exception.values.push_back({v.lo, v.hi});
    static_cast<void>(exceptions_.add(std::move(exception)));
  }
  for (const ExceptionState& s : in)
    for (const Value& v : s.values) TINE_TRY(check_reference(v));
  return {};
}

Result<void> Machine::Impl::restore_instances(const std::vector<InstanceState>& in) {
  for (const InstanceState& s : in) {
    if (s.module >= modules_.size()) return bad("an instance of a module that does not exist");
    const Module& module = *modules_[s.module];
    if (s.funcs.size() != module.func_count() || s.tables.size() != module.tables.size() ||
        s.memories.size() != module.memories.size() ||
        s.globals.size() != module.global_types.size() || s.tags.size() != module.tags.size() ||
        s.dropped_elements.size() != module.elements.size() ||
        s.dropped_data.size() != module.data.size())
      return bad("an instance whose items are not those of its module");
    if (!all_below(s.funcs, funcs_.size())) return bad("a function that does not exist");
    if (!all_below(s.tags, tags_.size())) return bad("a tag that does not exist");
    for (size_t i = 0; i < s.tags.size(); ++i)
      if (tags_[s.tags[i]] != module.tag_type(static_cast<TagIdx>(i)))
        return bad("a tag of another type than its module says");
    auto instance = std::make_unique<Instance>();
    instance->index = static_cast<InstanceIdx>(instances_.size());
    instance->module_number = s.module;
    instance->module = modules_[s.module];
    instance->code = ModuleCode::of(instance->module);
    instance->funcs = s.funcs;
    instance->tables = s.tables;
    instance->memories = s.memories;
    instance->globals = s.globals;
    instance->tags = s.tags;
    instance->dropped_elements = s.dropped_elements;
    instance->dropped_data = s.dropped_data;
    for (const std::vector<uint8_t>* flags : {&s.dropped_elements, &s.dropped_data})
      for (const uint8_t flag : *flags)
        if (flag > 1) return bad("a segment that is neither dropped nor kept");
    for (const FuncType& type : module.types) instance->signatures.push_back(signature_of(type));
    instances_.push_back(std::move(instance));
  }
  return bind_funcs(in);
}

/// Functions and instances name each other; both directions must agree.
Result<void> Machine::Impl::bind_funcs(const std::vector<InstanceState>& in) {
  for (const std::unique_ptr<StoreFunc>& f : funcs_) {
    if (f->is_host) continue;
    if (f->host_index >= instances_.size()) return bad("a function of no instance");
    Instance& owner = *instances_[f->host_index];
    const Module& module = *owner.module;
    if (f->func < module.imported_funcs || f->func >= module.func_count())
      return bad("a function that its module does not define");
    if (funcs_[owner.funcs[f->func]].get() != f.get())
      return bad("a function that its instance does not know");
    f->owner = &owner;
    f->host_index = 0;
    f->signature = owner.signatures[module.func_types[f->func]];
    f->depth_slots = depth_slots(module.body(f->func));
  }
  for (size_t i = 0; i < in.size(); ++i) {
    const Instance& instance = *instances_[i];
    const Module& module = *instance.module;
    for (FuncIdx f = 0; f < module.func_count(); ++f) {
      const StoreFunc& func = *funcs_[instance.funcs[f]];
      if (func.signature != instance.signatures[module.func_types[f]])
        return bad("a function of another type than its module says");
      if (!module.is_imported(f) && (func.is_host || func.owner != &instance || func.func != f))
        return bad("a defined function that is not its instance's own");
    }
  }
  return {};
}

Result<void> Machine::Impl::restore_memories(const std::vector<MemoryState>& in) {
  for (const MemoryState& s : in) {
    TINE_TRY_ASSIGN(const MemoryType type, memory_type_of(s));
    std::unique_ptr<Memory> memory;
    if (s.contents.fd >= 0) {
      TINE_TRY_ASSIGN(memory, map_contents(type, s));
    } else {
      TINE_TRY_ASSIGN(memory, Memory::create(type));
      TINE_TRY(memory->set_size(s.size_bytes));
      copy_nonzero(s.contents.bytes, *memory);
    }
    memories_.push_back(std::move(memory));
  }
  for (const std::unique_ptr<Instance>& instance : instances_) {
    if (!all_below(instance->memories, memories_.size()))
      return bad("a memory that does not exist");
    for (size_t i = 0; i < instance->memories.size(); ++i) {
      const Memory& memory = *memories_[instance->memories[i]];
      const MemoryType& wanted_type = instance->module->memories[i];
      const SizeLimits& wanted = wanted_type.limits;
      if (memory.type().address_type != wanted_type.address_type ||
          memory.type().page_shift != wanted_type.page_shift || memory.size_pages() < wanted.min ||
          (wanted.max && memory.type().limits.max.value_or(UINT64_MAX) > *wanted.max))
        return bad("a memory that its module does not allow");
    }
    TINE_TRY(ensure_home(*instance));
  }
  return {};
}

/// Copies what is not zero, so that untouched pages stay unmapped.
void Machine::Impl::copy_nonzero(std::span<const uint8_t> from, Memory& to) {
  constexpr uint64_t kBlock = 4096;
  static constexpr uint8_t kZero[kBlock] = {};
  for (uint64_t at = 0; at < from.size(); at += kBlock)
    if (std::memcmp(from.data() + at, kZero, kBlock) != 0)
      std::memcpy(to.base() + at, from.data() + at, kBlock);
}

Result<void> Machine::Impl::restore_tables(const std::vector<TableState>& in) {
  for (const TableState& s : in) {
    if (!is_val_type(s.element) || !is_ref(static_cast<ValType>(s.element)))
      return bad("a table of something that is no reference");
    if (!is_address_type(s.address_type)) return bad("a table of unknown indices");
    const auto address_type = static_cast<AddressType>(s.address_type);
    const uint64_t most_declared = most_declared_elements(address_type);
    const uint64_t most = s.has_max ? s.max_elements : most_declared;
    if (s.elements.size() < s.min_elements || s.elements.size() > most || most > most_declared ||
        s.elements.size() > kLimits.table_elements || (!s.has_max && s.max_elements != 0))
      return bad("a table whose size its type does not allow");
    for (const Ref r : s.elements)
      TINE_TRY(check_reference(Value::ref(static_cast<ValType>(s.element), r)));
    auto table = std::make_unique<Table>();
    table->type = {static_cast<ValType>(s.element),
                   limits_of(s.min_elements, s.has_max, s.max_elements), address_type};
    table->elements = s.elements;
    tables_.push_back(std::move(table));
  }
  for (const std::unique_ptr<Instance>& instance : instances_) {
    if (!all_below(instance->tables, tables_.size())) return bad("a table that does not exist");
    for (size_t i = 0; i < instance->tables.size(); ++i) {
      const Table& table = *tables_[instance->tables[i]];
      const TableType& wanted = instance->module->tables[i];
      if (table.type.element != wanted.element || table.type.address_type != wanted.address_type ||
          table.elements.size() < wanted.limits.min ||
          (wanted.limits.max && table.type.limits.max.value_or(UINT64_MAX) > *wanted.limits.max))
        return bad("a table that its module does not allow");
    }
  }
  return {};
}

Result<void> Machine::Impl::check_reference(const Value& v) const {
  if (v.type == ValType::kFuncRef && v.lo > funcs_.size())
    return bad("a reference to a function that does not exist");
  if (v.type == ValType::kExnRef && v.lo != kNullRef && !exceptions_.has(v.lo))
    return bad("a reference to an exception that does not exist");
  return {};
}

Result<void> Machine::Impl::restore_globals(const std::vector<GlobalState>& in) {
  for (const GlobalState& s : in) {
    if (!is_canonical(s.value)) return bad("a global whose value is not canonical");
    TINE_TRY(check_reference(s.value));
    add_global({s.value.type, s.is_mutable}, {s.value.lo, s.value.hi});
  }
  for (const std::unique_ptr<Instance>& instance : instances_) {
    if (!all_below(instance->globals, globals_.size())) return bad("a global that does not exist");
    for (size_t i = 0; i < instance->globals.size(); ++i)
      if (global_types_[instance->globals[i]] != instance->module->global_types[i])
        return bad("a global of another type than its module says");
  }
  bind_all_items();
  return {};
}

/// Frames go onto the stack outermost first; each starts where its caller's arguments stand.
Result<void> Machine::Impl::restore_threads(const std::vector<ThreadState>& in) {
  if (in.size() != 1) return bad("a number of threads other than one");
  const std::vector<FrameState>& frames = in[0].frames;
  int64_t depth = static_cast<int64_t>(config_.stack_limit_slots);
  Slot* fp = stack_.base();
  const Cell* back = root_stub();
  std::vector<JumpFrame> placed;
  for (size_t i = 0; i < frames.size(); ++i) {
    TINE_TRY_ASSIGN(const FramePlace place, check_frame(frames[i]));
    const bool is_top = i + 1 == frames.size();
    const Module& module = *place.instance->module;
    depth -= depth_slots(module.body(place.func));
    if (depth < 0) return bad("more frames than the stack limit allows");
    write_frame(frames[i], fp, back);
    placed.push_back({fp, back, place.instance, place.func, bridges_.size(), depth});
    if (is_top) {
      TINE_TRY(check_operands(place, frames[i].operands, 0));
      place_ = place;
      place_.fp = fp;
      break;
    }
    TINE_TRY_ASSIGN(fp, enter_callee(place, frames[i], frames[i + 1], fp, back));
  }
  has_frames_ = !frames.empty();
  depth_left_slots_ = depth;
  frames_kind_ = config_.kind;
  return restore_jumps(in[0], placed);
}

/// A frame's function exists and its locals have the right types.
Result<FramePlace> Machine::Impl::check_frame(const FrameState& frame) const {
  if (frame.instance >= instances_.size()) return bad("a frame of no instance");
  Instance& instance = *instances_[frame.instance];
  const Module& module = *instance.module;
  if (frame.func < module.imported_funcs || frame.func >= module.func_count())
    return bad("a frame of a function without a body");
  if (!have_types(frame.locals, module.local_types(frame.func)))
    return bad("a frame whose locals have other types than its function's");
  for (const std::vector<Value>* values : {&frame.locals, &frame.operands})
    for (const Value& v : *values) TINE_TRY(check_reference(v));
  const FramePlace place{&instance, frame.func, frame.offset, nullptr, CodeKind::kStepping};
  const FuncBody& body = module.body(frame.func);
  if (frame.offset < body.begin || frame.offset >= body.end ||
      !operands_of(place).is_reachable_boundary)
    return bad("a frame that stands at no reachable instruction");
  return place;
}

/// The operands are those inferred at the position, but for the `taken` topmost ones.
Result<void> Machine::Impl::check_operands(const FramePlace& place,
                                           const std::vector<Value>& operands,
                                           uint32_t taken) const {
  std::vector<ValType> types;
  for (const OperandLocation& o : operands_of(place).operands) types.push_back(o.type);
  if (taken > types.size()) return bad("a call without its arguments");
  types.resize(types.size() - taken);
  if (!have_types(operands, types))
    return bad("a frame whose operands have other types than those at its position");
  return {};
}

void Machine::Impl::write_frame(const FrameState& frame, Slot* fp, const Cell* back) {
  const Instance& instance = *instances_[frame.instance];
  const std::vector<uint32_t> slots = local_slots(*instance.module, frame.func);
  for (size_t i = 0; i < frame.locals.size(); ++i) write_value(frame.locals[i], fp + slots[i]);
  Slot* next = fp + slots.back();
  *next++ = reinterpret_cast<uint64_t>(back);
  for (const Value& v : frame.operands) {
    write_value(v, next);
    next += slots_of(v.type);
  }
}

/// The call instruction at `place`, which exists.
Result<CallSite> Machine::Impl::call_site(const FramePlace& place) const {
  const Module& module = *place.instance->module;
  InstrReader reader(module.bytes(), place.offset, module.body(place.func).end);
  const Result<Instr> in = reader.next();
  TINE_CHECK(in.has_value());
  CallSite site;
  if (in->op == Op::call) {
    site.type = &module.func_type(in->index);
    site.taken = static_cast<uint32_t>(site.type->params.size());
  } else if (in->op == Op::call_indirect) {
    site.type = &module.types[in->index];
    site.taken = static_cast<uint32_t>(site.type->params.size()) + 1;
  } else {
    return bad("a frame below the top that stands at no call");
  }
  return site;
}

/// The frame stands at a call that can have led to `callee`: where the callee's frame starts, and
/// (in `back`) where it returns to.
Result<Slot*> Machine::Impl::enter_callee(const FramePlace& place, const FrameState& frame,
                                          const FrameState& callee, Slot* fp, const Cell*& back) {
  Instance& instance = *place.instance;
  const Module& module = *instance.module;
  TINE_TRY_ASSIGN(const CallSite site, call_site(place));
  TINE_TRY(check_operands(place, frame.operands, site.taken));
  if (callee.instance >= instances_.size()) return bad("a frame of no instance");
  const Module& callee_module = *instances_[callee.instance]->module;
  if (callee.func >= callee_module.func_count()) return bad("a frame of no function");
  // A tail call may have put another function in the callee's place: only results must agree.
  if (callee_module.func_type(callee.func).results != site.type->results)
    return bad("a call chain whose result types do not agree");
  back = return_cell(instance, place.func, place.offset, config_.kind);
  if (callee.instance != frame.instance) {
    bridges_.push_back({back, &instance});
    back = bridge_stub();
  }
  uint32_t slots = module.body(place.func).local_slots + 1;
  for (const Value& v : frame.operands) slots += slots_of(v.type);
  return fp + slots;
}

Result<void> Machine::Impl::restore_pending(const std::vector<RootCallState>& in) {
  for (size_t i = 0; i < in.size(); ++i) {
    const RootCallState& s = in[i];
    if (s.instance >= instances_.size()) return bad("a root call into no instance");
    const Instance& instance = *instances_[s.instance];
    if (s.func >= instance.funcs.size()) return bad("a root call of no function");
    const std::vector<ValType>& params = instance.module->func_type(s.func).params;
    if (s.is_running != (i == 0 && has_frames_))
      return bad("root calls that do not agree with the frames");
    if (s.is_running ? !s.args.empty() : !have_types(s.args, params))
      return bad("a root call with arguments of other types");
    for (const Value& v : s.args) TINE_TRY(check_reference(v));
    if (s.is_running && funcs_[instance.funcs[s.func]]->is_host)
      return bad("frames of a host function");
    pending_.push_back({instance.funcs[s.func], s.args, s.is_running});
  }
  return check_root_frame();
}

/// The outermost frame returns what the running root call promises.
Result<void> Machine::Impl::check_root_frame() const {
  if (!has_frames_) return {};
  if (pending_.empty()) return bad("frames without a root call");
  const FrameView root = walk_frames().back();
  const Module& module = *root.place.instance->module;
  const StoreFunc& func = *funcs_[pending_[0].func_address];
  if (module.func_type(root.place.func).results != signatures_[func.signature].results)
    return bad("a root call whose result types do not agree with its frame");
  return {};
}

Result<void> Machine::Impl::restore_instructions(const uint64_t& in) {
  if (in > kUnlimitedFuel) return bad("an instruction count beyond the limit");
  instructions_ = in;
  return {};
}

/// Taken over before the stack is made (Machine::restore).
Result<void> Machine::Impl::restore_stack_limit_slots(const uint64_t& in) {
  TINE_CHECK(in == config_.stack_limit_slots);
  return {};
}

/// The World comes from the caller, who decides what it may see.
Result<void> Machine::Impl::restore_world(const WorldState&) { return {}; }

Result<std::unique_ptr<Machine>> Machine::restore(const MachineState& state, World world,
                                                  const MachineConfig& config) {
  if (state.stack_limit_slots > kMaxStackLimitSlots) return bad("a stack limit beyond the limit");
  MachineConfig own = config;
  own.stack_limit_slots = state.stack_limit_slots;
  std::unique_ptr<Machine> machine = create(own);
  Impl& impl = *machine->impl_;
  impl.world_ = std::move(world);
#define TINE_MACHINE_FIELD(type, name, meaning) TINE_TRY(impl.restore_##name(state.name));
#include "machine_fields.h"
  return machine;
}

}  // namespace tine
