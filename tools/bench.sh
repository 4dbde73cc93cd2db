# ./run bench NAME [--json]: the comparisons that back what the documents say about speed.
#
#   interp   CPU time of whole programs, against wasm3 and iwasm (WAMR) and native code. The two
#            interpreters are yours to build; name their binaries in WASM3 and IWASM.
#   fuzz     executions/s of the harnesses from the snapshot and from the start, and of a native
#            libFuzzer build
#   snapshot what capturing, writing and restoring snapshots and deltas takes, against copying and
#            mapping alone; and plain code against a build without polls
#   fork     what resets cost by the number of dirty pages, against memcpy, madvise and fork(2)

readonly BENCH_OUT=$ROOT/build/bench
readonly BUILD_WITHOUT_POLLS=$ROOT/build/release-nopolls

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
  bench_programs >&2
  python3 bench/interp.py --tine "$TINE" --wasm "$BENCH_OUT/wasm" --native "$BENCH_OUT/native" "$@"
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
    build_without_polls
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
  python3 bench/interp.py --tine "$TINE" --without-polls "$BUILD_WITHOUT_POLLS/bin/tine" \
    --wasm "$BENCH_OUT/wasm" "$@"
}

build_without_polls() {
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  say "building release without polls: tine"
  quietly configure-nopolls cmake --preset release -B "$BUILD_WITHOUT_POLLS" -DTINE_POLLS=OFF "${launcher[@]}"
  quietly build-nopolls cmake --build "$BUILD_WITHOUT_POLLS" --target tine
}
