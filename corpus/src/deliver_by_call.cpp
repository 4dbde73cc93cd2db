// Input through a call of LLVMFuzzerTestOneInput, the entry point that libFuzzer targets export.

#include "guest_buffer.h"
#include "tine/delivery.h"

namespace tine {

namespace {

void put_u32(std::vector<uint8_t>& bytes, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<uint8_t>(value >> (8 * i));
}

}  // namespace

Result<Delivery> deliver_by_call(const Machine& machine, InstanceIdx instance) {
  const FuncType type{{ValType::kI32, ValType::kI32}, {ValType::kI32}};
  TINE_TRY_ASSIGN(auto target,
                  find_typed_export(machine, instance, "LLVMFuzzerTestOneInput", type));
  if (!target)
    return fail(ErrorCode::kUnlinkable, kNoOffset,
                "the module does not export LLVMFuzzerTestOneInput");
  TINE_TRY_ASSIGN(GuestBuffer buffer, GuestBuffer::create(machine, instance));
  return [target = *target, buffer](Machine& guest, std::span<const uint8_t> input, uint64_t fuel) {
    const uint64_t before = guest.instructions();
    GuestBuffer::Placed placed = buffer.place(guest, input, fuel);
    if (!placed.outcome.returned()) return placed.outcome;
    const Value args[] = {Value::i32(placed.address),
                          Value::i32(static_cast<uint32_t>(input.size()))};
    guest.push_call(target, args);
    return guest.run(fuel - (guest.instructions() - before));
  };
}

Result<Outcome> call_fuzzer_initialize(Machine& machine, InstanceIdx instance,
                                       std::string_view name) {
  const FuncType type{{ValType::kI32, ValType::kI32}, {ValType::kI32}};
  TINE_TRY_ASSIGN(auto target, find_typed_export(machine, instance, "LLVMFuzzerInitialize", type));
  if (!target) return Outcome{};
  TINE_TRY_ASSIGN(GuestBuffer buffer, GuestBuffer::create(machine, instance));

  // int argc; char** argv; char* list[2]; char name[]. The pointers are filled in once the address
  // is known.
  constexpr size_t kArgvAt = 4;
  constexpr size_t kListAt = 8;
  constexpr size_t kNameAt = 16;
  std::vector<uint8_t> block(kNameAt, 0);
  block.insert(block.end(), name.begin(), name.end());
  block.resize(block.size() / 16 * 16 + 16);  // ends the name; aligned words at the end of memory
  GuestBuffer::Placed placed = buffer.place(machine, block, kUnlimitedFuel);
  if (!placed.outcome.returned()) return std::move(placed.outcome);
  put_u32(block, 0, 1);
  put_u32(block, kArgvAt, placed.address + kListAt);
  put_u32(block, kListAt, placed.address + kNameAt);
  machine.memory_of(instance)->write(placed.address, block);

  const Value args[] = {Value::i32(placed.address), Value::i32(placed.address + kArgvAt)};
  machine.push_call(*target, args);
  return machine.run();
}

Result<Delivery> delivery_for(const Machine& machine) {
  if (machine.is_suspended()) return deliver_by_stdin();
  for (InstanceIdx i = machine.instance_count(); i-- > 0;)
    if (machine.find_export(i, "LLVMFuzzerTestOneInput")) return deliver_by_call(machine, i);
  return fail(
      ErrorCode::kNotCapturable, kNoOffset,
      "the program has ended and exports no LLVMFuzzerTestOneInput: nothing takes an input");
}

}  // namespace tine
