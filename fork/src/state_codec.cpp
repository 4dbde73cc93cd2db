// Writer and reader of the encoding in state_codec.h: one overload a type, the structs by
// visit_fields(). The reader puts the path of a bad field together as it unwinds.
#include "state_codec.h"

#include <fmt/format.h>

#include <string>
#include <type_traits>

#include "hash.h"
#include "little_endian.h"
#include "tine/check.h"

namespace tine {
namespace {

// --- writing ---------------------------------------------------------------------------------------

class StateWriter {
 public:
  explicit StateWriter(std::vector<uint8_t>& out) : out_(out) {}

  template <class T>
  bool operator()(const char* /*name*/, const T& field) {
    write(field);
    return true;
  }

 private:
  template <std::unsigned_integral T>
  void write(T v) {
    const size_t at = out_.size();
    out_.resize(at + sizeof v);
    store_le(out_.data() + at, v);
  }
  void write(bool v) { out_.push_back(v ? 1 : 0); }
  void write_count(size_t n) {
    TINE_CHECK(n <= UINT32_MAX);
    write(static_cast<uint32_t>(n));
  }
  void write(const std::string& s) {
    write_count(s.size());
    out_.insert(out_.end(), s.begin(), s.end());
  }
  void write(const std::vector<uint8_t>& v) {
    write_count(v.size());
    out_.insert(out_.end(), v.begin(), v.end());
  }
  template <class T>
  void write(const std::vector<T>& v) {
    write_count(v.size());
    for (const T& element : v) write(element);
  }
  void write(const Value& v) {
    out_.push_back(static_cast<uint8_t>(v.type));
    const uint32_t bits = bits_of(v.type);
    if (bits == 32) write(static_cast<uint32_t>(v.lo));
    if (bits >= 64) write(v.lo);
    if (bits == 128) write(v.hi);
  }
  void write(const ModuleRef& module) {
    TINE_CHECK(module != nullptr);
    write(module->hash()[0]);
    write(module->hash()[1]);
  }
  void write(const MemoryContents& memory) { write(uint64_t{memory.bytes.size()}); }
  template <class Struct>
    requires std::is_class_v<Struct>
  void write(const Struct& s) {
    (void)visit_fields(s, *this);
  }

  std::vector<uint8_t>& out_;
};

// --- the least that a type takes, to bound counts ----------------------------------------------------

template <class T>
inline constexpr size_t kMinEncodedBytes = sizeof(T);  // bool and integers
template <>
inline constexpr size_t kMinEncodedBytes<std::string> = 4;
template <class T>
inline constexpr size_t kMinEncodedBytes<std::vector<T>> = 4;
template <>
inline constexpr size_t kMinEncodedBytes<Value> = 1 + 4;
template <>
inline constexpr size_t kMinEncodedBytes<ModuleRef> = kHashBytes;
template <>
inline constexpr size_t kMinEncodedBytes<MemoryContents> = 8;

#define TINE_STRUCT(Name) \
  template <>             \
  inline constexpr size_t kMinEncodedBytes<Name> = 0
#define TINE_FIELD(type, name, meaning) +kMinEncodedBytes<type>
#define TINE_STRUCT_END(Name) ;
#include "tine/machine_state.def"

// --- reading ---------------------------------------------------------------------------------------

class StateReader {
 public:
  StateReader(std::span<const uint8_t> bytes, std::span<const ModuleRef> modules,
              std::span<const MemoryContents> memories)
      : bytes_(bytes), modules_(modules), memories_(memories) {}

  template <class T>
  bool operator()(const char* name, T& field) {
    if (read(field)) return true;
    // The path is put together from the inside out, and only when something is wrong.
    path_ = path_.empty() || path_[0] == '[' ? name + path_ : fmt::format("{}.{}", name, path_);
    return false;
  }

  /// What must hold once every field is read.
  bool finish() {
    if (at_ != bytes_.size())
      return refuse(at_, fmt::format("{} bytes follow the state", bytes_.size() - at_));
    if (!modules_.empty()) return refuse(at_, "the file has modules that the state does not name");
    if (!memories_.empty())
      return refuse(at_, "the file has memories that the state does not name");
    return true;
  }

  [[nodiscard]] std::unexpected<Error> error(uint64_t file_offset) const {
    const std::string where = path_.empty() ? "" : "state." + path_ + ": ";
    return fail(ErrorCode::kBadSnapshot, file_offset + error_at_, where + problem_);
  }

 private:
  bool refuse(size_t at, std::string problem) {
    error_at_ = at;
    problem_ = std::move(problem);
    return false;
  }
  [[nodiscard]] size_t left() const { return bytes_.size() - at_; }
  bool need(size_t n) {
    if (n <= left()) return true;
    return refuse(at_, fmt::format("needs {} bytes where {} are left", n, left()));
  }

  template <std::unsigned_integral T>
  bool read(T& v) {
    if (!need(sizeof v)) return false;
    v = load_le<T>(bytes_.data() + at_);
    at_ += sizeof v;
    return true;
  }
  bool read(bool& v) {
    uint8_t byte = 0;
    if (!read(byte)) return false;
    if (byte > 1) return refuse(at_ - 1, fmt::format("{} is not a truth value", byte));
    v = byte == 1;
    return true;
  }
  bool read_count(size_t element_bytes, uint32_t& count) {
    if (!read(count)) return false;
    if (count <= left() / element_bytes) return true;
    return refuse(at_ - sizeof count, fmt::format("a count of {} does not fit into the {} bytes "
                                                  "that are left",
                                                  count, left()));
  }
  template <class Bytes>
  bool read_bytes(Bytes& v) {
    uint32_t size = 0;
    if (!read_count(1, size)) return false;
    v.assign(bytes_.begin() + static_cast<ptrdiff_t>(at_),
             bytes_.begin() + static_cast<ptrdiff_t>(at_ + size));
    at_ += size;
    return true;
  }
  bool read(std::string& s) { return read_bytes(s); }
  bool read(std::vector<uint8_t>& v) { return read_bytes(v); }
  template <class T>
  bool read(std::vector<T>& v) {
    uint32_t count = 0;
    if (!read_count(kMinEncodedBytes<T>, count)) return false;
    v.resize(count);
    for (uint32_t i = 0; i < count; ++i) {
      if (read(v[i])) continue;
      path_ = fmt::format("[{}]{}{}", i, path_.empty() || path_[0] == '[' ? "" : ".", path_);
      return false;
    }
    return true;
  }
  bool read(Value& v) {
    uint8_t code = 0;
    if (!read(code)) return false;
    if (!is_val_type_code(code))
      return refuse(at_ - 1, fmt::format("{:#04x} is not the code of a value type", code));
    v.type = static_cast<ValType>(code);
    if (bits_of(v.type) == 32) {
      uint32_t low = 0;
      if (!read(low)) return false;
      v.lo = low;
      return true;
    }
    return read(v.lo) && (bits_of(v.type) == 64 || read(v.hi));
  }
  bool read(ModuleRef& module) {
    Hash128 hash{};
    if (!read(hash[0]) || !read(hash[1])) return false;
    if (modules_.empty()) return refuse(at_ - kHashBytes, "the file has no such module");
    if (hash != Hash128{modules_[0]->hash()[0], modules_[0]->hash()[1]})
      return refuse(at_ - kHashBytes, "the file's module is another one");
    module = modules_[0];
    modules_ = modules_.subspan(1);
    return true;
  }
  bool read(MemoryContents& memory) {
    uint64_t size = 0;
    if (!read(size)) return false;
    if (memories_.empty()) return refuse(at_ - sizeof size, "the file has no such memory");
    if (size != memories_[0].bytes.size())
      return refuse(at_ - sizeof size, fmt::format("the memory has {} bytes, its section {}", size,
                                                   memories_[0].bytes.size()));
    memory = memories_[0];
    memories_ = memories_.subspan(1);
    return true;
  }
  template <class Struct>
    requires std::is_class_v<Struct>
  bool read(Struct& s) {
    return visit_fields(s, *this);
  }

  std::span<const uint8_t> bytes_;
  std::span<const ModuleRef> modules_;        // not yet named
  std::span<const MemoryContents> memories_;  // not yet named
  size_t at_ = 0;
  size_t error_at_ = 0;
  std::string problem_;
  std::string path_;  // of the field that could not be read
};

}  // namespace

std::vector<uint8_t> encode_state(const MachineState& state) {
  std::vector<uint8_t> out;
  out.reserve(4096);
  (void)visit_fields(state, StateWriter(out));
  return out;
}

Result<MachineState> decode_state(std::span<const uint8_t> bytes, uint64_t file_offset,
                                  std::span<const ModuleRef> modules,
                                  std::span<const MemoryContents> memories) {
  StateReader reader(bytes, modules, memories);
  MachineState state;
  if (!visit_fields(state, reader) || !reader.finish()) return reader.error(file_offset);
  return state;
}

}  // namespace tine
