// Frames of the sizes that the shim sends for the same calls.
#pragma once

#include <string.h>

#include "cuda_wire.h"
#include "ring/session.h"

static inline struct gf_frame *bench_frame(struct gf_lane_client *lane, uint16_t opcode,
                                           uint32_t body_bytes) {
  const uint32_t size_bytes = (uint32_t)sizeof(struct gf_frame) + body_bytes;
  struct gf_frame *frame = gf_lane_reserve(lane, size_bytes);
  frame->size_bytes = size_bytes;
  frame->opcode = opcode;
  frame->flags = 0;
  return frame;
}

/// Sends what carries no data and waits for its answer.
static inline void bench_ring_call(struct gf_lane_client *lane) {
  struct gf_frame *frame =
      bench_frame(lane, GF_OP_cuCtxGetLimit, sizeof(struct gf_cuCtxGetLimit_args));
  memset(frame + 1, 0, sizeof(struct gf_cuCtxGetLimit_args));
  frame->flags = GF_FRAME_SYNC;
  lane->syncs++;
  gf_lane_publish(lane, frame);
  gf_lane_await(lane);
}

/// A launch of driver/api.c's kernel: three pointers and a length.
static inline void bench_ring_launch(struct gf_lane_client *lane) {
  struct parameters {
    uint64_t pointers[3];
    uint64_t length;
  };
  struct gf_frame *frame =
      bench_frame(lane, GF_OP_cuLaunchKernel,
                  sizeof(struct gf_cuLaunchKernel_args) + sizeof(struct parameters));
  struct gf_cuLaunchKernel_args *args = (struct gf_cuLaunchKernel_args *)(frame + 1);
  *args = (struct gf_cuLaunchKernel_args){
      .grid = {1, 1, 1}, .block = {1, 1, 1}, .param_bytes = sizeof(struct parameters)};
  *(struct parameters *)(args + 1) = (struct parameters){{0, 0, 0}, 0};
  gf_lane_publish(lane, frame);
}
