#!/usr/bin/env bash
# Runs one test suite: suite.sh RESULTS_DIR 'NAME COMMAND…', the command as the shell reads it.
#
# Keeps the output in RESULTS_DIR/NAME.log and `passed failed skipped` in NAME.counts, and prints a
# line; of a failed suite it prints the end of the log too. A suite that dies without a count, or
# that exits with an error though its count says that nothing failed, counts as one failure more.
set -uo pipefail

readonly RESULTS=$1 NAME=${2%% *} COMMAND=${2#* }
readonly LOG=$RESULTS/${NAME//\//-}.log COUNTS=$RESULTS/${NAME//\//-}.counts

# GoogleTest's summary (`[  PASSED  ] 12 tests.`) or our own (`12 passed, 0 failed, 1 skipped`).
count() {
  local gtest=$1 plain=$2
  sed -nE -e "s/^\[ +$gtest +\] ([0-9]+) tests?[.,].*/\1/p" \
    -e "s/^(.*[^0-9])?([0-9]+) $plain(,.*)?$/\2/p" <(tail -n 40 "$LOG") | tail -n 1
}

started=$SECONDS
eval "$COMMAND" >"$LOG" 2>&1 </dev/null
code=$?
passed=$(count PASSED passed)
failed=$(count FAILED failed)
skipped=$(count SKIPPED skipped)
if [ -z "$passed" ] || { [ $code != 0 ] && [ "${failed:-0}" = 0 ]; }; then
  failed=$((${failed:-0} + 1))
fi
echo "${passed:-0} ${failed:-0} ${skipped:-0}" >"$COUNTS"

verdict=ok
[ "${failed:-0}" = 0 ] || verdict=FAILED
printf '   %-6s %-28s %6d passed %3d failed %4d skipped  %4d s\n' "$verdict" "$NAME" \
  "${passed:-0}" "${failed:-0}" "${skipped:-0}" "$((SECONDS - started))"
if [ "$verdict" = FAILED ]; then
  echo "   exit code $code of: $COMMAND"
  # Lines that only say that a file of the suite passed would push the failures out of sight.
  grep -vE ": [0-9]+ passed, 0 failed, " "$LOG" | tail -n 60
fi
[ "$verdict" = ok ]
