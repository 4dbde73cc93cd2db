// What SQLite asks of an operating system, for a database that lives in memory: entropy and the
// time. SQLite's own Unix layer wants file locks and mmap, which WASI preview 1 does not have, so
// the library is built with SQLITE_OS_OTHER and finds its default VFS here. No file can be opened.
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sqlite3.h"

enum { kMaxPathBytes = 512, kMaxEntropyBytes = 256 };
static const sqlite3_int64 kUnixEpochInJulianMs = 210866760000000;

static int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
  file->pMethods = NULL;
  return SQLITE_CANTOPEN;
}

static int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  return SQLITE_IOERR_DELETE;
}

static int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  *result = 0;
  return SQLITE_OK;
}

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

static int last_error(sqlite3_vfs* vfs, int size, char* result) { return 0; }

static sqlite3_vfs memory_only_vfs = {
    .iVersion = 2,
    .szOsFile = sizeof(sqlite3_file),
    .mxPathname = kMaxPathBytes,
    .zName = "memory-only",
    .xOpen = open_file,
    .xDelete = delete_file,
    .xAccess = access_file,
    .xFullPathname = full_pathname,
    .xRandomness = randomness,
    .xSleep = sleep_for,
    .xCurrentTime = current_time,
    .xGetLastError = last_error,
    .xCurrentTimeInt64 = current_time_ms,
};

int sqlite3_os_init(void) { return sqlite3_vfs_register(&memory_only_vfs, 1); }
int sqlite3_os_end(void) { return SQLITE_OK; }
