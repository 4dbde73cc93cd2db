// CLI11's types by their names: it takes seconds to compile, and most files never look inside.
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): its own name
class App;
class Option;
}  // namespace CLI
