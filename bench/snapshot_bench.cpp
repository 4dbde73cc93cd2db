// snapshot_bench: what a snapshot costs: captured, written, restored, and as a delta.
//
//   whole   capture, save, size of the file, and the way from the file to the first executed
//           instruction, by the size of the memory and by how much of it holds data
//   delta   capture of what changed since a parent, by the number of dirty pages, against copying
//           just these pages; without any, what the rest of the state takes
//   module  the way back of a snapshot file that you name, its module known, and what decoding and
//           validating the module takes besides
//
// What is compared takes turns in one process, round by round; figures are medians over the rounds.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "baselines.h"
#include "clock.h"
#include "snapshot_guest.h"
#include "tine/memory.h"
#include "tine/program.h"
#include "tine/snapshot.h"
#include "tine/world.h"

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using tine::bench::kPageBytes;
using tine::bench::median;
using tine::bench::now_ns;

constexpr uint64_t kMiB = uint64_t{1} << 20;

struct Options {
  int rounds = 21;
  std::string folder;
  std::string program;
  bool json = false;
};

/// Microseconds since `begin_ns`.
[[nodiscard]] double us_since(uint64_t begin_ns) {
  return static_cast<double>(now_ns() - begin_ns) / 1000;
}

[[nodiscard]] std::unexpected<tine::Error> refused(const std::string& what) {
  return tine::fail(tine::ErrorCode::kIo, tine::kNoOffset, what);
}

/// A file that goes with this object.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
  ~TemporaryFile() { (void)std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct FileSize {
  uint64_t apparent_bytes = 0;
  uint64_t disk_bytes = 0;
};

[[nodiscard]] FileSize size_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {static_cast<uint64_t>(info.st_size), static_cast<uint64_t>(info.st_blocks) * 512};
}

/// From the file to the first executed instruction. Taking the machine down is not measured.
[[nodiscard]] tine::Result<double> restore_us(const std::string& path) {
  const uint64_t begin = now_ns();
  TINE_TRY_ASSIGN(auto snapshot, tine::Snapshot::load(path, tine::MemorySource::kMapFile));
  TINE_TRY_ASSIGN(tine::World world, tine::World::restore(snapshot->state().world, {}));
  const uint64_t before = snapshot->state().instructions;
  TINE_TRY_ASSIGN(auto machine,
                  snapshot->machine(std::move(world), {.hosts = tine::default_hosts()}));
  (void)machine->run(1);
  const double us = us_since(begin);
  if (machine->instructions() != before + 1) return refused("the guest did not go on");
  return us;
}

/// The least that a way from a file to its memory can cost: open, map, touch one page of data.
/// Closing and unmapping are not measured.
[[nodiscard]] tine::Result<double> bare_us(const std::string& path, uint64_t size_bytes,
                                           uint64_t touched) {
  const uint64_t begin = now_ns();
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refused("cannot open " + path);
  void* const at =
      ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
  if (at == MAP_FAILED) return refused("cannot map " + path);
  const volatile uint8_t* const byte = static_cast<const uint8_t*>(at) + touched;
  (void)*byte;
  const double us = us_since(begin);
  ::munmap(at, size_bytes);
  ::close(fd);
  return us;
}

/// Restoring a file and its baseline, in turns.
[[nodiscard]] tine::Result<Json> measure_restore(const std::string& path, uint64_t touched,
                                                 int rounds) {
  const uint64_t size = size_of(path).apparent_bytes;
  std::vector<double> restore;
  std::vector<double> bare;
  for (int round = 0; round < rounds; ++round) {
    TINE_TRY_ASSIGN(restore.emplace_back(), restore_us(path));
    TINE_TRY_ASSIGN(bare.emplace_back(), bare_us(path, size, touched));
  }
  const double restore_median = median(restore);
  const double bare_median = median(bare);
  return Json{{"restore_us", restore_median},
              {"bare_us", bare_median},
              {"restore_over_bare", restore_median / bare_median}};
}

/// Decoding and validating a module, which whoever restores it first pays besides.
[[nodiscard]] tine::Result<double> validation_us(const tine::Module& module, int rounds) {
  std::vector<double> samples;
  for (int round = 0; round < rounds; ++round) {
    std::vector<uint8_t> bytes(module.bytes().begin(), module.bytes().end());
    const uint64_t begin = now_ns();
    TINE_TRY(tine::Module::create(std::move(bytes)));
    samples.push_back(us_since(begin));
  }
  return median(samples);
}

[[nodiscard]] tine::Result<Json> measure_whole(uint64_t mib, uint32_t percent,
                                               const Options& options) {
  const uint64_t bytes = mib * kMiB;
  std::mt19937_64 random(mib * 100 + percent);
  const uint64_t count = std::max<uint64_t>(1, bytes / kPageBytes * percent / 100);
  const auto pages = tine::bench::scattered_pages(bytes, count, random);
  TINE_TRY_ASSIGN(const auto module,
                  tine::Module::create(tine::bench::load_module(bytes / tine::kWasmPageBytes)));
  TINE_TRY_ASSIGN(const auto machine, tine::bench::machine_before_load(module, pages));
  const TemporaryFile file(options.folder + "/whole.snap");
  std::vector<double> capture;
  std::vector<double> save;
  const int rounds = mib > 64 ? std::min(options.rounds, 5) : options.rounds;
  for (int round = 0; round < rounds; ++round) {
    uint64_t begin = now_ns();
    TINE_TRY_ASSIGN(const auto snapshot, tine::Snapshot::capture(*machine));
    capture.push_back(us_since(begin));
    begin = now_ns();
    TINE_TRY(snapshot->save(file.path()));
    save.push_back(us_since(begin));
  }
  const FileSize size = size_of(file.path());
  const uint64_t touched =
      size.apparent_bytes - bytes + pages[0] * kPageBytes;  // memory stands last
  TINE_TRY_ASSIGN(Json row, measure_restore(file.path(), touched, options.rounds * 5));
  TINE_TRY_ASSIGN(const double validation, validation_us(*module, options.rounds));
  Json out = {{"memory_mib", mib},
              {"nonzero_percent", percent},
              {"capture_us", median(capture)},
              {"save_us", median(save)},
              {"file_bytes", size.apparent_bytes},
              {"disk_bytes", size.disk_bytes}};
  out.update(row);
  out["validation_us"] = validation;
  return out;
}

/// Copies pages into a buffer, one behind the other.
void copy_pages(const tine::Memory& memory, const std::vector<uint64_t>& pages, uint8_t* to) {
  for (const uint64_t page : pages) {
    std::memcpy(to, memory.base() + page * kPageBytes, kPageBytes);
    to += kPageBytes;
  }
  asm volatile("" ::: "memory");
}

struct DeltaSamples {
  std::vector<double> capture, save, fresh_copy, warm_copy, whole_capture;
};

/// Each step dirties pages of its own, so that none finds them in the cache because of another.
[[nodiscard]] tine::Result<void> measure_delta_round(tine::Machine& machine, uint64_t count,
                                                     std::mt19937_64& random,
                                                     const Options& options,
                                                     std::vector<uint8_t>& warm,
                                                     DeltaSamples& samples) {
  tine::Memory& memory = machine.memory(0);
  const auto dirty_some = [&] {
    auto pages = tine::bench::scattered_pages(memory.size_bytes(), count, random);
    tine::bench::dirty_pages(memory, pages, random());
    std::ranges::sort(pages);
    return pages;
  };
  const TemporaryFile parent_file(options.folder + "/parent.snap");
  const TemporaryFile delta_file(options.folder + "/delta.snap");
  uint64_t begin = now_ns();
  TINE_TRY_ASSIGN(const auto parent, tine::Snapshot::capture(machine));
  samples.whole_capture.push_back(us_since(begin));
  TINE_TRY(parent->save(parent_file.path()));

  (void)dirty_some();
  begin = now_ns();
  TINE_TRY_ASSIGN(const auto delta, tine::Snapshot::capture(machine, *parent));
  samples.capture.push_back(us_since(begin));
  begin = now_ns();
  TINE_TRY(delta->save(delta_file.path(), {.parent = parent, .parent_file = "parent.snap"}));
  samples.save.push_back(us_since(begin));

  auto pages = dirty_some();
  begin = now_ns();
  const auto fresh = std::make_unique_for_overwrite<uint8_t[]>(count * kPageBytes);
  copy_pages(memory, pages, fresh.get());
  samples.fresh_copy.push_back(us_since(begin));
  pages = dirty_some();
  begin = now_ns();
  copy_pages(memory, pages, warm.data());
  samples.warm_copy.push_back(us_since(begin));
  return {};
}

[[nodiscard]] tine::Result<Json> measure_delta(uint64_t mib, uint64_t count,
                                               const Options& options) {
  const uint64_t bytes = mib * kMiB;
  std::mt19937_64 random(mib + count);
  const uint64_t nonzero = bytes / kPageBytes / 10;
  const auto pages = tine::bench::scattered_pages(bytes, nonzero, random);
  TINE_TRY_ASSIGN(const auto module,
                  tine::Module::create(tine::bench::load_module(bytes / tine::kWasmPageBytes)));
  TINE_TRY_ASSIGN(const auto machine, tine::bench::machine_before_load(module, pages));
  DeltaSamples samples;
  std::vector<uint8_t> warm(count * kPageBytes);
  const int rounds = mib > 64 ? std::min(options.rounds, 11) : options.rounds;
  for (int round = 0; round < rounds; ++round)
    TINE_TRY(measure_delta_round(*machine, count, random, options, warm, samples));
  const double capture = median(samples.capture);
  const double fresh = median(samples.fresh_copy);
  const double warm_us = median(samples.warm_copy);
  const auto over = [&](double copy) { return count == 0 ? Json() : Json(capture / copy); };
  return Json{{"memory_mib", mib},
              {"dirty_pages", count},
              {"capture_us", capture},
              {"copy_to_new_buffer_us", fresh},
              {"capture_over_copy", over(fresh)},
              {"copy_to_warm_buffer_us", warm_us},
              {"capture_over_warm_copy", over(warm_us)},
              {"save_us", median(samples.save)},
              {"whole_capture_us", median(samples.whole_capture)}};
}

[[nodiscard]] tine::Result<Json> measure_program(const Options& options) {
  TINE_TRY_ASSIGN(const auto snapshot,
                  tine::Snapshot::load(options.program, tine::MemorySource::kMapFile));
  TINE_TRY_ASSIGN(Json row,
                  measure_restore(options.program, size_of(options.program).apparent_bytes - 1,
                                  options.rounds * 5));
  const tine::Module& module = *snapshot->state().modules[0];
  TINE_TRY_ASSIGN(const double validation, validation_us(module, options.rounds));
  Json out = {{"file", fs::path(options.program).filename().string()},
              {"module_bytes", module.bytes().size()},
              {"file_bytes", size_of(options.program).apparent_bytes}};
  out.update(row);
  out["validation_us"] = validation;
  return out;
}

[[nodiscard]] tine::Result<Json> measure_all(const Options& options) {
  Json figures = {{"whole", Json::array()}, {"delta", Json::array()}, {"module", Json::array()}};
  for (const uint64_t mib : {1, 64, 1024}) {
    for (const uint32_t percent : {1, 10, 100}) {
      TINE_TRY_ASSIGN(figures["whole"].emplace_back(), measure_whole(mib, percent, options));
    }
  }
  for (const uint64_t mib : {64, 1024}) {
    for (const uint64_t pages : {0, 16, 256, 4096}) {
      TINE_TRY_ASSIGN(figures["delta"].emplace_back(), measure_delta(mib, pages, options));
    }
  }
  if (!options.program.empty()) {
    TINE_TRY_ASSIGN(figures["module"].emplace_back(), measure_program(options));
  }
  return figures;
}

void print_tables(const Json& figures) {
  const auto number = [](const Json& row, const char* key) { return row[key].get<double>(); };
  const auto mib = [&](const Json& row, const char* key) { return number(row, key) / kMiB; };
  fmt::print(
      "A whole snapshot; medians. restore: from the file to the first instruction, by mmap\n\n");
  fmt::print("{:>7} {:>8} {:>11} {:>9} {:>9} {:>9} {:>11} {:>8} {:>6} {:>12}\n", "memory",
             "non-zero", "capture, ms", "save, ms", "file, MiB", "disk, MiB", "restore, us",
             "bare, us", "ratio", "validate, us");
  for (const Json& row : figures["whole"])
    fmt::print(
        "{:>3} MiB {:>6} % {:>11.2f} {:>9.2f} {:>9.1f} {:>9.1f} {:>11.1f} {:>8.1f} {:>6.2f} "
        "{:>12.1f}\n",
        row["memory_mib"].get<uint64_t>(), row["nonzero_percent"].get<uint32_t>(),
        number(row, "capture_us") / 1000, number(row, "save_us") / 1000, mib(row, "file_bytes"),
        mib(row, "disk_bytes"), number(row, "restore_us"), number(row, "bare_us"),
        number(row, "restore_over_bare"), number(row, "validation_us"));
  fmt::print(
      "\nA delta; medians in us. copy: of just the dirty pages, into a new and a used buffer\n\n");
  fmt::print("{:>8} {:>6} {:>9} {:>9} {:>6} {:>10} {:>6} {:>9} {:>14}\n", "memory", "pages",
             "capture", "copy, new", "ratio", "copy, used", "ratio", "save", "whole capture");
  const auto ratio = [](const Json& value) {
    return value.is_null() ? std::string("-") : fmt::format("{:.2f}", value.get<double>());
  };
  for (const Json& row : figures["delta"])
    fmt::print("{:>4} MiB {:>6} {:>9.1f} {:>9.1f} {:>6} {:>10.1f} {:>6} {:>9.0f} {:>14.0f}\n",
               row["memory_mib"].get<uint64_t>(), row["dirty_pages"].get<uint64_t>(),
               number(row, "capture_us"), number(row, "copy_to_new_buffer_us"),
               ratio(row["capture_over_copy"]), number(row, "copy_to_warm_buffer_us"),
               ratio(row["capture_over_warm_copy"]), number(row, "save_us"),
               number(row, "whole_capture_us"));
  for (const Json& row : figures["module"])
    fmt::print(
        "\n{}, a module of {} bytes: restore {:.1f} us, bare {:.1f} us, ratio {:.2f}; "
        "validation {:.0f} us\n",
        row["file"].get<std::string>(), row["module_bytes"].get<uint64_t>(),
        number(row, "restore_us"), number(row, "bare_us"), number(row, "restore_over_bare"),
        number(row, "validation_us"));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Cost of capturing, writing and restoring snapshots and deltas.", "snapshot_bench");
  app.footer(
      "Examples:\n  snapshot_bench\n  snapshot_bench --program sqlite.snap --json\n\n"
      "Exit codes: 0 measured, 1 the system refused or bad data, 2 usage.\n");
  Options options;
  // In memory where that is possible: what flushing costs is the disk's affair.
  options.folder = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path().string();
  app.add_option("--rounds", options.rounds,
                 "rounds to take medians over; fewer of what takes long")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--folder", options.folder, "where files are written, up to 1 GiB")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  app.add_option("--program", options.program, "a snapshot to restore besides")
      ->check(CLI::ExistingFile);
  app.add_flag("--json", options.json, "print the figures as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const tine::Result<Json> figures = measure_all(options);
  if (!figures) {
    fmt::print(stderr, "snapshot_bench: {}\n", figures.error().detail);
    return 1;
  }
  if (options.json)
    fmt::print("{}\n", figures->dump(2));
  else
    print_tables(*figures);
}
