# For the scripts of this folder: claims about whole programs, each a function or a command.
#
#   expect "resumes in another build" cmp expected.txt actual.txt
#   …
#   finish
#
# A script works in $WORK, a folder of its own that is removed at the end, from the checkout's root,
# and ends with the count that tools/suite.sh reads.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly ROOT=$PWD
readonly RELEASE=$ROOT/build/release/bin LOOP=$ROOT/build/loop/bin
WORK=$(mktemp -d)
readonly WORK
trap 'rm -rf "$WORK"' EXIT
passed=0 failed=0

expect() {
  local claim=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n  %s\n%s\n' "$claim" "$*" "$output"
  fi
}

fails() { ! "$@"; }

finish() {
  echo "$passed passed, $failed failed, 0 skipped"
  [ "$failed" = 0 ]
}
