#!/usr/bin/env bash
# Triggers from outside: a signal, a timer and a file reach a program that computes, one that waits
# for its input, and one that sleeps. Nothing here depends on how long anything takes: the script
# waits for what must happen.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly GUESTS=$ROOT/build/release/guests
mkfifo "$WORK/input"
exec 3<>"$WORK/input"  # a standard input that nothing comes from

# Starts `show MODE` with a trigger, standard input from descriptor 3; sets $guest.
start() {
  local trigger=$1 file=$2
  shift 2
  "$RELEASE/tine" run --snapshot-on "$trigger" --snapshot-to "$file" "$GUESTS/show.wasm" "$@" \
    <&3 >"$WORK/out" 2>"$WORK/err" &
  guest=$!
}
# Waits for something that the running guest will bring about.
wait_for() {
  until "$@"; do
    kill -0 "$guest" || return 1
    sleep 0.02
  done
}
has_written() { [ -s "$1" ]; }
says() { grep -q "$1" "$2"; }
finish_guest() { wait "$guest" 2>/dev/null || true; }

# A signal, again and again until tine has installed its handler and taken it.
signal_until() {
  local signal=$1 file=$2
  until [ -s "$file" ]; do
    kill -0 "$guest" || return 1
    kill "-$signal" "$guest"
    sleep 0.05
  done
}

signal_while_computing() {
  local signal file=$WORK/$1.snap
  signal=$1
  start "sig${signal,,}" "$file" spin
  wait_for handles "$signal" || return 1
  signal_until "$signal" "$file"
  kill -KILL "$guest"
  finish_guest
  "$RELEASE/tine" inspect "$file" | grep -q 'main'
}

# Whether the guest's process catches the signal, so that it does not die of it. Before it is tine it
# is a copy of this shell, whose own handlers its exec takes away again.
handles() {
  local mask
  [ "/proc/$guest/exe" -ef "$RELEASE/tine" ] || return 1
  mask=$(sed -n 's/^SigCgt:\t//p' "/proc/$guest/status")
  (((0x$mask >> ($(kill -l "$1") - 1)) & 1))
}

signal_while_reading() {
  start sigusr1 "$WORK/reading.snap"
  wait_for says ready "$WORK/out" || return 1
  signal_until USR1 "$WORK/reading.snap" || return 1
  kill -KILL "$guest"
  finish_guest
  [ "$(echo later | "$RELEASE/tine" resume "$WORK/reading.snap")" = LATER ]
}

timer_while_computing() {
  start timer=20ms "$WORK/tick-%n.snap" spin
  wait_for has_written "$WORK/tick-3.snap" || return 1
  kill -KILL "$guest"
  finish_guest
  "$LOOP/tine" resume --fuel 1000 "$WORK/tick-3.snap"
  [ $? = 124 ]
}

file_while_reading() {
  start "file=$WORK/now" "$WORK/asked.snap"
  wait_for says ready "$WORK/out" || return 1
  touch "$WORK/now"
  wait_for has_written "$WORK/asked.snap" || return 1
  kill -KILL "$guest"
  finish_guest
  [ ! -e "$WORK/now" ] && [ "$(echo x | "$LOOP/tine" resume "$WORK/asked.snap")" = X ]
}

# Two signals before the guest looks are two snapshots.
two_signals_at_once() {
  start sigusr1,sigint "$WORK/both-%n.snap" spin
  wait_for handles INT || return 1
  kill -STOP "$guest"
  kill -USR1 "$guest"
  kill -INT "$guest"
  kill -CONT "$guest"
  wait_for has_written "$WORK/both-2.snap" || return 1
  kill -KILL "$guest"
  finish_guest
}

for signal in USR1 INT ALRM TSTP; do
  expect "SIG$signal stops a loop" signal_while_computing "$signal"
done
expect "no signal is lost behind another" two_signals_at_once
expect "SIGUSR1 reaches a program that waits for its input" signal_while_reading
expect "a timer ticks while a program computes" timer_while_computing
expect "a file is seen while a program waits, and removed" file_while_reading
finish
