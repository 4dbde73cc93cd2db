// A libFuzzer target over the loader of snapshots: `./run soak loader [SECONDS]`.
//
// Random bytes would never get past the first hash. So the mutator takes a file apart: it changes
// the bytes of one section, or a field of the outline, puts the file together again and makes all
// hashes fit, as somebody who means harm would. It does so with complete files, deltas, their
// parents, and what is inside dense files. Now and then it leaves the hashes broken.
//
// An input is the size of the parent (u32, 0 for none), the parent's file, the file. The seeds are
// made here, from guests/loader.wat.
//
// What must hold: an error with an offset, or a snapshot that restores or is refused, runs, and
// comes back as it was written (test::misbehaviour). The sanitizers watch.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "fork/hostile.h"
#include "hash.h"
#include "little_endian.h"
#include "plain_file.h"
#include "support/temp_dir.h"
#include "tine/machine.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace tine::test {
namespace {

constexpr uint64_t kMostUnpackedBytes = uint64_t{1} << 20;
constexpr size_t kRoomToGrow = 64;

[[noreturn]] void finding(const std::string& what) {
  fmt::print(stderr, "loader_fuzz: {}\n", what);
  std::abort();
}

template <class T>
T must(Result<T> result) {
  if (!result) finding("cannot make the seeds: " + result.error().detail);
  return std::move(*result);
}

struct Input {
  Bytes parent;
  Bytes file;
};

Input decode(std::span<const uint8_t> bytes) {
  Input input;
  if (bytes.size() < 4) return input;
  const size_t size = std::min<size_t>(load_le<uint32_t>(bytes.data()), bytes.size() - 4);
  bytes = bytes.subspan(4);
  input.parent.assign(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
  input.file.assign(bytes.begin() + static_cast<ptrdiff_t>(size), bytes.end());
  return input;
}

Bytes encode(const Input& input) {
  Bytes out(4);
  store_le(out.data(), static_cast<uint32_t>(input.parent.size()));
  out.insert(out.end(), input.parent.begin(), input.parent.end());
  out.insert(out.end(), input.file.begin(), input.file.end());
  return out;
}

// --- seeds -----------------------------------------------------------------------------------------

Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Input> make_seeds() {
  MachineConfig config;
  config.stack_limit_slots = 512;
  const auto machine = Machine::create(config);
  auto module = must(Module::create(read_file(TINE_GUESTS_DIR "/loader.wasm")));
  (void)must(machine->instantiate(std::move(module), {}));
  machine->push_call(machine->find_export(0, "main")->address, std::vector{Value::i32(100)});
  const auto before = must(Snapshot::capture(*machine));
  (void)machine->run(300);
  const auto after = must(Snapshot::capture(*machine));

  const TempDir dir;
  const std::string parent = dir.path("parent.snap");
  const std::string file = dir.path("file.snap");
  const auto saved = [&](const Snapshot& snapshot, const SaveOptions& how) {
    if (const auto done = snapshot.save(file, how); !done) finding(done.error().detail);
    return read_file(file);
  };
  if (!before->save(parent)) finding("cannot save");
  const SaveOptions delta = {.parent = before, .parent_file = "parent.snap", .reason = "why"};
  std::vector<Input> seeds;
  seeds.push_back({{}, saved(*before, {})});
  seeds.push_back({{}, saved(*before, {.reason = "why"})});
  seeds.push_back({read_file(parent), saved(*after, delta)});
  seeds.push_back({{}, saved(*after, {.form = SaveOptions::Form::kDense})});
  seeds.push_back({pack(read_file(parent)), pack(saved(*after, delta))});
  seeds.push_back({{}, saved(*before, {.with_modules = false})});
  for (const Input& seed : seeds)
    if (!load(seed.file, &seed.parent) && &seed != &seeds.back()) finding("a seed does not load");
  return seeds;
}

const std::vector<Input>& seeds() {
  static const std::vector<Input> made = make_seeds();
  return made;
}

// --- mutation --------------------------------------------------------------------------------------

using Random = std::minstd_rand;

/// libFuzzer's own mutations of a piece, which may grow a little.
void mutate_bytes(Bytes& bytes, size_t most) {
  const size_t size = bytes.size();
  most = std::max<size_t>(most, 1);  // LLVMFuzzerMutate wants room, even for nothing
  bytes.resize(std::max(most, size));
  bytes.resize(LLVMFuzzerMutate(bytes.data(), size, most));
}

/// Some field of the header or the table gets a value that is likely to be wrong.
void mutate_outline(Bytes& file, Random& random) {
  const uint64_t end = kHeaderBytes + sections_of(file).size() * kEntryBytes;
  const uint64_t at = kVersionAt + random() % (end - kVersionAt) / 4 * 4;
  if (at + 8 > file.size()) return;
  const uint64_t old = load_le<uint64_t>(file.data() + at);
  const uint64_t values[] = {
      0,           1,          old + 1,    old - 1,          old ^ (uint64_t{1} << random() % 64),
      file.size(), UINT32_MAX, UINT64_MAX, uint64_t{1} << 32};
  store_le(file.data() + at, values[random() % std::size(values)]);
}

/// One section gets other contents, of any size, and the others move out of its way.
void mutate_section(Bytes& file, Random& random) {
  std::vector<Section> sections = sections_of(file);
  if (sections.empty()) return;
  const uint64_t end =
      std::min<uint64_t>(load_le<uint64_t>(file.data() + kFileSizeAt), file.size());
  const Bytes note(file.begin() + static_cast<ptrdiff_t>(end), file.end());
  std::vector<Bytes> contents;
  contents.reserve(sections.size());
  for (const Section& section : sections)
    contents.emplace_back(file.begin() + static_cast<ptrdiff_t>(section.offset),
                          file.begin() + static_cast<ptrdiff_t>(section.offset + section.size));
  const size_t chosen = random() % sections.size();
  const bool keeps_size = random() % 2 == 0;
  Bytes& bytes = contents[chosen];
  const size_t size = bytes.size();
  mutate_bytes(bytes, keeps_size ? size : size + kRoomToGrow);
  if (keeps_size) bytes.resize(size);
  uint64_t total = 0;
  for (size_t i = 0; i < sections.size(); ++i) {
    sections[i].size = contents[i].size();
    total += contents[i].size();
  }
  const Hash128 parent = load_hash(file.data() + kParentHashAt);
  const uint64_t file_size = place_sections(sections);
  if (file_size >
      total + sections.size() * kMemoryAlignment + kHeaderBytes * sections.size() + kHeaderBytes)
    return;
  file = encode_outline(sections, file_size, parent);
  file.resize(file_size);
  for (size_t i = 0; i < sections.size(); ++i)
    std::ranges::copy(contents[i], file.begin() + static_cast<ptrdiff_t>(sections[i].offset));
  file.insert(file.end(), note.begin(), note.end());
}

void mutate_plain(Bytes& file, const Bytes* parent, Random& random) {
  if (file.size() < kHeaderBytes + kEntryBytes || random() % 16 == 0) {
    mutate_bytes(file, file.size() + kRoomToGrow);
  } else if (random() % 8 == 0) {
    mutate_outline(file, random);
  } else {
    mutate_section(file, random);
  }
  if (random() % 16 != 0) rehash(file, parent);
}

void mutate_file(Bytes& file, const Bytes* parent, Random& random) {
  const auto plain = PlainFile::of_bytes(file, kMostUnpackedBytes);
  if (!plain || !plain->was_dense()) return mutate_plain(file, parent, random);
  if (random() % 8 == 0) return mutate_bytes(file, file.size() + kRoomToGrow);
  Bytes contents(plain->size());
  if (!plain->read_at(0, contents)) return;
  mutate_plain(contents, parent, random);
  file = pack(contents);
}

/// The plain form of a parent, whose root hash its child has to name.
Bytes plain_form(const Bytes& file) {
  const auto plain = PlainFile::of_bytes(file, kMostUnpackedBytes);
  if (!plain) return file;
  Bytes contents(plain->size());
  return plain->read_at(0, contents) ? contents : file;
}

void mutate(Input& input, Random& random) {
  if (input.parent.empty()) return mutate_file(input.file, nullptr, random);
  if (random() % 4 == 0) mutate_file(input.parent, nullptr, random);
  const Bytes parent = plain_form(input.parent);
  mutate_file(input.file, &parent, random);
}

}  // namespace
}  // namespace tine::test

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  using namespace tine::test;
  Random random(seed);
  Input input = decode({data, size});
  if (input.file.empty() || random() % 512 == 0) input = seeds()[random() % seeds().size()];
  mutate(input, random);
  const Bytes out = encode(input);
  if (out.size() > max_size) return size;
  std::ranges::copy(out, data);
  return out.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tine::test;
  const Input input = decode({data, size});
  const auto snapshot = load(input.file, input.parent.empty() ? nullptr : &input.parent);
  if (snapshot) {
    if (const auto wrong = misbehaviour(**snapshot)) finding(*wrong);
    return 0;
  }
  const tine::Error& error = snapshot.error();
  if (error.detail.empty()) finding("an error without a reason");
  if (error.byte_offset == tine::kNoOffset && error.code != tine::ErrorCode::kIo)
    finding("an error without an offset: " + error.detail);
  return 0;
}
