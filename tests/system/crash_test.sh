#!/usr/bin/env bash
# A snapshot is whole or not there: tine is killed (SIGKILL) at random moments while it writes
# snapshots as fast as it can, and each time the newest file is complete and resumes. What may be left
# beside it, by a kill between giving it a name and giving it its own, is complete as well.
# TINE_KILLS says how often (25).
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly KILLS=${TINE_KILLS:-25}
readonly FILE=$WORK/state.snap
RANDOM=7

start_writing() {
  "$RELEASE/tine" run --snapshot-on every=1000000 --snapshot-to "$FILE" \
    "$ROOT/build/release/guests/show.wasm" spin </dev/null >/dev/null 2>&1 &
  guest=$!
}

# The first file must be there before the kill; after that any moment will do.
kill_somewhere() {
  until [ -s "$FILE" ]; do kill -0 "$guest" || return 1; sleep 0.01; done
  sleep "0.0$delay"
  kill -KILL "$guest"
}

is_whole() { "$RELEASE/tine" verify "$FILE"; }
resumes() { "$RELEASE/tine" resume --fuel 1000 "$FILE"; [ $? = 124 ]; }
nothing_is_half() {
  local file
  for file in "$WORK"/*; do "$RELEASE/tine" verify "$file" || return 1; done
}

for ((i = 1; i <= KILLS; ++i)); do
  rm -f "$WORK"/*
  delay=$((RANDOM % 90 + 10))  # here: a subshell would always draw the same
  start_writing
  expect "kill $i hits a writer" kill_somewhere
  expect "kill $i leaves a whole file" is_whole
  expect "kill $i leaves a file that resumes" resumes
  expect "kill $i leaves nothing half-written" nothing_is_half
done
finish
