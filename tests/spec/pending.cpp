#include "spec/pending.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace tine::spec {

PendingList read_pending(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  PendingList list;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    const auto complain = [&](const char* what) {
      throw std::runtime_error(fmt::format("{}:{}: {}", file.string(), number, what));
    };
    const size_t name_end = line.find(' ');
    const size_t reason_at = line.find_first_not_of(' ', name_end);
    if (name_end == std::string::npos || reason_at == std::string::npos)
      complain("no reason given");
    const std::string place = line.substr(0, name_end);
    const size_t colon = place.find(':');
    if (colon == std::string::npos) {
      if (!list.files.emplace(place, line.substr(reason_at)).second) complain("listed twice");
    } else {
      list.lines[place.substr(0, colon)].push_back(
          static_cast<uint32_t>(std::stoul(place.substr(colon + 1))));
    }
  }
  for (const auto& [name, lines] : list.lines)
    if (list.files.contains(name))
      throw std::runtime_error(fmt::format("{}: both as a whole and by line", name));
  return list;
}

}  // namespace tine::spec
