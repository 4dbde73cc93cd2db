# SQLite on a file: the library of harnesses/sqlite, compiled as it is there, with real files below it.

source harnesses/sqlite/library.sh
compile_sqlite
wasm_compile -Wall -Wextra -Wno-unused-parameter -I"$WORK/generated" -Iharnesses/sqlite -- \
  harnesses/sqlite_file/main.c harnesses/sqlite_file/vfs.c
wasm_link
