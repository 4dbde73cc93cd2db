#include "state_json.h"

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tine::cli {

namespace {

constexpr size_t kMostBytes = 256;

Json to_json(std::integral auto value) { return value; }
Json to_json(const std::string& text) { return text; }
Json to_json(const Value& value) { return to_string(value); }
Json to_json(const MemoryContents& contents) { return {{"size_bytes", contents.bytes.size()}}; }
Json to_json(const ModuleRef& module) {
  return {{"name", module->name()}, {"size_bytes", module->bytes().size()}};
}
Json to_json(const std::vector<uint8_t>& bytes) {
  if (bytes.size() > kMostBytes) return {{"size_bytes", bytes.size()}};
  std::string text;
  for (const uint8_t b : bytes) text += fmt::format("{:02x}", b);
  return text;
}
template <class T>
Json to_json(const std::vector<T>& items);
template <class Struct>
  requires std::is_class_v<Struct> &&
           requires(Struct& s) { visit_fields(s, [](auto...) { return true; }); }
Json to_json(const Struct& fields) {
  Json object = Json::object();
  (void)visit_fields(fields, [&](const char* name, const auto& field) {
    object[name] = to_json(field);
    return true;
  });
  return object;
}
template <class T>
Json to_json(const std::vector<T>& items) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(to_json(item));
  return list;
}

}  // namespace

Json state_json(const MachineState& state) { return to_json(state); }

}  // namespace tine::cli
