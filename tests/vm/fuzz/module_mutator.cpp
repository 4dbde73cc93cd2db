#include "vm/fuzz/module_mutator.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "byte_reader.h"
#include "support/random_module.h"
#include "support/wasm_bytes.h"
#include "tine/instr.h"
#include "tine/module.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace tine::test {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kPreambleBytes = 8;
constexpr uint8_t kCodeSection = 10;
constexpr size_t kRoomToGrow = 64;

struct Section {
  uint8_t id = 0;
  Bytes contents;
};

/// libFuzzer's own mutations of a piece, which may grow a little.
void mutate_bytes(Bytes& bytes) {
  const size_t size = bytes.size();
  bytes.resize(size + kRoomToGrow);
  bytes.resize(LLVMFuzzerMutate(bytes.data(), size, bytes.size()));
}

Bytes take(ByteReader& in, std::span<const uint8_t> bytes, uint32_t size) {
  const auto begin = bytes.begin() + in.offset();
  (void)in.take(size);
  return {begin, begin + size};
}

// --- taking apart, putting together ----------------------------------------------------------------

std::optional<std::vector<Section>> sections_of(std::span<const uint8_t> bytes) {
  if (bytes.size() < kPreambleBytes) return std::nullopt;
  std::vector<Section> sections;
  ByteReader in(bytes, kPreambleBytes, static_cast<WasmOffset>(bytes.size()));
  while (!in.at_end()) {
    const auto id = in.byte();
    const auto size = in.length();
    if (!id || !size) return std::nullopt;
    sections.push_back({*id, take(in, bytes, *size)});
  }
  return sections;
}

Bytes module_of(std::span<const uint8_t> preamble, const std::vector<Section>& sections) {
  WasmBytes out;
  for (const uint8_t b : preamble) out.byte(b);
  for (const Section& section : sections) {
    out.byte(section.id);
    out.u32(section.contents.size());
    out.append(section.contents);
  }
  return out.bytes();
}

/// The bodies of a code section.
std::optional<std::vector<Bytes>> bodies_of(std::span<const uint8_t> contents) {
  ByteReader in(contents, 0, static_cast<WasmOffset>(contents.size()));
  if (!in.u32()) return std::nullopt;
  std::vector<Bytes> bodies;
  while (!in.at_end()) {
    const auto size = in.length();
    if (!size) return std::nullopt;
    bodies.push_back(take(in, contents, *size));
  }
  return bodies;
}

Bytes code_of(const std::vector<Bytes>& bodies) {
  WasmBytes out;
  out.u32(bodies.size());
  for (const Bytes& body : bodies) {
    out.u32(body.size());
    out.append(body);
  }
  return out.bytes();
}

// --- mutations -------------------------------------------------------------------------------------

/// Changes the bytes of one function.
void mutate_code(Bytes& contents, RandomSource& random) {
  auto bodies = bodies_of(contents);
  if (!bodies || bodies->empty()) return mutate_bytes(contents);
  mutate_bytes((*bodies)[random.below(bodies->size())]);
  contents = code_of(*bodies);
}

void mutate_order(std::vector<Section>& sections, RandomSource& random) {
  const auto at = sections.begin() + random.below(sections.size());
  switch (random.below(3)) {
    case 0: sections.erase(at); break;
    case 1: sections.insert(at, Section(*at)); break;
    default: std::iter_swap(at, sections.begin() + random.below(sections.size()));
  }
}

bool mutate_sections(Bytes& module, RandomSource& random) {
  auto sections = sections_of(module);
  if (!sections || sections->empty()) return false;
  const std::span<const uint8_t> preamble(module.data(), kPreambleBytes);
  if (random.one_in(16)) {
    mutate_order(*sections, random);
  } else {
    const auto code = std::ranges::find(*sections, kCodeSection, &Section::id);
    const bool in_code = code != sections->end() && random.one_in(2);
    Section& section = in_code ? *code : (*sections)[random.below(sections->size())];
    if (section.id == kCodeSection && !random.one_in(8))
      mutate_code(section.contents, random);
    else
      mutate_bytes(section.contents);
  }
  module = module_of(preamble, *sections);
  return true;
}

/// All other instructions of an opcode's length and signature that have no immediate either.
std::vector<Op> exchangeable(Op op) {
  const OpInfo& info = op_info(op);
  std::vector<Op> found;
  if (info.immediate != Immediate::kNone || info.signature == "*") return found;
  for (uint32_t i = 0; i < kOpCount; ++i) {
    const Op other = static_cast<Op>(i);
    const OpInfo& candidate = op_info(other);
    if (other != op && candidate.immediate == Immediate::kNone && candidate.prefix == info.prefix &&
        candidate.signature == info.signature && (candidate.code < 0x80) == (info.code < 0x80))
      found.push_back(other);
  }
  return found;
}

/// One instruction of a valid module becomes another.
bool exchange_instruction(Bytes& bytes, RandomSource& random) {
  const auto module = Module::create(bytes);
  if (!module || (*module)->bodies.empty()) return false;
  const FuncBody& body = random.pick((*module)->bodies);
  std::vector<Instr> candidates;
  InstrReader reader((*module)->bytes(), body.begin, body.end);
  while (!reader.at_end())
    if (const auto instr = reader.next(); instr && !exchangeable(instr->op).empty())
      candidates.push_back(*instr);
  if (candidates.empty()) return false;
  const Instr& instr = random.pick(candidates);
  WasmBytes other;
  other.op(random.pick(exchangeable(instr.op)));
  std::ranges::copy(other.bytes(), bytes.begin() + instr.offset);
  return true;
}

}  // namespace

void mutate_module(std::vector<uint8_t>& module, RandomSource& random) {
  if (random.one_in(512)) module = random_module(random.bits());
  if (random.one_in(3) && exchange_instruction(module, random)) return;
  if (!random.one_in(10) && mutate_sections(module, random)) return;
  mutate_bytes(module);
}

size_t mutate_input(uint8_t* data, size_t size, size_t most, unsigned seed, size_t tail_bytes) {
  RandomSource random(seed);
  const size_t tail = std::min(size, tail_bytes);
  Bytes module(data, data + size - tail);
  Bytes choices(data + size - tail, data + size);
  choices.resize(tail_bytes);
  if (module.empty()) module = random_module(random.bits());
  if (tail_bytes > 0 && random.one_in(8)) choices[random.below(tail_bytes)] = random.below(256);
  mutate_module(module, random);
  module.insert(module.end(), choices.begin(), choices.end());
  if (module.size() > most) return size;
  std::ranges::copy(module, data);
  return module.size();
}

}  // namespace tine::test
