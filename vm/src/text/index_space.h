// IndexSpace: the identifiers of one kind of thing and the indices that they stand for.
//
// Identifiers exist in the text alone; the binary knows numbers. Whoever is added gets the next
// index, named or not. A number is taken as it stands: whether there is such an index is a question
// of validation. spec: text/modules#indices, text/conventions#contexts
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "text/token_reader.h"
#include "tine/result.h"

namespace tine::text {

class IndexSpace {
 public:
  /// `field` is the word of the text (`func`), `noun` that of people (`function`).
  IndexSpace(std::string_view field, std::string_view noun) : field_(field), noun_(noun) {}

  /// Gives the next index, to the identifier at the reader if there is one, and to the name that
  /// an annotation behind it gives. Errors: `duplicate FIELD`, `@name annotation: …`.
  [[nodiscard]] Result<uint32_t> add(TokenReader& in);
  /// The same for something that cannot have a name.
  uint32_t add_unnamed() { return count_++; }

  /// The index at the reader. Errors: `unknown NOUN $id`; what no index is is unexpected.
  [[nodiscard]] Result<uint32_t> read(TokenReader& in) const;
  /// The same where it may be missing, which means 0.
  [[nodiscard]] Result<uint32_t> read_or_zero(TokenReader& in) const;

  [[nodiscard]] uint32_t count() const { return count_; }
  /// Index and name, in index order: that of an annotation, else the identifier without `$`.
  /// Cost: O(n log n).
  [[nodiscard]] std::map<uint32_t, std::string_view> names() const;

 private:
  std::string_view field_;
  std::string_view noun_;
  std::unordered_map<std::string, uint32_t> indices_;
  std::map<uint32_t, std::string> annotated_names_;
  uint32_t count_ = 0;
};

/// The locals of a function, to begin with none.
[[nodiscard]] inline IndexSpace no_locals() { return {"local", "local"}; }

}  // namespace tine::text
