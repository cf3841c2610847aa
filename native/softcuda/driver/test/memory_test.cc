// Allocation and what addresses are.
#include "support.h"

#include <cstdlib>
#include <cstring>

namespace {

using MemoryTest = softcuda::test::ContextTest;

TEST_F(MemoryTest, BadFreesAreTold) {
  CUdeviceptr address = allocate(1000);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(address + 4));
  EXPECT_CU(CUDA_SUCCESS, cuMemFree_v2(address));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(address));
  EXPECT_CU(CUDA_SUCCESS, cuMemFree_v2(0));
  int on_the_stack;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(reinterpret_cast<CUdeviceptr>(&on_the_stack)));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemFreeHost(&on_the_stack));
}

TEST_F(MemoryTest, SizesAreChecked) {
  CUdeviceptr address;
  size_t free_bytes, total;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemAlloc_v2(&address, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemAlloc_v2(nullptr, 16));
  ASSERT_CU(cuMemGetInfo_v2(&free_bytes, &total));
  EXPECT_CU(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&address, total + 1));
  EXPECT_CU(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&address, SIZE_MAX));
  size_t pitch;
  EXPECT_CU(CUDA_SUCCESS, cuMemAllocPitch_v2(&address, &pitch, 1000, 10, 4));
  EXPECT_EQ(pitch, 1024u);
  EXPECT_CU(CUDA_SUCCESS, cuMemFree_v2(address));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemAllocPitch_v2(&address, &pitch, 1000, 10, 3));
}

// Everything can be had, in pieces of odd sizes, and all of it comes back.
TEST_F(MemoryTest, AllOfTheDeviceCanBeAllocatedAndFreed) {
  size_t before, after, total;
  ASSERT_CU(cuMemGetInfo_v2(&before, &total));
  std::vector<CUdeviceptr> pieces;
  CUdeviceptr piece;
  for (size_t bytes = 64 << 20; bytes >= 4096; bytes = bytes * 2 / 3)
    while (cuMemAlloc_v2(&piece, bytes + 100) == CUDA_SUCCESS)
      pieces.push_back(piece);
  ASSERT_CU(cuMemGetInfo_v2(&after, &total));
  EXPECT_LT(after, 64u << 10);
  for (size_t i = 0; i < pieces.size(); i++)
    EXPECT_CU(CUDA_SUCCESS, cuMemFree_v2(pieces[(i * 7919) % pieces.size()] ? pieces[i] : 0));
  ASSERT_CU(cuMemGetInfo_v2(&after, &total));
  EXPECT_EQ(after, before);
}

TEST_F(MemoryTest, AddressRange) {
  CUdeviceptr address = allocate(100'000), base;
  size_t bytes;
  EXPECT_CU(CUDA_SUCCESS, cuMemGetAddressRange_v2(&base, &bytes, address + 99'999));
  EXPECT_EQ(base, address);
  EXPECT_EQ(bytes, 100'000u);
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, cuMemGetAddressRange_v2(&base, &bytes, 4096));
  cuMemFree_v2(address);
}

TEST_F(MemoryTest, PointerAttributes) {
  CUdeviceptr address = allocate(64);
  CUmemorytype type;
  unsigned managed = 7;
  CUdeviceptr start;
  EXPECT_CU(CUDA_SUCCESS,
            cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, address + 5));
  EXPECT_EQ(type, CU_MEMORYTYPE_DEVICE);
  void *values[] = {&managed, &start};
  CUpointer_attribute which[] = {CU_POINTER_ATTRIBUTE_IS_MANAGED,
                                 CU_POINTER_ATTRIBUTE_RANGE_START_ADDR};
  EXPECT_CU(CUDA_SUCCESS, cuPointerGetAttributes(2, which, values, address + 5));
  EXPECT_EQ(managed, 0u);
  EXPECT_EQ(start, address);
  int local;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE,
                                                            reinterpret_cast<CUdeviceptr>(&local)));
  EXPECT_CU(CUDA_SUCCESS,
            cuPointerGetAttributes(2, which, values, reinterpret_cast<CUdeviceptr>(&local)));
  EXPECT_EQ(start, 0u);
  cuMemFree_v2(address);
}

TEST_F(MemoryTest, PinnedHostMemory) {
  void *host = nullptr;
  ASSERT_CU(cuMemHostAlloc(&host, 4096, CU_MEMHOSTALLOC_DEVICEMAP));
  CUdeviceptr device;
  unsigned flags;
  EXPECT_CU(CUDA_SUCCESS, cuMemHostGetDevicePointer_v2(&device, host, 0));
  EXPECT_EQ(device, reinterpret_cast<CUdeviceptr>(host));
  EXPECT_CU(CUDA_SUCCESS, cuMemHostGetFlags(&flags, host));
  EXPECT_TRUE(flags & CU_MEMHOSTALLOC_DEVICEMAP);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(device));
  EXPECT_CU(CUDA_SUCCESS, cuMemFreeHost(host));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemHostAlloc(&host, 4096, 0x80));
}

TEST_F(MemoryTest, Registration) {
  std::vector<char> own(10'000);
  EXPECT_CU(CUDA_SUCCESS, cuMemHostRegister_v2(own.data(), own.size(), 0));
  EXPECT_CU(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
            cuMemHostRegister_v2(own.data() + 100, 10, 0));
  // What is not there cannot be locked, whatever else lies behind the hole.
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemHostRegister_v2(own.data(), 1ull << 40, 0));
  CUmemorytype type;
  EXPECT_CU(CUDA_SUCCESS, cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE,
                                                reinterpret_cast<CUdeviceptr>(own.data())));
  EXPECT_EQ(type, CU_MEMORYTYPE_HOST);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemHostUnregister(own.data() + 1));
  EXPECT_CU(CUDA_SUCCESS, cuMemHostUnregister(own.data()));
  EXPECT_CU(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, cuMemHostUnregister(own.data()));
}

TEST_F(MemoryTest, ManagedMemory) {
  CUdeviceptr address;
  ASSERT_CU(cuMemAllocManaged(&address, 1 << 20, CU_MEM_ATTACH_GLOBAL));
  memset(reinterpret_cast<void *>(address), 42, 1 << 20); // the host's, too
  EXPECT_CU(CUDA_SUCCESS, cuMemAdvise(address, 1 << 20, CU_MEM_ADVISE_SET_READ_MOSTLY, 0));
  int read_mostly = 0;
  EXPECT_CU(CUDA_SUCCESS,
            cuMemRangeGetAttribute(&read_mostly, sizeof read_mostly,
                                   CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY, address, 4096));
  EXPECT_EQ(read_mostly, 1);
  EXPECT_CU(CUDA_SUCCESS, cuMemPrefetchAsync(address, 1 << 20, 0, nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemPrefetchAsync(address, 2 << 20, 0, nullptr));
  EXPECT_CU(CUDA_SUCCESS, cuMemFree_v2(address));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemAllocManaged(&address, 16, 0));
}

TEST_F(MemoryTest, PoolsCountWhatTheyGave) {
  CUmemoryPool pool;
  ASSERT_CU(cuDeviceGetDefaultMemPool(&pool, 0));
  cuuint64_t used_before, used;
  ASSERT_CU(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used_before));
  CUdeviceptr address;
  ASSERT_CU(cuMemAllocAsync(&address, 1 << 20, nullptr));
  ASSERT_CU(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
  EXPECT_EQ(used, used_before + (1 << 20));
  EXPECT_CU(CUDA_SUCCESS, cuMemsetD8Async(address, 1, 1 << 20, nullptr));
  EXPECT_CU(CUDA_SUCCESS, cuMemFreeAsync(address, nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemFreeAsync(address, nullptr));
  EXPECT_CU(CUDA_SUCCESS, cuStreamSynchronize(nullptr));
  ASSERT_CU(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
  EXPECT_EQ(used, used_before);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemPoolDestroy(pool));
}

} // namespace
