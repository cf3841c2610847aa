// Lanes come and go with the threads that call CUDA or OpenGL.
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "lane/lane.h"
#include "lane/map.h"
#include "session/session.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct gf_lane_client *g_open[GF_LANE_COUNT];
static pthread_once_t g_fork_once = PTHREAD_ONCE_INIT;

// The child starts without lanes: the parent's are the parent's, and were not mapped here anyway.
// Their guest-side structures stay allocated; a fork is rarely followed by more than an exec.
static void forget_lanes(void) {
  pthread_mutex_init(&g_mutex, NULL);
  memset(g_open, 0, sizeof g_open);
}

static void register_fork_hook(void) { gf_session_on_fork_child(forget_lanes); }

/// A lane that neither side uses. The mapping of the one found is in `*mapped`.
static int find_free(uint8_t **mapped) {
  for (uint32_t i = 0; i < GF_LANE_COUNT; i++) {
    if (g_open[i] != NULL)
      continue;
    uint8_t *at = gf_lane_map(i);
    if (at == NULL) {
      const int error = errno;
      if (!gf_session_check()) // which says itself why
        gf_log(GF_LOG_ERROR, "a lane cannot be mapped: %s", strerror(error));
      return -1;
    }
    // Partner: the executor's release when it acknowledges CLOSING.
    if (gf_load_acquire(&((struct gf_lane *)at)->state) == GF_LANE_FREE) {
      *mapped = at;
      return (int)i;
    }
    gf_lane_unmap(at);
  }
  static int said;
  if (!said)
    gf_log(GF_LOG_ERROR, "more than %u threads use the GPU at once; calls of further ones fail",
           GF_LANE_COUNT);
  said = 1;
  return -1;
}

static struct gf_lane_client *open_locked(uint32_t kind, size_t client_bytes) {
  struct gf_lane_client *lane = calloc(1, client_bytes);
  uint8_t *at = NULL;
  int index = lane != NULL ? find_free(&at) : -1;
  if (index < 0) {
    free(lane);
    return NULL;
  }
  struct gf_lane *shared = (struct gf_lane *)at;
  memset(shared, 0, sizeof *shared);
  shared->kind = kind;
  shared->guest_cpu = (uint32_t)sched_getcpu();
  lane->shared = shared;
  lane->ring = at + GF_RING_OFFSET_BYTES;
  lane->region = gf_session.region;
  lane->doorbell = kind == GF_LANE_KIND_GL ? &shared->doorbell : &lane->region->doorbell;
  lane->partner_cpu = kind == GF_LANE_KIND_GL ? &shared->executor_cpu : &lane->region->issuer_cpu;
  lane->room_end = GF_RING_BYTES;
  lane->index = (uint32_t)index;
  lane->reply_spin.budget_ns = GF_SPIN_MAX_NS;
  lane->room_spin.budget_ns = GF_SPIN_MAX_NS;
  g_open[index] = lane;
  // Partner: the issuer's acquire of state, then of lanes_in_use.
  gf_store_release(&shared->state, GF_LANE_OPEN);
  if (gf_load_relaxed(&lane->region->lanes_in_use) <= lane->index)
    gf_store_release(&lane->region->lanes_in_use, lane->index + 1);
  // A lane with a thread of its own is found by the issuer, which has no other reason to look.
  if (kind == GF_LANE_KIND_GL)
    gf_lane_look_at_doorbell(&lane->region->doorbell);
  return lane;
}

struct gf_lane_client *gf_lane_open(uint32_t kind, size_t client_bytes) {
  pthread_once(&g_fork_once, register_fork_hook);
  pthread_mutex_lock(&g_mutex);
  struct gf_lane_client *lane = open_locked(kind, client_bytes);
  pthread_mutex_unlock(&g_mutex);
  return lane;
}

void gf_lane_close(struct gf_lane_client *lane) {
  pthread_mutex_lock(&g_mutex);
  if (g_open[lane->index] == lane)
    g_open[lane->index] = NULL;
  gf_store_release(&lane->shared->state, GF_LANE_CLOSING);
  gf_lane_look_at_doorbell(lane->doorbell); // so that an idle executor frees the lane
  gf_lane_unmap((uint8_t *)lane->shared);
  pthread_mutex_unlock(&g_mutex);
  free(lane->oversize);
  free(lane);
}

void gf_lane_each(void (*visit)(struct gf_lane_client *lane, void *argument), void *argument) {
  pthread_mutex_lock(&g_mutex);
  for (uint32_t i = 0; i < GF_LANE_COUNT; i++) {
    if (g_open[i] != NULL)
      visit(g_open[i], argument);
  }
  pthread_mutex_unlock(&g_mutex);
}
