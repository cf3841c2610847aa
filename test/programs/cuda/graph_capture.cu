// A stream captured to a graph, launched many times: less work a launch for the host, the same work for the device.
#include "common.h"

__global__ void add(int *value, int amount) { *value += amount; }
__global__ void twice(int *value) { *value *= 2; }

int main() {
  int *value, host = -1, seed = 1;
  CUDA_OK(cudaMalloc(&value, sizeof(int)));
  cudaStream_t stream, side;
  cudaEvent_t fork, join;
  CUDA_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  CUDA_OK(cudaStreamCreateWithFlags(&side, cudaStreamNonBlocking));
  CUDA_OK(cudaEventCreateWithFlags(&fork, cudaEventDisableTiming));
  CUDA_OK(cudaEventCreateWithFlags(&join, cudaEventDisableTiming));

  cudaStreamCaptureStatus status;
  cudaGraph_t graph;
  cudaGraphExec_t executable;
  CUDA_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  CUDA_OK(cudaStreamIsCapturing(stream, &status));
  expect(status == cudaStreamCaptureStatusActive, "a stream captures");
  add<<<1, 1, 0, stream>>>(value, 3);
  CUDA_OK(cudaEventRecord(fork, stream));
  CUDA_OK(cudaStreamWaitEvent(side, fork, 0));
  twice<<<1, 1, 0, side>>>(value);
  CUDA_OK(cudaEventRecord(join, side));
  CUDA_OK(cudaStreamWaitEvent(stream, join, 0));
  add<<<1, 1, 0, stream>>>(value, 1);
  CUDA_OK(cudaStreamEndCapture(stream, &graph));

  size_t nodes = 0;
  CUDA_OK(cudaGraphGetNodes(graph, nullptr, &nodes));
  expect(nodes == 3, "three kernels make three nodes");
  CUDA_OK(cudaMemcpy(value, &seed, sizeof seed, cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpy(&host, value, sizeof host, cudaMemcpyDeviceToHost));
  expect(host == 1, "capturing ran nothing");

  CUDA_OK(cudaGraphInstantiate(&executable, graph, 0));
  int exact = seed;
  for (int i = 0; i < 10; ++i) {
    CUDA_OK(cudaGraphLaunch(executable, stream));
    exact = (exact + 3) * 2 + 1;
  }
  CUDA_OK(cudaStreamSynchronize(stream));
  CUDA_OK(cudaMemcpy(&host, value, sizeof host, cudaMemcpyDeviceToHost));
  expect(host == exact, "ten launches of the graph");
  CUDA_OK(cudaGraphExecDestroy(executable));
  CUDA_OK(cudaGraphDestroy(graph));
  CUDA_OK(cudaEventDestroy(fork));
  CUDA_OK(cudaEventDestroy(join));
  CUDA_OK(cudaStreamDestroy(side));
  CUDA_OK(cudaStreamDestroy(stream));
  CUDA_OK(cudaFree(value));
  return verdict();
}
