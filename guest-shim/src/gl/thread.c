#include "gl/thread.h"

#include <pthread.h>
#include <stdlib.h>

#include "abi/handshake.h"
#include "base/log.h"
#include "gl/context.h"
#include "gl/data/stage.h"
#include "gl/stub.h"
#include "session/session.h"

_Thread_local struct gf_gl_thread gf_gl;

static pthread_once_t g_once = PTHREAD_ONCE_INIT;
static pthread_key_t g_key;
static int g_has_key;

static void close_lane(void *pointer) {
  struct gf_gl_lane *lane = pointer;
  gf_gl_make_current(NULL, 0, 0); // a thread that ends lets go of its context
  gf_gl = (struct gf_gl_thread){0};
  gf_gl_publish(lane);
  free(lane->scratch);
  gf_gl_stage_close(lane);
  gf_lane_close(&lane->client);
}

// In a forked child the calling thread's lane, context and drawables are the parent's.
static void forget_lane(void) {
  gf_gl = (struct gf_gl_thread){0};
  if (g_has_key)
    pthread_setspecific(g_key, NULL);
}

static void make_key(void) {
  g_has_key = pthread_key_create(&g_key, close_lane) == 0;
  gf_session_on_fork_child(forget_lane);
}

static struct gf_gl_lane *open_lane(void) {
  struct gf_gl_lane *lane = (void *)gf_lane_open(GF_LANE_KIND_GL, sizeof *lane);
  if (lane == NULL)
    return NULL;
  // Without the key's destructor the lane would outlive the thread.
  if (!g_has_key || pthread_setspecific(g_key, lane) != 0) {
    gf_log(GF_LOG_ERROR, "no thread-specific storage is left");
    gf_lane_close(&lane->client);
    return NULL;
  }
  lane->publish_at = GF_GL_BATCH_BYTES;
  lane->changes = 1; // 0 is never
  return lane;
}

struct gf_gl_lane *gf_gl_thread_lane(void) {
  pthread_once(&g_once, make_key);
  if (gf_session_open(GF_HELLO_OPENS_GL) != GF_CONNECT_OK || gf_gl_is_lost())
    return NULL;
  if (gf_gl.lane == NULL)
    gf_gl.lane = open_lane();
  return gf_gl.lane;
}

int gf_gl_is_lost(void) {
  return gf_session_is_open() && gf_load_relaxed(&gf_session.region->state) != GF_SESSION_LIVE
             ? gf_session_check()
             : gf_session_is_ended();
}

/// A program goes on drawing into nothing, or reads pictures that nobody drew, unless it can be told. Those
/// that cannot end like those that have lost their X server: Mesa's drivers end them, too.
static void end_unheard(void) {
  static int ends;
  if (gf_gl.context == NULL || gf_gl.context->is_robust || gf_session_is_leaving() ||
      __atomic_exchange_n(&ends, 1, __ATOMIC_RELAXED))
    return;
  gf_log(GF_LOG_ERROR,
         "the OpenGL context is lost, and was not made to be told: ending the program");
  exit(1);
}

void gf_gl_lose(struct gf_gl_lane *lane) {
  if (gf_gl.lane != lane)
    return;
  gf_gl.current = NULL;
  end_unheard();
}

int gf_gl_notice_loss(void) {
  if (!gf_gl_is_lost())
    return 0;
  gf_gl_lose(gf_gl.lane);
  return 1;
}

void *gf_gl_scratch(struct gf_gl_lane *lane, uint64_t bytes) {
  if (bytes <= lane->scratch_bytes)
    return lane->scratch;
  free(lane->scratch);
  lane->scratch_bytes = bytes + bytes / 2;
  lane->scratch = malloc(lane->scratch_bytes);
  if (lane->scratch == NULL)
    lane->scratch_bytes = 0;
  return lane->scratch;
}
