# ./run soak: the tests that are too long for every day.
#
# The whole spec suite with a snapshot, written and loaded again, after every instruction; every
# other mode of the spec runner; and 100,000 verified resets of a SQLite fork.

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
  local mode
  for mode in chain mix fork; do
    echo "soak/spec-$mode $(spec_command release) --$mode"
  done
  echo "soak/verified-resets $(resets_command release 100000)"
}
