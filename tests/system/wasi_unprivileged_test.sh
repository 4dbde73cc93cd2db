#!/usr/bin/env bash
# WASI as a user without any rights: the same tests of files, paths, escapes and sockets, and every
# conformance guest, in a folder that this user owns. Root may do everything, so a check that is only
# the kernel's would never be missed there.
#
# Whoever runs this without being root is such a user already. Root becomes one with setpriv; where
# that does not work the tests are skipped, and say so.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly NOBODY=65534
readonly FILTER='Wasi*:*Files*:*Escapes*:*Sockets*:*LiveConnection*:*NamedPipes*:*WasiConformance*'

as_nobody() {
  setpriv --reuid="$NOBODY" --regid="$NOBODY" --clear-groups --inh-caps=-all --bounding-set=-all \
    --no-new-privs -- "$@"
}

skip() {
  echo "SKIPPED: WASI's tests were not run as an unprivileged user: $1" >&2
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

# The checkout may be out of a stranger's reach, so what is needed comes along.
mkdir -p "$WORK/guests" "$WORK/source/tests" "$WORK/tmp"
cp "$RELEASE/vm_tests" "$WORK/"
cp "$ROOT"/build/release/guests/wasi_*.wasm "$WORK/guests/"
cp -r "$ROOT/tests/wasi" "$WORK/source/tests/"
export TMPDIR=$WORK/tmp TINE_TEST_GUESTS=$WORK/guests TINE_TEST_SOURCE=$WORK/source
chmod -R a+rX "$WORK"

user=()
if [ "$(id -u)" = 0 ]; then
  command -v setpriv >/dev/null || skip "there is no setpriv"
  chown "$NOBODY:$NOBODY" "$WORK/tmp"
  as_nobody test -x "$WORK/vm_tests" || skip "setpriv cannot become user $NOBODY here"
  user=(as_nobody)
fi
expect "the user can write its own folder, and not its neighbour's" \
  "${user[@]}" sh -c "touch '$WORK/tmp/x' && rm '$WORK/tmp/x' && ! touch '$WORK/x'"
"${user[@]}" "$WORK/vm_tests" --gtest_brief=1 --gtest_filter="$FILTER" >"$WORK/log" 2>&1
expect "the tests end without an error" test $? = 0
ran=$(sed -nE 's/^\[  PASSED  \] ([0-9]+) tests?\.$/\1/p' "$WORK/log")
expect "all of them were there" test "${ran:-0}" -ge 150
[ "$failed" = 0 ] || tail -n 40 "$WORK/log"
passed=$((passed + ${ran:-0}))
finish
