# ./run test: builds release, loop and asan, and runs every test in all three; and tine for other
# CPUs, which qemu-user runs.
#
# A suite is one command that ends with a count: a GoogleTest binary, the spec runner in one mode,
# or a script of tests/system. Suites run side by side, one a core; tools/suite.sh runs one, keeps
# its log and writes its counts down; the sum is the last line.

source tools/spec_suite.sh

readonly TEST_PRESETS="release loop asan"
readonly TEST_RESULTS=$ROOT/build/test-results

run_test() {
  need build harness shells cross tables
  local preset started=$SECONDS
  source tools/harness.sh
  source tools/cross.sh
  source tools/third_party.sh
  run_harness sqlite
  run_harness sqlite_file
  run_harness stb_image
  run_harness lua
  run_harness mujs
  run_harness libpng
  fetch_third_party
  for preset in $TEST_PRESETS; do build_preset "$preset"; done
  for preset in $CROSS_CPUS; do build_cross "$preset"; done

  find_spec_suite
  say "running the tests ($(nproc) suites at a time)"
  run_suites < <(gtest_suites && spec_suites && system_suites)
  note "took $((SECONDS - started)) s"
  sum_of_results
}

# Each of the three prints lines `NAME COMMAND…`.

gtest_suites() {
  local preset binary other
  for preset in $TEST_PRESETS; do
    other=release  # whose snapshots are resumed, and the other way round
    [ "$preset" = release ] && other=loop
    for binary in build/"$preset"/bin/*_tests; do
      [ -x "$binary" ] || continue
      echo "$preset/$(basename "$binary" _tests) env TINE_OTHER_BINARY=$ROOT/build/$other/bin/tine $binary --gtest_brief=1"
    done
  done
}

spec_suites() {
  local preset kind
  echo "release/spec-chain $(chain_command release 3000)"  # the longest comes first
  echo "loop/spec-chain $(chain_command loop 500)"
  echo "asan/spec-chain $(chain_command asan 50)"
  echo "release/spec-chain-kinds $(chain_command release 3000) --change-kind"
  echo "loop/spec-chain-kinds $(chain_command loop 500) --change-kind"
  echo "asan/spec-chain-kinds $(chain_command asan 20) --change-kind"
  echo "release/spec-chain-builds $(chain_command release 50) --change-kind $(other_build loop)"
  echo "release/random-chain $(random_chain_command release 60)"
  echo "asan/random-chain $(random_chain_command asan 40) --change-kind"
  echo "loop/random-chain-builds $(random_chain_command loop 150) --change-kind $(other_build release)"
  for preset in $TEST_PRESETS; do
    for kind in plain covered stepping; do
      echo "$preset/spec-$kind $(spec_command "$preset") --kind $kind"
    done
    echo "$preset/spec-mix $(spec_command "$preset") --mix"
    echo "$preset/spec-fork $(spec_command "$preset") --fork"
  done
  for preset in $CROSS_CPUS; do
    echo "$preset/spec-plain qemu-$preset $(spec_command "$preset") --kind plain $(cross_files "$preset")"
    echo "$preset/random-chain $(random_chain_command release 8) --change-kind $(other_cpu "$preset")"
  done
  echo "release/spec-pending $(spec_command release) --check-pending"
}

# A snapshot after every instruction; from a call's Nth on after ever longer slices.
chain_command() { echo "$(spec_command "$1") --chain --sample-hops $2"; }

# The same for so many random modules, whose calls are short enough to leave nothing out.
random_chain_command() { echo "build/$1/bin/spec_runner --chain --random-modules $2"; }

# What of the suite runs on another CPU: on the big-endian one all that an emulator runs in time (one
# keeps books about each page of the 64 GiB that a memory may grow to; these two files make hundreds
# of such memories), on the little-endian one every fourth file of these.
cross_files() {
  local sample=""
  [ "$1" = s390x ] || sample="--sample-files 4"
  echo "--without align64.wast --without memory_init64.wast $sample"
}

# Every link of a chain runs in that build as well.
other_build() { echo "--other build/$1/bin/spec_runner"; }
other_cpu() { echo "--other 'qemu-$1 build/$1/bin/spec_runner'"; }

system_suites() {
  local script
  for script in tests/system/*_test.sh; do
    echo "system/$(basename "$script" _test.sh) bash $script"
  done
  echo "asan/verified-resets $(resets_command asan 300)"
  echo "release/verified-resets $(resets_command release 3000)"
  echo "asan/loader-fuzz bash tests/fork/loader_fuzz/run.sh -runs=5000 -seed=1"
  echo "asan/module-fuzz bash tests/vm/fuzz/run.sh module -every=8 -runs=20000 -seed=1"
  echo "asan/text-fuzz bash tests/vm/fuzz/run.sh text -every=16 -runs=10000 -seed=1"
  echo "asan/run-fuzz bash tests/vm/fuzz/run.sh run -every=16 -runs=5000 -seed=1"
}

# verified_resets of a build, with so many runs of SQLite.
resets_command() {
  echo "build/$1/bin/verified_resets build/harnesses/sqlite.wasm corpus/seeds/sqlite $2"
}

spec_command() {
  echo "build/$1/bin/spec_runner --suite $TINE_SPEC_SUITE"
}

run_suites() {
  rm -rf "$TEST_RESULTS"
  mkdir -p "$TEST_RESULTS"
  # A failing suite makes xargs fail; the counts tell, so that all the others still run.
  xargs -P "$(nproc)" -d '\n' -n 1 bash tools/suite.sh "$TEST_RESULTS" || true
}

# The closing line; fails unless every suite passed and there was at least one.
sum_of_results() {
  cat "$TEST_RESULTS"/*.counts 2>/dev/null | awk '
    { passed += $1; failed += $2; skipped += $3 }
    END {
      printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
      exit failed > 0 || passed == 0
    }'
}
