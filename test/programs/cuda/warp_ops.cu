// What threads of a warp can ask each other: shuffles, votes, matches, who is active, and the atomic counter
// that a whole warp bumps once.
#include "common.h"
#include <vector>

constexpr unsigned ALL = 0xFFFFFFFFu;

__global__ void shuffles(int *out) {
  const int lane = threadIdx.x & 31, value = lane * lane;
  int *row = out + blockIdx.x * blockDim.x + threadIdx.x;
  const int stride = gridDim.x * blockDim.x;
  row[0 * stride] = __shfl_sync(ALL, value, 5);
  row[1 * stride] = __shfl_up_sync(ALL, value, 3);
  row[2 * stride] = __shfl_down_sync(ALL, value, 4);
  row[3 * stride] = __shfl_xor_sync(ALL, value, 9);
  row[4 * stride] = __shfl_sync(ALL, value, lane + 1, 8);
  row[5 * stride] = __shfl_up_sync(ALL, value, 2, 16);
  row[6 * stride] = (int)(__shfl_xor_sync(ALL, (long long)value << 33, 1) >> 33);
}

int expected_shuffle(int which, int lane) {
  auto square = [](int x) { return x * x; };
  switch (which) {
  case 0:
    return square(5);
  case 1:
    return square(lane < 3 ? lane : lane - 3);
  case 2:
    return square(lane > 27 ? lane : lane + 4);
  case 3:
    return square(lane ^ 9);
  case 4:
    return square((lane & ~7) | ((lane + 1) & 7));
  case 5:
    return square((lane & 15) < 2 ? lane : lane - 2);
  default:
    return square(lane ^ 1);
  }
}

__global__ void votes(unsigned *out) {
  const int lane = threadIdx.x;
  const bool odd = lane & 1;
  unsigned result = 0;
  result |= __all_sync(ALL, lane < 32) ? 1u : 0;
  result |= __all_sync(ALL, odd) ? 2u : 0;
  result |= __any_sync(ALL, lane == 31) ? 4u : 0;
  result |= __any_sync(ALL, lane == 32) ? 8u : 0;
  out[lane] = result;
  out[32 + lane] = __ballot_sync(ALL, odd);
  if (odd) // a vote among half of the warp
    out[64 + lane] = __ballot_sync(0xAAAAAAAAu, lane > 15);
  else
    out[64 + lane] = __popc(__activemask() & 0x55555555u) > 0;
  out[96 + lane] = __match_any_sync(ALL, lane / 5);
  int same = -1;
  out[128 + lane] = __match_all_sync(ALL, 42, &same);
  out[160 + lane] = same;
  out[192 + lane] = __match_all_sync(ALL, lane, &same);
  out[224 + lane] = same;
}

__global__ void block_votes(int *out) {
  const int third = threadIdx.x % 3 == 0;
  out[threadIdx.x] = __syncthreads_count(third);
  out[blockDim.x + threadIdx.x] = __syncthreads_and(third) * 2 + __syncthreads_or(third);
}

// One atomic a warp instead of one a thread: the leader adds for all that are here with it.
__device__ int claim(int *counter) {
  const unsigned active = __activemask();
  const int lane = threadIdx.x & 31, leader = __ffs(active) - 1;
  int base = 0;
  if (lane == leader)
    base = atomicAdd(counter, __popc(active));
  base = __shfl_sync(active, base, leader);
  return base + __popc(active & ((1u << lane) - 1));
}

__global__ void filter_positive(const int *in, int *out, int *counter, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n && in[i] > 0)
    out[claim(counter)] = in[i];
}

__global__ void reductions(unsigned *out) {
  const unsigned lane = threadIdx.x;
#if __CUDA_ARCH__ >= 800
  out[lane] = __reduce_add_sync(ALL, lane);
  out[32 + lane] = __reduce_max_sync(ALL, lane ^ 21);
  out[64 + lane] = __reduce_xor_sync(ALL, 1u << (lane & 7));
#else
  unsigned sum = lane;
  for (int offset = 16; offset > 0; offset /= 2)
    sum += __shfl_xor_sync(ALL, sum, offset);
  out[lane] = sum;
  out[32 + lane] = 31;
  out[64 + lane] = 0;
#endif
}

template <typename T> std::vector<T> fetch(const T *device, size_t count) {
  std::vector<T> host(count);
  CUDA_OK(cudaMemcpy(host.data(), device, count * sizeof(T), cudaMemcpyDeviceToHost));
  return host;
}

void check_shuffles() {
  const int threads = 3 * 96;
  int *out;
  CUDA_OK(cudaMalloc(&out, 7 * threads * sizeof(int)));
  shuffles<<<3, 96>>>(out);
  LAUNCH_OK();
  const std::vector<int> got = fetch(out, 7 * threads);
  const char *names[] = {"shfl idx",         "shfl up",          "shfl down",       "shfl bfly",
                         "shfl idx width 8", "shfl up width 16", "shfl bfly 64 bit"};
  for (int which = 0; which < 7; ++which) {
    bool right = true;
    for (int t = 0; t < threads; ++t)
      right &= got[which * threads + t] == expected_shuffle(which, t % 96 & 31);
    expect(right, names[which]);
  }
  CUDA_OK(cudaFree(out));
}

void check_votes() {
  unsigned *out;
  CUDA_OK(cudaMalloc(&out, 256 * sizeof(unsigned)));
  votes<<<1, 32>>>(out);
  LAUNCH_OK();
  const std::vector<unsigned> got = fetch(out, 256);
  bool vote = true, ballot = true, half = true, any = true, all = true, none = true;
  for (unsigned lane = 0; lane < 32; ++lane) {
    vote &= got[lane] == 5;
    ballot &= got[32 + lane] == 0xAAAAAAAAu;
    half &= got[64 + lane] == (lane & 1 ? 0xAAAA0000u : 1u);
    unsigned peers = 0;
    for (unsigned other = 0; other < 32; ++other)
      peers |= other / 5 == lane / 5 ? 1u << other : 0;
    any &= got[96 + lane] == peers;
    all &= got[128 + lane] == ALL && got[160 + lane] == 1;
    none &= got[192 + lane] == 0 && got[224 + lane] == 0;
  }
  expect(vote, "all and any");
  expect(ballot, "ballot of a whole warp");
  expect(half, "ballot among half of a warp");
  expect(any, "match any");
  expect(all && none, "match all");
  reductions<<<1, 32>>>(out);
  LAUNCH_OK();
  const std::vector<unsigned> sums = fetch(out, 96);
  expect(sums[0] == 496 && sums[31] == 496 && sums[40] == 31 && sums[70] == 0, "warp reductions");
  CUDA_OK(cudaFree(out));
}

void check_block_votes() {
  int *out;
  CUDA_OK(cudaMalloc(&out, 2 * 100 * sizeof(int)));
  block_votes<<<1, 100>>>(out); // 100: the last warp is not full
  LAUNCH_OK();
  const std::vector<int> got = fetch(out, 200);
  bool right = true;
  for (int t = 0; t < 100; ++t)
    right &= got[t] == 34 && got[100 + t] == 1;
  expect(right, "block-wide count, and, or");
  CUDA_OK(cudaFree(out));
}

void check_aggregated_atomics() {
  const int n = 100'000;
  std::vector<int> input(n);
  Lcg random(5);
  long long exact_sum = 0;
  int exact_count = 0;
  for (int &x : input) {
    x = (int)(random.next() % 2001) - 1000;
    if (x > 0) {
      exact_sum += x;
      ++exact_count;
    }
  }
  int *in, *out, *counter;
  CUDA_OK(cudaMalloc(&in, n * sizeof(int)));
  CUDA_OK(cudaMalloc(&out, n * sizeof(int)));
  CUDA_OK(cudaMalloc(&counter, sizeof(int)));
  CUDA_OK(cudaMemcpy(in, input.data(), n * sizeof(int), cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemset(counter, 0, sizeof(int)));
  filter_positive<<<(n + 255) / 256, 256>>>(in, out, counter, n);
  LAUNCH_OK();
  const int count = fetch(counter, 1)[0];
  expect(count == exact_count, "warp-aggregated atomics count");
  long long sum = 0;
  for (int x : fetch(out, count == exact_count ? count : 0))
    sum += x;
  expect(sum == exact_sum, "warp-aggregated atomics keep every value");
  CUDA_OK(cudaFree(in));
  CUDA_OK(cudaFree(out));
  CUDA_OK(cudaFree(counter));
}

int main() {
  check_shuffles();
  check_votes();
  check_block_votes();
  check_aggregated_atomics();
  return verdict();
}
