#include "guest_buffer.h"

#include <fmt/format.h>

namespace tine {

namespace {

GuestBuffer::Placed no_room(uint64_t size) {
  Outcome outcome;
  outcome.kind = OutcomeKind::kHostError;
  outcome.detail = fmt::format("no room in guest memory for {} bytes of input", size);
  return {std::move(outcome), 0};
}

}  // namespace

Result<std::optional<uint32_t>> find_typed_export(const Machine& machine, InstanceIdx instance,
                                                  std::string_view name, const FuncType& type) {
  const auto found = machine.find_export(instance, name);
  if (!found || found->kind != ExternKind::kFunc) return std::nullopt;
  const FuncType actual = machine.func_type(found->address);
  if (actual != type)
    return fail(
        ErrorCode::kUnlinkable, kNoOffset,
        fmt::format("{} has type {}, expected {}", name, to_string(actual), to_string(type)));
  return found->address;
}

Result<GuestBuffer> GuestBuffer::create(const Machine& machine, InstanceIdx instance) {
  if (machine.module_of(instance).memories.empty())
    return fail(ErrorCode::kUnlinkable, kNoOffset, "the module has no memory for an input");
  GuestBuffer buffer(instance);
  const FuncType malloc_type{{ValType::kI32}, {ValType::kI32}};
  TINE_TRY_ASSIGN(buffer.malloc_, find_typed_export(machine, instance, "malloc", malloc_type));
  return buffer;
}

GuestBuffer::Placed GuestBuffer::place(Machine& machine, std::span<const uint8_t> bytes,
                                       uint64_t fuel) const {
  return malloc_ ? place_by_malloc(machine, bytes, fuel) : place_at_end(machine, bytes);
}

GuestBuffer::Placed GuestBuffer::place_by_malloc(Machine& machine, std::span<const uint8_t> bytes,
                                                 uint64_t fuel) const {
  const Value size = Value::i32(static_cast<uint32_t>(bytes.size()));
  machine.push_call(*malloc_, {&size, 1});
  // The allocation is our doing, not the target's: its edges and compares are none of its coverage.
  const CodeKind kind = machine.code_kind();
  machine.set_code_kind(CodeKind::kPlain);
  Outcome outcome = machine.run(fuel);
  machine.set_code_kind(kind);
  if (!outcome.returned()) return {std::move(outcome), 0};
  const auto address = static_cast<uint32_t>(machine.results()[0].lo);
  Memory& memory = *machine.memory_of(instance_);
  if (bytes.empty()) return {std::move(outcome), address};
  if (address == 0 || !memory.in_bounds(address, bytes.size())) return no_room(bytes.size());
  memory.write(address, bytes);
  return {std::move(outcome), address};
}

GuestBuffer::Placed GuestBuffer::place_at_end(Machine& machine,
                                              std::span<const uint8_t> bytes) const {
  Memory& memory = *machine.memory_of(instance_);
  const uint64_t page_bytes = memory.type().page_bytes();
  const uint64_t pages = (bytes.size() + page_bytes - 1) / page_bytes;
  const uint64_t address = memory.size_bytes() + pages * page_bytes - bytes.size();
  // A target takes 32 bits, whatever its memory has.
  if (address > UINT32_MAX || (pages > 0 && memory.grow(pages) < 0)) return no_room(bytes.size());
  memory.write(address, bytes);
  return {Outcome{}, static_cast<uint32_t>(address)};
}

}  // namespace tine
