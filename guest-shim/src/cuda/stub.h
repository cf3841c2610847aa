// What every stub, generated or written by hand, is made of:
//
//   gf_enter   this thread has a live session and lane, with its context told to the executor
//   gf_begin   a frame in the ring
//   gf_post    send it and go on          gf_call   send it and wait for the driver's answer
#pragma once

#include <stdint.h>

#include "cuda/thread.h"
#include "cuda_api.h"
#include "cuda_wire.h"
#include "handles/handles.h"
#include "lane/lane.h"

#ifndef CUDAAPI
#define CUDAAPI
#endif

/// Bytes of arrays and text that one call may carry behind its arguments.
#define GF_TAIL_MAX_BYTES (GF_FRAME_MAX_BYTES - 4096u)

/// Everything gf_enter() does that is not the common case.
CUresult gf_enter_slowly(struct gf_lane_client **lane);

/// Counts contexts that were destroyed, reset or retained again, which any thread may have for its current one.
extern uint32_t gf_contexts_gone;

/// CUDA_SUCCESS and this thread's lane; else the code to return: CUDA_ERROR_NOT_INITIALIZED, that of
/// a session that is over, or CUDA_ERROR_OUT_OF_MEMORY when there is no lane left. A broken context
/// is the driver's matter: some calls end it, others have nothing to do with it.
static inline CUresult gf_enter(struct gf_lane_client **lane) {
  struct gf_lane_client *mine = gf_thread.lane;
  // Partner: the executor's store of sticky_error; relaxed, because it is a verdict, not data.
  if (__builtin_expect(mine != NULL && mine->told_context == gf_thread.context &&
                           mine->contexts_gone == gf_load_relaxed(&gf_contexts_gone) &&
                           gf_load_relaxed(&mine->region->sticky_error) == 0,
                       1)) {
    *lane = mine;
    return CUDA_SUCCESS;
  }
  return gf_enter_slowly(lane);
}

/// The error that broke the current context, or CUDA_SUCCESS.
static inline CUresult gf_broken(const struct gf_region *region) {
  const int32_t error = gf_load_acquire(&region->sticky_error);
  return error < 0 && region->broken_context == gf_thread.context ? (CUresult)-error : CUDA_SUCCESS;
}

/// As gf_enter, for what the guest answers by itself and the driver only with a current context that
/// works.
static inline CUresult gf_enter_current(struct gf_lane_client **lane) {
  CUresult result = gf_enter(lane);
  if (result != CUDA_SUCCESS)
    return result;
  if ((*lane)->told_context == 0 || gf_thread.down_context == gf_thread.context)
    return gf_thread.context != 0 ? CUDA_ERROR_CONTEXT_IS_DESTROYED : CUDA_ERROR_INVALID_CONTEXT;
  return gf_broken((*lane)->region);
}

void *gf_begin_oversize(struct gf_lane_client *lane, uint64_t body_bytes);

/// Reserves a frame; returns its body: `body_bytes` rounded up to 8, not zeroed, never NULL. What is
/// larger than a frame may be goes nowhere: gf_post and gf_call then return
/// CUDA_ERROR_INVALID_VALUE.
static inline void *gf_begin(struct gf_lane_client *lane, uint16_t opcode, uint64_t body_bytes) {
  uint64_t size_bytes = sizeof(struct gf_frame) + GF_ALIGN8(body_bytes);
  if (__builtin_expect(size_bytes > GF_FRAME_MAX_BYTES, 0))
    return gf_begin_oversize(lane, body_bytes);
  struct gf_frame *frame = gf_lane_reserve(lane, (uint32_t)size_bytes);
  frame->size_bytes = (uint32_t)size_bytes;
  frame->opcode = opcode;
  frame->flags = gf_per_thread_stream ? GF_FRAME_PER_THREAD : 0;
  lane->frame = frame;
  return frame + 1;
}

/// Sends a call that leaves nothing running on the device (handles, settings).
static inline CUresult gf_post_quiet(struct gf_lane_client *lane) {
  struct gf_frame *frame = lane->frame;
  if (__builtin_expect(frame == NULL, 0))
    return CUDA_ERROR_INVALID_VALUE;
  lane->frame = NULL;
  gf_lane_publish(lane, frame);
  return CUDA_SUCCESS;
}

/// Sends a call and waits: the driver's result, or an error of an earlier asynchronous call.
/// `*reply` (may be NULL) is at least `reply_bytes` long and valid until this thread's next call.
CUresult gf_call(struct gf_lane_client *lane, const void **reply, uint64_t reply_bytes);

/// Why every call is waited for, and nothing answered from what the guest remembers: the captures
/// that this process has under way, and GF_CONTEXT_BROKEN where a context is. 0: neither.
extern uint32_t gf_host_decides;
#define GF_CONTEXT_BROKEN (1u << 31)
CUresult gf_post_awaited(struct gf_lane_client *lane);

/// The driver has ended a context: whether another one is broken shows at the next call.
static inline void gf_context_ended(void) {
  __atomic_fetch_and(&gf_host_decides, ~GF_CONTEXT_BROKEN, __ATOMIC_RELAXED);
}

/// Sends a call that may leave work on the device. Without a usable current context nothing can be
/// left there, and the driver says why.
static inline CUresult gf_post(struct gf_lane_client *lane) {
  if (__builtin_expect(lane->told_context == 0, 0))
    return gf_call(lane, NULL, 0);
  if (__builtin_expect(gf_load_relaxed(&gf_host_decides) != 0, 0))
    return gf_post_awaited(lane);
  CUresult result = gf_post_quiet(lane);
  gf_store_relaxed(&lane->work_ticket, lane->last_ticket + 1);
  return result;
}

/// Length of the reply that gf_call returned.
uint32_t gf_reply_bytes(const struct gf_lane_client *lane);

/// An error of an earlier asynchronous call that nobody was told of yet, or CUDA_SUCCESS.
CUresult gf_take_deferred(struct gf_lane_client *lane);

static inline uint64_t gf_mint(enum gf_handle_kind kind) {
  const uint64_t handle = gf_handle_new(kind);
  if (handle != 0)
    gf_slot(handle, kind)->context = gf_thread.context;
  return handle;
}
static inline void gf_drop(uint64_t handle) {
  // The application is told of a failure, but the executor has made the object.
  if (gf_thread.lane != NULL && gf_thread.lane->owes_error)
    gf_handle_retire(handle);
  else
    gf_handle_end(handle);
}

/// Does the guest know this handle to be alive? The special streams are; handles that the executor
/// made are the executor's to judge, so the answer for them is no.
static inline int gf_live(uint64_t handle, enum gf_handle_kind kind) {
  if (kind == GF_KIND_STREAM && handle <= 2)
    return 1;
  const struct gf_slot *slot = gf_slot(handle, kind);
  // What other processes share of an event must have happened when the call returns.
  return slot != NULL && !(kind == GF_KIND_EVENT && slot->meta != NULL);
}

/// Is it alive and of the current context? The driver may refuse a stream or an event of another one, and knows when.
static inline int gf_certain(uint64_t handle, enum gf_handle_kind kind) {
  return gf_live(handle, kind) && ((kind != GF_KIND_STREAM && kind != GF_KIND_EVENT) ||
                                   (kind == GF_KIND_STREAM && handle <= 2) ||
                                   gf_slot(handle, kind)->context == gf_thread.context);
}

/// Is it a handle of the guest's own making that lives? The special streams are not.
static inline int gf_owned(uint64_t handle, enum gf_handle_kind kind) {
  return gf_slot(handle, kind) != NULL;
}

/// Does [address, address + bytes) lie in one live allocation of device, pinned or managed memory?
int gf_known_range(CUdeviceptr address, uint64_t bytes);

/// Bytes of `rows` rows, `pitch_bytes` apart, of which the last has `width_bytes`; no range is as long as UINT64_MAX.
static inline uint64_t gf_span_bytes(uint64_t rows, uint64_t pitch_bytes, uint64_t width_bytes) {
  uint64_t bytes = 0;
  if (rows == 0)
    return 0;
  return __builtin_mul_overflow(rows - 1, pitch_bytes, &bytes) ||
                 __builtin_add_overflow(bytes, width_bytes, &bytes)
             ? UINT64_MAX
             : bytes;
}

/// Bytes of `count` elements from `address` on; as long as no range where the address is not aligned to them, or no
/// memory holds so many.
static inline uint64_t gf_elements_bytes(CUdeviceptr address, uint64_t count,
                                         uint64_t element_bytes) {
  uint64_t bytes = 0;
  return address % element_bytes != 0 || __builtin_mul_overflow(count, element_bytes, &bytes)
             ? UINT64_MAX
             : bytes;
}

/// The same of device memory alone.
int gf_known_device_range(CUdeviceptr address, uint64_t bytes);

/// What the device calls this address: another one where it is of registered memory.
CUdeviceptr gf_on_device(CUdeviceptr address);

/// Logs once per symbol and returns CUDA_ERROR_NOT_SUPPORTED.
CUresult gf_refuse(const char *symbol, const char *why);

/// Logs and returns CUDA_ERROR_INVALID_VALUE.
CUresult gf_too_long(const char *symbol, uint64_t tail_bytes);
