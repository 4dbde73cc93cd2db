#!/usr/bin/env bash
# A snapshot goes to other CPUs and back: x86-64, 64-bit Arm, and big-endian s390x, the latter two
# under qemu-user. All three resume each other's files to the same output, and write the same bytes
# for the same state: SQLite before it reads its queries and amid one, a program with a file and a
# directory open, deltas and the dense form.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly SQLITE=$ROOT/build/harnesses/sqlite.wasm
readonly FILES=$ROOT/build/release/guests/world_midfile.wasm
readonly QUERY='SELECT * FROM turnover; DELETE FROM sale WHERE id < 9; SELECT * FROM audit;'
readonly CPUS="aarch64 s390x"

# tine of a CPU: on x86_64 | aarch64 | s390x ARGUMENT…
on() {
  local cpu=$1
  shift
  case $cpu in
    x86_64) "$RELEASE/tine" "$@" ;;
    *) "qemu-$cpu" "$ROOT/build/$cpu/bin/tine" "$@" ;;
  esac
}

# What happens on CPU $1 goes into files named after it; $2 is the snapshot that it begins with.
ready() { on "$1" snapshot --at stdin --closed --seed 7 -o "$WORK/ready-$1.snap" "$SQLITE"; }
ask() { echo "$QUERY" | on "$1" resume "$2" >"$WORK/$1.txt"; }
stop_amid_query() {
  echo "$QUERY" | on "$1" resume --snapshot-on instr=500000000 --stop-after-snapshot \
    --snapshot-to "$WORK/amid-$1.snap" "$2" >"$WORK/begin-$1.txt"
}
go_on_amid_query() { on "$1" resume "$2" </dev/null >"$WORK/rest.txt"; }
is_the_rest() { cat "$WORK/begin-$1.txt" "$WORK/rest.txt" | cmp - "$WORK/expected.txt"; }
delta() {
  (cd "$WORK" && echo "$QUERY" | on "$1" resume --snapshot-on exit --snapshot-to "delta-$1.snap" \
    --parent ready-x86_64.snap ready-x86_64.snap)
}
flatten() { on "$1" flatten "$2" "$WORK/flat-$1.snap"; }
pack() { on "$1" pack "$2" "$WORK/dense-$1.snap"; }
unpack() { on "$1" unpack "$2" "$WORK/plain-$1.snap"; }
inspect() { on "$1" inspect --json "$2" >"$WORK/inspect-$1.json"; }
diff_of() { on "$1" diff "$2" "$3" >"$WORK/diff-$1.txt" || [ $? = 3 ]; }
through_pipe() {
  on "$1" snapshot --at stdin --closed --seed 7 -o - "$SQLITE" >"$WORK/pipe" 2>/dev/null
  { cat "$WORK/pipe"; } | on "$2" verify -
}
refuses_damage() {
  local offset=$2 file=$WORK/damaged.snap
  cp "$WORK/ready-x86_64.snap" "$file"
  printf '\x5a' | dd of="$file" bs=1 seek="$offset" conv=notrunc status=none
  ! on "$1" verify "$file" >"$WORK/damage-$1.txt" 2>&1
}
fresh_folder() {
  rm -rf "$WORK/data" && mkdir "$WORK/data" && echo "first half, second half" >"$WORK/data/text"
}
# Half on one CPU, half on the other: the file is open and partly read between them.
first_half() {
  fresh_folder
  on "$1" snapshot --at stdin -o "$WORK/half-$1.snap" --dir "$WORK/data::/data" "$FILES"
}
second_half() {
  echo asked | on "$1" resume --dir "$WORK/data::/data" "$2" >"$WORK/half.txt"
  grep -q "asked: second half" "$WORK/half.txt"
}

expect "x86_64 takes a snapshot" ready x86_64
expect "and goes on" ask x86_64 "$WORK/ready-x86_64.snap"
expect "to the rows it should print" grep -q '^Ghent|' "$WORK/x86_64.txt"
cp "$WORK/x86_64.txt" "$WORK/expected.txt"
expect "it stops amid a query" stop_amid_query x86_64 "$WORK/ready-x86_64.snap"
expect "with a part of the rows still to come" fails cmp -s "$WORK/begin-x86_64.txt" "$WORK/expected.txt"
expect "it writes a delta" delta x86_64
expect "and the whole of it" flatten x86_64 "$WORK/delta-x86_64.snap"
expect "the dense form" pack x86_64 "$WORK/ready-x86_64.snap"
expect "it inspects" inspect x86_64 "$WORK/amid-x86_64.snap"
expect "and compares" diff_of x86_64 "$WORK/ready-x86_64.snap" "$WORK/amid-x86_64.snap"
expect "it refuses a damaged state" refuses_damage x86_64 4000000

for cpu in $CPUS; do
  expect "$cpu goes on from there" ask "$cpu" "$WORK/ready-x86_64.snap"
  expect "$cpu prints the same" cmp "$WORK/$cpu.txt" "$WORK/expected.txt"
  expect "$cpu runs it from the start" ready "$cpu"
  expect "$cpu writes the same snapshot" cmp "$WORK/ready-$cpu.snap" "$WORK/ready-x86_64.snap"
  expect "$cpu stops amid a query" stop_amid_query "$cpu" "$WORK/ready-x86_64.snap"
  expect "$cpu writes the same snapshot there" cmp "$WORK/amid-$cpu.snap" "$WORK/amid-x86_64.snap"
  expect "$cpu goes on amid the query" go_on_amid_query "$cpu" "$WORK/amid-x86_64.snap"
  expect "$cpu prints the rest" is_the_rest x86_64
  expect "x86_64 goes on where $cpu stopped" go_on_amid_query x86_64 "$WORK/amid-$cpu.snap"
  expect "and prints the rest" is_the_rest "$cpu"
  expect "$cpu writes a delta" delta "$cpu"
  expect "$cpu writes the same delta" cmp "$WORK/delta-$cpu.snap" "$WORK/delta-x86_64.snap"
  expect "$cpu flattens it" flatten "$cpu" "$WORK/delta-x86_64.snap"
  expect "$cpu makes the same of it" cmp "$WORK/flat-$cpu.snap" "$WORK/flat-x86_64.snap"
  expect "$cpu packs" pack "$cpu" "$WORK/ready-x86_64.snap"
  expect "$cpu unpacks" unpack "$cpu" "$WORK/dense-x86_64.snap"
  expect "$cpu gets the same out" cmp "$WORK/plain-$cpu.snap" "$WORK/ready-x86_64.snap"
  expect "x86_64 unpacks what $cpu packed" unpack x86_64 "$WORK/dense-$cpu.snap"
  expect "and gets the same out" cmp "$WORK/plain-x86_64.snap" "$WORK/ready-x86_64.snap"
  expect "x86_64 pipes, $cpu reads" through_pipe x86_64 "$cpu"
  expect "$cpu inspects" inspect "$cpu" "$WORK/amid-x86_64.snap"
  expect "$cpu sees the same" cmp "$WORK/inspect-$cpu.json" "$WORK/inspect-x86_64.json"
  expect "$cpu compares" diff_of "$cpu" "$WORK/ready-x86_64.snap" "$WORK/amid-x86_64.snap"
  expect "$cpu finds the same" cmp "$WORK/diff-$cpu.txt" "$WORK/diff-x86_64.txt"
  expect "$cpu refuses a damaged state" refuses_damage "$cpu" 4000000
  expect "$cpu says the same of it" cmp "$WORK/damage-$cpu.txt" "$WORK/damage-x86_64.txt"
  expect "$cpu stops with a file open" first_half "$cpu"
  expect "x86_64 reads the other half" second_half x86_64 "$WORK/half-$cpu.snap"
  expect "x86_64 stops with a file open" first_half x86_64
  expect "$cpu reads the other half" second_half "$cpu" "$WORK/half-x86_64.snap"
done
finish
