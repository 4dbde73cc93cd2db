#!/usr/bin/env bash
# Every harness runs its seeds to their end, from the snapshot behind its initialisation: none traps,
# none hangs. In release and in the loop build, to the same instruction.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

replay() { "$1/tine" replay --json "$ROOT/build/harnesses/$2.wasm" "$ROOT/corpus/seeds/$2" >"$3"; }

for name in lua mujs libpng sqlite stb_image; do
  expect "$name runs its seeds" replay "$RELEASE" "$name" "$WORK/release.json"
  expect "$name runs them in the loop build" replay "$LOOP" "$name" "$WORK/loop.json"
  expect "$name does the same in both" cmp "$WORK/release.json" "$WORK/loop.json"
done
finish
