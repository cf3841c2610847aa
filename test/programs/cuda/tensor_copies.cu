// Copies of boxes of a tensor by a tensor map: into shared memory on a barrier, back, and what lies outside of it.
#include "common.h"
#include <cuda.h>
#include <cuda/barrier>
#include <utility>
#include <vector>

namespace async = cuda::device::experimental;
using Barrier = cuda::barrier<cuda::thread_scope_block>;

constexpr int kBoxWidth = 32, kBoxHeight = 8;

__global__ void twice_and_one(const __grid_constant__ CUtensorMap in,
                              const __grid_constant__ CUtensorMap out, int x, int y) {
  __shared__ alignas(128) int box[kBoxHeight][kBoxWidth];
#pragma nv_diag_suppress static_var_with_dynamic_init
  __shared__ Barrier barrier;
  if (threadIdx.x == 0) {
    init(&barrier, blockDim.x);
    async::fence_proxy_async_shared_cta();
  }
  __syncthreads();
  Barrier::arrival_token token;
  if (threadIdx.x == 0) {
    async::cp_async_bulk_tensor_2d_global_to_shared(box, &in, x, y, barrier);
    token = cuda::device::barrier_arrive_tx(barrier, 1, sizeof box);
  } else {
    token = barrier.arrive();
  }
  barrier.wait(std::move(token));
  for (int i = threadIdx.x; i < kBoxHeight * kBoxWidth; i += blockDim.x)
    box[i / kBoxWidth][i % kBoxWidth] = box[i / kBoxWidth][i % kBoxWidth] * 2 + 1;
  async::fence_proxy_async_shared_cta();
  __syncthreads();
  if (threadIdx.x == 0) {
    async::cp_async_bulk_tensor_2d_shared_to_global(&out, x, y, box);
    async::cp_async_bulk_commit_group();
    async::cp_async_bulk_wait_group_read<0>();
    (&barrier)->~Barrier();
  }
}

using Encode = decltype(&cuTensorMapEncodeTiled);

CUresult describe(Encode encode, CUtensorMap *map, void *data, int width, int height,
                  cuuint32_t box_width) {
  const cuuint64_t extents[] = {(cuuint64_t)width, (cuuint64_t)height},
                   strides[] = {(cuuint64_t)width * sizeof(int)};
  const cuuint32_t box[] = {box_width, kBoxHeight}, steps[] = {1, 1};
  return encode(map, CU_TENSOR_MAP_DATA_TYPE_INT32, 2, data, extents, strides, box, steps,
                CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_NONE,
                CU_TENSOR_MAP_L2_PROMOTION_NONE, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
}

int main() {
  const int width = 100, height = 40, count = width * height;
  std::vector<int> data(count), got(count);
  for (int i = 0; i < count; ++i)
    data[i] = i * 3 + 1;
  int *in, *out;
  CUDA_OK(cudaMalloc(&in, count * sizeof(int)));
  CUDA_OK(cudaMalloc(&out, count * sizeof(int)));
  CUDA_OK(cudaMemcpy(in, data.data(), count * sizeof(int), cudaMemcpyHostToDevice));
  void *entry = nullptr;
  cudaDriverEntryPointQueryResult found;
  CUDA_OK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000,
                                           cudaEnableDefault, &found));
  const auto encode = (Encode)entry;
  CUtensorMap from, to;
  expect(describe(encode, &from, in, width, height, kBoxWidth) == CUDA_SUCCESS,
         "a tensor is described");
  expect(describe(encode, &to, out, width, height, kBoxWidth) == CUDA_SUCCESS, "and another");
  expect(describe(encode, &to, out, width, height, 3) == CUDA_ERROR_INVALID_VALUE,
         "rows of twelve bytes are refused");
  expect(describe(encode, &to, out, width, height, 300) == CUDA_ERROR_INVALID_VALUE,
         "boxes that are too wide are refused");
  expect(describe(encode, &to, (char *)out + 4, width, height, kBoxWidth) ==
             CUDA_ERROR_INVALID_VALUE,
         "addresses that are not aligned are refused");
  CUDA_OK((cudaError_t)describe(encode, &to, out, width, height, kBoxWidth));
  const int places[][2] = {{0, 0}, {60, 20}, {80, 36}, {-8, -4}, {200, 3}};
  for (const auto &place : places) {
    CUDA_OK(cudaMemset(out, 0xff, count * sizeof(int)));
    twice_and_one<<<1, 64>>>(from, to, place[0], place[1]);
    LAUNCH_OK();
    CUDA_OK(cudaMemcpy(got.data(), out, count * sizeof(int), cudaMemcpyDeviceToHost));
    bool right = true;
    for (int i = 0; i < count; ++i) {
      const int x = i % width - place[0], y = i / width - place[1];
      const bool in_box = x >= 0 && x < kBoxWidth && y >= 0 && y < kBoxHeight;
      right &= got[i] == (in_box ? data[i] * 2 + 1 : -1);
    }
    char what[64];
    std::snprintf(what, sizeof what, "a box at (%d, %d)", place[0], place[1]);
    expect(right, what);
  }
  CUDA_OK(cudaFree(in));
  CUDA_OK(cudaFree(out));
  return verdict();
}
