#!/usr/bin/env bash
# A snapshot of SQLite is portable: taken in release code, it resumes in the loop build, in another
# process and from another folder, to the same output; and the same state gives the same bytes.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly SQLITE=$ROOT/build/harnesses/sqlite.wasm
readonly QUERY='SELECT * FROM turnover; DELETE FROM sale WHERE id < 9; SELECT * FROM audit;'

snapshot() { "$1/tine" snapshot --at stdin --closed --seed 7 -o "$2" "$SQLITE"; }
undisturbed() { echo "$QUERY" | "$RELEASE/tine" run "$SQLITE" >"$WORK/expected.txt"; }
resumed_elsewhere() { (cd / && echo "$QUERY" | "$1/tine" resume "$WORK/release.snap") >"$2"; }
with_another_input() { (echo "SELECT count(*) FROM sale;" | "$LOOP/tine" resume "$1") | grep -qx 10000; }

expect "runs undisturbed" undisturbed
expect "prints the rows it should" grep -q '^Ghent|' "$WORK/expected.txt"
expect "takes a snapshot in release code" snapshot "$RELEASE" "$WORK/release.snap"
expect "resumes in release code" resumed_elsewhere "$RELEASE" "$WORK/release.txt"
expect "to the same output" cmp "$WORK/expected.txt" "$WORK/release.txt"
expect "resumes in the loop build from another folder" resumed_elsewhere "$LOOP" "$WORK/loop.txt"
expect "to the same output" cmp "$WORK/expected.txt" "$WORK/loop.txt"
expect "takes each time an input of its own" with_another_input "$WORK/release.snap"
expect "takes the snapshot again" snapshot "$RELEASE" "$WORK/again.snap"
expect "with the same bytes" cmp "$WORK/release.snap" "$WORK/again.snap"
expect "takes it in the loop build" snapshot "$LOOP" "$WORK/loop.snap"
expect "with the same bytes" cmp "$WORK/release.snap" "$WORK/loop.snap"
finish
