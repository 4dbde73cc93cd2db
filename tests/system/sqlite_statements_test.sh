#!/usr/bin/env bash
# SQLite runs a few thousand statements: rows come and go, one by one and within transactions, and
# after each round its sums are those that awk finds. In the release build, and in the loop build
# under sanitizers.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly ASAN=$ROOT/build/asan/bin
readonly SQLITE=$ROOT/build/harnesses/sqlite.wasm

# Writes statements.sql and, from a model of the table of its own, expected.txt.
make_statements() {
  awk -v sql="$WORK/statements.sql" -v expected="$WORK/expected.txt" '
    function say(text) { print text > sql; ++statements }
    function look(   i, count, sum) {
      for (i in value) { ++count; sum += value[i] }
      say("SELECT count(*), coalesce(sum(v), 0) FROM t;")
      print count + 0 "|" sum + 0 > expected
    }
    BEGIN {
      say("CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER, w TEXT);")
      say("CREATE INDEX by_v ON t(v);")
      random = 42
      for (round = 1; round <= 25; ++round) {
        say("BEGIN;")
        for (n = 0; n < 100; ++n) {
          random = (random * 1103515245 + 12345) % 2147483648
          id = int(random / 65536) % 400
          v = int(random / 256) % 1000
          kind = n % 4
          if (kind == 0 || kind == 3) {
            say(sprintf("REPLACE INTO t VALUES(%d, %d, printf(\047%%05d\047, %d));", id, v, v))
            next_value[id] = v; value[id] = v
          } else if (kind == 1) {
            say(sprintf("UPDATE t SET v = v + %d WHERE id = %d;", n, id))
            if (id in value) value[id] += n
          } else {
            say(sprintf("DELETE FROM t WHERE id = %d;", id))
            delete value[id]
          }
        }
        say("COMMIT;")
        look()
        say("BEGIN;"); say("DELETE FROM t;"); say("ROLLBACK;")
        look()
      }
      say("SELECT count(*) FROM t WHERE v >= 0 AND CAST(w AS INTEGER) > v;")
      print 0 > expected
      say("PRAGMA integrity_check;")
      print "ok" > expected
      print statements
    }'
}
run_in() { "$1/tine" run --closed "$SQLITE" <"$WORK/statements.sql" >"$2"; }

as_expected() { diff "$WORK/expected.txt" "$1" | head -n 5; cmp -s "$WORK/expected.txt" "$1"; }

statements=$(make_statements)
expect "there are thousands of statements: $statements" test "$statements" -gt 2500
expect "SQLite runs them" run_in "$RELEASE" "$WORK/release.txt"
expect "to the sums that awk finds" as_expected "$WORK/release.txt"
expect "in the loop build under sanitizers" run_in "$ASAN" "$WORK/asan.txt"
expect "to the same output" cmp "$WORK/release.txt" "$WORK/asan.txt"
finish
