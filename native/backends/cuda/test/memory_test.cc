#include "backends/cuda/test/soft_session.h"

namespace gpuferry::cuda::test {
namespace {

struct Memory : SoftSession {
  void SetUp() override { use_context(); }
};

TEST_F(Memory, EndsAtTheQuotaAndComesBackWithAFree) {
  const uint64_t first = allocate(40 << 20);
  ASSERT_NE(first, 0u);
  EXPECT_EQ(grant_page.memory_bytes, uint64_t{40} << 20);
  gf_cuMemAlloc_v2_args more{};
  more.size_bytes = 40 << 20;
  EXPECT_EQ(call(GF_OP_cuMemAlloc_v2, more), CUDA_ERROR_OUT_OF_MEMORY);
  more.size_bytes = UINT64_MAX;
  EXPECT_EQ(call(GF_OP_cuMemAlloc_v2, more), CUDA_ERROR_OUT_OF_MEMORY);
  gf_cuMemFree_v2_args free{};
  free.address = first;
  EXPECT_EQ(call(GF_OP_cuMemFree_v2, free), CUDA_SUCCESS);
  EXPECT_EQ(grant_page.memory_bytes, 0u);
  EXPECT_NE(allocate(60 << 20), 0u);
}

TEST_F(Memory, CountsArraysWithAllTheirLevels) {
  gf_cuArray3DCreate_v2_args array{};
  array.pHandle = gf_handle_make(GF_KIND_ARRAY, 0, 1);
  array.pAllocateArray = {1024, 1024, 8, CU_AD_FORMAT_FLOAT, 1, 0};
  ASSERT_EQ(call(GF_OP_cuArray3DCreate_v2, array), CUDA_SUCCESS);
  EXPECT_EQ(grant_page.memory_bytes, uint64_t{32} << 20);
  gf_cuMipmappedArrayCreate_args mipmap{};
  mipmap.pHandle = gf_handle_make(GF_KIND_MIPMAPPED_ARRAY, 0, 1);
  mipmap.pMipmappedArrayDesc = {4096, 2048, 0, CU_AD_FORMAT_UNSIGNED_INT8, 4, 0};
  mipmap.numMipmapLevels = 1;
  EXPECT_EQ(call(GF_OP_cuMipmappedArrayCreate, mipmap), CUDA_SUCCESS);
  EXPECT_EQ(grant_page.memory_bytes, uint64_t{64} << 20);
  gf_cuMipmappedArrayDestroy_args destroy_mipmap{};
  destroy_mipmap.hMipmappedArray = mipmap.pHandle;
  EXPECT_EQ(call(GF_OP_cuMipmappedArrayDestroy, destroy_mipmap), CUDA_SUCCESS);
  mipmap.pHandle = gf_handle_make(GF_KIND_MIPMAPPED_ARRAY, 0, 2);
  mipmap.numMipmapLevels = 99; // as many as there can be: a third more
  EXPECT_EQ(call(GF_OP_cuMipmappedArrayCreate, mipmap), CUDA_ERROR_OUT_OF_MEMORY);
  gf_cuArrayDestroy_args destroy{};
  destroy.hArray = array.pHandle;
  EXPECT_EQ(call(GF_OP_cuArrayDestroy, destroy), CUDA_SUCCESS);
  EXPECT_EQ(grant_page.memory_bytes, 0u);
}

TEST_F(Memory, ComesBackWhenItsContextEnds) {
  ASSERT_NE(allocate(40 << 20), 0u);
  gf_cuDevicePrimaryCtxReset_v2_args reset{};
  ASSERT_EQ(call(GF_OP_cuDevicePrimaryCtxReset_v2, reset), CUDA_SUCCESS);
  EXPECT_EQ(grant_page.memory_bytes, 0u);
}

TEST_F(Memory, ShowsTheQuotaAsTheDevicesMemory) {
  gf_gfDeviceInfo_args info{};
  info.attribute_count = 1;
  ASSERT_EQ(call(GF_OP_gfDeviceInfo, info), CUDA_SUCCESS);
  EXPECT_EQ(answer<gf_gfDeviceInfo_reply>().total_bytes, kQuotaBytes);
  ASSERT_NE(allocate(16 << 20), 0u);
  ASSERT_EQ(call(GF_OP_cuMemGetInfo_v2, uint64_t{0}), CUDA_SUCCESS);
  EXPECT_EQ(answer<gf_cuMemGetInfo_v2_reply>().total_bytes, kQuotaBytes);
  EXPECT_EQ(answer<gf_cuMemGetInfo_v2_reply>().free_bytes, kQuotaBytes - (16 << 20));
}

TEST_F(Memory, CopiesBetweenHeapAndDeviceAndGivesTheSlotBack) {
  const uint64_t device = allocate(4096);
  auto *heap = memory.view.heap(0, kHeapBytes)->data();
  for (int i = 0; i < 4096; ++i)
    heap[4096 + i] = std::byte(i * 7);
  gf_gfCopyIn_args in{};
  in.dst = device;
  in.memory = {4096, 4096};
  in.done_offset_bytes = 64;
  EXPECT_EQ(call(GF_OP_gfCopyIn, in, false), CUDA_SUCCESS);
  EXPECT_EQ(*reinterpret_cast<uint32_t *>(heap + 64), 1u);
  gf_gfCopyOut_args out{};
  out.src = device;
  out.memory = {65536, 4096};
  out.done_offset_bytes = 128;
  out.is_async = 1;
  EXPECT_EQ(call(GF_OP_gfCopyOut, out, false), CUDA_SUCCESS);
  EXPECT_EQ(*reinterpret_cast<uint32_t *>(heap + 128), 1u);
  EXPECT_EQ(std::memcmp(heap + 4096, heap + 65536, 4096), 0);
  EXPECT_EQ(grant_page.copied_bytes, 8192u);
}

TEST_F(Memory, CopiesNoMemoryThatIsNotTheSessions) {
  const uint64_t device = allocate(4096);
  const auto stack = reinterpret_cast<uint64_t>(&device);
  gf_gfCopyOut_args out{};
  out.memory = {0, 64};
  for (const uint64_t src : {stack, reinterpret_cast<uint64_t>(frame.get()), uint64_t{0},
                             device + 4096, UINT64_MAX - 8}) {
    out.src = src;
    EXPECT_EQ(call(GF_OP_gfCopyOut, out), CUDA_ERROR_INVALID_VALUE) << src;
  }
  EXPECT_EQ(frame->malformed(), nullptr); // a program may get an address wrong
}

TEST_F(Memory, PoisonsASessionThatNamesWhatIsNotInTheHeap) {
  gf_gfCopyIn_args in{};
  in.dst = allocate(4096);
  in.memory = {kHeapBytes - 16, 32};
  call(GF_OP_gfCopyIn, in);
  EXPECT_STREQ(frame->malformed(), "a heap range lies outside of the heap");
  in.memory = {0, 32};
  in.done_offset_bytes = 3;
  call(GF_OP_gfCopyIn, in);
  EXPECT_STREQ(frame->malformed(), "a copy's word is not aligned");
}

TEST_F(Memory, RefusesBoxesWhoseExtentsOverflowOrExceedTheirRange) {
  gf_gfCopy3D_args args{};
  CUDA_MEMCPY3D copy{};
  copy.srcMemoryType = CU_MEMORYTYPE_HOST;
  copy.dstMemoryType = CU_MEMORYTYPE_DEVICE;
  copy.dstDevice = allocate(1 << 20);
  copy.WidthInBytes = 64;
  copy.Height = 4;
  copy.Depth = 2;
  copy.srcPitch = copy.dstPitch = 256;
  copy.srcHeight = copy.dstHeight = 4;
  args.src_memory = {4096, 256 * 7 + 64};
  const auto send = [&] {
    std::memcpy(args.copy, &copy, sizeof copy);
    return call(GF_OP_gfCopy3D, args);
  };
  EXPECT_EQ(send(), CUDA_SUCCESS); // to the last byte
  copy.srcPitch = SIZE_MAX;
  EXPECT_EQ(send(), CUDA_ERROR_INVALID_VALUE);
  copy.srcPitch = 256;
  copy.dstDevice += (1 << 20) - 1024;
  EXPECT_EQ(send(), CUDA_ERROR_INVALID_VALUE);
  copy.dstDevice -= (1 << 20) - 1024;
  args.src_memory.size_bytes -= 1;
  send();
  EXPECT_STREQ(frame->malformed(), "a copy is larger than its heap range");
}

} // namespace
} // namespace gpuferry::cuda::test
