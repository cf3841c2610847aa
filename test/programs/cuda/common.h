// What every program here ends with: a verdict of its own, on stdout, and an exit code that agrees.
// stdout holds nothing that differs from run to run (no times, no addresses), so that the output of a run
// straight on a device and of a forwarded run can be compared to the byte.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

#define CUDA_OK(call)                                                                              \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s gave %d %s\nFAIL\n", __FILE__, __LINE__, #call, (int)error_,          \
                  cudaGetErrorName(error_));                                                       \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

// A launch has two chances to fail: at once, and while it runs.
#define LAUNCH_OK()                                                                                \
  do {                                                                                             \
    CUDA_OK(cudaGetLastError());                                                                   \
    CUDA_OK(cudaDeviceSynchronize());                                                              \
  } while (0)

inline int checks_failed = 0;

// Prints one line per property that was looked at, so that a FAIL says which.
inline bool expect(bool holds, const char *what) {
  std::printf("  %-44s %s\n", what, holds ? "ok" : "WRONG");
  if (!holds)
    ++checks_failed;
  return holds;
}

inline int verdict() {
  std::printf(checks_failed == 0 ? "PASS\n" : "FAIL\n");
  return checks_failed == 0 ? 0 : 1;
}

// A small generator whose sequence is the same everywhere, unlike std::rand.
struct Lcg {
  unsigned state;
  explicit Lcg(unsigned seed) : state(seed) {}
  unsigned next() {
    state = state * 1664525u + 1013904223u;
    return state >> 8;
  }
  float unit() { return (float)(next() & 0xFFFF) / 65536.0f; }
};
