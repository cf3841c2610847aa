#include "cuda/progress.h"

#include "cuda/capture.h"

static uint64_t g_done_below; // all tickets below are complete
static int g_independent;     // non-blocking or per-thread streams exist
static int g_several_contexts;

void gf_progress_forget(void) {
  g_done_below = 0;
  g_independent = 0;
  gf_capture_forget();
}

void gf_progress_independent_stream(void) { gf_store_relaxed(&g_independent, 1); }
void gf_progress_second_context(void) { gf_store_relaxed(&g_several_contexts, 1); }

void gf_progress_all(uint64_t ticket) {
  if (gf_load_relaxed(&g_several_contexts))
    return;
  uint64_t seen = gf_load_relaxed(&g_done_below);
  while (seen < ticket && !__atomic_compare_exchange_n(&g_done_below, &seen, ticket, 0,
                                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    ;
}

void gf_progress_legacy(uint64_t ticket) {
  if (!gf_load_relaxed(&g_independent))
    gf_progress_all(ticket);
}

void gf_progress_stream(CUstream stream, uint64_t ticket) {
  if ((uint64_t)stream <= 1 && !gf_per_thread_stream) {
    gf_progress_legacy(ticket);
    return;
  }
  struct gf_slot *slot = gf_slot((uint64_t)stream, GF_KIND_STREAM);
  if (slot != NULL && gf_load_relaxed(&slot->ticket) < ticket)
    gf_store_relaxed(&slot->ticket, ticket);
}

static void look_at_lane(struct gf_lane_client *lane, void *quiescent) {
  if (gf_load_relaxed(&lane->work_ticket) > gf_load_relaxed(&g_done_below))
    *(int *)quiescent = 0;
}

int gf_progress_quiescent(void) {
  if (gf_load_relaxed(&gf_host_decides) != 0) // what would wait is refused then
    return 0;
  // This thread's own lane nearly always has the answer.
  if (gf_thread.lane != NULL && gf_thread.lane->work_ticket > gf_load_relaxed(&g_done_below))
    return 0;
  int quiescent = 1;
  gf_lane_each(look_at_lane, &quiescent);
  return quiescent;
}

int gf_progress_reached(uint64_t record, uint64_t stream) {
  if (gf_load_relaxed(&gf_host_decides) != 0) // asking may be refused, and spoils them
    return 0;
  if (record <= gf_load_relaxed(&g_done_below))
    return 1;
  const struct gf_slot *slot = gf_slot(stream, GF_KIND_STREAM);
  return slot != NULL && record <= gf_load_relaxed(&slot->ticket);
}
