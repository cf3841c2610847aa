#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cuda/context.h"
#include "cuda/init.h"
#include "cuda/progress.h"
#include "cuda/stub.h"
#include "session/courier.h"
#include "session/session.h"

_Static_assert(GF_ENDED_LOST == CUDA_ERROR_LAUNCH_FAILED, "session.h");
_Static_assert(GF_ENDED_LEFT == CUDA_ERROR_DEINITIALIZED, "session.h");
_Static_assert(GF_ENDED_REVOKED == CUDA_ERROR_DEVICE_UNAVAILABLE, "session.h");

uint32_t gf_contexts_gone;

/// What every call returns once the session is over.
static CUresult ended(const struct gf_region *region) {
  const int32_t error = gf_load_acquire(&region->sticky_error);
  return error > 0 ? (CUresult)error : CUDA_SUCCESS;
}

/// Tells the executor which context this lane's next calls are about. cudart makes a primary context
/// current before it retains it: until then the executor is told of none.
static void tell_context(struct gf_lane_client *lane) {
  const struct gf_context *context = gf_context_of((CUcontext)gf_thread.context);
  const uint64_t handle = context != NULL && context->is_up ? gf_thread.context : 0;
  if (lane->told_context == handle)
    return;
  struct gf_gfSetCurrent_args *args = gf_begin(lane, GF_OP_gfSetCurrent, sizeof *args);
  args->context = handle;
  gf_post_quiet(lane);
  lane->told_context = handle;
}

CUresult gf_enter_slowly(struct gf_lane_client **lane) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (gf_thread.lane == NULL && gf_thread_open_lane() != 0)
    return gf_session_is_ended() ? ended(gf_session.region) : CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_lane_client *mine = gf_thread.lane;
  CUresult result = ended(mine->region);
  if (result != CUDA_SUCCESS)
    return result;
  if (gf_load_relaxed(&mine->region->sticky_error) < 0)
    __atomic_fetch_or(&gf_host_decides, GF_CONTEXT_BROKEN, __ATOMIC_RELAXED);
  if (mine->contexts_gone != gf_load_relaxed(&gf_contexts_gone)) {
    mine->contexts_gone = gf_load_relaxed(&gf_contexts_gone);
    const struct gf_context *current = gf_context_current();
    if (current == NULL)
      mine->told_context = UINT64_MAX; // to be told of none
    gf_thread.down_context =
        current != NULL && current->was_up && !current->is_up ? current->handle : 0;
  }
  if (mine->told_context != gf_thread.context)
    tell_context(mine);
  *lane = mine;
  return CUDA_SUCCESS;
}

void *gf_begin_oversize(struct gf_lane_client *lane, uint64_t body_bytes) {
  gf_log(GF_LOG_WARN, "a call of %llu bytes does not fit a frame", (unsigned long long)body_bytes);
  free(lane->oversize);
  lane->oversize = malloc(body_bytes);
  if (lane->oversize == NULL)
    abort(); // the application asked for more than its own memory holds
  lane->frame = NULL;
  return lane->oversize;
}

uint32_t gf_reply_bytes(const struct gf_lane_client *lane) {
  uint32_t bytes = lane->shared->size_bytes;
  return bytes < GF_REPLY_DATA_BYTES ? bytes : GF_REPLY_DATA_BYTES;
}

CUresult gf_take_deferred(struct gf_lane_client *lane) {
  if (__builtin_expect(gf_load_relaxed(&lane->region->deferred_error) == 0, 1))
    return CUDA_SUCCESS;
  return (CUresult)gf_exchange_acq_rel(&lane->region->deferred_error, 0);
}

CUresult gf_call(struct gf_lane_client *lane, const void **reply, uint64_t reply_bytes) {
  struct gf_frame *frame = lane->frame;
  if (frame == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  lane->frame = NULL;
  lane->owes_error = 0;
  frame->flags |= GF_FRAME_SYNC;
  lane->syncs++;
  gf_lane_publish(lane, frame);
  if (gf_lane_await(lane) != 0)
    return ended(lane->region);
  gf_courier_catch_up();
  CUresult result = (CUresult)lane->shared->status;
  // To the executor a context that went is none.
  if (result == CUDA_ERROR_INVALID_CONTEXT && gf_thread.context != 0 &&
      gf_context_current() == NULL)
    return CUDA_ERROR_CONTEXT_IS_DESTROYED;
  if (result != CUDA_SUCCESS)
    return result;
  if (reply != NULL) {
    if (gf_reply_bytes(lane) < reply_bytes) {
      gf_log(GF_LOG_ERROR, "a reply of the executor is too short");
      return CUDA_ERROR_UNKNOWN;
    }
    *reply = gf_lane_reply(lane);
  }
  result = gf_take_deferred(lane);
  lane->owes_error = result != CUDA_SUCCESS;
  return result;
}

CUresult gf_too_long(const char *symbol, uint64_t tail_bytes) {
  gf_log(GF_LOG_WARN, "%s: arrays of %llu bytes do not fit one call (%u at most)", symbol,
         (unsigned long long)tail_bytes, GF_TAIL_MAX_BYTES);
  return CUDA_ERROR_INVALID_VALUE;
}

CUresult gf_refuse(const char *symbol, const char *why) {
  // A small set of names already told of; when it is full, lines repeat.
  static const char *told[256];
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  for (int i = 0; i < 256; i++) {
    const char *none = NULL;
    if (__atomic_compare_exchange_n(&told[i], &none, symbol, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      break;
    if (none == symbol)
      return CUDA_ERROR_NOT_SUPPORTED;
  }
  gf_log(GF_LOG_WARN, "%s is not supported: %s", symbol, why);
  return CUDA_ERROR_NOT_SUPPORTED;
}
