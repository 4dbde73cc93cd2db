// The differences of two states, found by walking the table of mutable state over both at once.
//
// The verifier of forks and the tests stand on this: a field of machine_state.def that differs is
// reported whether anybody thought of it or not. Descriptors and overlay files are matched by what
// they are called, so that one more in front does not make all the others differ.
#include "differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <type_traits>

#include "tine/field_differences.h"

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

/// Byte strings up to this size are shown.
constexpr size_t kShownBytes = 32;

std::string quoted(const std::string& text) {
  return fmt::format("\"{}\"", escape_for_terminal(text));
}

std::string hex(const std::vector<uint8_t>& bytes) {
  std::string text = "0x";
  for (const uint8_t b : bytes) text += fmt::format("{:02x}", b);
  return text;
}

std::string key_of(const FdState& fd) { return fmt::to_string(fd.number); }
std::string key_of(const OverlayNodeState& node) {
  return fmt::format("{}:{}", node.preopen, node.path);
}

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
  [[nodiscard]] std::vector<Difference> take() { return std::move(found_); }

 private:
  [[nodiscard]] bool is_full() const { return found_.size() >= most_; }
  void report(std::string note) {
    if (!is_full()) found_.push_back({.field = path_, .note = std::move(note)});
  }
  void report(std::string a, std::string b) {
    if (!is_full()) found_.push_back({path_, std::move(a), std::move(b), {}});
  }

  template <std::unsigned_integral T>
  void compare(T a, T b) {
    if (a != b) report(fmt::to_string(a), fmt::to_string(b));
  }
  void compare(const std::string& a, const std::string& b) {
    if (a != b) report(quoted(a), quoted(b));
  }
  void compare(const Value& a, const Value& b) {
    if (a != b) report(to_string(a), to_string(b));
  }
  void compare(const ModuleRef& a, const ModuleRef& b) {
    if (a != b && !std::ranges::equal(a->bytes(), b->bytes())) report("another module");
  }
  void compare(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b);
  void compare(const MemoryContents& a, const MemoryContents& b);
  void compare_bytes(std::span<const uint8_t> a, std::span<const uint8_t> b, os::Extent part);
  template <class T>
    requires requires(const T& item) { key_of(item); }
  void compare(const std::vector<T>& a, const std::vector<T>& b) {
    compare_items(a, b, [&](const T& item, const T* other) {
      if (other == nullptr) report("only the first has it");
      if (other != nullptr) compare(item, *other);
    });
    compare_items(b, a, [&](const T&, const T* other) {
      if (other == nullptr) report("only the second has it");
    });
  }
  /// Calls `visit(item, the item of `other` with the same key, or null)` for each of `items`.
  template <class T, class Visit>
  void compare_items(const std::vector<T>& items, const std::vector<T>& other, Visit visit) {
    std::map<std::string, const T*> by_key;
    for (const T& item : other) by_key.emplace(key_of(item), &item);
    const size_t outer = path_.size();
    for (const T& item : items) {
      const std::string key = key_of(item);
      path_ += fmt::format("[{}]", escape_for_terminal(key));
      const auto found = by_key.find(key);
      visit(item, found == by_key.end() ? nullptr : found->second);
      path_.resize(outer);
    }
  }
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
  std::vector<Difference> found_;
};

/// Few bytes are shown; of many, where they begin to differ.
void Comparison::compare(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  if (a == b) return;
  if (std::max(a.size(), b.size()) <= kShownBytes) return report(hex(a), hex(b));
  const auto at = std::ranges::mismatch(a, b).in1 - a.begin();
  report(fmt::format("{} and {} bytes, which differ from byte {} on", a.size(), b.size(), at));
}

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

std::string to_string(const Difference& d) {
  return d.field + ": " + (d.note.empty() ? d.a + " != " + d.b : d.note);
}

std::vector<Difference> field_differences(const MachineState& a, const MachineState& b,
                                          size_t most) {
  Comparison comparison(most, {});
  visit_both(a, b, comparison);
  return comparison.take();
}

std::vector<Difference> field_differences(const FdState& a, const FdState& b) {
  Comparison comparison(~size_t{0}, {});
  visit_both(a, b, comparison);
  return comparison.take();
}

std::vector<std::string> differences(const MachineState& a, const MachineState& b, size_t most) {
  return differences_within(a, b, most, {});
}

std::vector<std::string> differences_within(const MachineState& a, const MachineState& b,
                                            size_t most, std::span<const MemoryParts> parts) {
  Comparison comparison(most, parts);
  visit_both(a, b, comparison);
  std::vector<std::string> lines;
  for (const Difference& difference : comparison.take()) lines.push_back(to_string(difference));
  return lines;
}

}  // namespace tine
