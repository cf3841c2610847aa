#include "cuda/asked.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

// Names that were logged. A process asks for a few dozen at most; past the capacity, lines come twice.
#define GF_SAID_CAPACITY 512u
static char *g_said[GF_SAID_CAPACITY];
static size_t g_said_count;
static pthread_mutex_t g_lock = PTHREAD_MUTEX_INITIALIZER;

static int first_time(const char *name) {
  int first = 1;
  pthread_mutex_lock(&g_lock);
  for (size_t i = 0; i < g_said_count && first; i++)
    first = strcmp(g_said[i], name) != 0;
  if (first && g_said_count < GF_SAID_CAPACITY) {
    char *copy = strdup(name);
    if (copy != NULL)
      g_said[g_said_count++] = copy;
  }
  pthread_mutex_unlock(&g_lock);
  return first;
}

void gf_asked_in_vain(const char *what, const char *name, int version) {
  if (!gf_log_wants(GF_LOG_INFO) || !first_time(name))
    return;
  if (version != 0)
    gf_log(GF_LOG_INFO, "asked in vain for %s %s, version %d", what, name, version);
  else
    gf_log(GF_LOG_INFO, "asked in vain for %s %s", what, name);
}

void gf_asked(const char *name, int version, unsigned flags, const char *answer) {
  gf_log(GF_LOG_DEBUG, "asked for %s, version %d, flags %u: %s", name, version, flags, answer);
}
