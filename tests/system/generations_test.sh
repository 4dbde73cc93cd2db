#!/usr/bin/env bash
# A run that is a new machine TINE_GENERATIONS times (100) prints what the undisturbed run prints,
# after as many instructions: SQLite between its reads of standard input, and a program with files
# and a directory open.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly COUNT=${TINE_GENERATIONS:-100}
readonly SQLITE=$ROOT/build/harnesses/sqlite.wasm
readonly FILES=$ROOT/build/release/guests/world_midfile.wasm

queries() {
  local i
  for i in $(seq 200); do
    echo "SELECT count(*), $i, 'so many rows are divisible by it' FROM sale WHERE id % $i = 0;"
  done
}
# Output in file $1.txt, how it ended in $1.end; then what `generations` takes. Reads $WORK/input.
run_as() {
  local name=$1
  shift
  "$RELEASE/generations" "$@" <"$WORK/input" >"$WORK/$name.txt" 2>"$WORK/$name.end"
}
# So that there are a few more than COUNT generations.
step_of() { sed -n "s/.*, \([0-9]*\) instructions/\1/p" "$WORK/$1.end" | awk "{ print int(\$1 / ($COUNT + 1)) }"; }
fresh_files() {
  rm -rf "$WORK/data" && mkdir "$WORK/data" && echo "first half, second half" >"$WORK/data/text"
}
run_with_files() { run_as "$@" --dir "$WORK/data::/data" "$FILES"; }

queries >"$WORK/input"
expect "SQLite runs undisturbed" run_as undisturbed 0 0 "$SQLITE"
expect "and prints its rows" grep -qx "10000|1|so many rows are divisible by it" "$WORK/undisturbed.txt"
expect "SQLite lives through $COUNT generations" \
  run_as reborn "$COUNT" "$(step_of undisturbed)" "$SQLITE"
expect "to the same output" cmp "$WORK/undisturbed.txt" "$WORK/reborn.txt"
expect "after as many instructions" cmp "$WORK/undisturbed.end" "$WORK/reborn.end"

echo "asked" >"$WORK/input"
fresh_files
expect "a program with open files runs undisturbed" run_with_files files 0 0
expect "and prints the other half" grep -q "asked: second half" "$WORK/files.txt"
cp "$WORK/data/log" "$WORK/log"
fresh_files
expect "it lives through $COUNT generations" \
  run_with_files files-reborn "$COUNT" "$(step_of files)"
expect "to the same output" cmp "$WORK/files.txt" "$WORK/files-reborn.txt"
expect "after as many instructions" cmp "$WORK/files.end" "$WORK/files-reborn.end"
expect "and writes the same file" cmp "$WORK/log" "$WORK/data/log"
finish
