#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_once_t g_once = PTHREAD_ONCE_INIT;
static enum gf_log_level g_level = GF_LOG_WARN;
static int g_fd = STDERR_FILENO;

static void read_environment(void) {
  static const char *const names[] = {"off", "error", "warn", "info", "debug"};
  const char *value = getenv("GPUFERRY_LOG");
  if (value == NULL || value[0] == '\0')
    return;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strcmp(value, names[i]) == 0) {
      g_level = (enum gf_log_level)i;
      return;
    }
  }
  int fd = open(value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) {
    gf_log(GF_LOG_WARN, "GPUFERRY_LOG=%s is neither a level nor a file that can be written: %s",
           value, strerror(errno));
    return;
  }
  g_fd = fd;
  g_level = GF_LOG_DEBUG;
}

int gf_log_wants(enum gf_log_level level) {
  // A message about the variable itself comes from inside the once: it uses the defaults.
  static _Thread_local int inside;
  if (!inside) {
    inside = 1;
    pthread_once(&g_once, read_environment);
    inside = 0;
  }
  return level <= g_level;
}

void gf_log(enum gf_log_level level, const char *format, ...) {
  if (!gf_log_wants(level))
    return;
  int saved_errno = errno;
  char line[1024] = "gpuferry: ";
  size_t used = strlen(line);
  va_list args;
  va_start(args, format);
  int wrote = vsnprintf(line + used, sizeof line - used - 1, format, args);
  va_end(args);
  if (wrote > 0)
    used += (size_t)wrote < sizeof line - used - 1 ? (size_t)wrote : sizeof line - used - 2;
  line[used++] = '\n';
  for (size_t done = 0; done < used;) {
    ssize_t n = write(g_fd, line + done, used - done);
    if (n < 0 && errno != EINTR)
      break;
    if (n > 0)
      done += (size_t)n;
  }
  errno = saved_errno;
}
