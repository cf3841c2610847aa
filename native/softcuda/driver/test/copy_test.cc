// Copies and fills, with their bounds.
#include "support.h"

#include <numeric>

namespace {

using CopyTest = softcuda::test::ContextTest;

std::vector<unsigned char> pattern(size_t bytes) {
  std::vector<unsigned char> data(bytes);
  for (size_t i = 0; i < bytes; i++)
    data[i] = static_cast<unsigned char>(i * 131 + (i >> 8));
  return data;
}

TEST_F(CopyTest, RoundTripsOfAllSizes) {
  for (size_t bytes : {size_t{1}, size_t{513}, size_t{64} << 10, size_t{3} << 20}) {
    CUdeviceptr a = allocate(bytes), b = allocate(bytes);
    auto data = pattern(bytes);
    std::vector<unsigned char> back(bytes);
    EXPECT_CU(CUDA_SUCCESS, cuMemcpyHtoD_v2(a, data.data(), bytes));
    EXPECT_CU(CUDA_SUCCESS, cuMemcpyDtoD_v2(b, a, bytes));
    EXPECT_CU(CUDA_SUCCESS, cuMemcpyDtoH_v2(back.data(), b, bytes));
    EXPECT_EQ(back, data);
    std::fill(back.begin(), back.end(), 0);
    EXPECT_CU(CUDA_SUCCESS, cuMemcpy(reinterpret_cast<CUdeviceptr>(back.data()), a, bytes));
    EXPECT_EQ(back, data);
    cuMemFree_v2(a);
    cuMemFree_v2(b);
  }
}

TEST_F(CopyTest, BoundsAreChecked) {
  CUdeviceptr a = allocate(1000);
  std::vector<unsigned char> host(2000);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD_v2(a, host.data(), 1001));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD_v2(a + 999, host.data(), 2));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH_v2(host.data(), a, SIZE_MAX));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH_v2(host.data(), 0x1234, 16));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD_v2(a, nullptr, 16));
  EXPECT_CU(CUDA_SUCCESS, cuMemcpyHtoD_v2(a, host.data(), 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemsetD8_v2(a, 1, 1001));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemsetD32_v2(a + 2, 1, 4));
  cuMemFree_v2(a);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD_v2(a, host.data(), 16));
}

// The application may change a pageable source as soon as the call returns.
TEST_F(CopyTest, PageableSourceIsReadBeforeTheCallReturns) {
  CUdeviceptr a = allocate(32 << 10);
  CUstream stream;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  auto data = pattern(32 << 10);
  for (int round = 0; round < 50; round++) {
    auto source = data;
    EXPECT_CU(CUDA_SUCCESS, cuMemsetD8Async(a, 0, 32 << 10, stream));
    EXPECT_CU(CUDA_SUCCESS, cuMemcpyHtoDAsync_v2(a, source.data(), source.size(), stream));
    std::fill(source.begin(), source.end(), 0xee);
    std::vector<unsigned char> back(source.size());
    EXPECT_CU(CUDA_SUCCESS, cuMemcpyDtoHAsync_v2(back.data(), a, back.size(), stream));
    EXPECT_EQ(back, data) << round; // into pageable memory: there when the call returns
  }
  cuStreamDestroy_v2(stream);
  cuMemFree_v2(a);
}

TEST_F(CopyTest, Fills) {
  CUdeviceptr a = allocate(4096);
  std::vector<unsigned short> back(2048);
  EXPECT_CU(CUDA_SUCCESS, cuMemsetD8_v2(a, 0x11, 4096));
  EXPECT_CU(CUDA_SUCCESS, cuMemsetD16_v2(a + 2, 0x2233, 3));
  EXPECT_CU(CUDA_SUCCESS, cuMemsetD2D16_v2(a + 1024, 512, 0x4455, 2, 3));
  EXPECT_CU(CUDA_SUCCESS, cuMemcpyDtoH_v2(back.data(), a, 4096));
  std::vector<unsigned short> expected(2048, 0x1111);
  for (int i = 1; i <= 3; i++)
    expected[i] = 0x2233;
  for (int row = 0; row < 3; row++)
    expected[512 + row * 256] = expected[512 + row * 256 + 1] = 0x4455;
  EXPECT_EQ(back, expected);
  cuMemFree_v2(a);
}

TEST_F(CopyTest, BoxOutOfTheMiddle) {
  constexpr size_t kSide = 64;
  auto data = pattern(kSide * kSide);
  CUdeviceptr a = allocate(kSide * kSide);
  ASSERT_CU(cuMemcpyHtoD_v2(a, data.data(), data.size()));
  std::vector<unsigned char> back(8 * 5);
  CUDA_MEMCPY2D box{};
  box.srcMemoryType = CU_MEMORYTYPE_DEVICE;
  box.srcDevice = a;
  box.srcPitch = kSide;
  box.srcXInBytes = 10;
  box.srcY = 20;
  box.dstMemoryType = CU_MEMORYTYPE_HOST;
  box.dstHost = back.data();
  box.dstPitch = 8;
  box.WidthInBytes = 8;
  box.Height = 5;
  EXPECT_CU(CUDA_SUCCESS, cuMemcpy2D_v2(&box));
  for (size_t y = 0; y < 5; y++)
    for (size_t x = 0; x < 8; x++)
      EXPECT_EQ(back[y * 8 + x], data[(20 + y) * kSide + 10 + x]);
  box.Height = kSide;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemcpy2D_v2(&box));
  box.Height = 5;
  box.dstPitch = 4;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemcpy2D_v2(&box));
  cuMemFree_v2(a);
}

TEST_F(CopyTest, ArraysTakeAndGiveBoxes) {
  CUDA_ARRAY3D_DESCRIPTOR description{16, 8, 4, CU_AD_FORMAT_FLOAT, 1, 0};
  CUarray array;
  ASSERT_CU(cuArray3DCreate_v2(&array, &description));
  std::vector<float> data(16 * 8 * 4), back(data.size());
  std::iota(data.begin(), data.end(), 0.0f);
  CUDA_MEMCPY3D box{};
  box.srcMemoryType = CU_MEMORYTYPE_HOST;
  box.srcHost = data.data();
  box.srcPitch = 64;
  box.srcHeight = 8;
  box.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  box.dstArray = array;
  box.WidthInBytes = 64;
  box.Height = 8;
  box.Depth = 4;
  EXPECT_CU(CUDA_SUCCESS, cuMemcpy3D_v2(&box));
  std::swap(box.srcMemoryType, box.dstMemoryType);
  box.srcArray = array;
  box.dstHost = back.data();
  box.dstPitch = 64;
  box.dstHeight = 8;
  EXPECT_CU(CUDA_SUCCESS, cuMemcpy3D_v2(&box));
  EXPECT_EQ(back, data);
  box.srcZ = 1;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemcpy3D_v2(&box));
  EXPECT_CU(CUDA_SUCCESS, cuArrayDestroy(array));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, cuArrayDestroy(array));
  description.NumChannels = 3;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuArray3DCreate_v2(&array, &description));
}

} // namespace
