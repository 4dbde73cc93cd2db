// Text and switches: a recursive parser reads a JSON text of our own making forty times.
#include <stdio.h>
#include <string.h>

enum { kRecords = 4000, kRounds = 40 };
static char text[kRecords * 96];

typedef struct {
  const char* at;
  unsigned long values, depth, deepest, string_bytes;
  double sum;
} Parser;

static void parse_value(Parser* p);

static void skip_space(Parser* p) {
  while (*p->at == ' ' || *p->at == '\n') ++p->at;
}

static void parse_string(Parser* p) {
  for (++p->at; *p->at != '"'; ++p->at) {
    if (*p->at == '\\') ++p->at;
    ++p->string_bytes;
  }
  ++p->at;
}

static void parse_number(Parser* p) {
  double value = 0, scale = 1;
  int negative = *p->at == '-';
  if (negative) ++p->at;
  for (; *p->at >= '0' && *p->at <= '9'; ++p->at) value = value * 10 + (*p->at - '0');
  if (*p->at == '.')
    for (++p->at; *p->at >= '0' && *p->at <= '9'; ++p->at) value += (*p->at - '0') * (scale /= 10);
  p->sum += negative ? -value : value;
}

// Members of an object or elements of an array, up to the closing bracket.
static void parse_list(Parser* p, char close, int has_keys) {
  if (++p->depth > p->deepest) p->deepest = p->depth;
  ++p->at;
  for (skip_space(p); *p->at != close; skip_space(p)) {
    if (*p->at == ',') ++p->at;
    skip_space(p);
    if (has_keys) {
      parse_string(p);
      skip_space(p);
      ++p->at;
    }
    parse_value(p);
  }
  ++p->at;
  --p->depth;
}

static void parse_value(Parser* p) {
  skip_space(p);
  ++p->values;
  switch (*p->at) {
    case '{': parse_list(p, '}', 1); break;
    case '[': parse_list(p, ']', 0); break;
    case '"': parse_string(p); break;
    case 't':
    case 'n': p->at += 4; break;
    case 'f': p->at += 5; break;
    default: parse_number(p);
  }
}

static void make_text(void) {
  char* out = text;
  *out++ = '[';
  for (int i = 0; i < kRecords; ++i)
    out += sprintf(
        out,
        "%s{\"id\": %d, \"name\": \"item \\\"%d\\\"\", \"ok\": %s, \"at\": [%d.%d, -%d, null]}",
        i ? ",\n" : "", i, i * 17, i % 3 ? "true" : "false", i % 90, i % 10, i % 180);
  strcpy(out, "]");
}

int main(void) {
  Parser total = {0};
  make_text();
  for (int round = 0; round < kRounds; ++round) {
    total.at = text;
    parse_value(&total);
  }
  printf("%lu values, %lu deep, %lu bytes of strings, sum %.3f\n", total.values, total.deepest,
         total.string_bytes, total.sum);
  return 0;
}
