# ./run spec [DIR]: the Wasm spec suite, in plain and in stepping code.

run_spec() {
  need build
  [ -n "${1:-}" ] && TINE_SPEC_SUITE=$(realpath "$1")
  build_preset release spec_runner
  source tools/test.sh
  find_spec_suite
  local kind
  for kind in plain stepping; do
    say "spec suite in $kind code"
    $(spec_command release) --kind "$kind"
  done
}
