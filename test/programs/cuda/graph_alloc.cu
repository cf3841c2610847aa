// Graphs that allocate: nodes and captures, memory that outlives a launch, frees from elsewhere.
#include "graph_common.h"

namespace {

const int n = 1024;
const size_t bytes = n * sizeof(int);

size_t graph_memory(cudaGraphMemAttributeType which) {
  unsigned long long value = 0;
  CUDA_OK(cudaDeviceGetGraphMemAttribute(0, which, &value));
  return value;
}

cudaMemAllocNodeParams allocation() {
  cudaMemAllocNodeParams params = {};
  params.poolProps.allocType = cudaMemAllocationTypePinned;
  params.poolProps.location.type = cudaMemLocationTypeDevice;
  params.bytesize = bytes;
  return params;
}

void within_one_graph(int *result) {
  cudaGraph_t graph, copy;
  cudaGraphNode_t alloc, set, kernel, out, release, other;
  CUDA_OK(cudaGraphCreate(&graph, 0));
  cudaMemAllocNodeParams params = allocation();
  CUDA_OK(cudaGraphAddMemAllocNode(&alloc, graph, nullptr, 0, &params));
  int *inner = static_cast<int *>(params.dptr);
  expect(inner != nullptr, "an allocation node has an address at once");
  cudaMemsetParams fill = {inner, 0, 0, 4, n, 1};
  CUDA_OK(cudaGraphAddMemsetNode(&set, graph, &alloc, 1, &fill));
  KernelArgs args(inner, n, 9);
  cudaKernelNodeParams launch = args.params();
  CUDA_OK(cudaGraphAddKernelNode(&kernel, graph, &set, 1, &launch));
  CUDA_OK(
      cudaGraphAddMemcpyNode1D(&out, graph, &kernel, 1, result, inner, bytes, cudaMemcpyDefault));
  CUDA_OK(cudaGraphAddMemFreeNode(&release, graph, &out, 1, inner));
  gives("freeing it twice in one graph", cudaGraphAddMemFreeNode(&other, graph, &release, 1, inner),
        cudaErrorInvalidValue);
  gives("freeing what no graph allocated",
        cudaGraphAddMemFreeNode(&other, graph, &release, 1, result), cudaErrorInvalidValue);
  cudaMemAllocNodeParams none = allocation();
  none.bytesize = 0;
  gives("allocating nothing", cudaGraphAddMemAllocNode(&other, graph, nullptr, 0, &none),
        cudaErrorInvalidValue);
  cudaMemAllocNodeParams back = {};
  CUDA_OK(cudaGraphMemAllocNodeGetParams(alloc, &back));
  expect(back.dptr == inner && back.bytesize == bytes, "a node says what it allocates");
  void *freed = nullptr;
  CUDA_OK(cudaGraphMemFreeNodeGetParams(release, &freed));
  expect(freed == inner, "and what it frees");
  gives("a clone of such a graph", cudaGraphClone(&copy, graph), cudaErrorNotSupported);
  gives("taking a node out of it", cudaGraphDestroyNode(kernel), cudaErrorNotSupported);
  cudaGraphExec_t exec, second;
  CUDA_OK(cudaGraphInstantiate(&exec, graph, 0));
  gives("a second executable of it", cudaGraphInstantiate(&second, graph, 0),
        cudaErrorNotSupported);
  for (int k = 0; k < 3; ++k) {
    CUDA_OK(cudaMemset(result, 0, bytes));
    CUDA_OK(cudaGraphLaunch(exec, 0));
    CUDA_OK(cudaDeviceSynchronize());
  }
  expect(first_of(result) == 9, "it computes in memory of its own");
  const size_t used = graph_memory(cudaGraphMemAttrUsedMemCurrent);
  expect(used >= bytes, "which stays mapped for the next launch");
  expect(graph_memory(cudaGraphMemAttrUsedMemHigh) == used &&
             graph_memory(cudaGraphMemAttrReservedMemCurrent) == used &&
             graph_memory(cudaGraphMemAttrReservedMemHigh) == used,
         "one allocation however often it is launched");
  CUDA_OK(cudaDeviceGraphMemTrim(0));
  expect(graph_memory(cudaGraphMemAttrUsedMemCurrent) == 0 &&
             graph_memory(cudaGraphMemAttrReservedMemCurrent) == 0,
         "a trim takes what no launch holds");
  CUDA_OK(cudaGraphLaunch(exec, 0));
  CUDA_OK(cudaDeviceSynchronize());
  expect(graph_memory(cudaGraphMemAttrUsedMemCurrent) == used, "until the next launch");
  CUDA_OK(cudaGraphExecDestroy(exec));
  expect(graph_memory(cudaGraphMemAttrUsedMemCurrent) == 0, "an executable that is gone maps none");
  expect(graph_memory(cudaGraphMemAttrUsedMemHigh) == used, "but is remembered to have had some");
  CUDA_OK(cudaGraphInstantiate(&second, graph, 0));
  CUDA_OK(cudaGraphExecDestroy(second));
  CUDA_OK(cudaGraphDestroy(graph));
}

void across_graphs(int *result) {
  // Allocated by one graph, used and freed by another, by the application, or by nobody.
  cudaGraph_t makes, frees;
  cudaGraphNode_t alloc, node, release;
  cudaGraphExec_t make, free_it;
  CUDA_OK(cudaGraphCreate(&makes, 0));
  cudaMemAllocNodeParams params = allocation();
  CUDA_OK(cudaGraphAddMemAllocNode(&alloc, makes, nullptr, 0, &params));
  int *inner = static_cast<int *>(params.dptr);
  cudaMemsetParams fill = {inner, 0, 3, 4, n, 1};
  CUDA_OK(cudaGraphAddMemsetNode(&node, makes, &alloc, 1, &fill));
  CUDA_OK(cudaGraphCreate(&frees, 0));
  CUDA_OK(cudaGraphAddMemcpyNode1D(&node, frees, nullptr, 0, result, inner, bytes,
                                   cudaMemcpyDeviceToDevice));
  CUDA_OK(cudaGraphAddMemFreeNode(&release, frees, &node, 1, inner));
  CUDA_OK(cudaGraphInstantiate(&make, makes, 0));
  CUDA_OK(cudaGraphInstantiate(&free_it, frees, 0));

  gives("freeing what is not allocated yet", cudaGraphLaunch(free_it, 0), cudaErrorInvalidValue);
  gives("allocating", cudaGraphLaunch(make, 0));
  gives("allocating again before it is freed", cudaGraphLaunch(make, 0), cudaErrorInvalidValue);
  gives("freeing in another graph", cudaGraphLaunch(free_it, 0));
  CUDA_OK(cudaDeviceSynchronize());
  expect(first_of(result) == 3, "which read it first");
  gives("allocating once more", cudaGraphLaunch(make, 0));
  gives("freeing by hand", cudaFreeAsync(inner, 0));
  gives("and once more", cudaGraphLaunch(make, 0));
  CUDA_OK(cudaDeviceSynchronize());
  expect(graph_memory(cudaGraphMemAttrUsedMemCurrent) >= bytes, "it is counted while it is there");
  gives("freeing it at once", cudaFree(inner));
  gives("twice", cudaFree(inner), cudaErrorInvalidValue);
  CUDA_OK(cudaGraphExecDestroy(make));

  CUDA_OK(cudaGraphInstantiateWithFlags(&make, makes, cudaGraphInstantiateFlagAutoFreeOnLaunch));
  gives("with automatic frees: allocating", cudaGraphLaunch(make, 0));
  gives("and again", cudaGraphLaunch(make, 0));
  unsigned long long flags = 0;
  CUDA_OK(cudaGraphExecGetFlags(make, &flags));
  expect(flags == cudaGraphInstantiateFlagAutoFreeOnLaunch, "an executable knows its flags");
  CUDA_OK(cudaGraphExecDestroy(free_it));
  CUDA_OK(cudaGraphDestroy(frees));
  CUDA_OK(cudaGraphExecDestroy(make));
  CUDA_OK(cudaGraphDestroy(makes));
  CUDA_OK(cudaDeviceSynchronize());
  expect(first_of(inner) == 3, "what was not freed outlives its graph");
  gives("until it is", cudaFree(inner));
  expect(graph_memory(cudaGraphMemAttrUsedMemCurrent) == 0, "nothing is left");
  CUDA_OK(cudaDeviceGraphMemTrim(0));
  expect(graph_memory(cudaGraphMemAttrReservedMemCurrent) == 0, "nor set aside after a trim");
  unsigned long long zero = 0, one = 1;
  CUDA_OK(cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrUsedMemHigh, &zero));
  expect(graph_memory(cudaGraphMemAttrUsedMemHigh) == 0, "marks can be reset");
  gives("but to zero only", cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrUsedMemHigh, &one),
        cudaErrorInvalidValue);
  gives("and the present state not at all",
        cudaDeviceSetGraphMemAttribute(0, cudaGraphMemAttrUsedMemCurrent, &zero),
        cudaErrorInvalidValue);
}

void captured(int *result) {
  cudaStream_t stream;
  cudaGraph_t graph;
  cudaGraphExec_t exec;
  int *inner = nullptr;
  CUDA_OK(cudaStreamCreate(&stream));
  CUDA_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  CUDA_OK(cudaMallocAsync(&inner, bytes, stream));
  CUDA_OK(cudaMemsetAsync(inner, 0, bytes, stream));
  add_to<<<n / 64, 64, 0, stream>>>(inner, n, 4);
  CUDA_OK(cudaMemcpyAsync(result, inner, bytes, cudaMemcpyDefault, stream));
  CUDA_OK(cudaFreeAsync(inner, stream));
  CUDA_OK(cudaStreamEndCapture(stream, &graph));
  size_t count = 0;
  CUDA_OK(cudaGraphGetNodes(graph, nullptr, &count));
  expect(count == 5, "an allocation that is captured is a node");
  CUDA_OK(cudaGraphInstantiate(&exec, graph, 0));
  for (int k = 0; k < 3; ++k)
    CUDA_OK(cudaGraphLaunch(exec, stream));
  CUDA_OK(cudaStreamSynchronize(stream));
  expect(first_of(result) == 4, "and works as often as it is launched");
  CUDA_OK(cudaGraphExecDestroy(exec));
  CUDA_OK(cudaGraphDestroy(graph));
  CUDA_OK(cudaStreamDestroy(stream));
}

} // namespace

int main() {
  int *result;
  CUDA_OK(cudaMalloc(&result, bytes));
  within_one_graph(result);
  across_graphs(result);
  captured(result);
  CUDA_OK(cudaFree(result));
  return verdict();
}
