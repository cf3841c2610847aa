/* Preloaded into a program that turns with the time of day, so that it shows the same picture for ever. The clocks of
 * clock_gettime go on: what measures with them is not told lies. */
#include <stddef.h>
#include <sys/time.h>

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  time->tv_sec = 1000000;
  time->tv_usec = 0;
  return 0;
}
