// Contexts, primary contexts, the stack.
#include "support.h"

#include <thread>

namespace {

using softcuda::test::ContextTest;

TEST(Context, CallsNeedOne) {
  ASSERT_CU(cuInit(0));
  std::thread([] { // a thread starts without
    CUcontext current = reinterpret_cast<CUcontext>(1);
    EXPECT_CU(CUDA_SUCCESS, cuCtxGetCurrent(&current));
    EXPECT_EQ(current, nullptr);
    CUdeviceptr address;
    EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, cuMemAlloc_v2(&address, 16));
    EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, cuCtxSynchronize());
    EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, cuCtxPopCurrent_v2(&current));
  })
      .join();
}

TEST(Context, StackPushesAndPops) {
  ASSERT_CU(cuInit(0));
  CUcontext first, second, current;
  ASSERT_CU(cuCtxCreate_v2(&first, 0, 0));
  ASSERT_CU(cuCtxCreate_v2(&second, 0, 1));
  CUdevice device;
  EXPECT_CU(CUDA_SUCCESS, cuCtxGetDevice(&device));
  EXPECT_EQ(device, 1);
  EXPECT_CU(CUDA_SUCCESS, cuCtxPopCurrent_v2(&current));
  EXPECT_EQ(current, second);
  EXPECT_CU(CUDA_SUCCESS, cuCtxGetCurrent(&current));
  EXPECT_EQ(current, first);
  EXPECT_CU(CUDA_SUCCESS, cuCtxDestroy_v2(second));
  EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy_v2(second));
  EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetCurrent(second));
  EXPECT_CU(CUDA_SUCCESS, cuCtxDestroy_v2(first));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuCtxCreate_v2(&first, 0x10000, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_DEVICE, cuCtxCreate_v2(&first, 0, 9));
}

TEST(Context, DestroyedOneIsNoticed) {
  ASSERT_CU(cuInit(0));
  CUcontext context;
  ASSERT_CU(cuCtxCreate_v2(&context, 0, 0));
  std::thread([context] { EXPECT_CU(CUDA_SUCCESS, cuCtxDestroy_v2(context)); }).join();
  CUdevice device;
  EXPECT_CU(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuCtxGetDevice(&device));
  EXPECT_CU(CUDA_SUCCESS, cuCtxPopCurrent_v2(nullptr));
}

TEST(PrimaryContext, IsSharedAndCounted) {
  ASSERT_CU(cuInit(0));
  unsigned flags;
  int active;
  EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, cuDevicePrimaryCtxRelease_v2(1));
  CUcontext first, second;
  EXPECT_CU(CUDA_SUCCESS, cuDevicePrimaryCtxRetain(&first, 1));
  EXPECT_CU(CUDA_SUCCESS, cuDevicePrimaryCtxRetain(&second, 1));
  EXPECT_EQ(first, second);
  EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy_v2(first));
  EXPECT_CU(CUDA_SUCCESS, cuDevicePrimaryCtxRelease_v2(1));
  EXPECT_CU(CUDA_SUCCESS, cuDevicePrimaryCtxGetState(1, &flags, &active));
  EXPECT_EQ(active, 1);
  EXPECT_CU(CUDA_SUCCESS, cuDevicePrimaryCtxRelease_v2(1));
  EXPECT_CU(CUDA_SUCCESS, cuDevicePrimaryCtxGetState(1, &flags, &active));
  EXPECT_EQ(active, 0);
}

TEST_F(ContextTest, ResetFreesEverything) {
  size_t before, during, after, total;
  ASSERT_CU(cuMemGetInfo_v2(&before, &total));
  CUdeviceptr address = allocate(8 << 20);
  ASSERT_CU(cuMemGetInfo_v2(&during, &total));
  EXPECT_LE(during + (8 << 20), before);
  ASSERT_CU(cuDevicePrimaryCtxReset_v2(0));
  CUcontext again;
  ASSERT_CU(cuDevicePrimaryCtxRetain(&again, 0));
  EXPECT_EQ(again, context);
  ASSERT_CU(cuMemGetInfo_v2(&after, &total));
  EXPECT_EQ(after, before);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(address));
}

TEST_F(ContextTest, LimitsAndRanges) {
  size_t value;
  EXPECT_CU(CUDA_SUCCESS, cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 16 << 20));
  EXPECT_CU(CUDA_SUCCESS, cuCtxGetLimit(&value, CU_LIMIT_MALLOC_HEAP_SIZE));
  EXPECT_EQ(value, 16u << 20);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuCtxGetLimit(&value, CU_LIMIT_MAX));
  int least, greatest;
  EXPECT_CU(CUDA_SUCCESS, cuCtxGetStreamPriorityRange(&least, &greatest));
  EXPECT_EQ(least, 0);
  EXPECT_LT(greatest, 0);
}

} // namespace
