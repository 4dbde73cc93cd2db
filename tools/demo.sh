# ./run demo: the whole idea on two real programs, in about two minutes after the build.
#
# Freezes SQLite before its first read, looks into the file, fans it out, fuzzes it and stb_image,
# replays the bug that is found, and says what the snapshot saved. Any step that fails ends it.

readonly DEMO=$ROOT/build/demo
readonly DEMO_SNAP=build/demo/sqlite.snap
readonly DEMO_FUZZ_SECONDS=30

run_demo() {
  need build harness tables
  local step
  source tools/bench.sh
  source tools/fuzz.sh
  source tools/harness.sh
  build_preset release tine forkbench
  run_harness sqlite
  run_harness stb_image
  rm -rf "$DEMO"
  mkdir -p "$DEMO"
  for step in freeze inspect fan_out fuzz_sqlite fuzz_stb_image replay_crash measure summary; do
    "demo_$step"
  done
}

# Shows a command the way one would type it, then runs it; its output is also kept in a file.
demo_show() {
  local log=$DEMO/$1.txt
  shift
  printf '$ %s\n' "${*//$ROOT\//}"
  "$@" 2>&1 </dev/null | tee "$log"
}

demo_freeze() {
  say "SQLite makes its schema, loads 10,000 rows, and is frozen before it reads its input"
  demo_show freeze "$TINE" snapshot --at stdin -o "$DEMO_SNAP" build/harnesses/sqlite.wasm
}

demo_inspect() {
  say "What is in the file"
  demo_show inspect "$TINE" inspect "$DEMO_SNAP"
  say "It goes on from there, with an input of its own"
  printf '$ echo "SELECT * FROM turnover;" | tine resume %s\n' "$DEMO_SNAP"
  echo "SELECT * FROM turnover;" | "$TINE" resume "$DEMO_SNAP"
}

demo_fan_out() {
  say "64 forks of it, live at once"
  demo_show forkbench "$FORKBENCH" --from "$DEMO_SNAP" -j 64 --seconds 5 --input corpus/seeds/sqlite
}

demo_fuzz_sqlite() {
  say "Fuzzing SQLite from the snapshot for $DEMO_FUZZ_SECONDS s: each input is SQL"
  demo_fuzz sqlite "$DEMO_SNAP" -print_final_stats=1
}

# One process would end at the first crash; -fork=1 goes on, with a new process after each.
demo_fuzz_stb_image() {
  say "Fuzzing stb_image for $DEMO_FUZZ_SECONDS s: LLVMFuzzerTestOneInput, under UBSan's traps"
  demo_fuzz stb_image build/harnesses/stb_image.wasm -fork=1 -ignore_crashes=1
  compgen -G "build/demo/stb_image/found/crash-*" >/dev/null || die "the bug in stb_image was not found"
}

# Whatever a campaign finds ends it with libFuzzer's exit code; that is a success, too.
demo_fuzz() {
  local name=$1 target=$2 code
  shift 2
  set +e
  fuzz_guest "$name" "$target" "build/demo/$name" -max_total_time="$DEMO_FUZZ_SECONDS" "$@" 2>&1 </dev/null |
    tee "$DEMO/fuzz-$name.txt" | demo_calm
  code=${PIPESTATUS[0]}
  set -e
  case $code in
    0) ;;
    70 | 77) note "exit code $code: a finding ended the campaign" ;;
    *) die "tine fuzz ended with exit code $code" ;;
  esac
  grep -q 'cov: [0-9]' "$DEMO/fuzz-$name.txt" || die "no campaign took place"
}

# libFuzzer reports every new input: shows one such line in two seconds and all others, but for the
# dictionary that it recommends at the end.
demo_calm() {
  local line next=0
  while IFS= read -r line; do
    case $line in
      '"'*' # Uses: '* | '###### '*) continue ;;
      '#'*NEW* | '#'*REDUCE* | *NEW_FUNC*)
        [ "$SECONDS" -lt "$next" ] && continue
        next=$((SECONDS + 2))
        ;;
    esac
    printf '%s\n' "$line"
  done
}

demo_replay_crash() {
  local crash code=0
  crash=$(compgen -G "build/demo/stb_image/found/crash-*" | head -n 1)
  say "The bug again, from its file"
  demo_show replay "$TINE" fuzz build/harnesses/stb_image.wasm "$crash" || code=$?
  note "exit code $code"
  [ "$code" = 77 ] || die "the crash did not reproduce"
  grep -qE '#[0-9]+ .*stbi_' "$DEMO/replay.txt" || die "the backtrace names no function of stb_image"
}

demo_measure() {
  say "Executions per second, from the snapshot and from the start"
  fuzzing_rates --seconds 2 --rounds 1 | tee "$DEMO/rates.txt"
}

demo_summary() {
  say "Summary"
  demo_row "boot instructions saved, each run" \
    "$("$TINE" inspect --json "$DEMO_SNAP" | demo_json 'facts["instructions"]')"
  awk 'NR > 1 { printf "   %-38s %s from the snapshot, %s from the start: %s x\n",
                "executions/s, " $1, $2, $3, $5 }' "$DEMO/rates.txt"
  demo_row "reset of a fork" "$(demo_bench_row reset)"
  demo_row "fork(2)" "$(demo_bench_row 'fork\(2\)')"
  demo_row "found in stb_image" "$(demo_found)"
}

# How many inputs crash stb_image, and in which functions.
demo_found() {
  { "$TINE" replay --json build/harnesses/stb_image.wasm build/demo/stb_image/found || true; } |
    demo_json '"%d crashing inputs, in " % len(facts["results"]) + ", ".join(sorted(
      {result["backtrace"][0].split()[1].split("+")[0] for result in facts["results"]}))'
}

demo_row() { printf '   %-38s %s\n' "$1" "$2"; }
demo_bench_row() { sed -nE "s/^$1 +//p" "$DEMO/forkbench.txt"; }
demo_json() { python3 -c "import json, sys; facts = json.load(sys.stdin); print($1)"; }
