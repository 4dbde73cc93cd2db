# ./run soak: the tests that are too long for every day.
#
# The whole spec suite with a snapshot, written and loaded again, after every instruction; 100,000
# verified resets of a SQLite fork; 30,000 random modules in every way of running; 1,000 generations
# of one SQLite run.

run_soak() {
  need build harness tables
  source tools/harness.sh
  source tools/test.sh
  run_harness sqlite
  build_preset release
  say "the long tests ($(nproc) suites at a time)"
  run_suites < <(soak_suites)
  sum_of_results
}

soak_suites() {
  echo "soak/spec-chain $(spec_command release) --chain"
  echo "soak/verified-resets $(resets_command release 100000)"
  echo "soak/generations env TINE_GENERATIONS=1000 bash tests/system/generations_test.sh"
  echo "soak/random-modules env TINE_DIFFERENTIAL_MODULES=30000" \
    "build/release/bin/vm_tests --gtest_brief=1 --gtest_filter=RandomModules.*"
}
