// Profiler control: no profiler is ever attached to a guest, so there is nothing to start or stop.
#include "cuda/stub.h"

CUresult CUDAAPI cuProfilerStart(void) {
  struct gf_lane_client *lane;
  return gf_enter_current(&lane);
}

CUresult CUDAAPI cuProfilerStop(void) {
  struct gf_lane_client *lane;
  return gf_enter_current(&lane);
}
