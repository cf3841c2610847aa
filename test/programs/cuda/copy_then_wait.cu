// A copy to pageable memory is done when its call returns, and its stream with it. Waiting afterwards has to wait
// for whatever was sent elsewhere, by whichever thread, before and after.
#include "common.h"

#include <thread>

/// Takes a few hundredths of a second.
__global__ void keep_busy(volatile unsigned *out) {
  unsigned value = 1;
  for (unsigned i = 0; i < 10'000'000; ++i)
    value = value * 1664525u + 1013904223u;
  *out = value | 1;
}

struct Stage {
  cudaStream_t copying, busy;
  int *device;
  unsigned *pinned;

  void begin(cudaStream_t stream) {
    *pinned = 0;
    keep_busy<<<1, 1, 0, stream>>>(pinned);
    CUDA_OK(cudaGetLastError());
  }
  void copy() {
    int value = 0;
    CUDA_OK(cudaMemcpyAsync(&value, device, sizeof value, cudaMemcpyDeviceToHost, copying));
    if (value != 0x01010101)
      expect(false, "what was copied");
  }
  bool is_done() const { return *static_cast<volatile unsigned *>(pinned) != 0; }
};

void with(Stage &stage) {
  stage.copy();
  CUDA_OK(cudaStreamSynchronize(stage.copying));
  stage.copy();
  stage.begin(stage.copying);
  CUDA_OK(cudaStreamSynchronize(stage.copying));
  expect(stage.is_done(), "a kernel behind the copy");

  if (stage.copying != cudaStreamPerThread) { // to the other thread that is a stream of its own
    stage.copy();
    std::thread([&] { stage.begin(stage.copying); }).join();
    CUDA_OK(cudaStreamSynchronize(stage.copying));
    expect(stage.is_done(), "another thread's kernel behind the copy");
  }

  stage.begin(stage.busy);
  stage.copy();
  CUDA_OK(cudaStreamSynchronize(stage.copying));
  CUDA_OK(cudaStreamSynchronize(stage.busy));
  expect(stage.is_done(), "a kernel in another stream");

  cudaEvent_t event;
  CUDA_OK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  stage.begin(stage.busy);
  CUDA_OK(cudaEventRecord(event, stage.busy));
  stage.copy();
  CUDA_OK(cudaStreamWaitEvent(stage.copying, event, 0));
  CUDA_OK(cudaStreamSynchronize(stage.copying));
  expect(stage.is_done(), "an event of another stream");
  CUDA_OK(cudaEventDestroy(event));

  stage.begin(stage.busy);
  stage.copy();
  CUDA_OK(cudaDeviceSynchronize());
  expect(stage.is_done(), "the whole device");

  stage.copy();
  CUDA_OK(cudaLaunchHostFunc(
      stage.copying, [](void *pinned) { *static_cast<unsigned *>(pinned) = 0; }, stage.pinned));
  CUDA_OK(cudaStreamSynchronize(stage.copying));
  expect(!stage.is_done(), "a host function");
}

int main() {
  Stage stage{};
  CUDA_OK(cudaMalloc(&stage.device, sizeof(int)));
  CUDA_OK(cudaMemset(stage.device, 1, sizeof(int)));
  CUDA_OK(cudaMallocHost(&stage.pinned, sizeof *stage.pinned));
  for (const unsigned flags : {cudaStreamDefault, cudaStreamNonBlocking}) {
    CUDA_OK(cudaStreamCreateWithFlags(&stage.copying, flags));
    CUDA_OK(cudaStreamCreateWithFlags(&stage.busy, flags));
    with(stage);
    CUDA_OK(cudaStreamDestroy(stage.copying));
    const cudaStream_t busy = stage.busy;
    stage.copying = cudaStreamLegacy;
    with(stage);
    stage.copying = cudaStreamPerThread;
    with(stage);
    CUDA_OK(cudaStreamDestroy(busy));
  }

  stage.copying = nullptr;
  stage.copy();
  expect(cudaStreamSynchronize(reinterpret_cast<cudaStream_t>(stage.pinned)) != cudaSuccess,
         "what is no stream is refused");
  cudaGetLastError();
  stage.copy();
  CUDA_OK(cudaStreamBeginCapture(cudaStreamPerThread, cudaStreamCaptureModeRelaxed));
  expect(cudaStreamSynchronize(cudaStreamPerThread) == cudaErrorStreamCaptureUnsupported,
         "a capture forbids to wait");
  cudaGraph_t graph;
  expect(cudaStreamEndCapture(cudaStreamPerThread, &graph) != cudaSuccess, "and has failed");
  cudaGetLastError();
  return verdict();
}
