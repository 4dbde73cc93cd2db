// Implementation of code_store.h.
#include "code_store.h"

#include <algorithm>

#include "accumulate.h"
#include "emit.h"
#include "tine/check.h"
#include "translate.h"

namespace tine {

FuncIr make_ir(const Module& module, FuncIdx func, const TranslateOptions& options,
               std::vector<Boundary>* boundaries) {
  FuncIr ir = translate(module, func, options, nullptr, boundaries);
  if (options.kind != CodeKind::kStepping) assign_accumulators(ir);
  return ir;
}

namespace {

bool is_call(IrOp op) {
  return op == IrOp::call || op == IrOp::call_import || op == IrOp::call_indirect ||
         op == IrOp::wide_call_indirect;
}

HandlerPlace handler_place(const FuncIr& ir, const IrHandler& handler) {
  HandlerPlace place{handler.begin, handler.end, handler.outer, handler.enclosing, {}};
  for (const IrCatch& c : handler.catches)
    place.catches.push_back(
        {c.tag, c.ref, ir.segments[ir.resolve(c.target)].offset, c.slot, c.edge});
  return place;
}

CodeMap make_map(const FuncIr& ir, const EmittedCode& emitted,
                 const std::vector<Boundary>& boundaries) {
  CodeMap map;
  for (size_t i = 0; i < ir.insts.size(); ++i) {
    const IrInst& inst = ir.insts[i];
    const uint32_t cost = ir.segments[ir.resolve(inst.segment)].cost;
    const OpPlace place{emitted.inst_cells[i],
                        emitted.inst_cells[i + 1],
                        inst.op,
                        inst.offset,
                        cost - std::min(cost, inst.executed),
                        inst.dst};
    map.ops.push_back(place);
    if (is_call(inst.op)) map.return_cells.emplace(inst.offset, place.end_cell);
  }
  for (const IrSegment& s : ir.segments) {
    if (s.same_as != kNoSegment || s.is_internal || s.offset == 0) continue;
    SegmentPlace place{emitted.inst_cells[s.first_inst], s.cost, s.offset, {}};
    if (s.first_inst > 0) {
      const IrInst& before = ir.insts[s.first_inst - 1];
      if (before.result != Bank::kNone) place.result_slot = before.dst;
    }
    if (s.first_counted != 0) place.offset = s.first_counted;
    map.segments.emplace(s.offset, place);
    if (s.first_counted != 0) map.segments.insert_or_assign(s.first_counted, place);
    map.segments_by_cell.emplace(place.cell, place);
  }
  for (const IrHandler& h : ir.handlers) map.handlers.push_back(handler_place(ir, h));
  for (const Boundary& b : boundaries) map.boundaries.emplace(b.offset, emitted.inst_cells[b.inst]);
  return map;
}

}  // namespace

const OpPlace& CodeMap::op_at(uint32_t cell) const {
  auto it = std::upper_bound(ops.begin(), ops.end(), cell,
                             [](uint32_t c, const OpPlace& p) { return c < p.cell; });
  TINE_CHECK(it != ops.begin());
  return *--it;
}

HandlerId CodeMap::handler_at(WasmOffset offset) const {
  const auto behind = std::upper_bound(
      handlers.begin(), handlers.end(), offset,
      [](WasmOffset wanted, const HandlerPlace& handler) { return wanted < handler.begin; });
  auto id = static_cast<HandlerId>(behind - handlers.begin()) - 1;  // kNoHandler if there is none
  while (id != kNoHandler && offset >= handlers[id].end) id = handlers[id].enclosing;
  return id;
}

Code::Code(const Module& module, CodeKind kind, const std::vector<WatchedPlace>& watched,
           const std::vector<uint32_t>& first_edges)
    : module_(module),
      kind_(kind),
      watched_(watched),
      first_edges_(first_edges),
      entries_(std::make_unique<FuncEntry[]>(module_.func_count())),
      stubs_(2 * module_.bodies.size()),
      funcs_(module_.bodies.size()) {
  for (uint32_t i = 0; i < module_.bodies.size(); ++i) {
    stubs_[2 * i].handler = translate_handler();
    stubs_[2 * i + 1].u64 = 0;
    stubs_[2 * i + 1].u32[0] = module_.imported_funcs + i;
    entries_[module_.imported_funcs + i].code.store(&stubs_[2 * i], std::memory_order_relaxed);
  }
}

const FuncCode& Code::func(FuncIdx f) {
  const std::lock_guard lock(mutex_);
  return translate_locked(f);
}

TranslateOptions Code::options_for(FuncIdx f) const {
  TranslateOptions options{kind_, {}, first_edges_[f - module_.imported_funcs]};
  std::ranges::copy_if(watched_, std::back_inserter(options.watched),
                       [&](const WatchedPlace& place) { return place.func == f; });
  return options;
}

const FuncCode& Code::translate_locked(FuncIdx f) {
  const uint32_t i = f - module_.imported_funcs;
  if (funcs_[i] != nullptr) return *funcs_[i];
  EmittedCode emitted = emit(make_ir(module_, f, options_for(f)));
  funcs_[i] = std::make_unique<FuncCode>(f, kind_, std::move(emitted.cells));
  by_address_.emplace(funcs_[i]->begin(), funcs_[i].get());
  entries_[f].code.store(funcs_[i]->begin(), std::memory_order_release);
  return *funcs_[i];
}

const FuncCode* Code::find(const Cell* ip) const {
  const std::lock_guard lock(mutex_);
  auto it = by_address_.upper_bound(ip);
  if (it == by_address_.begin()) return nullptr;
  --it;
  return it->second->contains(ip) ? it->second : nullptr;
}

const CodeMap& Code::map(const FuncCode& code) {
  const std::lock_guard lock(mutex_);
  FuncCode& owned = *funcs_[code.func() - module_.imported_funcs];
  if (owned.map_ == nullptr) {
    const FuncIdx f = code.func();
    std::vector<Boundary> boundaries;
    const FuncIr ir =
        make_ir(module_, f, options_for(f), kind_ == CodeKind::kStepping ? &boundaries : nullptr);
    owned.map_ = std::make_unique<CodeMap>(make_map(ir, emit(ir), boundaries));
  }
  return *owned.map_;
}

const OperandsAt& Code::operands_at(FuncIdx f, WasmOffset offset) {
  const std::lock_guard lock(mutex_);
  const auto key = std::make_pair(f, offset);
  auto it = operands_.find(key);
  if (it == operands_.end()) {
    Probe probe{offset, false, {}};
    static_cast<void>(translate(module_, f, options_for(f), &probe));
    it = operands_.emplace(key, OperandsAt{probe.found, std::move(probe.operands)}).first;
  }
  return it->second;
}

ModuleCode::ModuleCode(const Module& module, std::vector<WatchedPlace> watched)
    : watched_(std::move(watched)) {
  uint32_t next = 0;
  for (const FuncBody& body : module.bodies) {
    first_edges_.push_back(next);
    next += body.edge_count;
  }
  for (const CodeKind kind : {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping})
    codes_[static_cast<size_t>(kind)] =
        std::make_unique<Code>(module, kind, watched_, first_edges_);
}

std::shared_ptr<ModuleCode> ModuleCode::of(const std::shared_ptr<const Module>& module) {
  std::call_once(module->has_code_, [&module] {
    module->code_ = std::make_shared<ModuleCode>(*module, std::vector<WatchedPlace>());
  });
  // The module owns its code, so that it outlasts the machines: hence the module is what is shared.
  return {module, module->code_.get()};
}

Code* ModuleCode::find(const Cell* ip, const FuncCode** func) {
  for (const std::unique_ptr<Code>& code : codes_) {
    *func = code->find(ip);
    if (*func != nullptr) return code.get();
  }
  return nullptr;
}

const Cell* translate_entry(Instance& instance, FuncEntry* entries, FuncIdx func) {
  for (const CodeKind kind : {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping}) {
    Code& code = instance.code->code(kind);
    if (code.entries() == entries) return code.func(func).begin();
  }
  check_failed("check", "entries of a kind of code", __FILE__, __LINE__);
}

}  // namespace tine
