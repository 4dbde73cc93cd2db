#!/usr/bin/env bash
# Embedded files are portable: the same bytes from both builds, and a snapshot taken in release code
# goes on in the loop build without the files that the program has open, through deltas too.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly GUEST=$ROOT/build/release/guests/world_midfile.wasm
readonly DATA=$WORK/data

fresh() { rm -rf "$DATA" && mkdir "$DATA" && printf 'first half, second half' >"$DATA/text" && touch -d @1 "$DATA/text"; }
# snapshot BUILD FILE [OPTION…]
snapshot() {
  local build=$1 file=$2
  shift 2
  fresh && "$build/tine" snapshot --at stdin --fd-policy embed --dir "$DATA::/data" "$@" -o "$file" "$GUEST"
}
# resume BUILD FILE [OPTION…]
resume() {
  local build=$1 file=$2
  shift 2
  (cd / && echo input | "$build/tine" resume --dir "$DATA::/data" "$@" "$file")
}
goes_on() { resume "$@" | grep -qx 'log: before;input'; }
# From behind the write to the log: what was written is in the delta, not at the host.
goes_on_from_delta() { resume "$@" | grep -q '^log: before;input$'; }
goes_on_without_files() { rm -f "$DATA/text" "$DATA/log" && goes_on "$@" && [ -z "$(ls "$DATA")" ]; }
refuses_without_files() { rm -f "$DATA/text" "$DATA/log" && fails resume "$@"; }
delta() {
  resume "$LOOP" "$WORK/real.snap" --snapshot-on before=fd_seek --snapshot-to "$WORK/delta.snap" \
    --parent "$WORK/real.snap"
}

expect "takes a snapshot of a closed world" snapshot "$RELEASE" "$WORK/release.snap" --closed
expect "takes it in the loop build" snapshot "$LOOP" "$WORK/loop.snap" --closed
expect "with the same bytes" cmp "$WORK/release.snap" "$WORK/loop.snap"
expect "goes on in the loop build without its file" goes_on_without_files "$LOOP" "$WORK/release.snap"
expect "takes a snapshot of a real world" snapshot "$RELEASE" "$WORK/real.snap"
expect "goes on with the files in place" goes_on "$LOOP" "$WORK/real.snap"
expect "which it writes" grep -qx 'before;input' "$DATA/log"
expect "takes it again" snapshot "$RELEASE" "$WORK/real.snap"
expect "goes on without its files" goes_on_without_files "$LOOP" "$WORK/real.snap"
expect "unless told not to" refuses_without_files "$LOOP" "$WORK/real.snap" --fd-policy error
expect "takes a delta from there" delta
expect "that knows the files" goes_on_from_delta "$RELEASE" "$WORK/delta.snap"
expect "as a whole too" "$RELEASE/tine" flatten "$WORK/delta.snap" "$WORK/whole.snap"
expect "that goes on as well" goes_on_from_delta "$LOOP" "$WORK/whole.snap"
expect "packs" "$RELEASE/tine" pack "$WORK/whole.snap" "$WORK/dense.snap"
expect "and goes on from there" goes_on_from_delta "$LOOP" "$WORK/dense.snap"
finish
