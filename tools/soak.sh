# ./run soak [loader [SECONDS] | modules [SECONDS]]: the tests that are too long for every day.
#
# Chains of snapshots, written and loaded again after every instruction, with nothing left out: of the
# whole spec suite and of 2,000 random modules, in one kind of code, in all kinds in turn, and with
# every link in two builds. 100,000 verified resets of a SQLite fork; 30,000 random modules in every
# way of running; 1,000 generations of one SQLite run; 200 kills of a writer; the loader of
# snapshots, the decoder, the text reader and the interpreter under libFuzzer and the sanitizers for
# 10 minutes each. With `snapshots` only the chains; with `loader` and `modules` only these targets,
# for as long as asked.

run_soak() {
  need build harness tables
  source tools/harness.sh
  source tools/test.sh
  find_spec_suite
  if [ "${1:-}" = loader ]; then
    build_preset asan loader_fuzz
    soak_loader "${2:-600}"
    return
  fi
  if [ "${1:-}" = modules ]; then
    build_preset asan vm_fuzz
    soak_modules "${2:-600}"
    return
  fi
  build_preset loop spec_runner
  if [ "${1:-}" = snapshots ]; then
    build_preset release spec_runner
    say "chains of snapshots ($(nproc) suites at a time)"
    run_suites < <(chain_suites)
    sum_of_results
    return
  fi
  run_harness sqlite
  run_harness sqlite_file
  build_preset release
  build_preset asan loader_fuzz vm_fuzz
  say "the long tests ($(nproc) suites at a time)"
  run_suites < <(chain_suites && soak_suites)
  sum_of_results
}

# The longest comes first. Single steps in two builds would take hours in the tail-call loops of the
# suite: from the 3000th link of a call on these take ever longer slices.
chain_suites() {
  local chain random
  chain="$(spec_command release) --chain"
  random=$(random_chain_command release 2000)
  echo "soak/spec-chain $chain"
  echo "soak/spec-chain-builds $chain --change-kind $(other_build loop)"
  echo "soak/spec-chain-steps-builds $(chain_command release 3000) $(other_build loop)"
  echo "soak/spec-chain-kinds $chain --change-kind"
  echo "soak/random-chain-builds $random $(other_build loop)"
  echo "soak/random-chain-kinds $random --change-kind $(other_build loop)"
}

soak_suites() {
  echo "soak/verified-resets $(resets_command release 100000)"
  echo "soak/generations env TINE_GENERATIONS=1000 bash tests/system/generations_test.sh"
  echo "soak/crash env TINE_KILLS=200 bash tests/system/crash_test.sh"
  echo "soak/random-modules env TINE_DIFFERENTIAL_MODULES=30000" \
    "build/release/bin/vm_tests --gtest_brief=1 --gtest_filter=RandomModules.*"
  echo "soak/loader bash tests/fork/loader_fuzz/run.sh -max_total_time=600"
  local target
  for target in module text run; do
    echo "soak/$target-fuzz bash tests/vm/fuzz/run.sh $target -max_total_time=600"
  done
}

# What it finds lies in build/loader-fuzz, which also keeps the corpus for the next time.
soak_loader() {
  say "the loader of snapshots under libFuzzer for $1 s"
  bash tests/fork/loader_fuzz/run.sh -max_total_time="$1" -corpus
}

# The same for each of the targets over modules: build/module-fuzz, build/text-fuzz, build/run-fuzz.
soak_modules() {
  local target
  for target in module text run; do
    say "the $target target under libFuzzer for $1 s"
    bash tests/vm/fuzz/run.sh "$target" -max_total_time="$1" -corpus
  done
}
