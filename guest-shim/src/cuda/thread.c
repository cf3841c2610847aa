#include "cuda/thread.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "lane/lane.h"
#include "session/session.h"
#include "staging/staging.h"

_Thread_local struct gf_thread gf_thread;
_Thread_local int gf_per_thread_stream;

static pthread_once_t g_once = PTHREAD_ONCE_INIT;
static pthread_key_t g_key;
static int g_has_key;

static void close_lane(void *lane) {
  gf_staging_close(lane);
  gf_lane_close(lane);
  free(gf_thread.stack);
  free(gf_thread.scratch);
  gf_thread = (struct gf_thread){0};
}

// In a forked child the calling thread's lane is the parent's.
static void forget_lane(void) {
  gf_thread.lane = NULL;
  if (g_has_key)
    pthread_setspecific(g_key, NULL);
}

static void make_key(void) {
  g_has_key = pthread_key_create(&g_key, close_lane) == 0;
  gf_session_on_fork_child(forget_lane);
}

void *gf_thread_scratch(uint64_t bytes) {
  free(gf_thread.scratch);
  gf_thread.scratch = malloc(bytes + 1);
  return gf_thread.scratch;
}

int gf_thread_open_lane(void) {
  pthread_once(&g_once, make_key);
  struct gf_lane_client *lane = gf_lane_open(GF_LANE_KIND_CUDA, sizeof *lane);
  if (lane == NULL)
    return -1;
  // Without the key's destructor the lane would outlive the thread.
  if (!g_has_key || pthread_setspecific(g_key, lane) != 0) {
    gf_log(GF_LOG_ERROR, "no thread-specific storage is left");
    gf_lane_close(lane);
    return -1;
  }
  gf_thread.lane = lane;
  return 0;
}
