#!/usr/bin/env bash
# A server in a real world, as its clients see it: it waits for a connection, answers, is frozen with a
# client in hand, and goes on elsewhere as if that client had hung up.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly TINE=$RELEASE/tine GUEST=$ROOT/build/release/guests/shout.wasm
cd "$WORK" || exit 1

# Runs a server in the background and waits until it says where it listens: PORT.
# serve NAME ARGUMENTS…: its pid is SERVER, its output NAME.out and NAME.err.
serve() {
  local name=$1
  shift
  : >"$name.err"
  "$TINE" "$@" >"$name.out" 2>>"$name.err" &
  SERVER=$!
  until PORT=$(sed -nE 's/^tine: listens at .*:([0-9]+)$/\1/p' "$name.err") && [ -n "$PORT" ]; do
    kill -0 "$SERVER" 2>/dev/null || return 1
    sleep 0.05
  done
}

# Says a text to PORT, and prints what comes back until `bytes` are there.
ask() {
  local text=$1 bytes=$2
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 1
  printf '%s' "$text" >&3
  head -c "$bytes" <&3
  exec 3>&-
}

serve one run --listen 127.0.0.1:0 "$GUEST" once
expect "a client gets its answer" test "$(ask 'over the wire' 13)" = 'OVER THE WIRE'
wait "$SERVER"
expect "the server ends with its count" test $? = 1 -a "$(cat one.out)" = 'served 1'

serve two run --listen 127.0.0.1:0 --snapshot-on before=sock_send --snapshot-to amid.snap \
  "$GUEST" once
expect "a client in hand is served on" test "$(ask hello 5)" = HELLO
wait "$SERVER"
expect "what was lost is told" grep -q 'not in the snapshot: descriptor 4, .*: a connected socket' two.err
expect "and stands in the file" sh -c "'$TINE' inspect amid.snap | grep -q 'a connected socket'"

# refuses TEXT ARGUMENTS…
refuses() {
  local text=$1
  shift
  ! "$TINE" "$@" >refused 2>&1 && grep -qF "$text" refused
}
expect "without a policy the connection is missed" \
  refuses 'the connection is gone' resume --listen 127.0.0.1:0 amid.snap
"$TINE" resume --listen 127.0.0.1:0 --fd-policy reopen amid.snap >three.out 2>three.err
expect "as if its peer had hung up, it goes on" test $? = 1 -a "$(cat three.out)" = 'served 1'
expect "which is told" grep -q 'goes on as if its peer hung up' three.err

# A second port of one number is refused, by its address.
serve four run --listen 127.0.0.1:0 "$GUEST" once
expect "a port that is taken is refused" refuses "127.0.0.1:$PORT: Address already in use" \
  run --listen "127.0.0.1:$PORT" "$GUEST"
expect "and the first one still answers" test "$(ask again 5)" = AGAIN
wait "$SERVER"
finish
