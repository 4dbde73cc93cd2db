// The differences of two states, found by walking the table of mutable state over both at once.
//
// The verifier of forks and the tests stand on this: a field of machine_state.def that differs is
// reported whether anybody thought of it or not.
#include "differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>

namespace tine {
namespace {

#define TINE_STRUCT(Name) \
  template <class V>      \
  void visit_both(const Name& a, const Name& b, V&& visit) {
#define TINE_FIELD(type, name, meaning) visit(#name, a.name, b.name);
#define TINE_STRUCT_END(Name) }
#include "tine/machine_state.def"

/// Memory is compared in pieces of this size before the bytes are looked at one by one.
constexpr uint64_t kPieceBytes = 4096;
/// Differing bytes this close to each other are told as one range.
constexpr uint64_t kJoinBytes = 16;

class Comparison {
 public:
  Comparison(size_t most, std::span<const MemoryParts> parts) : most_(most), parts_(parts) {}

  template <class T>
  void operator()(const char* name, const T& a, const T& b) {
    const size_t outer = path_.size();
    if (outer != 0) path_ += '.';
    path_ += name;
    compare(a, b);
    path_.resize(outer);
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

 private:
  [[nodiscard]] bool is_full() const { return lines_.size() >= most_; }
  void report(const std::string& what) {
    if (!is_full()) lines_.push_back(fmt::format("{}: {}", path_, what));
  }

  template <std::unsigned_integral T>
  void compare(T a, T b) {
    if (a != b) report(fmt::format("{} != {}", a, b));
  }
  void compare(const std::string& a, const std::string& b) {
    if (a != b)
      report(fmt::format("\"{}\" != \"{}\"", escape_for_terminal(a), escape_for_terminal(b)));
  }
  void compare(const Value& a, const Value& b) {
    if (a != b) report(to_string(a) + " != " + to_string(b));
  }
  void compare(const ModuleRef& a, const ModuleRef& b) {
    if (a != b && !std::ranges::equal(a->bytes(), b->bytes())) report("another module");
  }
  void compare(const MemoryContents& a, const MemoryContents& b);
  void compare_bytes(std::span<const uint8_t> a, std::span<const uint8_t> b, os::Extent part);
  template <class T>
  void compare(const std::vector<T>& a, const std::vector<T>& b) {
    if (a.size() != b.size()) report(fmt::format("{} != {} entries", a.size(), b.size()));
    const size_t outer = path_.size();
    for (size_t i = 0; i < std::min(a.size(), b.size()) && !is_full(); ++i) {
      path_ += fmt::format("[{}]", i);
      compare(a[i], b[i]);
      path_.resize(outer);
    }
  }
  template <class Struct>
    requires std::is_class_v<Struct>
  void compare(const Struct& a, const Struct& b) {
    visit_both(a, b, *this);
  }

  size_t most_;
  std::span<const MemoryParts> parts_;  // of the memories still to come
  std::string path_;
  std::vector<std::string> lines_;
};

void Comparison::compare(const MemoryContents& a, const MemoryContents& b) {
  const uint64_t size = std::min(a.bytes.size(), b.bytes.size());
  MemoryParts parts;
  if (!parts_.empty()) {
    parts = parts_.front();
    parts_ = parts_.subspan(1);
  } else if (a.bytes.data() != b.bytes.data()) {
    parts = {{0, size}};
  }
  if (a.bytes.size() != b.bytes.size())
    report(fmt::format("{} != {} bytes", a.bytes.size(), b.bytes.size()));
  for (const os::Extent& part : parts)
    compare_bytes(a.bytes, b.bytes, {std::min(part.begin, size), std::min(part.end, size)});
}

void Comparison::compare_bytes(std::span<const uint8_t> a, std::span<const uint8_t> b,
                               os::Extent part) {
  os::Extent range;  // being put together; empty at first
  const auto close_range = [&] {
    if (range.begin != range.end)
      report(fmt::format("{:#x}..{:#x} differ", range.begin, range.end));
  };
  for (uint64_t at = part.begin; at < part.end && !is_full(); at += kPieceBytes) {
    const uint64_t piece = std::min(kPieceBytes, part.end - at);
    if (std::memcmp(a.data() + at, b.data() + at, piece) == 0) continue;
    for (uint64_t i = at; i < at + piece; ++i) {
      if (a[i] == b[i]) continue;
      if (range.begin == range.end || i - range.end > kJoinBytes) {
        close_range();
        range.begin = i;
      }
      range.end = i + 1;
    }
  }
  close_range();
}

}  // namespace

std::vector<std::string> differences(const MachineState& a, const MachineState& b, size_t most) {
  return differences_within(a, b, most, {});
}

std::vector<std::string> differences_within(const MachineState& a, const MachineState& b,
                                            size_t most, std::span<const MemoryParts> parts) {
  Comparison comparison(most, parts);
  visit_both(a, b, comparison);
  return comparison.take();
}

}  // namespace tine
