// For tests of the driver's calls through the real libcuda.so.1.
#pragma once

#include "cuda_api.h"

#include <gtest/gtest.h>
#include <vector>

/// Compares results by number, and prints the call.
#define EXPECT_CU(expected, call)                                                                  \
  EXPECT_EQ(static_cast<int>(expected), static_cast<int>(call)) << #call
#define ASSERT_CU(call) ASSERT_EQ(0, static_cast<int>(call)) << #call

namespace softcuda::test {

/// A test with the primary context of device 0 current on its thread.
class ContextTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_CU(cuInit(0));
    ASSERT_CU(cuDevicePrimaryCtxRetain(&context, 0));
    ASSERT_CU(cuCtxSetCurrent(context));
  }
  void TearDown() override {
    cuCtxSetCurrent(nullptr);
    cuDevicePrimaryCtxRelease_v2(0);
  }

  CUdeviceptr allocate(size_t bytes) {
    CUdeviceptr address = 0;
    EXPECT_CU(CUDA_SUCCESS, cuMemAlloc_v2(&address, bytes));
    return address;
  }

  CUcontext context = nullptr;
};

/// fill(out, value, n): out[i] = value + i. twice(data, n): data[i] *= 2. slow(turns): spins.
/// wild(): writes where nothing is. shared(): asks for 32 KiB of dynamic shared memory. limited():
/// .maxntid 64.
extern const char *const kPtx;

/// A module of kPtx, and the launches that tests need.
class KernelTest : public ContextTest {
protected:
  void SetUp() override;
  void TearDown() override;
  CUfunction function(const char *name);
  CUresult fill(CUdeviceptr out, unsigned value, unsigned count, CUstream stream = nullptr);
  CUresult twice(CUdeviceptr data, unsigned count, CUstream stream = nullptr);
  /// Keeps `stream` busy for some milliseconds.
  CUresult slow(CUstream stream = nullptr);
  std::vector<unsigned> read(CUdeviceptr from, size_t count);

  CUmodule module = nullptr;
};

} // namespace softcuda::test
