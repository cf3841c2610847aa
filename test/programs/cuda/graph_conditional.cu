// Conditional nodes: what kernels write decides what a graph does.
#include "graph_common.h"

namespace {

__global__ void set_from(cudaGraphConditionalHandle handle, const int *value) {
  cudaGraphSetConditional(handle, *value);
}

__global__ void count_down(cudaGraphConditionalHandle handle, int *left, int *turns) {
  ++*turns;
  cudaGraphSetConditional(handle, --*left > 0);
}

__global__ void store(int *to, int value) { *to = value; }

struct Conditional {
  cudaGraph_t graph;
  cudaGraphConditionalHandle handle;
  cudaGraph_t bodies[4];

  explicit Conditional(unsigned default_value = 0, unsigned flags = cudaGraphCondAssignDefault) {
    CUDA_OK(cudaGraphCreate(&graph, 0));
    CUDA_OK(cudaGraphConditionalHandleCreate(&handle, graph, default_value, flags));
  }
  cudaGraphNodeParams params(cudaGraphConditionalNodeType type, unsigned size) const {
    cudaGraphNodeParams p = {};
    p.type = cudaGraphNodeTypeConditional;
    p.conditional.handle = handle;
    p.conditional.type = type;
    p.conditional.size = size;
    return p;
  }
  cudaError_t add(cudaGraphConditionalNodeType type, unsigned size, const cudaGraphNode_t *behind,
                  cudaGraphNode_t *node) {
    cudaGraphNodeParams p = params(type, size);
#if CUDART_VERSION >= 13000
    cudaError_t result = cudaGraphAddNode(node, graph, behind, nullptr, behind ? 1 : 0, &p);
#else
    cudaError_t result = cudaGraphAddNode(node, graph, behind, behind ? 1 : 0, &p);
#endif
    for (unsigned i = 0; i < size && result == cudaSuccess; ++i)
      bodies[i] = p.conditional.phGraph_out[i];
    return result;
  }
};

template <class... Args> cudaGraphNode_t add_kernel(cudaGraph_t graph, void *kernel, Args... args) {
  void *pointers[] = {&args...};
  cudaKernelNodeParams p = {};
  p.func = kernel;
  p.gridDim = p.blockDim = dim3(1);
  p.kernelParams = pointers;
  cudaGraphNode_t node;
  CUDA_OK(cudaGraphAddKernelNode(&node, graph, nullptr, 0, &p));
  return node;
}

int run(cudaGraphExec_t exec, int *choice, int value, int *result) {
  CUDA_OK(cudaMemcpy(choice, &value, sizeof value, cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemset(result, 0, sizeof(int)));
  CUDA_OK(cudaGraphLaunch(exec, 0));
  CUDA_OK(cudaDeviceSynchronize());
  return first_of(result);
}

void if_and_switch(int *choice, int *result) {
  for (const bool is_switch : {false, true}) {
    Conditional c;
    cudaGraphNode_t decide = add_kernel(c.graph, (void *)set_from, c.handle, choice), node;
    CUDA_OK(c.add(is_switch ? cudaGraphCondTypeSwitch : cudaGraphCondTypeIf, is_switch ? 3 : 1,
                  &decide, &node));
    for (int i = 0; i < (is_switch ? 3 : 1); ++i)
      add_kernel(c.bodies[i], (void *)store, result, 10 + i);
    cudaGraphExec_t exec;
    CUDA_OK(cudaGraphInstantiate(&exec, c.graph, 0));
    if (is_switch) {
      expect(run(exec, choice, 0, result) == 10 && run(exec, choice, 2, result) == 12,
             "a switch takes the branch of that number");
      expect(run(exec, choice, 7, result) == 0, "or none");
    } else {
      expect(run(exec, choice, 1, result) == 10, "a condition that holds");
      expect(run(exec, choice, 0, result) == 0, "and one that does not");
    }
    cudaGraph_t copy;
    gives("a clone of it", cudaGraphClone(&copy, c.graph), cudaErrorNotSupported);
    CUDA_OK(cudaGraphExecDestroy(exec));
    CUDA_OK(cudaGraphDestroy(c.graph));
  }
}

void loop(int *left, int *turns) {
  Conditional c(1);
  cudaGraphNode_t node;
  CUDA_OK(c.add(cudaGraphCondTypeWhile, 1, nullptr, &node));
  cudaStream_t stream;
  CUDA_OK(cudaStreamCreate(&stream));
  CUDA_OK(cudaStreamBeginCaptureToGraph(stream, c.bodies[0], nullptr, nullptr, 0,
                                        cudaStreamCaptureModeGlobal));
  count_down<<<1, 1, 0, stream>>>(c.handle, left, turns);
  CUDA_OK(cudaStreamEndCapture(stream, nullptr));
  cudaGraphExec_t exec;
  CUDA_OK(cudaGraphInstantiate(&exec, c.graph, 0));
  expect(run(exec, left, 1000, turns) == 1000, "a loop runs until its kernel ends it");
  expect(run(exec, left, 5, turns) == 5, "and again");
  CUDA_OK(cudaGraphExecDestroy(exec));
  CUDA_OK(cudaGraphDestroy(c.graph));
  CUDA_OK(cudaStreamDestroy(stream));
}

void mistakes() {
  Conditional c, other;
  cudaGraphNode_t node;
  gives("a loop with two bodies", c.add(cudaGraphCondTypeWhile, 2, nullptr, &node),
        cudaErrorInvalidValue);
  gives("no bodies", c.add(cudaGraphCondTypeSwitch, 0, nullptr, &node), cudaErrorInvalidValue);
  const cudaGraphConditionalHandle own = c.handle;
  c.handle = other.handle;
  gives("another graph's handle", c.add(cudaGraphCondTypeIf, 1, nullptr, &node),
        cudaErrorInvalidValue);
  c.handle = own;
  gives("a condition", c.add(cudaGraphCondTypeIf, 1, nullptr, &node));
  gives("a second on the same handle", c.add(cudaGraphCondTypeIf, 1, nullptr, &node),
        cudaErrorInvalidValue);
  cudaGraphConditionalHandle handle;
  gives("flags that are none", cudaGraphConditionalHandleCreate(&handle, c.graph, 0, 8),
        cudaErrorInvalidValue);
  CUDA_OK(cudaGraphDestroy(c.graph));
  CUDA_OK(cudaGraphDestroy(other.graph));
}

} // namespace

int main() {
  int *values;
  CUDA_OK(cudaMalloc(&values, 2 * sizeof(int)));
  if_and_switch(values, values + 1);
  loop(values, values + 1);
  mistakes();
  CUDA_OK(cudaFree(values));
  return verdict();
}
