// What both of our VFSs for SQLite answer alike, because it is no matter of files: names, entropy
// and the time. Static functions, so that each has its own.
#ifndef VFS_SYSTEM_H
#define VFS_SYSTEM_H

#include <time.h>
#include <unistd.h>

#include "sqlite3.h"

enum { kMaxPathBytes = 512, kMaxEntropyBytes = 256 };
static const sqlite3_int64 kUnixEpochInJulianMs = 210866760000000;

static int full_pathname(sqlite3_vfs* vfs, const char* name, int size, char* result) {
  sqlite3_snprintf(size, result, "%s", name);
  return SQLITE_OK;
}

static int randomness(sqlite3_vfs* vfs, int size, char* result) {
  int wanted = size < kMaxEntropyBytes ? size : kMaxEntropyBytes;
  return getentropy(result, (size_t)wanted) == 0 ? wanted : 0;
}

static int sleep_for(sqlite3_vfs* vfs, int microseconds) { return microseconds; }

static int current_time_ms(sqlite3_vfs* vfs, sqlite3_int64* julian_ms) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  *julian_ms = kUnixEpochInJulianMs + (sqlite3_int64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
  return SQLITE_OK;
}

static int current_time(sqlite3_vfs* vfs, double* julian_days) {
  sqlite3_int64 julian_ms;
  int code = current_time_ms(vfs, &julian_ms);
  *julian_days = (double)julian_ms / 86400000.0;
  return code;
}

#endif
