// Work split over streams: a kernel and a pinned copy per stream, then the same on one stream; equal results.
// Also: order within a stream, events across streams, non-blocking and prioritised streams, queries.
#include "common.h"
#include <vector>

__global__ void fill(int *data, int value, int rounds) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  int x = value;
  for (int k = 0; k < rounds; ++k)
    x = x * 3 + 1;
  data[i] = x;
}

__global__ void append(int *log, int *length, int entry) { log[(*length)++] = entry; }

bool split_over(int streams) {
  const int n = 1 << 18, part = n / streams, rounds = 20;
  int *device, *host;
  CUDA_OK(cudaMalloc(&device, n * sizeof(int)));
  CUDA_OK(cudaMallocHost(&host, n * sizeof(int)));
  std::vector<cudaStream_t> stream(streams);
  for (cudaStream_t &s : stream)
    CUDA_OK(cudaStreamCreate(&s));
  for (int i = 0; i < streams; ++i)
    fill<<<part / 256, 256, 0, stream[i]>>>(device + i * part, i, rounds);
  for (int i = 0; i < streams; ++i)
    CUDA_OK(cudaMemcpyAsync(host + i * part, device + i * part, part * sizeof(int),
                            cudaMemcpyDeviceToHost, stream[i]));
  for (cudaStream_t s : stream)
    CUDA_OK(cudaStreamSynchronize(s));
  bool right = true;
  for (int i = 0; i < n; ++i) {
    int x = i / part;
    for (int k = 0; k < rounds; ++k)
      x = (int)((unsigned)x * 3u + 1u);
    right &= host[i] == x;
  }
  for (cudaStream_t s : stream)
    CUDA_OK(cudaStreamDestroy(s));
  CUDA_OK(cudaFree(device));
  CUDA_OK(cudaFreeHost(host));
  return right;
}

// Two streams take turns by events; whoever jumps the queue spoils the log.
bool turns_by_events() {
  const int turns = 40;
  int *log, *length;
  CUDA_OK(cudaMalloc(&log, turns * sizeof(int)));
  CUDA_OK(cudaMalloc(&length, sizeof(int)));
  CUDA_OK(cudaMemset(length, 0, sizeof(int)));
  cudaStream_t stream[2];
  cudaEvent_t done;
  for (cudaStream_t &s : stream)
    CUDA_OK(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
  CUDA_OK(cudaDeviceSynchronize());
  CUDA_OK(cudaEventCreateWithFlags(&done, cudaEventDisableTiming));
  for (int turn = 0; turn < turns; ++turn) {
    cudaStream_t s = stream[turn % 2];
    if (turn > 0)
      CUDA_OK(cudaStreamWaitEvent(s, done, 0));
    append<<<1, 1, 0, s>>>(log, length, turn);
    CUDA_OK(cudaEventRecord(done, s));
  }
  CUDA_OK(cudaEventSynchronize(done));
  std::vector<int> host(turns);
  CUDA_OK(cudaMemcpy(host.data(), log, turns * sizeof(int), cudaMemcpyDeviceToHost));
  bool right = true;
  for (int turn = 0; turn < turns; ++turn)
    right &= host[turn] == turn;
  CUDA_OK(cudaEventDestroy(done));
  for (cudaStream_t s : stream)
    CUDA_OK(cudaStreamDestroy(s));
  CUDA_OK(cudaFree(log));
  CUDA_OK(cudaFree(length));
  return right;
}

int main() {
  expect(split_over(1), "one stream");
  expect(split_over(4), "four streams");
  expect(split_over(16), "sixteen streams");
  expect(turns_by_events(), "two streams take turns by events");

  int least, greatest;
  CUDA_OK(cudaDeviceGetStreamPriorityRange(&least, &greatest));
  cudaStream_t urgent;
  CUDA_OK(cudaStreamCreateWithPriority(&urgent, cudaStreamNonBlocking, greatest));
  int priority = 1;
  unsigned flags = 0;
  CUDA_OK(cudaStreamGetPriority(urgent, &priority));
  CUDA_OK(cudaStreamGetFlags(urgent, &flags));
  expect(priority == greatest && flags == cudaStreamNonBlocking,
         "a stream knows what it was made with");
  CUDA_OK(cudaStreamSynchronize(urgent));
  expect(cudaStreamQuery(urgent) == cudaSuccess, "an idle stream is ready");
  CUDA_OK(cudaStreamDestroy(urgent));
  return verdict();
}
