#include "base/futex.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void gf_futex_wait(uint32_t *word, uint32_t expected, uint64_t timeout_ns) {
  int saved_errno = errno; // the application's errno is not ours to change
  // Until a point in time, so that a storm of signals does not make it longer.
  const uint64_t end_ns = gf_now_ns() + timeout_ns;
  struct timespec end = {.tv_sec = (time_t)(end_ns / 1000000000u),
                         .tv_nsec = (long)(end_ns % 1000000000u)};
  while (syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected, &end, NULL,
                 FUTEX_BITSET_MATCH_ANY) != 0 &&
         errno == EINTR) {
  }
  errno = saved_errno;
}

void gf_futex_wake(uint32_t *word, int count) {
  int saved_errno = errno;
  syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
  errno = saved_errno;
}

uint64_t gf_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
