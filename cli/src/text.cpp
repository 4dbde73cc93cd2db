#include "text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tine/module.h"

namespace tine::cli {

std::string human_bytes(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double amount = static_cast<double>(bytes);
  for (const char* unit : {"KiB", "MiB"}) {
    amount /= 1024;
    if (amount < 1024) return fmt::format("{:.1f} {}", amount, unit);
  }
  return fmt::format("{:.1f} GiB", amount / 1024);
}

std::string shown(const Json& name) {
  return escape_for_terminal(name.get_ref<const std::string&>());
}

uint64_t number(const Json& n) { return n.get<uint64_t>(); }

void print_more(size_t size, size_t most, const char* indent) {
  if (size > most) fmt::print("{}… {} more (--json shows all)\n", indent, size - most);
}

void print_json(const Json& facts) {
  fmt::print("{}\n", facts.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace tine::cli
