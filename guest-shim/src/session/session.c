#include "session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/futex.h"
#include "base/log.h"
#include "session/address.h"
#include "session/descriptors.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define GF_RETRY_NS 500000000ull

struct gf_session gf_session = {.host_fd = -1, .courier_fd = -1, .region_fd = -1};
uint32_t gf_session_generation;

static pthread_mutex_t g_open_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t g_fork_once = PTHREAD_ONCE_INIT;
static int g_ended;

enum { GF_FORK_HOOKS_MAX = 16 };
static void (*g_fork_hooks[GF_FORK_HOOKS_MAX])(void);
static int g_fork_hook_count;

void gf_session_on_fork_child(void (*hook)(void)) {
  if (g_fork_hook_count < GF_FORK_HOOKS_MAX)
    g_fork_hooks[g_fork_hook_count++] = hook;
}

// The lock is held across the fork, so that the child never inherits a half-opened session.
static void before_fork(void) { pthread_mutex_lock(&g_open_mutex); }
static void after_fork_parent(void) { pthread_mutex_unlock(&g_open_mutex); }

// The region was not inherited (MADV_DONTFORK); only descriptors and this process's memory of the
// session were. The sockets are closed here, because the server would take the session for alive as
// long as the child holds them.
static void after_fork_child(void) {
  gf_descriptors_close();
  gf_session = (struct gf_session){.host_fd = -1, .courier_fd = -1, .region_fd = -1};
  gf_session_generation++;
  g_ended = 0;
  for (int i = 0; i < g_fork_hook_count; i++)
    g_fork_hooks[i]();
  pthread_mutex_unlock(&g_open_mutex);
}

static void register_fork_handlers(void) {
  pthread_atfork(before_fork, after_fork_parent, after_fork_child);
}

static struct gf_region *map_header(int fd, uint64_t region_bytes, char *why) {
  struct stat info;
  if (fstat(fd, &info) != 0 || (uint64_t)info.st_size != region_bytes ||
      region_bytes < GF_HEAP_OFFSET_BYTES) {
    snprintf(why, 512, "the session's region has an unexpected size");
    return NULL;
  }
  // A region that can shrink would turn our reads into SIGBUS.
  if (!(fcntl(fd, F_GET_SEALS) & F_SEAL_SHRINK)) {
    snprintf(why, 512, "the session's region is not sealed");
    return NULL;
  }
  struct gf_region *region =
      mmap(NULL, GF_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (region == MAP_FAILED) {
    snprintf(why, 512, "the session's region cannot be mapped: %s", strerror(errno));
    return NULL;
  }
  if (region->magic != GF_REGION_MAGIC || region->abi_version != GF_ABI_VERSION ||
      region->heap_bytes > region_bytes - GF_HEAP_OFFSET_BYTES) {
    snprintf(why, 512, "the session's region has no valid header");
    munmap(region, GF_PAGE_BYTES);
    return NULL;
  }
  madvise(region, GF_PAGE_BYTES, MADV_DONTFORK);
  return region;
}

static void say_why_no_heap(uint64_t heap_bytes, int error) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    gf_log(GF_LOG_WARN,
           "the session's heap takes %llu MiB of address space, and this process may have %llu MiB "
           "in all (ulimit -v); the server's [executor] heap can be smaller",
           (unsigned long long)heap_bytes >> 20, (unsigned long long)limit.rlim_cur >> 20);
  else
    gf_log(GF_LOG_WARN, "the session's heap of %llu MiB cannot be mapped: %s",
           (unsigned long long)heap_bytes >> 20, strerror(error));
}

/// Maps the heap where pinned pointers mean the same on both sides, or, where that is taken, anywhere:
/// staging needs only offsets. NULL if there is none.
static uint8_t *map_heap(int fd, uint64_t heap_bytes) {
  if (heap_bytes == 0)
    return NULL;
  void *const wanted = (void *)GF_HEAP_ADDRESS;
  const int flags = MAP_SHARED | MAP_NORESERVE;
  // Without access at first: a process that keeps its future memory in RAM (mlockall) would be given all of it.
  void *got =
      mmap(wanted, heap_bytes, PROT_NONE, flags | MAP_FIXED_NOREPLACE, fd, GF_HEAP_OFFSET_BYTES);
  if (got == MAP_FAILED)
    got = mmap(NULL, heap_bytes, PROT_NONE, flags, fd, GF_HEAP_OFFSET_BYTES);
  if (got == MAP_FAILED || mprotect(got, heap_bytes, PROT_READ | PROT_WRITE) != 0) {
    say_why_no_heap(heap_bytes, errno);
    return NULL;
  }
  if (got != wanted)
    gf_log(GF_LOG_WARN, "address %p is taken in this process: no pinned or managed memory", wanted);
  madvise(got, heap_bytes, MADV_DONTFORK);
  return got;
}

/// Programs try again and again; one line for each reason is enough.
static void say_why(const char *why) {
  static char said[512];
  if (strcmp(said, why) == 0)
    return;
  snprintf(said, sizeof said, "%s", why);
  gf_log(GF_LOG_ERROR, "%s", why);
}

static enum gf_connect_status open_locked(uint32_t hello_flags) {
  char path[256];
  char why[512] = "";
  if (gf_host_path(path, sizeof path, why, sizeof why) != 0) {
    say_why(why);
    return GF_CONNECT_NO_SERVER;
  }
  struct gf_connection connection;
  enum gf_connect_status status = gf_connect(path, hello_flags, &connection, why);
  if (status != GF_CONNECT_OK) {
    say_why(why);
    return status;
  }
  struct gf_region *region = map_header(connection.region_fd, connection.region_bytes, why);
  if (region == NULL) {
    say_why(why);
    close(connection.host_fd);
    close(connection.courier_fd);
    close(connection.region_fd);
    return GF_CONNECT_BROKEN;
  }
  pthread_once(&g_fork_once, register_fork_handlers);
  gf_session.host_fd = connection.host_fd;
  gf_session.courier_fd = connection.courier_fd;
  gf_session.region_fd = connection.region_fd;
  gf_descriptors_remember();
  gf_session.id = connection.session_id;
  gf_session.heap = map_heap(connection.region_fd, region->heap_bytes);
  gf_session.heap_bytes = gf_session.heap != NULL ? region->heap_bytes : 0;
  gf_session.heap_at_address = (uint64_t)gf_session.heap == GF_HEAP_ADDRESS;
  // Partner: gf_session_is_open() of threads that find the session without taking the lock.
  gf_store_release(&gf_session.region, region);
  gf_log(GF_LOG_INFO, "session %llu on %s", (unsigned long long)gf_session.id, path);
  return GF_CONNECT_OK;
}

enum gf_connect_status gf_session_open(uint32_t hello_flags) {
  // A runtime library asks several times before it gives up. What has just failed (perhaps after ten
  // seconds of waiting) fails again without being tried.
  static enum gf_connect_status last_status;
  static uint64_t last_try_ns;
  if (gf_session_is_open())
    return GF_CONNECT_OK;
  pthread_mutex_lock(&g_open_mutex);
  enum gf_connect_status status = GF_CONNECT_OK;
  if (!gf_session_is_open()) {
    if (last_status == GF_CONNECT_OK || gf_now_ns() - last_try_ns > GF_RETRY_NS)
      last_status = open_locked(hello_flags);
    status = last_status;
    last_try_ns = gf_now_ns();
  }
  pthread_mutex_unlock(&g_open_mutex);
  return status;
}

static void wake_everybody(struct gf_region *region) {
  for (uint32_t i = 0; i < gf_load_acquire(&region->lanes_in_use) && i < GF_LANE_COUNT; i++) {
    // Mapped per lane by its own thread; here each lane's first page is mapped for the wake alone.
    uint64_t offset_bytes = GF_LANES_OFFSET_BYTES + (uint64_t)i * GF_LANE_BYTES;
    struct gf_lane *lane = mmap(NULL, GF_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
                                gf_session.region_fd, (off_t)offset_bytes);
    if (lane == MAP_FAILED)
      continue;
    gf_futex_wake(&lane->reply_seq, 1);
    gf_futex_wake(&lane->producer_parked, 1);
    munmap(lane, GF_PAGE_BYTES);
  }
}

static int g_leaving;

void gf_session_leave(void) { __atomic_store_n(&g_leaving, 1, __ATOMIC_RELEASE); }

int gf_session_is_leaving(void) { return __atomic_load_n(&g_leaving, __ATOMIC_ACQUIRE); }

static void end(int32_t code, enum gf_log_level level, const char *why) {
  struct gf_region *region = gf_load_acquire(&gf_session.region);
  if (region == NULL)
    return;
  // A broken context (< 0) is no matter any more; how a session ended is said once.
  int32_t before = gf_load_acquire(&region->sticky_error);
  while (before <= 0 && !__atomic_compare_exchange_n(&region->sticky_error, &before, code, 0,
                                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    ;
  if (__atomic_exchange_n(&g_ended, 1, __ATOMIC_ACQ_REL) == 0)
    gf_log(level, "%s; every GPU call of this process fails from now on", why);
  wake_everybody(region);
}

void gf_session_end(int32_t code, const char *why) { end(code, GF_LOG_ERROR, why); }

void gf_session_tire(unsigned looks) {
  if (looks >= GF_LEAVING_LOOKS && gf_session_is_leaving())
    end(GF_ENDED_LEFT, GF_LOG_INFO, "this process ends, and the GPU does not");
}

int gf_session_is_ended(void) { return __atomic_load_n(&g_ended, __ATOMIC_ACQUIRE); }

static int hung_up(int fd) {
  struct pollfd entry = {.fd = fd, .events = POLLRDHUP};
  return poll(&entry, 1, 0) > 0 && (entry.revents & (POLLHUP | POLLRDHUP | POLLERR | POLLNVAL));
}

int gf_session_check(void) {
  struct gf_region *region = gf_load_acquire(&gf_session.region);
  if (region == NULL)
    return 1;
  uint32_t state = gf_load_acquire(&region->state);
  // Before all else: the server takes a process that closed its socket for gone, and ends its session.
  if (!gf_descriptors_are_ours())
    gf_session_end(GF_ENDED_REVOKED, "this process has closed the descriptors of its session "
                                     "(closefrom, or close of what it did not open)");
  else if (state == GF_SESSION_POISONED)
    gf_session_end(GF_ENDED_LOST, "the executor found a malformed frame and ended this session");
  else if (state == GF_SESSION_REVOKED)
    gf_session_end(GF_ENDED_REVOKED, "the host's admin ended this session");
  else if (hung_up(gf_session.courier_fd))
    gf_session_end(GF_ENDED_LOST, "the executor of this session is gone");
  else if (hung_up(gf_session.host_fd))
    gf_session_end(GF_ENDED_LOST, "the gpuferry server is gone");
  return gf_session_is_ended();
}
