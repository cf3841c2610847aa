/* What headers and static libraries of this machine refer to and glibc 2.28 does not have. Hidden: each library of ours
 * has its own, and none is seen by anybody else. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

/* The stat family was inline until 2.33, over these. */
enum { STAT_VERSION = 1 }; /* _STAT_VER_LINUX of x86-64 */
extern int __xstat(int version, const char *path, struct stat *out);
extern int __lxstat(int version, const char *path, struct stat *out);
extern int __fxstat(int version, int fd, struct stat *out);
extern int __fxstatat(int version, int directory, const char *path, struct stat *out, int flags);

int stat(const char *path, struct stat *out) { return __xstat(STAT_VERSION, path, out); }

int lstat(const char *path, struct stat *out) { return __lxstat(STAT_VERSION, path, out); }

int fstat(int fd, struct stat *out) { return __fxstat(STAT_VERSION, fd, out); }

int fstatat(int directory, const char *path, struct stat *out, int flags) {
  return __fxstatat(STAT_VERSION, directory, path, out, flags);
}

/* Where off_t has 64 bits anyway, these are the same; libstdc++ calls them by these names. */
int stat64(const char *, struct stat64 *) __attribute__((alias("stat")));
int lstat64(const char *, struct stat64 *) __attribute__((alias("lstat")));
int fstat64(int, struct stat64 *) __attribute__((alias("fstat")));
int fstatat64(int, const char *, struct stat64 *, int) __attribute__((alias("fstatat")));

/* "There may be other threads": always true enough. libstdc++ counts references with atomics then. */
char __libc_single_threaded = 0;

/* Asked for by LLVM, for its statistics. */
struct mallinfo2 mallinfo2(void) {
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  const struct mallinfo narrow = mallinfo();
  return (struct mallinfo2){.arena = (unsigned)narrow.arena,
                            .hblkhd = (unsigned)narrow.hblkhd,
                            .uordblks = (unsigned)narrow.uordblks,
                            .fordblks = (unsigned)narrow.fordblks};
}

/* Asked for by libstdc++'s std::random_device. */
unsigned arc4random(void) {
  unsigned value;
  while (getrandom(&value, sizeof value, 0) != sizeof value)
    ;
  return value;
}

/* The C library's own where there is one (2.30). Otherwise the wait is moved to the clock of the day, so that only a
 * step of that clock during the wait makes it longer or shorter. */
int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
                           const struct timespec *until) {
  typedef int Wait(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
  Wait *own = (Wait *)dlsym(RTLD_DEFAULT, "pthread_cond_clockwait");
  if (own != NULL)
    return own(condition, mutex, clock, until);
  if (clock == CLOCK_REALTIME)
    return pthread_cond_timedwait(condition, mutex, until);
  struct timespec here, day;
  if (clock_gettime(clock, &here) != 0 || clock_gettime(CLOCK_REALTIME, &day) != 0)
    return EINVAL;
  const long ns_in_second = 1000000000L;
  day.tv_sec += until->tv_sec - here.tv_sec;
  day.tv_nsec += until->tv_nsec - here.tv_nsec;
  if (day.tv_nsec < 0) {
    day.tv_nsec += ns_in_second;
    day.tv_sec--;
  } else if (day.tv_nsec >= ns_in_second) {
    day.tv_nsec -= ns_in_second;
    day.tv_sec++;
  }
  return pthread_cond_timedwait(condition, mutex, &day);
}
