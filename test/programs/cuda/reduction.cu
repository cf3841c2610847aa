// The classic ladder of sum reductions, each rung a kernel of its own, for int, float and double:
// from divergent branches to several elements a thread, then warp shuffles and cooperative groups.
#include "common.h"
#include <cmath>
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <vector>

namespace cg = cooperative_groups;

template <typename T> struct Shared {
  // One extern array per type: the linker knows them by name.
  static __device__ T *get() {
    extern __shared__ double storage[];
    return reinterpret_cast<T *>(storage);
  }
};

// Rung 0: interleaved addressing with a modulo, so that half of every warp idles.
template <typename T> __global__ void interleaved_modulo(const T *in, T *out, unsigned n) {
  T *data = Shared<T>::get();
  unsigned t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  data[t] = i < n ? in[i] : T(0);
  __syncthreads();
  for (unsigned step = 1; step < blockDim.x; step *= 2) {
    if (t % (2 * step) == 0)
      data[t] += data[t + step];
    __syncthreads();
  }
  if (t == 0)
    out[blockIdx.x] = data[0];
}

// Rung 1: the same pairs, dense threads (and bank conflicts).
template <typename T> __global__ void interleaved_dense(const T *in, T *out, unsigned n) {
  T *data = Shared<T>::get();
  unsigned t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  data[t] = i < n ? in[i] : T(0);
  __syncthreads();
  for (unsigned step = 1; step < blockDim.x; step *= 2) {
    unsigned index = 2 * step * t;
    if (index < blockDim.x)
      data[index] += data[index + step];
    __syncthreads();
  }
  if (t == 0)
    out[blockIdx.x] = data[0];
}

// Rung 2: sequential addressing.
template <typename T> __global__ void sequential(const T *in, T *out, unsigned n) {
  T *data = Shared<T>::get();
  unsigned t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  data[t] = i < n ? in[i] : T(0);
  __syncthreads();
  for (unsigned step = blockDim.x / 2; step > 0; step /= 2) {
    if (t < step)
      data[t] += data[t + step];
    __syncthreads();
  }
  if (t == 0)
    out[blockIdx.x] = data[0];
}

// Rung 3: the first addition while loading.
template <typename T> __global__ void add_on_load(const T *in, T *out, unsigned n) {
  T *data = Shared<T>::get();
  unsigned t = threadIdx.x, i = blockIdx.x * blockDim.x * 2 + t;
  T sum = i < n ? in[i] : T(0);
  if (i + blockDim.x < n)
    sum += in[i + blockDim.x];
  data[t] = sum;
  __syncthreads();
  for (unsigned step = blockDim.x / 2; step > 0; step /= 2) {
    if (t < step)
      data[t] = sum = sum + data[t + step];
    __syncthreads();
  }
  if (t == 0)
    out[blockIdx.x] = sum;
}

// Rung 4: the last warp by shuffles, without barriers.
template <typename T> __device__ T warp_sum(T value) {
  for (int offset = 16; offset > 0; offset /= 2)
    value += __shfl_down_sync(0xFFFFFFFFu, value, offset);
  return value;
}

template <typename T> __global__ void last_warp_shuffles(const T *in, T *out, unsigned n) {
  T *data = Shared<T>::get();
  unsigned t = threadIdx.x, i = blockIdx.x * blockDim.x * 2 + t;
  T sum = i < n ? in[i] : T(0);
  if (i + blockDim.x < n)
    sum += in[i + blockDim.x];
  data[t] = sum;
  __syncthreads();
  for (unsigned step = blockDim.x / 2; step > 32; step /= 2) {
    if (t < step)
      data[t] = sum = sum + data[t + step];
    __syncthreads();
  }
  if (t < 32) {
    if (blockDim.x >= 64)
      sum += data[t + 32];
    sum = warp_sum(sum);
    if (t == 0)
      out[blockIdx.x] = sum;
  }
}

// Rung 5: block size known to the compiler, loops unrolled.
template <typename T, unsigned BLOCK> __global__ void unrolled(const T *in, T *out, unsigned n) {
  T *data = Shared<T>::get();
  unsigned t = threadIdx.x, i = blockIdx.x * BLOCK * 2 + t;
  T sum = i < n ? in[i] : T(0);
  if (i + BLOCK < n)
    sum += in[i + BLOCK];
  data[t] = sum;
  __syncthreads();
  if constexpr (BLOCK >= 512) {
    if (t < 256)
      data[t] = sum = sum + data[t + 256];
    __syncthreads();
  }
  if constexpr (BLOCK >= 256) {
    if (t < 128)
      data[t] = sum = sum + data[t + 128];
    __syncthreads();
  }
  if constexpr (BLOCK >= 128) {
    if (t < 64)
      data[t] = sum = sum + data[t + 64];
    __syncthreads();
  }
  if (t < 32) {
    sum = warp_sum(sum + data[t + 32]);
    if (t == 0)
      out[blockIdx.x] = sum;
  }
}

// Rung 6: many elements a thread, striding over the whole grid.
template <typename T> __global__ void grid_stride(const T *in, T *out, unsigned n) {
  T *data = Shared<T>::get();
  unsigned t = threadIdx.x, stride = blockDim.x * gridDim.x;
  T sum = T(0);
  for (unsigned i = blockIdx.x * blockDim.x + t; i < n; i += stride)
    sum += in[i];
  data[t] = sum;
  __syncthreads();
  for (unsigned step = blockDim.x / 2; step >= 32; step /= 2) {
    if (t < step)
      data[t] = sum = sum + data[t + step];
    __syncthreads();
  }
  if (t < 32) {
    sum = warp_sum(sum);
    if (t == 0)
      out[blockIdx.x] = sum;
  }
}

// Rung 7: one value a warp in shared memory, two rounds of shuffles.
template <typename T> __global__ void two_level_shuffles(const T *in, T *out, unsigned n) {
  T *data = Shared<T>::get();
  unsigned t = threadIdx.x, stride = blockDim.x * gridDim.x, warps = blockDim.x / 32;
  T sum = T(0);
  for (unsigned i = blockIdx.x * blockDim.x + t; i < n; i += stride)
    sum += in[i];
  sum = warp_sum(sum);
  if (t % 32 == 0)
    data[t / 32] = sum;
  __syncthreads();
  if (t < 32) {
    sum = warp_sum(t < warps ? data[t] : T(0));
    if (t == 0)
      out[blockIdx.x] = sum;
  }
}

// Rung 8: the same, said with cooperative groups.
template <typename T> __global__ void groups(const T *in, T *out, unsigned n) {
  T *data = Shared<T>::get();
  cg::thread_block block = cg::this_thread_block();
  cg::thread_block_tile<32> warp = cg::tiled_partition<32>(block);
  T sum = T(0);
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x)
    sum += in[i];
  sum = cg::reduce(warp, sum, cg::plus<T>());
  if (warp.thread_rank() == 0)
    data[warp.meta_group_rank()] = sum;
  cg::sync(block);
  if (warp.meta_group_rank() == 0) {
    sum = warp.thread_rank() < warp.meta_group_size() ? data[warp.thread_rank()] : T(0);
    sum = cg::reduce(warp, sum, cg::plus<T>());
    if (warp.thread_rank() == 0)
      out[blockIdx.x] = sum;
  }
}

template <typename T> using Kernel = void (*)(const T *, T *, unsigned);

template <typename T> bool close(T got, T exact) { return got == exact; }
template <> bool close(float got, float exact) { return std::fabs(got - exact) <= 2e-4f * exact; }
template <> bool close(double got, double exact) { return std::fabs(got - exact) <= 1e-10 * exact; }

template <typename T> void ladder(const char *type) {
  const unsigned n = (1u << 18) + 77, block = 256;
  std::vector<T> input(n);
  Lcg random(3);
  T exact = T(0);
  double precise = 0.0;
  for (T &x : input) {
    x = T(random.next() & 0xFF) / T(1);
    exact += x;
    precise += (double)x;
  }
  exact = (T)precise;

  struct Rung {
    const char *name;
    Kernel<T> kernel;
    unsigned per_thread; // 0: a grid of fixed size strides over everything
  };
  const Rung rungs[] = {
      {"interleaved, modulo", interleaved_modulo<T>, 1},
      {"interleaved, dense", interleaved_dense<T>, 1},
      {"sequential", sequential<T>, 1},
      {"add on load", add_on_load<T>, 2},
      {"last warp by shuffles", last_warp_shuffles<T>, 2},
      {"unrolled", unrolled<T, 256>, 2},
      {"grid stride", grid_stride<T>, 0},
      {"two levels of shuffles", two_level_shuffles<T>, 0},
      {"cooperative groups", groups<T>, 0},
  };

  T *device_in, *device_out;
  CUDA_OK(cudaMalloc(&device_in, n * sizeof(T)));
  CUDA_OK(cudaMalloc(&device_out, (n / block + 1) * sizeof(T)));
  CUDA_OK(cudaMemcpy(device_in, input.data(), n * sizeof(T), cudaMemcpyHostToDevice));
  for (const Rung &rung : rungs) {
    const unsigned per_block = block * rung.per_thread;
    const unsigned grid = rung.per_thread == 0 ? 64 : (n + per_block - 1) / per_block;
    CUDA_OK(cudaMemset(device_out, 0xFF, grid * sizeof(T)));
    rung.kernel<<<grid, block, block * sizeof(T)>>>(device_in, device_out, n);
    CUDA_OK(cudaGetLastError());
    std::vector<T> partial(grid);
    CUDA_OK(cudaMemcpy(partial.data(), device_out, grid * sizeof(T), cudaMemcpyDeviceToHost));
    T sum = T(0);
    for (T part : partial)
      sum += part;
    char what[64];
    std::snprintf(what, sizeof what, "%s: %s", type, rung.name);
    expect(close(sum, exact), what);
  }
  CUDA_OK(cudaFree(device_in));
  CUDA_OK(cudaFree(device_out));
}

int main() {
  ladder<int>("int");
  ladder<float>("float");
  ladder<double>("double");
  return verdict();
}
