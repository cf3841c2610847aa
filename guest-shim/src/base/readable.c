#include "base/readable.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int gf_is_readable(const void *address) {
  // The kernel copies the set of signals first, and then finds that there is no such operation. Nothing is
  // touched, and nothing of the application's handlers.
  const uintptr_t word = (uintptr_t)address & ~(uintptr_t)7; // never in two pages
  const int before = errno, no_operation = -1;
  const int readable =
      syscall(SYS_rt_sigprocmask, no_operation, word, NULL, (size_t)8) == 0 || errno != EFAULT;
  errno = before;
  return readable;
}

void gf_copy_readable(void *to, const void *from, uint64_t bytes) {
  const uint8_t *at = from;
  if (bytes == 0)
    return;
  if (gf_is_readable(at + bytes - 1)) {
    memcpy(to, from, bytes);
    return;
  }
  uint8_t *out = to;
  const uint64_t page = 4096;
  while (bytes > 0 && gf_is_readable(at)) {
    const uint64_t rest = page - ((uintptr_t)at & (page - 1));
    const uint64_t part = bytes < rest ? bytes : rest;
    memcpy(out, at, part);
    out += part;
    at += part;
    bytes -= part;
  }
  memset(out, 0, bytes);
}
