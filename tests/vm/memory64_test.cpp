// Memories with 64-bit addresses: bounds at which 32 bits, 33 bits and 64 bits end, in every kind of
// code, sizes of the one and the other width, and how far such a memory grows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "op_signature.h"
#include "support/temp_dir.h"
#include "support/text_guest.h"
#include "tine/limits.h"

namespace tine {
namespace {

using test::kAllKinds;
using test::text_module;
using test::TextGuest;

constexpr uint64_t kPage = kWasmPageBytes;
constexpr uint64_t k4GiB = uint64_t{1} << 32;
constexpr uint64_t kMemoryBytes = k4GiB + kPage;

constexpr std::array<uint64_t, 5> kOffsets{0, 1, k4GiB - 1, k4GiB, ~uint64_t{0}};
constexpr std::array<uint64_t, 15> kAddresses{0,
                                              1,
                                              kPage - 8,
                                              kPage - 1,
                                              k4GiB - 8,
                                              k4GiB - 1,
                                              k4GiB,
                                              kMemoryBytes - 16,
                                              kMemoryBytes - 8,
                                              kMemoryBytes - 1,
                                              kMemoryBytes,
                                              uint64_t{1} << 63,
                                              ~uint64_t{0} - k4GiB,
                                              ~uint64_t{0} - 15,
                                              ~uint64_t{0}};

/// A function that makes one access. Its parameter is the address, unless that is a constant.
struct AccessCase {
  Op op = Op::i32_load;
  MemIdx memory = 0;
  uint64_t offset = 0;
  std::optional<uint64_t> constant;
  bool is_computed = false;  // the address is in an accumulator

  [[nodiscard]] uint64_t size() const { return 1u << op_signature(op).natural_align_log2; }
  [[nodiscard]] bool is_load() const { return op_signature(op).result_count > 0; }
  [[nodiscard]] bool is_in_bounds(uint64_t address) const {
    using Wide = unsigned __int128;
    return Wide{address} + offset + size() <= kMemoryBytes;
  }
};

std::string text_of(const AccessCase& c) {
  std::string address = "(local.get 0)";
  if (c.is_computed) address = "(i64.add (local.get 0) (i64.const 1))";
  if (c.constant) address = fmt::format("(i64.const {})", *c.constant);
  const OpInfo& info = op_info(c.op);
  const std::string_view lane = info.immediate == Immediate::kMemargLane ? " 0" : "";
  std::string access =
      fmt::format("({} {} offset={}{} {}", info.text, c.memory, c.offset, lane, address);
  if (info.signature.find(':') == 2) {
    switch (info.signature[1]) {
      case 'V': access += " (v128.const i64x2 -1 -1)"; break;
      case 'I': access += " (i64.const -1)"; break;
      case 'f': access += " (f32.const 1)"; break;
      case 'F': access += " (f64.const 1)"; break;
      default: access += " (i32.const -1)"; break;
    }
  }
  access += ")";
  if (c.is_load()) access = "(drop " + access + ")";
  return "(func (param i64) " + access + ")\n";
}

std::vector<AccessCase> all_accesses() {
  std::vector<AccessCase> cases;
  for (uint32_t i = 0; i < kOpCount; ++i) {
    const auto op = static_cast<Op>(i);
    const Immediate immediate = op_info(op).immediate;
    if (immediate != Immediate::kMemarg && immediate != Immediate::kMemargLane) continue;
    for (const MemIdx memory : {0u, 1u}) {
      for (const uint64_t offset : kOffsets) {
        cases.push_back({op, memory, offset, std::nullopt, false});
        cases.push_back({op, memory, offset, std::nullopt, true});
      }
      for (const uint64_t address : kAddresses) cases.push_back({op, memory, 1, address, false});
    }
  }
  return cases;
}

std::vector<uint64_t> dirty_cards(const Memory& memory) {
  std::vector<uint64_t> cards;
  memory.for_each_dirty_card([&](uint64_t at, uint64_t) { cards.push_back(at / kCardBytes); });
  return cards;
}

void expect_access(TextGuest& guest, const AccessCase& c, FuncIdx func, uint64_t address) {
  Memory& memory = guest.machine().memory(c.memory);
  memory.clear_cards();
  const uint64_t argument = c.is_computed ? address - 1 : address;
  const Outcome outcome = guest.call(func, {Value::i64(argument)});
  const std::string what = fmt::format("{} of memory {} at {:#x} + {:#x}", op_info(c.op).text,
                                       c.memory, address, c.offset);
  if (!c.is_in_bounds(address)) {
    ASSERT_EQ(outcome.kind, OutcomeKind::kTrapped) << what;
    ASSERT_EQ(outcome.trap, TrapKind::kMemoryOutOfBounds) << what;
    ASSERT_TRUE(dirty_cards(memory).empty()) << what;
    return;
  }
  ASSERT_TRUE(outcome.returned()) << what;
  std::vector<uint64_t> marked;
  if (!c.is_load()) marked.push_back((address + c.offset) / kCardBytes);
  ASSERT_EQ(dirty_cards(memory), marked) << what;
}

TEST(Memory64, ChecksTheBoundsOfEveryAccess) {
  const std::vector<AccessCase> cases = all_accesses();
  std::string text =
      fmt::format("(memory i64 {0} {0}) (memory i64 {0} {0})\n", kMemoryBytes / kPage);
  for (const AccessCase& c : cases) text += text_of(c);
  const auto module = text_module(text);
  for (const CodeKind kind : kAllKinds) {
    SCOPED_TRACE(name_of(kind));
    TextGuest guest(module, kind);
    for (FuncIdx f = 0; f < cases.size(); ++f) {
      const AccessCase& c = cases[f];
      if (c.constant) {
        ASSERT_NO_FATAL_FAILURE(expect_access(guest, c, f, *c.constant));
        continue;
      }
      for (const uint64_t address : kAddresses)
        ASSERT_NO_FATAL_FAILURE(expect_access(guest, c, f, address));
    }
  }
}

TEST(Memory64, ReadsBackWhatItWroteBeyondFourGibibytes) {
  const auto module = text_module(fmt::format(R"(
    (memory i64 {})
    (func (export "store") (param i64 i64) (i64.store (local.get 0) (local.get 1)))
    (func (export "load") (param i64) (result i64) (i64.load (local.get 0))))",
                                              kMemoryBytes / kPage));
  for (const CodeKind kind : kAllKinds) {
    TextGuest guest(module, kind);
    const uint64_t across = k4GiB - 4;
    ASSERT_TRUE(
        guest.call("store", {Value::i64(across), Value::i64(0x1122334455667788)}).returned());
    EXPECT_EQ(guest.result("load", {Value::i64(across)}), Value::i64(0x1122334455667788));
    EXPECT_EQ(guest.result("load", {Value::i64(k4GiB)}), Value::i64(0x11223344));
    EXPECT_EQ(guest.result("load", {Value::i64(0)}), Value::i64(0));  // no address wraps around
  }
}

TEST(Memory64, GrowsToTheLimitAndNoFurther) {
  const auto module = text_module(R"(
    (memory i64 1)
    (memory i64 1 3)
    (memory i64 0 0x1_0000_0000_0000)
    (func (export "grow0") (param i64) (result i64) (memory.grow 0 (local.get 0)))
    (func (export "grow1") (param i64) (result i64) (memory.grow 1 (local.get 0)))
    (func (export "grow2") (param i64) (result i64) (memory.grow 2 (local.get 0)))
    (func (export "size0") (result i64) (memory.size 0)))");
  const uint64_t most = kLimits.memory64_pages;
  const Value failed = Value::i64(~uint64_t{0});
  for (const CodeKind kind : kAllKinds) {
    TextGuest guest(module, kind);
    const auto grow = [&](const char* name, uint64_t pages) {
      return guest.result(name, {Value::i64(pages)});
    };
    EXPECT_EQ(grow("grow0", most), failed);
    EXPECT_EQ(grow("grow0", ~uint64_t{0}), failed);
    EXPECT_EQ(grow("grow0", k4GiB), failed);  // which is no 0
    EXPECT_EQ(grow("grow0", most - 1), Value::i64(1));
    EXPECT_EQ(grow("grow0", 1), failed);
    EXPECT_EQ(guest.result("size0", {}), Value::i64(most));
    EXPECT_EQ(grow("grow1", 3), failed);
    EXPECT_EQ(grow("grow1", 2), Value::i64(1));
    EXPECT_EQ(grow("grow2", most + 1), failed);
    EXPECT_EQ(grow("grow2", 1), Value::i64(0));
  }
}

TEST(Memory64, IsRefusedWhereItsMinimumIsBeyondTheLimit) {
  const uint64_t too_many = uint64_t{kLimits.memory64_pages} + 1;
  const auto module = text_module(fmt::format("(memory i64 {})", too_many));
  const auto machine = Machine::create({});
  const auto made = machine->instantiate(module, {});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::kLimit);
  EXPECT_EQ(made.error().detail,
            fmt::format("beyond the limit of {} for pages of a memory with 64-bit addresses at run "
                        "time: {}",
                        kLimits.memory64_pages, too_many));
  EXPECT_EQ(machine->instance_count(), 0u);
  EXPECT_EQ(machine->memory_count(), 0u);
}

TEST(Memory64, DoesBulkOperationsOfBothWidths) {
  const auto module = text_module(R"(
    (memory $wide i64 1 1)
    (memory $narrow 1 1)
    (data $d "abcdefgh")
    (func (export "fill") (param i64 i64) (memory.fill $wide (local.get 0) (i32.const 7) (local.get 1)))
    (func (export "init") (param i64 i32 i32)
      (memory.init $wide $d (local.get 0) (local.get 1) (local.get 2)))
    (func (export "copy") (param i64 i64 i64)
      (memory.copy $wide $wide (local.get 0) (local.get 1) (local.get 2)))
    (func (export "in") (param i64 i32 i32)
      (memory.copy $wide $narrow (local.get 0) (local.get 1) (local.get 2)))
    (func (export "out") (param i32 i64 i32)
      (memory.copy $narrow $wide (local.get 0) (local.get 1) (local.get 2)))
    (func (export "load") (param i64) (result i64) (i64.load (local.get 0))))");
  const auto i32 = Value::i32;
  const auto i64 = Value::i64;
  for (const CodeKind kind : kAllKinds) {
    TextGuest guest(module, kind);
    const auto traps = [&](const char* name, const std::vector<Value>& args) {
      const Outcome outcome = guest.call(name, args);
      return outcome.kind == OutcomeKind::kTrapped && outcome.trap == TrapKind::kMemoryOutOfBounds;
    };
    EXPECT_TRUE(guest.call("init", {i64(8), i32(0), i32(8)}).returned());
    EXPECT_TRUE(guest.call("out", {i32(100), i64(8), i32(8)}).returned());
    EXPECT_TRUE(guest.call("in", {i64(200), i32(100), i32(8)}).returned());
    EXPECT_TRUE(guest.call("copy", {i64(kPage - 8), i64(200), i64(8)}).returned());
    EXPECT_EQ(guest.result("load", {i64(kPage - 8)}), i64(0x6867666564636261));
    EXPECT_TRUE(guest.call("fill", {i64(kPage), i64(0)}).returned());
    // Each would be in bounds if it were cut to 32 bits.
    EXPECT_TRUE(traps("fill", {i64(k4GiB), i64(0)}));
    EXPECT_TRUE(traps("fill", {i64(0), i64(k4GiB)}));
    EXPECT_TRUE(traps("fill", {i64(8), i64(~uint64_t{0} - 7)}));
    EXPECT_TRUE(traps("copy", {i64(k4GiB), i64(0), i64(0)}));
    EXPECT_TRUE(traps("copy", {i64(0), i64(k4GiB), i64(0)}));
    EXPECT_TRUE(traps("copy", {i64(0), i64(0), i64(k4GiB)}));
    EXPECT_TRUE(traps("init", {i64(k4GiB), i32(0), i32(1)}));
    EXPECT_TRUE(traps("in", {i64(k4GiB), i32(0), i32(1)}));
    EXPECT_TRUE(traps("out", {i32(0), i64(k4GiB), i32(1)}));
    EXPECT_EQ(guest.result("load", {i64(0)}), i64(0));
  }
}

TEST(Memory64, RunsWhatCompilersMake) {
  const std::string bytes = test::read_text(std::string(TINE_GUEST_DIR) + "/wide.wasm");
  const auto module = Module::create({bytes.begin(), bytes.end()});
  ASSERT_TRUE(module.has_value()) << module.error().to_line("wide.wasm");
  ASSERT_EQ((*module)->memories[0].address_type, AddressType::kI64);
  constexpr uint64_t kNodes = 10'000;
  for (const CodeKind kind : kAllKinds) {
    TextGuest guest(*module, kind);
    EXPECT_EQ(guest.result("sum_of_list", {Value::i64(k4GiB - 8), Value::i64(kNodes)}),
              Value::i64(kNodes * (kNodes - 1) / 2));
    EXPECT_EQ(guest.result("copy_text", {Value::i64(k4GiB * 2)}), Value::i64(20));
    EXPECT_EQ(guest.result("apply", {Value::i64(0), Value::i32(21)}), Value::i32(42));
    EXPECT_EQ(guest.result("apply", {Value::i64(1), Value::i32(9)}), Value::i32(81));
  }
}

TEST(Memory64, PutsActiveSegmentsWhereTheySay) {
  TextGuest guest(text_module(R"(
    (memory i64 1)
    (data (i64.const 0xfff8) "12345678")
    (func (export "load") (result i64) (i64.load (i64.const 0xfff8))))"));
  EXPECT_EQ(guest.result("load", {}), Value::i64(0x3837363534333231));
  const auto machine = Machine::create({});
  const auto made = machine->instantiate(
      text_module(R"((memory i64 1) (data (i64.const 0x1_0000_0000) "x"))"), {});
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->outcome.trap, TrapKind::kMemoryOutOfBounds);
}

TEST(Table64, TakesNoIndexForAnother) {
  const auto module = text_module(R"(
    (type $f (func (result i32)))
    (table $t i64 2 10 funcref)
    (elem (i64.const 1) func $seven)
    (func $seven (result i32) (i32.const 7))
    (func (export "call") (param i64) (result i32) (call_indirect $t (type $f) (local.get 0)))
    (func (export "tail") (param i64) (result i32) (return_call_indirect $t (type $f) (local.get 0)))
    (func (export "is_null") (param i64) (result i32) (ref.is_null (table.get $t (local.get 0))))
    (func (export "set") (param i64) (table.set $t (local.get 0) (ref.func $seven)))
    (func (export "fill") (param i64 i64) (table.fill $t (local.get 0) (ref.null func) (local.get 1)))
    (func (export "grow") (param i64) (result i64) (table.grow $t (ref.null func) (local.get 0)))
    (func (export "size") (result i64) (table.size $t)))");
  const auto i64 = Value::i64;
  for (const CodeKind kind : kAllKinds) {
    TextGuest guest(module, kind);
    const auto trap = [&](const char* name, const std::vector<Value>& args) {
      return guest.call(name, args).trap;
    };
    EXPECT_EQ(guest.result("call", {i64(1)}), Value::i32(7));
    EXPECT_EQ(guest.result("tail", {i64(1)}), Value::i32(7));
    EXPECT_EQ(guest.result("is_null", {i64(1)}), Value::i32(0));
    EXPECT_EQ(trap("call", {i64(k4GiB + 1)}), TrapKind::kUndefinedElement);
    EXPECT_EQ(trap("tail", {i64(k4GiB + 1)}), TrapKind::kUndefinedElement);
    EXPECT_EQ(trap("is_null", {i64(k4GiB + 1)}), TrapKind::kTableOutOfBounds);
    EXPECT_EQ(trap("set", {i64(k4GiB)}), TrapKind::kTableOutOfBounds);
    EXPECT_EQ(trap("set", {i64(~uint64_t{0})}), TrapKind::kTableOutOfBounds);
    EXPECT_EQ(trap("fill", {i64(k4GiB), i64(0)}), TrapKind::kTableOutOfBounds);
    EXPECT_EQ(trap("fill", {i64(0), i64(k4GiB)}), TrapKind::kTableOutOfBounds);
    EXPECT_EQ(guest.result("grow", {i64(k4GiB)}), i64(~uint64_t{0}));
    EXPECT_EQ(guest.result("grow", {i64(8)}), i64(2));
    EXPECT_EQ(guest.result("size", {}), i64(10));
  }
}

TEST(Table, BeginsWithItsInitialiser) {
  TextGuest guest(text_module(R"(
    (type $f (func (result i32)))
    (table $t 3 5 funcref (ref.func $seven))
    (func $seven (result i32) (i32.const 7))
    (func (export "call") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0)))
    (func (export "grow") (result i32) (table.grow $t (ref.null func) (i32.const 1))))"));
  for (const uint32_t i : {0u, 1u, 2u})
    EXPECT_EQ(guest.result("call", {Value::i32(i)}), Value::i32(7));
  EXPECT_EQ(guest.result("grow", {}), Value::i32(3));
  EXPECT_EQ(guest.call("call", {Value::i32(3)}).trap, TrapKind::kUninitializedElement);
}

}  // namespace
}  // namespace tine
