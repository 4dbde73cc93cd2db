// Scope: what the identifiers of a module mean. Filled by a first pass over its fields, so that
// every use may come before the definition. spec: text/conventions#contexts
#pragma once

#include <vector>

#include "text/index_space.h"

namespace tine::text {

struct Scope {
  IndexSpace types{"type", "type"};
  IndexSpace funcs{"func", "function"};
  IndexSpace tables{"table", "table"};
  IndexSpace memories{"memory", "memory"};
  IndexSpace globals{"global", "global"};
  IndexSpace tags{"tag", "tag"};
  IndexSpace elems{"elem", "elem segment"};
  IndexSpace datas{"data", "data segment"};
  std::vector<IndexSpace> fields;  // of every struct type, by type index; empty for other types
};

}  // namespace tine::text
