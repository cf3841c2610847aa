// Graphs over memory that is not pinned: what a node reads and writes is the memory as it is when the graph runs, be it
// a variable on the stack or a block of a vector.
#include "common.h"
#include <vector>

__global__ void add_one(int *data, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] += 1;
}

void CUDART_CB count(void *counter) { ++*static_cast<int *>(counter); }

int main() {
  const int n = 1 << 18;
  int *one, *many, in = 5, out = 0, runs = 0;
  std::vector<int> input(n, 3), output(n);
  cudaStream_t stream;
  CUDA_OK(cudaMalloc(&one, sizeof(int)));
  CUDA_OK(cudaMalloc(&many, n * sizeof(int)));
  CUDA_OK(cudaStreamCreate(&stream));

  cudaGraph_t graph;
  cudaGraphExec_t exec;
  CUDA_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  CUDA_OK(cudaMemcpyAsync(one, &in, sizeof(int), cudaMemcpyHostToDevice, stream));
  add_one<<<1, 1, 0, stream>>>(one, 1);
  CUDA_OK(cudaMemcpyAsync(&out, one, sizeof(int), cudaMemcpyDefault, stream));
  CUDA_OK(cudaMemcpyAsync(many, input.data(), n * sizeof(int), cudaMemcpyHostToDevice, stream));
  add_one<<<n / 256, 256, 0, stream>>>(many, n);
  CUDA_OK(cudaMemcpyAsync(output.data(), many, n * sizeof(int), cudaMemcpyDeviceToHost, stream));
  CUDA_OK(cudaLaunchHostFunc(stream, count, &runs));
  CUDA_OK(cudaStreamEndCapture(stream, &graph));
  CUDA_OK(cudaGraphInstantiate(&exec, graph, 0));
  expect(out == 0 && runs == 0, "capturing runs nothing");

  bool right = true;
  for (int k = 0; k < 4; ++k) {
    in = 10 * k;
    input[n - 1] = k;
    CUDA_OK(cudaGraphLaunch(exec, stream));
    CUDA_OK(cudaStreamSynchronize(stream));
    right &= out == 10 * k + 1 && output[0] == 4 && output[n - 1] == k + 1;
  }
  expect(right, "each run copies what is there by then");
  expect(runs == 4, "and calls the host function once");

  cudaGraph_t copies;
  cudaGraphNode_t node;
  cudaGraphExec_t copies_exec;
  CUDA_OK(cudaGraphCreate(&copies, 0));
  CUDA_OK(cudaGraphAddMemcpyNode1D(&node, copies, nullptr, 0, &out, one, sizeof(int),
                                   cudaMemcpyDeviceToHost));
  CUDA_OK(cudaGraphInstantiate(&copies_exec, copies, 0));
  out = 0;
  CUDA_OK(cudaGraphLaunch(copies_exec, stream));
  CUDA_OK(cudaStreamSynchronize(stream));
  expect(out == 31, "a copy node made by hand");

  CUDA_OK(cudaGraphExecDestroy(copies_exec));
  CUDA_OK(cudaGraphDestroy(copies));
  CUDA_OK(cudaGraphExecDestroy(exec));
  CUDA_OK(cudaGraphDestroy(graph));
  return verdict();
}
