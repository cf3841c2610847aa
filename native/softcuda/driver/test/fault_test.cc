// A kernel that faults poisons its context, and only that.
#include "support.h"

namespace {

using FaultTest = softcuda::test::KernelTest;

TEST_F(FaultTest, WildWritePoisonsTheContext) {
  CUcontext own;
  ASSERT_CU(cuCtxCreate_v2(&own, 0, 0));
  CUmodule its_module;
  ASSERT_CU(cuModuleLoadData(&its_module, softcuda::test::kPtx));
  CUfunction wild;
  ASSERT_CU(cuModuleGetFunction(&wild, its_module, "wild"));
  CUdeviceptr data = allocate(64);
  EXPECT_CU(CUDA_SUCCESS, cuLaunchKernel(wild, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr));
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize());
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemFree_v2(data));
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemsetD8_v2(data, 0, 64));
  CUstream stream;
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, cuStreamCreate(&stream, 0));
  EXPECT_CU(CUDA_SUCCESS, cuCtxDestroy_v2(own));

  // The other context of this process goes on.
  ASSERT_CU(cuCtxSetCurrent(context));
  data = allocate(64);
  EXPECT_CU(CUDA_SUCCESS, fill(data, 1, 16));
  EXPECT_EQ(read(data, 16)[15], 16u);
  cuMemFree_v2(data);
}

} // namespace
