#!/usr/bin/env bash
# tools/check_layers.py finds every kind of violation, and nothing in the real tree.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

# Writes `file: line` pairs into a little tree with one public header a room, then checks it.
checked() {
  local tree
  tree=$(mktemp -d -p "$WORK")
  for room in vm fork corpus fuzz cli; do
    mkdir -p "$tree/$room/include/tine" "$tree/$room/src"
    touch "$tree/$room/include/tine/$room.h" "$tree/$room/src/private.h"
  done
  mkdir -p "$tree/harnesses/guest"
  while [ $# -gt 0 ]; do
    echo "$2" >"$tree/$1"
    shift 2
  done
  python3 tools/check_layers.py "$tree"
}

expect "accepts a look to the left" \
  checked fork/src/a.cpp '#include "tine/vm.h"' cli/src/b.cpp '#include "tine/fork.h"'
expect "accepts a private header of the same room" checked vm/src/a.cpp '#include "private.h"'
expect "accepts OS headers in os.cpp" checked vm/src/os_memory.cpp '#include <sys/mman.h>'
expect "accepts OS headers in cli" checked cli/src/a.cpp '#include <unistd.h>'

expect "rejects a look to the right" fails checked vm/src/a.cpp '#include "tine/fork.h"'
expect "rejects it in headers too" \
  fails checked corpus/include/tine/corpus.h '#include "tine/fuzz.h"'
expect "rejects a private header of another room" \
  fails checked fork/src/a.cpp '#include "elsewhere.h"'
expect "rejects a private header in a public one" \
  fails checked vm/include/tine/vm.h '#include "private.h"'
expect "rejects climbing" fails checked fork/src/a.cpp '#include "../../vm/src/private.h"'
expect "rejects OS headers elsewhere in vm" fails checked vm/src/a.cpp '#include <sys/mman.h>'
expect "rejects OS headers elsewhere in fork" fails checked fork/src/a.cpp '#include <unistd.h>'
expect "rejects OS headers in corpus" fails checked corpus/src/a.cpp '#include <fcntl.h>'
expect "rejects our headers in a guest" \
  fails checked harnesses/guest/main.c '#include "tine/vm.h"'

expect "finds nothing in this tree" python3 tools/check_layers.py
finish
