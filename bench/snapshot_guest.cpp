// The module by hand (a compiler would be one more thing to install), and its memory.
#include "snapshot_guest.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "tine/memory.h"
#include "tine/world.h"

namespace tine::bench {
namespace {

void append_leb(std::vector<uint8_t>& to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<uint8_t>(value | 0x80));
  to.push_back(static_cast<uint8_t>(value));
}

void append(std::vector<uint8_t>& to, const std::vector<uint8_t>& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

std::vector<uint8_t> load_module(uint64_t wasm_pages) {
  std::vector<uint8_t> limits = {0x01, 0x00};  // one memory without a maximum
  append_leb(limits, wasm_pages);
  std::vector<uint8_t> out = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
  append(out, {0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f});  // type: i32 -> i32
  append(out, {0x03, 0x02, 0x01, 0x00});                          // function 0 of type 0
  append(out, {0x05, static_cast<uint8_t>(limits.size())});
  append(out, limits);
  append(out, {0x07, 0x08, 0x01, 0x04, 'l', 'o', 'a', 'd', 0x00, 0x00});
  // local.get 0, i32.load, end
  append(out, {0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x28, 0x02, 0x00, 0x0b});
  return out;
}

std::vector<uint64_t> scattered_pages(uint64_t memory_bytes, uint64_t count,
                                      std::mt19937_64& random) {
  std::vector<uint64_t> all(memory_bytes / kPageBytes);
  std::iota(all.begin(), all.end(), uint64_t{0});
  std::shuffle(all.begin(), all.end(), random);
  all.resize(count);
  return all;
}

Result<std::unique_ptr<Machine>> machine_before_load(const std::shared_ptr<const Module>& module,
                                                     const std::vector<uint64_t>& pages) {
  std::unique_ptr<Machine> machine = Machine::create({});
  TINE_TRY(machine->instantiate(module, {}));
  std::mt19937_64 random(1);
  std::vector<uint8_t> data(kPageBytes);
  for (const uint64_t page : pages) {
    for (size_t at = 0; at < data.size(); at += 8) {
      const uint64_t word = random();
      std::memcpy(data.data() + at, &word, sizeof word);
    }
    machine->memory(0).write(page * kPageBytes, data);
  }
  const auto address = static_cast<int32_t>(static_cast<uint32_t>(pages[0] * kPageBytes));
  const std::vector args = {Value::i32(address)};
  machine->push_call(machine->find_export(0, "load")->address, args);
  (void)machine->run(1);  // local.get
  return machine;
}

void dirty_pages(Memory& memory, const std::vector<uint64_t>& pages, uint64_t value) {
  for (const uint64_t page : pages) {
    mark_dirty(memory.base(), page * kPageBytes);
    std::memcpy(memory.base() + page * kPageBytes, &value, sizeof value);
  }
}

}  // namespace tine::bench
