// A small database program, as one would write it for any command line: it opens a database in
// memory, makes a schema, loads 10,000 rows, and then reads SQL from standard input until its end,
// runs it statement by statement and prints the rows.
//
// Nothing here knows of tine or of fuzzing. That is the point: `tine snapshot --at stdin` freezes
// the program just before its first read, when the tables and indexes stand, so that each run from
// the snapshot starts with the SQL and pays nothing for the loading.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sqlite3.h"

enum { kRows = 10000, kCustomers = 500, kReadChunkBytes = 4096 };

// What one script may use, as a service would limit the strangers who query it: steps of SQLite's
// virtual machine between two looks at the count, how many such rounds, the size of a value.
enum { kStepsPerRound = 1000, kMaxRounds = 500, kMaxValueBytes = 100000, kMaxPatternBytes = 100 };

static const char kSchema[] =
    "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);"
    "CREATE TABLE sale("
    "  id INTEGER PRIMARY KEY,"
    "  customer INTEGER NOT NULL REFERENCES customer(id),"
    "  product TEXT NOT NULL,"
    "  quantity INTEGER NOT NULL CHECK(quantity > 0),"
    "  price REAL NOT NULL,"
    "  note BLOB);"
    "CREATE INDEX sale_by_customer ON sale(customer, product);"
    "CREATE INDEX sale_by_product ON sale(product, price DESC);"
    "CREATE VIEW turnover AS"
    "  SELECT customer.city, sum(sale.quantity * sale.price) AS total"
    "  FROM sale JOIN customer ON customer.id = sale.customer GROUP BY customer.city;"
    "CREATE TABLE audit(sale INTEGER, what TEXT);"
    "CREATE TRIGGER sale_deleted AFTER DELETE ON sale BEGIN"
    "  INSERT INTO audit VALUES(old.id, 'deleted'); END;";

static const char* const kCities[] = {"Bergen", "Cadiz", "Delft", "Evora", "Freiburg", "Ghent"};
static const char* const kProducts[] = {"anvil", "bellows", "chisel", "drill",
                                        "easel", "file",    "gimlet", "hammer"};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// The data must be the same in every run, so they come from a generator of our own (xorshift32).
static uint32_t random_state = 0x7EA5E1;
static uint32_t next_random(uint32_t bound) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state % bound;
}

static void check(sqlite3* db, int code, const char* what) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_stmt* prepare(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = NULL;
  check(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL), sql);
  return statement;
}

static void insert_row(sqlite3* db, sqlite3_stmt* statement) {
  check(db, sqlite3_step(statement), "insert");
  check(db, sqlite3_reset(statement), "reset");
}

static void load_customers(sqlite3* db) {
  sqlite3_stmt* insert =
      prepare(db, "INSERT INTO customer VALUES(?1, printf('customer %d', ?1), ?2)");
  for (int id = 1; id <= kCustomers; ++id) {
    sqlite3_bind_int(insert, 1, id);
    sqlite3_bind_text(insert, 2, kCities[next_random(COUNT(kCities))], -1, SQLITE_STATIC);
    insert_row(db, insert);
  }
  sqlite3_finalize(insert);
}

static void load_sales(sqlite3* db) {
  sqlite3_stmt* insert = prepare(db, "INSERT INTO sale VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  for (int id = 1; id <= kRows; ++id) {
    uint8_t note[16];
    for (size_t i = 0; i < sizeof note; ++i) note[i] = (uint8_t)next_random(256);
    sqlite3_bind_int(insert, 1, id);
    sqlite3_bind_int(insert, 2, 1 + (int)next_random(kCustomers));
    sqlite3_bind_text(insert, 3, kProducts[next_random(COUNT(kProducts))], -1, SQLITE_STATIC);
    sqlite3_bind_int(insert, 4, 1 + (int)next_random(20));
    sqlite3_bind_double(insert, 5, next_random(100000) / 100.0);
    sqlite3_bind_blob(insert, 6, note, (int)next_random(sizeof note), SQLITE_TRANSIENT);
    insert_row(db, insert);
  }
  sqlite3_finalize(insert);
}

static sqlite3* open_loaded_database(void) {
  sqlite3* db = NULL;
  check(db, sqlite3_open(":memory:", &db), "open");
  check(db, sqlite3_exec(db, kSchema, NULL, NULL, NULL), "schema");
  check(db, sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), "begin");
  load_customers(db);
  load_sales(db);
  check(db, sqlite3_exec(db, "COMMIT; ANALYZE", NULL, NULL, NULL), "commit");
  return db;
}

static int count_rounds(void* rounds) { return ++*(int*)rounds > kMaxRounds; }

static void limit_work(sqlite3* db) {
  static int rounds = 0;
  sqlite3_progress_handler(db, kStepsPerRound, count_rounds, &rounds);
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, kMaxValueBytes);
  sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, kMaxPatternBytes);
}

// All of standard input as one string that ends with a zero byte.
static char* read_all_input(void) {
  size_t size = 0, capacity = kReadChunkBytes;
  char* text = malloc(capacity + 1);
  size_t got;
  while (text && (got = fread(text + size, 1, capacity - size, stdin)) > 0) {
    size += got;
    if (size < capacity) continue;
    capacity *= 2;
    char* larger = realloc(text, capacity + 1);
    if (!larger) free(text);
    text = larger;
  }
  if (!text) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  text[size] = '\0';
  return text;
}

static void print_row(sqlite3_stmt* statement) {
  for (int column = 0; column < sqlite3_column_count(statement); ++column) {
    const unsigned char* text = sqlite3_column_text(statement, column);
    printf("%s%s", column ? "|" : "", text ? (const char*)text : "NULL");
  }
  putchar('\n');
}

// Runs every statement of `sql`; one that fails is reported, and the next one goes on.
static void run_script(sqlite3* db, const char* sql) {
  while (*sql) {
    sqlite3_stmt* statement = NULL;
    const char* rest = sql;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, &rest);
    if (code == SQLITE_OK && statement) {
      while ((code = sqlite3_step(statement)) == SQLITE_ROW) print_row(statement);
      code = sqlite3_finalize(statement);
    }
    if (code != SQLITE_OK) printf("error: %s\n", sqlite3_errmsg(db));
    if (rest == sql) return;
    sql = rest;
  }
}

int main(void) {
  sqlite3* db = open_loaded_database();
  limit_work(db);
  fprintf(stderr, "%d rows loaded\n", kRows);
  run_script(db, read_all_input());
  // The process ends here, and a database in memory with it: taking it apart first would only cost.
  return 0;
}
