// Many host threads use one device: each with memory and a stream of its own, all with one shared buffer that is
// ordered by the default stream, and threads that take turns launching.
#include "common.h"
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

__global__ void step(unsigned *data, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] = data[i] * 1664525u + 1013904223u;
}
__global__ void add_one(int *counter) { *counter += 1; }

constexpr int N = 4096, STEPS = 100;

void own_work(unsigned seed, bool *right) {
  unsigned *device;
  cudaStream_t stream;
  std::vector<unsigned> host(N, seed);
  CUDA_OK(cudaMalloc(&device, N * sizeof(unsigned)));
  CUDA_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  CUDA_OK(
      cudaMemcpyAsync(device, host.data(), N * sizeof(unsigned), cudaMemcpyHostToDevice, stream));
  for (int k = 0; k < STEPS; ++k)
    step<<<N / 256, 256, 0, stream>>>(device, N);
  CUDA_OK(cudaGetLastError());
  CUDA_OK(
      cudaMemcpyAsync(host.data(), device, N * sizeof(unsigned), cudaMemcpyDeviceToHost, stream));
  CUDA_OK(cudaStreamSynchronize(stream));
  unsigned exact = seed;
  for (int k = 0; k < STEPS; ++k)
    exact = exact * 1664525u + 1013904223u;
  *right = true;
  for (unsigned x : host)
    *right &= x == exact;
  CUDA_OK(cudaStreamDestroy(stream));
  CUDA_OK(cudaFree(device));
}

bool threads_with_own_streams() {
  const int count = 8;
  std::vector<std::thread> threads;
  bool right[count];
  for (int i = 0; i < count; ++i)
    threads.emplace_back(own_work, 17u * (unsigned)i, &right[i]);
  bool all = true;
  for (int i = 0; i < count; ++i) {
    threads[i].join();
    all &= right[i];
  }
  return all;
}

// A kernel that is not atomic, launched by two threads in strict turns on the default stream: every launch counts
// only if the order in which the threads launched is the order in which the device ran them.
bool threads_in_turn(int turns) {
  int *counter, host = -1, turn = 0;
  CUDA_OK(cudaMalloc(&counter, sizeof(int)));
  CUDA_OK(cudaMemset(counter, 0, sizeof(int)));
  std::mutex mutex;
  std::condition_variable changed;
  auto player = [&](int side) {
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return turn % 2 == side || turn >= turns; });
      if (turn >= turns)
        break;
      add_one<<<1, 1>>>(counter);
      ++turn;
      changed.notify_all();
    }
    changed.notify_all();
  };
  std::thread first(player, 0), second(player, 1);
  first.join();
  second.join();
  CUDA_OK(cudaMemcpy(&host, counter, sizeof(int), cudaMemcpyDeviceToHost));
  CUDA_OK(cudaFree(counter));
  return host == turns;
}

// One thread's work, another thread's event: a stream may be used from any thread.
bool stream_across_threads() {
  int *counter, host = -1;
  cudaStream_t stream;
  CUDA_OK(cudaMalloc(&counter, sizeof(int)));
  CUDA_OK(cudaMemset(counter, 0, sizeof(int)));
  CUDA_OK(cudaStreamCreate(&stream));
  for (int i = 0; i < 10; ++i)
    std::thread([&] { add_one<<<1, 1, 0, stream>>>(counter); }).join();
  std::thread([&] { CUDA_OK(cudaStreamSynchronize(stream)); }).join();
  CUDA_OK(cudaMemcpy(&host, counter, sizeof(int), cudaMemcpyDeviceToHost));
  CUDA_OK(cudaStreamDestroy(stream));
  CUDA_OK(cudaFree(counter));
  return host == 10;
}

int main() {
  expect(threads_with_own_streams(), "eight threads, a stream each");
  expect(threads_in_turn(500), "two threads launch in turn");
  expect(stream_across_threads(), "one stream used from many threads");

  cudaSetDevice(99); // fails, here
  bool clean = false;
  std::thread([&] { clean = cudaGetLastError() == cudaSuccess; }).join();
  expect(clean && cudaGetLastError() == cudaErrorInvalidDevice,
         "the last error belongs to a thread");
  return verdict();
}
