#include "ring/futex.h"

#include <cerrno>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace gpuferry::ring {

namespace {
constexpr int64_t kSecondNs = 1'000'000'000;
}

Wake futex_wait(const uint32_t *word, uint32_t expected, int64_t timeout_ns) {
  timespec limit{timeout_ns / kSecondNs, timeout_ns % kSecondNs};
  const long rc =
      syscall(SYS_futex, word, FUTEX_WAIT, expected, timeout_ns < 0 ? nullptr : &limit, nullptr, 0);
  if (rc == 0 || errno == EINTR)
    return Wake::called;
  return errno == ETIMEDOUT ? Wake::timeout : Wake::changed;
}

int futex_wake(const uint32_t *word, int waiters) {
  const long woken = syscall(SYS_futex, word, FUTEX_WAKE, waiters, nullptr, nullptr, 0);
  return woken < 0 ? 0 : static_cast<int>(woken);
}

uint64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * kSecondNs + static_cast<uint64_t>(now.tv_nsec);
}

} // namespace gpuferry::ring
