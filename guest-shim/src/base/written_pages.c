#include "base/written_pages.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Of kernel headers that are newer than those we are built with.
#define USER_MODE_ONLY 1
#define FEATURE_WP_UNPOPULATED (1ull << 13)
#define FEATURE_WP_ASYNC (1ull << 15)
#define PAGE_IS_WRITTEN (1ull << 1)
#define SCAN_WP_MATCHING (1ull << 0)
#define SCAN_CHECK_WPASYNC (1ull << 1)

struct scan_range {
  uint64_t start, end, categories;
};

struct scan {
  uint64_t size, flags, start, end, walk_end, ranges, range_count, max_pages;
  uint64_t inverted, mask, any_of, returned;
};
#define SCAN _IOWR('f', 16, struct scan)

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static pid_t g_owner; // the process that these are of; a forked child needs its own
static int g_fault_fd = -1, g_map_fd = -1;

static void open_both(void) {
  struct uffdio_api api = {.api = UFFD_API, .features = FEATURE_WP_ASYNC | FEATURE_WP_UNPOPULATED};
  g_fault_fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | USER_MODE_ONLY);
  g_map_fd = g_fault_fd >= 0 ? open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC) : -1;
  if (g_map_fd >= 0 && ioctl(g_fault_fd, UFFDIO_API, &api) == 0)
    return;
  if (g_map_fd >= 0)
    close(g_map_fd);
  if (g_fault_fd >= 0)
    close(g_fault_fd);
  g_fault_fd = g_map_fd = -1;
}

/// Non-zero if this process's kernel tells.
static int is_open(void) {
  pthread_mutex_lock(&g_mutex);
  const pid_t self = getpid();
  if (g_owner != self) {
    if (g_owner != 0 && g_fault_fd >= 0) {
      close(g_fault_fd);
      close(g_map_fd);
    }
    g_owner = self;
    open_both();
  }
  const int open = g_fault_fd >= 0;
  pthread_mutex_unlock(&g_mutex);
  return open;
}

int gf_written_watch(uint8_t *base, uint64_t bytes) {
  struct uffdio_register watched = {.range = {(uint64_t)base, bytes},
                                    .mode = UFFDIO_REGISTER_MODE_WP};
  return is_open() && ioctl(g_fault_fd, UFFDIO_REGISTER, &watched) == 0;
}

void gf_written_unwatch(uint8_t *base, uint64_t bytes) {
  struct uffdio_range range = {(uint64_t)base, bytes};
  if (is_open())
    ioctl(g_fault_fd, UFFDIO_UNREGISTER, &range);
}

int gf_written_take(uint64_t first, uint64_t end, struct gf_written *written, int room,
                    uint64_t *next) {
  enum { AT_ONCE = 64 };
  struct scan_range ranges[AT_ONCE];
  struct scan scan = {
      .size = sizeof scan,
      .flags = SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC,
      .start = first,
      .end = end,
      .ranges = (uint64_t)ranges,
      .range_count = (uint64_t)(room < AT_ONCE ? room : AT_ONCE),
      .mask = PAGE_IS_WRITTEN,
      .returned = PAGE_IS_WRITTEN,
  };
  const int count = is_open() ? ioctl(g_map_fd, SCAN, &scan) : -1;
  for (int i = 0; i < count; i++)
    written[i] = (struct gf_written){ranges[i].start, ranges[i].end};
  *next = scan.walk_end;
  return count;
}
