// reset_bench: what dirtying and resetting N scattered pages of a 64 MiB memory costs, against
// copying the same bytes without knowing better, copying everything, and fork(2).
//
// Per N, the same N random pages are dirtied each cycle (one 8-byte store a page) and the memory is
// reset. Methods take turns, round by round, so that other load hits them alike; figures are
// medians over the rounds.
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <span>
#include <vector>

#include "baselines.h"
#include "clock.h"
#include "tine/memory.h"

namespace {

using tine::bench::now_ns;

constexpr uint64_t kMemoryBytes = uint64_t{64} << 20;
constexpr uint64_t kPageBytes = 4096;
constexpr uint32_t kCyclesARound = 2000;

/// What one N costs, one sample a round.
struct Samples {
  uint32_t pages = 0;
  std::vector<uint64_t> addresses;  // of the stores
  std::vector<double> dirty_ns;     // the stores with their barrier alone
  std::vector<double> cycle_ns;     // stores and reset
  std::vector<double> copy_cards_ns;
  std::vector<double> copy_pages_ns;
  std::vector<double> fork2_ns;
};

/// The snapshot's side: a memfd full of data, mapped read-only, and a memory over it.
struct Guest {
  std::span<const uint8_t> pristine;
  std::unique_ptr<tine::Memory> memory;
};

[[nodiscard]] tine::Result<Guest> make_guest() {
  const int fd = ::memfd_create("reset_bench", MFD_CLOEXEC);
  if (fd < 0 || ::ftruncate(fd, kMemoryBytes) != 0)
    return tine::fail(tine::ErrorCode::kIo, tine::kNoOffset, "cannot create a memfd");
  void* at = ::mmap(nullptr, kMemoryBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED)
    return tine::fail(tine::ErrorCode::kIo, tine::kNoOffset, "cannot map a memfd");
  std::mt19937_64 random(1);
  for (uint64_t i = 0; i < kMemoryBytes; i += 8) {
    const uint64_t word = random();
    std::memcpy(static_cast<uint8_t*>(at) + i, &word, 8);
  }
  Guest guest;
  guest.pristine = {static_cast<const uint8_t*>(at), kMemoryBytes};
  const tine::MemoryType type{.limits = {.min = kMemoryBytes / tine::kWasmPageBytes, .max = {}}};
  TINE_TRY_ASSIGN(guest.memory, tine::Memory::map(type, kMemoryBytes, fd, 0, kMemoryBytes));
  ::close(fd);
  guest.memory->clear_cards();
  return guest;
}

[[nodiscard]] std::vector<uint64_t> scattered_addresses(uint32_t pages) {
  std::vector<uint64_t> all(kMemoryBytes / kPageBytes);
  for (size_t i = 0; i < all.size(); ++i) all[i] = i * kPageBytes;
  std::mt19937_64 random(pages);
  std::shuffle(all.begin(), all.end(), random);
  all.resize(pages);
  for (uint64_t& address : all) address += random() % (kPageBytes / 8) * 8;
  return all;
}

void store_all(tine::Memory& memory, std::span<const uint64_t> addresses, uint64_t value) {
  uint8_t* const base = memory.base();
  for (const uint64_t address : addresses) {
    tine::mark_dirty(base, address);
    std::memcpy(base + address, &value, sizeof value);
  }
  asm volatile("" ::: "memory");
}

/// Resident copies of the memory for what it is measured against.
struct Baselines {
  tine::bench::ResidentCopy forked;
  tine::bench::ResidentCopy copied;
};

void measure_round(Guest& guest, Baselines& baselines, Samples& samples) {
  tine::Memory& memory = *guest.memory;
  // fork(2) write-protects all pages of this process: the first stores after it are not measured.
  samples.fork2_ns.push_back(static_cast<double>(baselines.forked.fork_ns(samples.addresses)));
  store_all(memory, samples.addresses, 0);
  (void)memory.reset_to(guest.pristine);
  uint64_t begin = now_ns();
  for (uint32_t i = 0; i < kCyclesARound; ++i) {
    store_all(memory, samples.addresses, i);
    (void)memory.reset_to(guest.pristine);
  }
  samples.cycle_ns.push_back(static_cast<double>(now_ns() - begin) / kCyclesARound);
  begin = now_ns();
  for (uint32_t i = 0; i < kCyclesARound; ++i) store_all(memory, samples.addresses, i);
  samples.dirty_ns.push_back(static_cast<double>(now_ns() - begin) / kCyclesARound);
  (void)memory.reset_to(guest.pristine);

  std::vector<uint64_t> cards = samples.addresses;
  for (uint64_t& address : cards) address = address / tine::kCardBytes * tine::kCardBytes;
  std::vector<uint64_t> pages = samples.addresses;
  for (uint64_t& address : pages) address = address / kPageBytes * kPageBytes;
  tine::bench::ResidentCopy& copied = baselines.copied;
  samples.copy_cards_ns.push_back(copied.copy_at_ns(cards, tine::kCardBytes, kCyclesARound));
  samples.copy_pages_ns.push_back(copied.copy_at_ns(pages, kPageBytes, kCyclesARound));
}

[[nodiscard]] nlohmann::ordered_json to_json(std::vector<Samples>& all, double memcpy_ns) {
  using tine::bench::median;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (Samples& s : all) {
    const double cycle = median(s.cycle_ns);
    const double dirty = median(s.dirty_ns);
    rows.push_back({{"pages", s.pages},
                    {"dirty_ns", dirty},
                    {"reset_ns", std::max(0.0, cycle - dirty)},
                    {"dirty_and_reset_ns", cycle},
                    {"copy_same_cards_ns", median(s.copy_cards_ns)},
                    {"copy_same_pages_ns", median(s.copy_pages_ns)},
                    {"fork2_ns", median(s.fork2_ns)},
                    {"memcpy_all_ns", memcpy_ns}});
  }
  return {{"memory_bytes", kMemoryBytes}, {"card_bytes", tine::kCardBytes}, {"rows", rows}};
}

void print_table(const nlohmann::ordered_json& figures) {
  fmt::print("64 MiB memory, one store in each of N scattered pages; medians in ns\n\n");
  fmt::print("{:>5} {:>9} {:>9} {:>9} {:>12} {:>12} {:>11} {:>11}\n", "N", "dirty", "reset",
             "together", "copy cards", "copy pages", "fork(2)", "memcpy all");
  for (const auto& row : figures["rows"])
    fmt::print("{:>5} {:>9.1f} {:>9.1f} {:>9.1f} {:>12.1f} {:>12.1f} {:>11.0f} {:>11.0f}\n",
               row["pages"].get<uint32_t>(), row["dirty_ns"].get<double>(),
               row["reset_ns"].get<double>(), row["dirty_and_reset_ns"].get<double>(),
               row["copy_same_cards_ns"].get<double>(), row["copy_same_pages_ns"].get<double>(),
               row["fork2_ns"].get<double>(), row["memcpy_all_ns"].get<double>());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Cost of resetting a memory by dirty cards, against memcpy and fork(2).",
               "reset_bench");
  app.footer(
      "Examples:\n  reset_bench\n  reset_bench --rounds 101 --json\n\n"
      "Exit codes: 0 measured, 1 the system refused, 2 usage.\n");
  int rounds = 21;
  bool json = false;
  app.add_option("--rounds", rounds, "rounds to take medians over")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_flag("--json", json, "print the figures as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  auto guest = make_guest();
  if (!guest) {
    fmt::print(stderr, "reset_bench: {}\n", guest.error().detail);
    return 1;
  }
  using tine::bench::ResidentCopy;
  Baselines baselines{.forked = {guest->pristine, ResidentCopy::Use::kForking},
                      .copied = {guest->pristine, ResidentCopy::Use::kCopying}};
  std::vector<Samples> all;
  for (const uint32_t pages : {1u, 4u, 16u, 64u}) {
    Samples& samples = all.emplace_back();
    samples.pages = pages;
    samples.addresses = scattered_addresses(pages);
  }
  std::vector<double> memcpy_ns;
  for (int round = 0; round < rounds; ++round) {
    for (Samples& samples : all) measure_round(*guest, baselines, samples);
    memcpy_ns.push_back(static_cast<double>(baselines.copied.copy_all_ns()));
  }
  const auto figures = to_json(all, tine::bench::median(memcpy_ns));
  if (json)
    fmt::print("{}\n", figures.dump(2));
  else
    print_table(figures);
}
