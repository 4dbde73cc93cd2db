#!/usr/bin/env bash
# A run that is a new machine TINE_GENERATIONS times (100) prints what the undisturbed run prints,
# after as many instructions: SQLite on data in memory, SQLite on a database in a file with its journal
# open beside it, and a program with files and a directory open.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly COUNT=${TINE_GENERATIONS:-100}
readonly SQLITE=$ROOT/build/harnesses/sqlite.wasm
readonly SQLITE_FILE=$ROOT/build/harnesses/sqlite_file.wasm
readonly FILES=$ROOT/build/release/guests/world_midfile.wasm

queries() {
  local i
  for i in $(seq 200); do
    echo "SELECT count(*), $i, 'so many rows are divisible by it' FROM sale WHERE id % $i = 0;"
  done
}
# Transactions, some of them taken back, most generations within one.
transactions() {
  local i
  echo "CREATE TABLE sale(id INTEGER PRIMARY KEY, what TEXT, price INTEGER);"
  echo "CREATE INDEX sale_by_price ON sale(price);"
  for i in $(seq 40); do
    echo "BEGIN; WITH RECURSIVE n(i) AS (VALUES($i * 100) UNION ALL SELECT i + 1 FROM n" \
      "WHERE i < $i * 100 + 99) INSERT INTO sale SELECT i, printf('thing %d', i), i * 7919 % 1000 FROM n;"
    echo "UPDATE sale SET price = price + 1 WHERE id % 7 = $i % 7;"
    if [ $((i % 5)) = 0 ]; then echo "ROLLBACK;"; else echo "COMMIT;"; fi
    echo "SELECT $i, count(*), sum(price) FROM sale;"
  done
  echo "PRAGMA integrity_check;"
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
run_with_database() { run_as "$@" --dir "$WORK/data::/data" "$SQLITE_FILE" /data/rows.db; }
run_with_files() { run_as "$@" --dir "$WORK/data::/data" "$FILES"; }

queries >"$WORK/input"
expect "SQLite runs undisturbed" run_as undisturbed 0 0 "$SQLITE"
expect "and prints its rows" grep -qx "10000|1|so many rows are divisible by it" "$WORK/undisturbed.txt"
expect "SQLite lives through $COUNT generations" \
  run_as reborn "$COUNT" "$(step_of undisturbed)" "$SQLITE"
expect "to the same output" cmp "$WORK/undisturbed.txt" "$WORK/reborn.txt"
expect "after as many instructions" cmp "$WORK/undisturbed.end" "$WORK/reborn.end"

transactions >"$WORK/input"
fresh_files
expect "SQLite runs undisturbed on a file" run_with_database database 0 0
expect "and finds it in order" grep -qx ok "$WORK/database.txt"
mv "$WORK/data/rows.db" "$WORK/rows.db"
fresh_files
expect "SQLite with its files open lives through $COUNT generations" \
  run_with_database database-reborn "$COUNT" "$(step_of database)"
expect "to the same output" cmp "$WORK/database.txt" "$WORK/database-reborn.txt"
expect "after as many instructions" cmp "$WORK/database.end" "$WORK/database-reborn.end"
expect "and writes the same database" cmp "$WORK/rows.db" "$WORK/data/rows.db"

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
