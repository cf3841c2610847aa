// Streams: synchronising, asking, and what the guest remembers of each.
#include "cuda/progress.h"
#include "cuda/stub.h"

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
