#include "support/random_module.h"

#include <array>
#include <bit>
#include <numeric>
#include <string>

#include "support/function_generator.h"
#include "support/op_choice.h"

namespace tine::test {
namespace {

constexpr std::array kNumTypes{ValType::kI32, ValType::kI64, ValType::kF32, ValType::kF64};

class ModuleGenerator {
 public:
  explicit ModuleGenerator(uint64_t seed) : random_(seed) {}

  Bytes generate() {
    choose_shape();
    for (const FuncType& t : shape_.types) builder_.add_type(t);
    builder_.import_func("test", "mix", shape_.func_types[0]);
    for (TableIdx t = 0; t < ModuleShape::kTables.size(); ++t)
      builder_.add_table({ModuleShape::kTables[t],
                          {ModuleShape::kTableSize, ModuleShape::kTableSize + 4},
                          shape_.tables[t]},
                         t == 0 ? first_function() : Bytes{});
    for (MemIdx m = 0; m < ModuleShape::kMemories; ++m) {
      builder_.add_memory(shape_.memories[m]);
      builder_.export_item("m" + std::to_string(m), ExternKind::kMemory, m);
    }
    for (const TypeIdx tag : shape_.tags) builder_.add_tag(tag);
    for (const GlobalType& g : shape_.globals)
      builder_.add_global(g, const_instruction(random_.value(g.type)).end());
    add_elements();
    add_functions();
    add_data();
    return builder_.build();
  }

 private:
  std::vector<ValType> some_types(uint32_t most) {
    std::vector<ValType> list(random_.below(most + 1));
    for (ValType& t : list)
      t = random_.one_in(2) ? random_.pick(kNumTypes) : random_.pick(kAllTypes);
    return list;
  }

  /// One in three has 64-bit addresses.
  /// Three pages of 64 KiB at most, or bytes, whose number soon crosses from one block of 64 KiB
  /// into the next.
  MemoryType some_memory_type() {
    MemoryType type{{1, 3}, some_address_type()};
    if (random_.one_in(4)) {
      type.page_shift = kBytePageShift;
      type.limits = {kWasmPageBytes - random_.below(4), kWasmPageBytes + random_.below(8)};
    }
    return type;
  }
  AddressType some_address_type() {
    return random_.one_in(3) ? AddressType::kI64 : AddressType::kI32;
  }

  void choose_shape() {
    for (MemoryType& type : shape_.memories) type = some_memory_type();
    for (AddressType& type : shape_.tables) type = some_address_type();
    shape_.types.push_back({{ValType::kI32, ValType::kI64}, {ValType::kI64}});  // the import
    for (ValType t : kNumTypes) shape_.types.push_back({{t}, {t}});
    for (uint32_t n = random_.between(3, 8); n > 0; --n) {
      FuncType type;
      type.params = some_types(4);
      type.results = some_types(3);
      shape_.types.push_back(type);
    }
    add_tags();
    shape_.func_types.push_back(0);
    for (uint32_t n = random_.between(3, 7); n > 0; --n)
      shape_.func_types.push_back(random_.below(shape_.types.size()));
    for (ValType t : kAllTypes) shape_.globals.push_back({t, true});
    for (ValType t : kNumTypes) shape_.globals.push_back({t, true});
    for (ValType t : kNumTypes) shape_.globals.push_back({t, false});
  }

  /// With their types come those of blocks in which they are caught, with and without a reference.
  void add_tags() {
    for (uint32_t n = random_.between(1, 3); n > 0; --n) {
      const std::vector<ValType> values = some_types(3);
      shape_.tags.push_back(static_cast<TypeIdx>(shape_.types.size()));
      shape_.types.push_back({values, {}});
      shape_.types.push_back({{}, values});
      shape_.types.push_back({{}, values});
      shape_.types.back().results.push_back(ValType::kExnRef);
    }
    shape_.types.push_back({{}, {}});
    shape_.types.push_back({{}, {ValType::kExnRef}});
  }

  /// What the elements of table 0 are at first.
  Bytes first_function() {
    if (random_.one_in(2)) return {};
    return Code().op(Op::ref_func, random_.below(shape_.func_types.size())).end();
  }

  /// 0: active, fills most of table 0; 1: passive; 2: declares every function for ref.func.
  void add_elements() {
    const auto some_functions = [&](uint32_t count) {
      std::vector<FuncIdx> list(count);
      for (FuncIdx& f : list) f = random_.below(shape_.func_types.size());
      return list;
    };
    builder_.add_elements(0, some_functions(ModuleShape::kTableSize - 1), shape_.tables[0]);
    WasmBytes passive;
    passive.byte(1);
    passive.byte(0);  // kind: functions
    passive.u32(ModuleShape::kSegmentElements);
    for (FuncIdx f : some_functions(ModuleShape::kSegmentElements)) passive.u32(f);
    builder_.add_raw_elements(passive.bytes());
    std::vector<FuncIdx> all(shape_.func_types.size());
    std::iota(all.begin(), all.end(), 0);
    builder_.declare_funcs(all);
  }

  void add_functions() {
    for (FuncIdx f = 1; f < shape_.func_types.size(); ++f) {
      FunctionGenerator function(random_, shape_, f);
      function.generate();
      builder_.add_func(shape_.func_types[f], function.code(), function.declared_locals());
      builder_.export_func("f" + std::to_string(f - 1), f);
    }
  }

  /// 0: active in memory 0; 1: passive.
  void add_data() {
    const auto contents = [&] {
      std::string bytes(ModuleShape::kDataBytes, '\0');
      for (char& b : bytes) b = static_cast<char>(random_.bits());
      return bytes;
    };
    builder_.announce_data_count();
    const auto offset = static_cast<int32_t>(random_.below(4096));
    builder_.add_data(offset, contents(), shape_.memories[0].address_type);
    builder_.add_passive_data(contents());
  }

  RandomSource random_;
  ModuleShape shape_;
  ModuleBuilder builder_;
};

}  // namespace

std::vector<uint8_t> random_module(uint64_t seed) { return ModuleGenerator(seed).generate(); }

void add_random_module_hosts(HostRegistry& registry) {
  registry.add(
      {"test", "mix", {{ValType::kI32, ValType::kI64}, {ValType::kI64}}, [](HostCall& call) {
         const uint32_t amount = call.arg_u32(0);
         const uint64_t value = call.arg_u64(1);
         call.charge_bytes(amount & 0xfff);
         call.set_result(0, std::rotl(value, static_cast<int>(amount & 63)) + 1);
         return HostAction::done();
       }});
}

std::vector<Value> random_args(RandomSource& random, const FuncType& type) {
  std::vector<Value> args;
  for (ValType t : type.params) {
    Value v = random.value(t);
    if (t == ValType::kExternRef) v.lo = random.below(4);
    args.push_back(v);
  }
  return args;
}

}  // namespace tine::test
