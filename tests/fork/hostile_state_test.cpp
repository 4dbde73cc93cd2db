// States that no machine can be in are refused by Machine::restore, each for what is wrong with it.
#include <gtest/gtest.h>

#include <functional>

#include "fork/guest.h"
#include "tine/instr.h"
#include "tine/machine.h"

namespace tine {
namespace {

/// The offset of the first instruction of this kind in function 1 of the tiny guest, `sum`.
WasmOffset offset_of(const Module& module, Op op) {
  const FuncBody& body = module.body(1);
  InstrReader reader(module.bytes(), body.begin, body.end);
  while (!reader.at_end()) {
    const auto instr = reader.next();
    if (!instr) break;
    if (instr->op == op) return instr->offset;
  }
  ADD_FAILURE() << "no such instruction";
  return 0;
}

struct HostileCase {
  const char* what;
  std::function<void(MachineState&)> change;
};

FrameState& top(MachineState& s) { return s.threads[0].frames.back(); }

const HostileCase kCases[] = {
    {"no thread", [](MachineState& s) { s.threads.clear(); }},
    {"a thread too many", [](MachineState& s) { s.threads.emplace_back(); }},
    {"a frame of an instance that is not there", [](MachineState& s) { top(s).instance = 1; }},
    {"a frame of a function that is not there", [](MachineState& s) { top(s).func = 3; }},
    {"a frame outside its function", [](MachineState& s) { top(s).offset = 0; }},
    {"a frame far outside its function", [](MachineState& s) { top(s).offset = ~0u; }},
    {"a frame within an instruction",
     [](MachineState& s) { top(s).offset = offset_of(*s.modules[0], Op::call_indirect) + 1; }},
    {"a frame in unreachable code",
     [](MachineState& s) {
       top(s).offset = offset_of(*s.modules[0], Op::nop);
       top(s).operands.clear();
     }},
    {"a missing local", [](MachineState& s) { top(s).locals.pop_back(); }},
    {"a local too many", [](MachineState& s) { top(s).locals.push_back(Value::i32(0)); }},
    {"a local of another type", [](MachineState& s) { top(s).locals[0] = Value::i64(0); }},
    {"an operand too many", [](MachineState& s) { top(s).operands.push_back(Value::i32(0)); }},
    {"a lower frame that does not stand at a call",
     [](MachineState& s) { s.threads[0].frames.push_back(top(s)); }},
    {"frames without a running root call", [](MachineState& s) { s.pending.clear(); }},
    {"frames that do not return what the root call does",
     [](MachineState& s) { s.pending[0].func = 2; }},
    {"a root call that does not exist",
     [](MachineState& s) {
       s.pending.push_back({.instance = 0, .func = 9, .args = {}, .is_running = false});
     }},
    {"a root call with the wrong arguments",
     [](MachineState& s) {
       s.pending.push_back(
           {.instance = 0, .func = 1, .args = {Value::i64(1)}, .is_running = false});
     }},
    {"two running root calls", [](MachineState& s) { s.pending.push_back(s.pending[0]); }},
    {"more stack than the limit", [](MachineState& s) { s.stack_limit_slots = 2; }},
    {"an instance of a module that is not there",
     [](MachineState& s) { s.instances[0].module = 1; }},
    {"an instance with a function missing",
     [](MachineState& s) { s.instances[0].funcs.pop_back(); }},
    {"an instance with a function that is not there",
     [](MachineState& s) { s.instances[0].funcs[0] = 77; }},
    {"an instance with another's function", [](MachineState& s) { s.instances[0].funcs[1] = 0; }},
    {"an instance with a memory that is not there",
     [](MachineState& s) { s.instances[0].memories[0] = 1; }},
    {"an instance without its memory", [](MachineState& s) { s.instances[0].memories.clear(); }},
    {"an instance with a table that is not there",
     [](MachineState& s) { s.instances[0].tables[0] = 1; }},
    {"an instance with a global that is not there",
     [](MachineState& s) { s.instances[0].globals[0] = 1; }},
    {"an instance with a segment too many",
     [](MachineState& s) { s.instances[0].dropped_data.push_back(0); }},
    {"an instance with an element segment missing",
     [](MachineState& s) { s.instances[0].dropped_elements.clear(); }},
    {"a store function of an instance that is not there",
     [](MachineState& s) { s.funcs[0].owner = 5; }},
    {"a store function that is not there", [](MachineState& s) { s.funcs[0].func = 5; }},
    {"a store function of a host that is not there",
     [](MachineState& s) { s.funcs[0].is_host = true; }},
    {"a reference to a function that is not there",
     [](MachineState& s) { s.tables[0].elements[0] = 99; }},
    {"a table of numbers", [](MachineState& s) { s.tables[0].element = 0x7f; }},
    {"a table of another type than the module's",
     [](MachineState& s) { s.tables[0].element = 0x6f; }},
    {"a table smaller than the module's", [](MachineState& s) { s.tables[0].elements.pop_back(); }},
    {"a global of another type", [](MachineState& s) { s.globals[0].value = Value::i32(0); }},
    {"a global that cannot change", [](MachineState& s) { s.globals[0].is_mutable = false; }},
    {"a memory beyond its maximum",
     [](MachineState& s) {
       s.memories[0].has_max = true;
       s.memories[0].max_pages = 0;
     }},
    {"a memory with 64-bit addresses where the module's has 32",
     [](MachineState& s) { s.memories[0].address_type = 0x7e; }},
    {"a memory addressed by floats", [](MachineState& s) { s.memories[0].address_type = 0x7d; }},
    {"a table with 64-bit indices where the module's has 32",
     [](MachineState& s) { s.tables[0].address_type = 0x7e; }},
    {"a table indexed by floats", [](MachineState& s) { s.tables[0].address_type = 0x7d; }},
    {"a memory smaller than its minimum", [](MachineState& s) { s.memories[0].min_pages = 2; }},
    {"a memory of another size than its bytes",
     [](MachineState& s) { s.memories[0].size_bytes = 2 * kWasmPageBytes; }},
    {"a memory whose last page is cut",
     [](MachineState& s) { s.memories[0].size_bytes = kWasmPageBytes - 1; }},
    {"a memory with other pages than the module's",
     [](MachineState& s) { s.memories[0].page_shift = kBytePageShift; }},
    {"a memory with pages of half a KiB", [](MachineState& s) { s.memories[0].page_shift = 9; }},
};

TEST(HostileState, IsNoneBeforeItIsChanged) {
  const auto snapshot = test::tiny_snapshot();
  const auto machine = Machine::restore(snapshot->state(), World(), {});
  EXPECT_TRUE(machine.has_value()) << machine.error().detail;
}

TEST(HostileState, IsRefusedWhateverIsWrong) {
  const auto snapshot = test::tiny_snapshot();
  for (const HostileCase& c : kCases) {
    MachineState state = snapshot->state();
    c.change(state);
    const auto machine = Machine::restore(state, World(), {});
    ASSERT_FALSE(machine.has_value()) << c.what;
    EXPECT_EQ(machine.error().code, ErrorCode::kBadSnapshot) << c.what;
    EXPECT_FALSE(machine.error().detail.empty()) << c.what;
  }
}

}  // namespace
}  // namespace tine
