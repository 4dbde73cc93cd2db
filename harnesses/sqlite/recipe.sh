# SQLite in memory, with our main.

source harnesses/sqlite/library.sh
compile_sqlite
wasm_compile -Wall -Wextra -Wno-unused-parameter -I"$WORK/generated" -- \
  harnesses/sqlite/main.c harnesses/sqlite/vfs.c
wasm_link
