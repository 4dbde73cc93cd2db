// TypeTable: the function types of a module as the text sees them, and the type section.
//
// A function, block or tag may write its type out in place of naming one. Such an implicit type is
// the first equal definition, or a new one behind all explicit ones, in the order in which they
// occur. Only a plain `(type (func …))` is equal to an implicit type: one in a larger recursive
// group, or one that may have subtypes, is a different type with the same parameters.
// Types are compared and kept as the binary format writes them.
// spec: text/modules#type-uses, text/modules#abbreviations
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "text/byte_writer.h"

namespace tine::text {

/// A type as the binary format writes it: one byte, or a few where it names another type.
using TypeCode = std::string;

struct Signature {
  std::vector<TypeCode> params;
  std::vector<TypeCode> results;
  bool operator==(const Signature&) const = default;
  [[nodiscard]] bool empty() const { return params.empty() && results.empty(); }
};

/// A function type as a composite type of the type section.
[[nodiscard]] std::string encode_function_type(const Signature& signature);

class TypeTable {
 public:
  struct Definition {
    std::string code;                    // of the whole subtype
    std::optional<Signature> signature;  // of function types
  };

  /// Adds one recursive group; its types get the next indices.
  void add_group(std::vector<Definition> group);
  /// The index of an implicit type. Pre: all explicit types have been added.
  [[nodiscard]] uint32_t index_of(const Signature& signature);

  /// nullptr where there is no such type or it is no function type.
  [[nodiscard]] const Signature* find(uint32_t index) const;
  [[nodiscard]] size_t count() const { return signatures_.size(); }
  /// Count and groups: the contents of the type section.
  [[nodiscard]] ByteWriter section() const;
  [[nodiscard]] bool has_groups() const { return group_count_ > 0; }

 private:
  std::vector<std::optional<Signature>> signatures_;           // by type index
  std::unordered_map<std::string, uint32_t> plain_functions_;  // by code; the first of equals
  ByteWriter groups_;
  size_t group_count_ = 0;
};

}  // namespace tine::text
