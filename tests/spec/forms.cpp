#include "spec/forms.h"

#include <algorithm>

namespace tine::spec {
namespace {

/// Walks over the text and reports every parenthesis that is neither in a string nor in a comment.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Form> scan() {
    while (at_ < text_.size()) {
      if (starts_with(";;")) {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (starts_with("(;")) {
        skip_block_comment();
      } else if (text_[at_] == '"') {
        skip_string();
      } else {
        if (text_[at_] == '(') open();
        advance();
        if (text_[at_ - 1] == ')') close();
      }
    }
    return std::move(forms_);
  }

 private:
  static constexpr uint32_t kDepthsOfInterest = 2;

  [[nodiscard]] bool starts_with(std::string_view s) const {
    return text_.substr(at_).starts_with(s);
  }
  void advance() {
    if (text_[at_++] == '\n') ++line_;
  }
  void skip_block_comment() {
    uint32_t nesting = 0;
    do {
      if (starts_with("(;")) {
        ++nesting;
        at_ += 2;
      } else if (starts_with(";)")) {
        --nesting;
        at_ += 2;
      } else {
        advance();
      }
    } while (nesting > 0 && at_ < text_.size());
  }
  void skip_string() {
    advance();
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) advance();
      advance();
    }
    if (at_ < text_.size()) advance();
  }
  void open() {
    open_.push_back(forms_.size());
    const auto depth = static_cast<uint32_t>(open_.size() - 1);
    if (depth >= kDepthsOfInterest) return;
    const size_t word_end = std::min(text_.find_first_of(" \t\r\n()\"", at_ + 1), text_.size());
    forms_.push_back(
        {line_, depth, at_, text_.size(), std::string(text_.substr(at_ + 1, word_end - at_ - 1))});
  }
  void close() {
    if (open_.empty()) return;
    if (open_.size() <= kDepthsOfInterest) forms_[open_.back()].end = at_;
    open_.pop_back();
  }

  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  std::vector<size_t> open_;  // for every open parenthesis: the number of forms before it
  std::vector<Form> forms_;
};

void blank(std::string& wast, const Form& form) {
  for (size_t i = form.begin; i < form.end; ++i)
    if (wast[i] != '\n') wast[i] = ' ';
}

}  // namespace

std::vector<Form> find_forms(std::string_view wast) { return Scanner(wast).scan(); }

size_t blank_forms(std::string& wast, const std::vector<uint32_t>& lines,
                   std::vector<uint32_t>& unmatched) {
  const std::vector<Form> forms = find_forms(wast);
  std::vector<bool> gone(forms.size(), false);
  for (const uint32_t line : lines) {
    // Forms are in order of their beginning, so the first one on a line is the outermost.
    const auto it = std::ranges::find(forms, line, &Form::line);
    if (it == forms.end()) {
      unmatched.push_back(line);
      continue;
    }
    size_t i = static_cast<size_t>(it - forms.begin());
    gone[i] = true;
    if (it->depth > 0 || it->head != "module") continue;
    for (++i; i < forms.size(); ++i) {
      if (forms[i].depth == 0 && forms[i].head == "module") break;
      gone[i] = true;
    }
  }
  size_t commands = 0;
  for (size_t i = 0; i < forms.size(); ++i) {
    if (!gone[i]) continue;
    blank(wast, forms[i]);
    if (forms[i].depth == 0) ++commands;
  }
  return commands;
}

}  // namespace tine::spec
