// SQLite's layer to the operating system over WASI's files: open, read, write, cut, sync, remove.
// There are no locks, because WASI preview 1 has none: one program at a time.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sqlite3.h"
#include "vfs_system.h"

enum { kSectorBytes = 512 };

struct File {
  sqlite3_file base;
  int fd;
};

static int fd_of(sqlite3_file* file) { return ((struct File*)file)->fd; }

static int close_file(sqlite3_file* file) {
  return close(fd_of(file)) == 0 ? SQLITE_OK : SQLITE_IOERR_CLOSE;
}

// What lies behind the end of the file reads as zeros, and is told apart.
static int read_file(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  int done = 0;
  while (done < size) {
    ssize_t n = pread(fd_of(file), (char*)data + done, (size_t)(size - done), offset + done);
    if (n < 0) return SQLITE_IOERR_READ;
    if (n == 0) break;
    done += (int)n;
  }
  memset((char*)data + done, 0, (size_t)(size - done));
  return done == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  for (int done = 0; done < size;) {
    ssize_t n = pwrite(fd_of(file), (const char*)data + done, (size_t)(size - done), offset + done);
    if (n <= 0) return errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    done += (int)n;
  }
  return SQLITE_OK;
}

static int cut_file(sqlite3_file* file, sqlite3_int64 size) {
  return ftruncate(fd_of(file), size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int sync_file(sqlite3_file* file, int flags) {
  return fsync(fd_of(file)) == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  struct stat stat;
  if (fstat(fd_of(file), &stat) != 0) return SQLITE_IOERR_FSTAT;
  *size = stat.st_size;
  return SQLITE_OK;
}

static int no_lock(sqlite3_file* file, int level) { return SQLITE_OK; }
static int check_lock(sqlite3_file* file, int* is_reserved) {
  *is_reserved = 0;
  return SQLITE_OK;
}
static int control(sqlite3_file* file, int what, void* argument) { return SQLITE_NOTFOUND; }
static int sector_size(sqlite3_file* file) { return kSectorBytes; }
static int characteristics(sqlite3_file* file) { return 0; }

static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = cut_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = no_lock,
    .xUnlock = no_lock,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

// Temporary files, which come without a name, are in memory (SQLITE_TEMP_STORE=3).
static int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
  file->pMethods = NULL;
  if (name == NULL) return SQLITE_CANTOPEN;
  int mode = (flags & SQLITE_OPEN_READWRITE) ? O_RDWR : O_RDONLY;
  if (flags & SQLITE_OPEN_CREATE) mode |= O_CREAT;
  if (flags & SQLITE_OPEN_EXCLUSIVE) mode |= O_EXCL;
  int fd = open(name, mode, 0600);
  if (fd < 0) return SQLITE_CANTOPEN;
  ((struct File*)file)->fd = fd;
  file->pMethods = &file_methods;
  if (out) *out = flags;
  return SQLITE_OK;
}

static int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  if (unlink(name) == 0) return SQLITE_OK;
  return errno == ENOENT ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
}

static int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  struct stat found;
  *result = stat(name, &found) == 0 && (flags != SQLITE_ACCESS_EXISTS || found.st_size > 0);
  return SQLITE_OK;
}

static int last_error(sqlite3_vfs* vfs, int size, char* result) { return errno; }

static sqlite3_vfs wasi_vfs = {
    .iVersion = 2,
    .szOsFile = sizeof(struct File),
    .mxPathname = kMaxPathBytes,
    .zName = "wasi",
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

int sqlite3_os_init(void) { return sqlite3_vfs_register(&wasi_vfs, 1); }
int sqlite3_os_end(void) { return SQLITE_OK; }
