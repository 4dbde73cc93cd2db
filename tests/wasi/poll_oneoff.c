// poll_oneoff: clocks and descriptors in one list; every event that is there is told, none that is
// not.
#include "check.h"

static __wasi_subscription_t in[8];
static __wasi_event_t out[8];
static __wasi_size_t count, events;

static void start(void) {
  memset(in, 0, sizeof in);
  memset(out, 0x5a, sizeof out);
  count = 0;
}
static void clock(__wasi_clockid_t id, __wasi_timestamp_t timeout, __wasi_subclockflags_t flags) {
  in[count].userdata = count;
  in[count].u.tag = __WASI_EVENTTYPE_CLOCK;
  in[count].u.u.clock.id = id;
  in[count].u.u.clock.timeout = timeout;
  in[count].u.u.clock.flags = flags;
  ++count;
}
static void fd(__wasi_eventtype_t type, __wasi_fd_t number) {
  in[count].userdata = count;
  in[count].u.tag = type;
  in[count].u.u.fd_read.file_descriptor = number;
  ++count;
}
static void poll(void) { OK(__wasi_poll_oneoff(in, out, count, &events)); }
static const __wasi_event_t* of(uint64_t subscription) {
  for (__wasi_size_t i = 0; i < events; ++i)
    if (out[i].userdata == subscription) return &out[i];
  return NULL;
}
static __wasi_timestamp_t now(__wasi_clockid_t id) {
  __wasi_timestamp_t time;
  OK(__wasi_clock_time_get(id, 0, &time));
  return time;
}

enum { READ = __WASI_EVENTTYPE_FD_READ, WRITE = __WASI_EVENTTYPE_FD_WRITE };
static const __wasi_clockid_t kMonotonic = __WASI_CLOCKID_MONOTONIC;
static const __wasi_timestamp_t kShort = 2000000, kLong = 3600000000000;  // 2 ms, 1 h

static void waits_for_clocks(void) {
  for (__wasi_clockid_t id = 0; id < 2; ++id)
    for (int is_absolute = 0; is_absolute < 2; ++is_absolute) {
      const __wasi_timestamp_t before = now(kMonotonic);
      start();
      clock(id, kLong + (is_absolute ? now(id) : 0), (__wasi_subclockflags_t)is_absolute);
      clock(id, kShort + (is_absolute ? now(id) : 0), (__wasi_subclockflags_t)is_absolute);
      poll();
      EQUAL(1, events);
      EQUAL(1, out[0].userdata);
      EQUAL(0, out[0].error);
      EQUAL(__WASI_EVENTTYPE_CLOCK, out[0].type);
      // The wall clock may be put back meanwhile, and the wait be shorter for it.
      if (id == kMonotonic) CHECK(now(kMonotonic) >= before + kShort / 2);
      if (is_closed_world()) CHECK(now(kMonotonic) < before + kLong);
    }
  start();
  clock(kMonotonic, 1, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);  // long ago
  clock(kMonotonic, 0, 0);
  clock(kMonotonic, kLong, 0);
  poll();
  EQUAL(2, events);
}

static void knows_what_is_ready(void) {
  const __wasi_fd_t file = opened("file", 0, ALL_RIGHTS);
  __wasi_filesize_t at;
  OK(__wasi_fd_seek(file, 3, __WASI_WHENCE_SET, &at));
  start();
  fd(READ, file);
  fd(WRITE, file);
  fd(WRITE, STDOUT);
  fd(READ, STDIN);
  clock(kMonotonic, kLong, 0);
  fd(READ, LISTENER);
  poll();
  EQUAL(5, events);
  EQUAL(7, of(0)->fd_readwrite.nbytes);
  EQUAL(READ, of(0)->type);
  EQUAL(WRITE, of(1)->type);
  CHECK(of(1)->fd_readwrite.nbytes > 0);
  CHECK(of(2) != NULL && of(3) != NULL && of(5) != NULL);
  EQUAL(0, of(5)->fd_readwrite.flags);
}

static void knows_connections(void) {
  const __wasi_fd_t hello = accepted();
  start();
  fd(READ, hello);
  fd(WRITE, hello);
  poll();
  EQUAL(2, events);
  EQUAL(5, of(0)->fd_readwrite.nbytes);
  EQUAL(0, of(0)->fd_readwrite.flags);
  EQUAL(0, of(1)->fd_readwrite.flags);
  uint8_t text[5];
  const __wasi_iovec_t all = {text, 5};
  __wasi_size_t n;
  OK(__wasi_fd_read(hello, &all, 1, &n));
  start();
  fd(READ, hello);
  poll();
  EQUAL(1, events);
  EQUAL(0, of(0)->fd_readwrite.nbytes);
  EQUAL(__WASI_EVENTRWFLAGS_FD_READWRITE_HANGUP, of(0)->fd_readwrite.flags);
}

/// Each subscription has its own error, and the others go on.
static void tells_errors(void) {
  const __wasi_fd_t reader = opened("file", 0, RIGHT(FD_READ) | RIGHT(POLL_FD_READWRITE));
  const __wasi_fd_t deaf = opened("file", 0, RIGHT(FD_READ));
  start();
  fd(READ, CLOSED_FD);
  fd(WRITE, reader);
  fd(READ, deaf);
  fd(READ, DATA);
  fd(READ, reader);
  clock(kMonotonic, kLong, 0);
  poll();
  EQUAL(5, events);
  EQUAL(ERRNO(BADF), of(0)->error);
  EQUAL(ERRNO(NOTCAPABLE), of(1)->error);
  EQUAL(ERRNO(NOTCAPABLE), of(2)->error);
  EQUAL(ERRNO(NOTCAPABLE), of(3)->error);
  EQUAL(0, of(4)->error);
}

static void refuses_nonsense(void) {
  start();
  FAILS(INVAL, __wasi_poll_oneoff(in, out, 0, &events));
  clock(4, 0, 0);
  FAILS(INVAL, __wasi_poll_oneoff(in, out, 1, &events));
  start();
  fd(3, STDIN);
  FAILS(INVAL, __wasi_poll_oneoff(in, out, 1, &events));
  start();
  clock(kMonotonic, 0, 0);
  FAILS(FAULT, __wasi_poll_oneoff(NOWHERE, out, 1, &events));
  FAILS(FAULT, __wasi_poll_oneoff(in, NOWHERE, 1, &events));
  FAILS(FAULT, __wasi_poll_oneoff(in, out, 1, NOWHERE));
  FAILS(FAULT, __wasi_poll_oneoff(in, out, UINT32_MAX, &events));
}

/// Events may be written over subscriptions that come later: here the second one becomes one of an
/// unknown type for descriptor 0, a connection that nobody has waited for.
static void bears_events_over_subscriptions(void) {
  OK(__wasi_fd_renumber(accepted(), STDIN));
  start();
  fd(READ, CLOSED_FD);
  fd(READ, CLOSED_FD);
  fd(READ, accepted());
  OK(__wasi_poll_oneoff(in, (__wasi_event_t*)&in[1], count, &events));
  EQUAL(3, events);
}

int main(void) {
  waits_for_clocks();
  knows_what_is_ready();
  knows_connections();
  tells_errors();
  refuses_nonsense();
  bears_events_over_subscriptions();
}
