# ./run bench NAME [--json]: the comparisons that back what the documents say about speed.
#
#   interp   CPU time of whole programs: tine with and without dirty tracking, native code, and
#            whichever of wasm3, iwasm (WAMR), wasmtime and node are on the PATH (or in WASM3, IWASM)
#   fuzz     executions/s of the harnesses from the snapshot and from the start, and of a native
#            libFuzzer build
#   snapshot what capturing, writing and restoring snapshots and deltas takes, against copying and
#            mapping alone; and plain code against a build without polls
#   fork     what resets cost by the number of dirty pages, against memcpy, madvise and fork(2)

readonly BENCH_OUT=$ROOT/build/bench
readonly BUILD_WITHOUT_POLLS=$ROOT/build/release-nopolls
readonly BUILD_UNTRACKED=$ROOT/build/release-untracked

run_bench() {
  local name=${1:-}
  [ $# -gt 0 ] && shift
  source tools/harness.sh
  case $name in
    interp | fuzz | fork | snapshot) ;;
    *) die "usage: ./run bench interp|fuzz|fork|snapshot [--json]" ;;
  esac
  need build harness tables
  # Only the figures go to standard output, so that --json can be piped on.
  {
    mkdir -p "$BENCH_OUT"
    build_preset release
    run_harness sqlite
    run_harness stb_image
  } >&2
  "bench_$name" "$@"
}

bench_interp() {
  {
    bench_programs
    bench_lua
    bench_native_sqlite
    build_variant "$BUILD_UNTRACKED" -DTINE_DIRTY_TRACKING=OFF
  } >&2
  python3 bench/interp.py --tine "$TINE" --variant "untracked=$BUILD_UNTRACKED/bin/tine" \
    --wasm "$BENCH_OUT/wasm" --native "$BENCH_OUT/native" "$@"
}

# Our own small programs, for both machines, and SQLite's start-up beside them.
bench_programs() {
  local source name
  mkdir -p "$BENCH_OUT/wasm" "$BENCH_OUT/native"
  for source in bench/programs/*.c; do
    name=$(basename "$source" .c)
    [ "$BENCH_OUT/native/$name" -nt "$source" ] && continue
    note "compiling $source"
    quietly "bench-$name" $WASM_CC -O2 -g0 -c "$source" -o "$BENCH_OUT/$name.o"
    quietly "bench-$name" $WASM_CC "$BENCH_OUT/$name.o" -o "$BENCH_OUT/wasm/$name.wasm"
    quietly "bench-$name" clang-19 -O2 "$source" -o "$BENCH_OUT/native/$name" -lm
  done
  cp "$HARNESS_OUT/sqlite.wasm" "$BENCH_OUT/wasm/sqlite.wasm"
}

# Lua with a script inside (bench/lua).
bench_lua() {
  local wasm=$BENCH_OUT/wasm/lua.wasm native=$BENCH_OUT/native/lua work=$BENCH_OUT/lua
  local lua=$HARNESS_OUT/work/lua/src/src flags sources
  [ -f "$native" ] && [ -z "$(find bench/lua tools/bench.sh -newer "$native")" ] && return
  run_harness lua
  note "compiling bench/lua"
  rm -rf "$work" && mkdir -p "$work"
  flags=(-O2 -std=gnu2x "-I$ROOT/bench/lua" "-I$lua" -include "$ROOT/harnesses/lua/wasi.h")
  sources=$(find "$lua" -name '*.c' ! -name lua.c ! -name luac.c | sort)
  (cd "$work" && quietly bench-lua $WASM_CC "${flags[@]}" -g0 -D_WASI_EMULATED_PROCESS_CLOCKS \
    -D_WASI_EMULATED_SIGNAL -c "$ROOT/bench/lua/main.c" $sources)
  quietly bench-lua $WASM_CC $WASM_STACK_FLAGS "$work"/*.o -lwasi-emulated-process-clocks -o "$wasm"
  quietly bench-lua clang-19 "${flags[@]}" bench/lua/main.c $sources -o "$native" -lm
}

bench_native_sqlite() {
  local native=$BENCH_OUT/native/sqlite generated=$HARNESS_OUT/work/sqlite/generated
  [ "$native" -nt "$generated/sqlite3.c" ] && return
  note "compiling SQLite for this machine"
  source harnesses/sqlite/library.sh
  quietly bench-sqlite clang-19 -O2 "${SQLITE_FLAGS[@]}" "-I$generated" "$generated/sqlite3.c" \
    harnesses/sqlite/main.c harnesses/sqlite/vfs.c -o "$native" -lm
}

bench_fuzz() {
  note "compiling stb_image for clang's own libFuzzer" >&2
  quietly bench-native-fuzzer clang-19 -O2 -fsanitize=fuzzer,undefined \
    -fsanitize-trap=undefined -I"$HARNESS_OUT/work/stb_image/src" harnesses/stb_image/target.c \
    -o "$BENCH_OUT/stb_image-libfuzzer" -lm
  fuzzing_rates --native "stb_image=$BENCH_OUT/stb_image-libfuzzer" "$@"
}

# Also for the demo: fuzzing_rates [OPTION of bench/fuzz.py…]
fuzzing_rates() {
  python3 bench/fuzz.py --tine "$TINE" \
    --program "$HARNESS_OUT/sqlite.wasm=corpus/seeds/sqlite" \
    --library "$HARNESS_OUT/stb_image.wasm=corpus/seeds/stb_image" "$@"
}

bench_fork() {
  "$ROOT/build/release/bin/reset_bench" "$@"
}

bench_snapshot() {
  {
    bench_programs
    build_variant "$BUILD_WITHOUT_POLLS" -DTINE_POLLS=OFF
    "$TINE" snapshot --at stdin -o "$BENCH_OUT/sqlite.snap" "$HARNESS_OUT/sqlite.wasm"
  } >&2
  if [ "${1:-}" = --json ]; then
    local snapshots polls
    snapshots=$(cost_of_snapshots --json)
    polls=$(cost_of_polls --json)
    printf '{"snapshots": %s, "polls": %s}\n' "$snapshots" "$polls"
  else
    cost_of_snapshots "$@"
    cost_of_polls "$@"
  fi
}

cost_of_snapshots() {
  "$ROOT/build/release/bin/snapshot_bench" --program "$BENCH_OUT/sqlite.snap" "$@"
}

cost_of_polls() {
  python3 bench/interp.py --tine "$TINE" --alone --variant "no polls=$BUILD_WITHOUT_POLLS/bin/tine" \
    --wasm "$BENCH_OUT/wasm" "$@"
}

# build_variant FOLDER OPTION: tine of the release preset with one option of its own.
build_variant() {
  local folder=$1 option=$2 launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  say "building release with $option: tine"
  quietly "configure-$(basename "$folder")" cmake --preset release -B "$folder" "$option" "${launcher[@]}"
  quietly "build-$(basename "$folder")" cmake --build "$folder" --target tine
}
