// LabelStack: the labels in force at an instruction. In the text a label may have a name, in the
// binary it is a number counted from the innermost one. spec: text/instructions#labels
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tine::text {

class LabelStack {
 public:
  void push(std::optional<std::string> name) {
    if (name) depths_[*name].push_back(labels_.size());
    labels_.push_back(std::move(name));
  }
  /// Pre: there is a label.
  void pop() {
    if (const auto& name = labels_.back()) depths_[*name].pop_back();
    labels_.pop_back();
  }
  /// The name of the innermost label. Pre: there is one.
  [[nodiscard]] const std::optional<std::string>& innermost() const { return labels_.back(); }
  /// How many labels stand between here and the innermost one of that name. Cost: O(1).
  [[nodiscard]] std::optional<uint32_t> distance_to(const std::string& name) const {
    const auto found = depths_.find(name);
    if (found == depths_.end() || found->second.empty()) return std::nullopt;
    return static_cast<uint32_t>(labels_.size() - 1 - found->second.back());
  }

 private:
  std::vector<std::optional<std::string>> labels_;
  std::unordered_map<std::string, std::vector<size_t>> depths_;
};

}  // namespace tine::text
