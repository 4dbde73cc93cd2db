# compile_sqlite: SQLite's one-file form, generated from Debian's source with SQLite's own makefile.
# Leaves its header in $WORK/generated; the recipe brings the operating system (a VFS) and main.

readonly SQLITE_FLAGS=(
  -DSQLITE_OS_OTHER=1           # no Unix layer: the recipe has a VFS of its own
  -DSQLITE_THREADSAFE=0
  -DSQLITE_OMIT_LOAD_EXTENSION
  -DSQLITE_OMIT_WAL             # wants shared memory
  -DSQLITE_OMIT_SHARED_CACHE
  -DSQLITE_OMIT_DEPRECATED
  -DSQLITE_TEMP_STORE=3         # temporary tables in memory, always
  -DSQLITE_DEFAULT_MEMSTATUS=0
  -DSQLITE_DQS=0                # "x" is a name, never a string: typing errors stay errors
)

compile_sqlite() {
  debian_source sqlite3
  note "generating sqlite3.c"
  mkdir -p "$WORK/generated"
  (
    cd "$WORK/generated"
    quietly sqlite-configure env CC=gcc ../src/configure
    quietly sqlite-generate make sqlite3.c
  )
  note "compiling sqlite3.c"
  wasm_compile "${SQLITE_FLAGS[@]}" -- "$WORK/generated/sqlite3.c"
}
