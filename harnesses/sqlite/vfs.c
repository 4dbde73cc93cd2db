// What SQLite asks of an operating system, for a database that lives in memory: entropy and the
// time. SQLite's own Unix layer wants file locks and mmap, which WASI preview 1 does not have, so
// the library is built with SQLITE_OS_OTHER and finds its default VFS here. No file can be opened.
#include "sqlite3.h"
#include "vfs_system.h"

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
