#!/usr/bin/env bash
# Lua runs its exercise, which checks every function of its standard libraries, in every build; the
# loop build under sanitizers is one of them. Its errors are setjmp and longjmp by import, so it also
# lives on as a new machine again and again, in the middle of them.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly ASAN=$ROOT/build/asan/bin
readonly LUA=$ROOT/build/harnesses/lua.wasm
readonly GENERATIONS=20

# exercise NAME COMMAND…: its output in $WORK/NAME.txt; the folders and the script are appended.
exercise() {
  local name=$1
  shift
  rm -rf "$WORK/tmp" && mkdir "$WORK/tmp"
  "$@" --dir "$ROOT/harnesses/lua::." --dir "$WORK/tmp::/tmp" "$LUA" exercise.lua /tmp \
    >"$WORK/$name.txt" 2>"$WORK/$name.end" </dev/null || { cat "$WORK/$name.end"; return 1; }
}
instructions_of() { sed -n "s/.*, \([0-9]*\) instructions/\1/p" "$WORK/$1.end"; }
# A script on standard input, as text in the first argument.
script() { echo "$1" | "$RELEASE/tine" run --closed "$LUA" >"$WORK/script.txt" 2>&1; }
says() { grep -qF "$1" "$WORK/script.txt" || { cat "$WORK/script.txt"; return 1; }; }

expect "Lua runs its exercise" exercise release "$RELEASE/tine" run
expect "to its end" grep -qx "exercise: 16 sections, more than 5000 checks" "$WORK/release.txt"
expect "and leaves no file behind" test -z "$(ls -A "$WORK/tmp")"
expect "in the loop build" exercise loop "$LOOP/tine" run
expect "to the same output" cmp "$WORK/release.txt" "$WORK/loop.txt"
expect "in the loop build under sanitizers" exercise asan "$ASAN/tine" run
expect "to the same output" cmp "$WORK/release.txt" "$WORK/asan.txt"
expect "counted" exercise counted "$RELEASE/generations" 0 0
step=$(($(instructions_of counted) / (GENERATIONS + 1)))
expect "through $GENERATIONS generations" exercise reborn "$RELEASE/generations" "$GENERATIONS" "$step"
expect "to the same output" cmp "$WORK/release.txt" "$WORK/reborn.txt"

expect "a script that catches errors ends well" script 'print(select("#", pcall(pcall, error)), pcall(error, "caught"))'
expect "and says so" says "3	false	caught"
expect "one that does not ends with 1" fails script 'error("told you")'
expect "and says where" says "stdin:1: told you"
expect "endless ones are ended" fails script 'while true do end'
expect "by their steps" says "too many steps"
expect "greedy ones are ended" fails script 'local t = {} while true do t[#t + 1] = ("x"):rep(1 << 20) .. #t end'
expect "by their memory" says "not enough memory"
finish
