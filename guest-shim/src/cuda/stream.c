// Streams: synchronising, asking, and what the guest remembers of each.
#include "cuda/callback.h"
#include "cuda/progress.h"
#include "cuda/stub.h"

/// A slot's `owner` of a stream: its flags, and whether it is being captured.
enum { GF_STREAM_CAPTURING = 1 << 16 };

CUresult CUDAAPI cuStreamSynchronize(CUstream hStream) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuStreamSynchronize_args *args =
      gf_begin(lane, GF_OP_cuStreamSynchronize, sizeof *args);
  args->stream = (uint64_t)hStream;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    gf_progress_stream(hStream, lane->last_ticket);
  return result;
}

CUresult CUDAAPI cuStreamQuery(CUstream hStream) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuStreamQuery_args *args = gf_begin(lane, GF_OP_cuStreamQuery, sizeof *args);
  args->stream = (uint64_t)hStream;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    gf_progress_stream(hStream, lane->last_ticket);
  return result;
}

void gf_observe_cuStreamCreate(CUstream *phStream, unsigned int Flags) {
  struct gf_slot *slot = gf_slot((uint64_t)*phStream, GF_KIND_STREAM);
  if (slot != NULL)
    slot->owner = Flags;
  if (Flags & CU_STREAM_NON_BLOCKING)
    gf_progress_independent_stream();
}

void gf_observe_cuStreamCreateWithPriority(CUstream *phStream, unsigned int flags, int priority) {
  (void)priority;
  gf_observe_cuStreamCreate(phStream, flags);
}

void gf_observe_cuStreamDestroy_v2(CUstream hStream) {
  (void)hStream; // its work goes on; nothing is known to be complete
}

static void set_capturing(CUstream stream, int capturing) {
  struct gf_slot *slot = gf_slot((uint64_t)stream, GF_KIND_STREAM);
  if (slot != NULL)
    slot->owner = capturing ? slot->owner | GF_STREAM_CAPTURING
                            : slot->owner & ~(uint64_t)GF_STREAM_CAPTURING;
}

void gf_observe_cuStreamBeginCapture_v2(CUstream hStream, CUstreamCaptureMode mode) {
  (void)mode;
  // Records made while capturing are nodes and not marks in time: nothing may be concluded from
  // tickets of this process any more.
  gf_progress_independent_stream();
  set_capturing(hStream, 1);
}

void gf_observe_cuStreamEndCapture(CUstream hStream, CUgraph *phGraph) {
  (void)phGraph;
  set_capturing(hStream, 0);
}

int gf_stream_is_capturing(CUstream stream) {
  const struct gf_slot *slot = gf_slot((uint64_t)stream, GF_KIND_STREAM);
  return slot != NULL && (slot->owner & GF_STREAM_CAPTURING);
}
