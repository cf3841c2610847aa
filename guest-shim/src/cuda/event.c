// Events. A slot's `ticket` is 1 + the ticket of the last record, its `owner` the stream; so an event
// whose stream (or whole context) was synchronised later is known to be complete.
#include "cuda/event.h"
#include "cuda/progress.h"
#include "cuda/stub.h"

static void note_record(CUevent event, CUstream stream) {
  struct gf_slot *slot = gf_slot((uint64_t)event, GF_KIND_EVENT);
  if (slot == NULL)
    return;
  // Stream 0 of a per-thread entry point is the thread's own, not the one that waits for all.
  uint64_t owner = stream == NULL && gf_per_thread_stream ? 2 : (uint64_t)stream;
  gf_store_relaxed(&slot->owner, owner);
  gf_store_release(&slot->ticket, gf_thread.lane->last_ticket + 1);
}

void gf_event_is_shared(CUevent event) {
  struct gf_slot *slot = gf_slot((uint64_t)event, GF_KIND_EVENT);
  if (slot != NULL)
    slot->meta = slot; // any pointer: it is shared
}

void gf_observe_cuEventCreate(CUevent *phEvent, unsigned int Flags) {
  // ticket 0: never recorded, and so complete
  if (Flags & CU_EVENT_INTERPROCESS)
    gf_event_is_shared(*phEvent);
}
void gf_observe_cuEventDestroy_v2(CUevent hEvent) { (void)hEvent; }
void gf_observe_cuEventRecord(CUevent hEvent, CUstream hStream) { note_record(hEvent, hStream); }
void gf_observe_cuEventRecordWithFlags(CUevent hEvent, CUstream hStream, unsigned int flags) {
  (void)flags;
  note_record(hEvent, hStream);
}

/// Known to be complete, with no error waiting to be told.
static int is_complete(struct gf_lane_client *lane, CUevent event) {
  const struct gf_slot *slot = gf_slot((uint64_t)event, GF_KIND_EVENT);
  // An event that others record too is for the host to judge.
  return slot != NULL && slot->meta == NULL &&
         gf_load_relaxed(&lane->region->deferred_error) == 0 &&
         gf_progress_reached(gf_load_acquire(&slot->ticket), gf_load_relaxed(&slot->owner));
}

/// The record is complete, and with it what its stream was given before.
static void note_complete(CUevent event) {
  const struct gf_slot *slot = gf_slot((uint64_t)event, GF_KIND_EVENT);
  if (slot == NULL || slot->ticket == 0)
    return;
  struct gf_slot *stream = gf_slot(slot->owner, GF_KIND_STREAM);
  if (stream != NULL && gf_load_relaxed(&stream->ticket) < slot->ticket)
    gf_store_relaxed(&stream->ticket, slot->ticket);
  else if (slot->owner <= 1)
    gf_progress_legacy(slot->ticket);
}

CUresult CUDAAPI cuEventQuery(CUevent hEvent) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (is_complete(lane, hEvent))
    return CUDA_SUCCESS;
  struct gf_cuEventQuery_args *args = gf_begin(lane, GF_OP_cuEventQuery, sizeof *args);
  args->event = (uint64_t)hEvent;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    note_complete(hEvent);
  return result;
}

CUresult CUDAAPI cuEventSynchronize(CUevent hEvent) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (is_complete(lane, hEvent))
    return CUDA_SUCCESS;
  struct gf_cuEventSynchronize_args *args = gf_begin(lane, GF_OP_cuEventSynchronize, sizeof *args);
  args->event = (uint64_t)hEvent;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    note_complete(hEvent);
  return result;
}
