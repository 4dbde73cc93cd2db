// The one table of handlers, filled by the files that define them.
#include "handlers.h"

namespace tine {

const HandlerTable& HandlerTable::get() {
  static const HandlerTable table = [] {
    HandlerTable t;
    add_numeric_handlers(t);
    add_branch_handlers(t);
    add_memory_handlers(t);
    add_control_handlers(t);
    add_store_handlers(t);
    add_vector_handlers(t);
    add_coverage_handlers(t);
    return t;
  }();
  return table;
}

}  // namespace tine
