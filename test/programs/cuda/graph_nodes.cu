// Graphs built by hand: every kind of node, its parameters there and back, edges, clones, updates.
#include "graph_common.h"

#include <algorithm>
#include <string>
#include <vector>

namespace {

void CUDART_CB count(void *counter) { ++*static_cast<int *>(counter); }
void CUDART_CB count_by_ten(void *counter) { *static_cast<int *>(counter) += 10; }

const int n = 256;

void parameters(int *data) {
  cudaGraph_t graph;
  CUDA_OK(cudaGraphCreate(&graph, 0));
  gives("a graph with flags", cudaGraphCreate(&graph, 1), cudaErrorInvalidValue);
  CUDA_OK(cudaGraphCreate(&graph, 0));
  // On pages of their own: memory that a graph copies is shared with the host by whole pages.
  alignas(4096) static int host_values[n];
  alignas(4096) static int out[n];
  alignas(4096) static int other_values[n];
  int calls = 0;
  std::fill_n(host_values, n, 7);

  cudaGraphNode_t set, copy_in, kernel, copy_out, call, join;
  cudaMemsetParams fill = {data, 0, 0x01010101, 4, n, 1};
  CUDA_OK(cudaGraphAddMemsetNode(&set, graph, nullptr, 0, &fill));
  CUDA_OK(cudaGraphAddMemcpyNode1D(&copy_in, graph, &set, 1, data, host_values, n / 2 * sizeof(int),
                                   cudaMemcpyHostToDevice));
  KernelArgs args(data, n, 5);
  cudaKernelNodeParams launch = args.params();
  CUDA_OK(cudaGraphAddKernelNode(&kernel, graph, &copy_in, 1, &launch));
  CUDA_OK(cudaGraphAddMemcpyNode1D(&copy_out, graph, &kernel, 1, out, data, n * sizeof(int),
                                   cudaMemcpyDeviceToHost));
  cudaHostNodeParams host = {count, &calls};
  CUDA_OK(cudaGraphAddHostNode(&call, graph, &copy_out, 1, &host));
  cudaGraphNode_t both[] = {kernel, call};
  CUDA_OK(cudaGraphAddEmptyNode(&join, graph, both, 2));

  cudaGraphNode_t twice[] = {kernel, kernel};
  gives("the same dependency twice", cudaGraphAddEmptyNode(&join, graph, twice, 2),
        cudaErrorInvalidValue);
  gives(
      "a fill of three-byte elements",
      [&] {
        cudaMemsetParams odd = {data, 0, 0, 3, n, 1};
        return cudaGraphAddMemsetNode(&join, graph, nullptr, 0, &odd);
      }(),
      cudaErrorInvalidValue);
  gives(
      "a host node without a function",
      [&] {
        cudaHostNodeParams none = {nullptr, nullptr};
        return cudaGraphAddHostNode(&join, graph, nullptr, 0, &none);
      }(),
      cudaErrorInvalidValue);

  // Back again.
  cudaKernelNodeParams launch_back = {};
  CUDA_OK(cudaGraphKernelNodeGetParams(kernel, &launch_back));
  expect(launch_back.func == (void *)add_to, "a kernel node names its kernel");
  expect(launch_back.gridDim.x == 4 && launch_back.blockDim.x == 64, "and its shape");
  expect(*(int **)launch_back.kernelParams[0] == data && *(int *)launch_back.kernelParams[1] == n &&
             *(int *)launch_back.kernelParams[2] == 5,
         "and its arguments");
  cudaMemsetParams fill_back = {};
  CUDA_OK(cudaGraphMemsetNodeGetParams(set, &fill_back));
  expect(fill_back.dst == data && fill_back.width == n && fill_back.value == 0x01010101,
         "a fill node says what it fills");
  cudaHostNodeParams host_back = {};
  CUDA_OK(cudaGraphHostNodeGetParams(call, &host_back));
  expect(host_back.fn == count && host_back.userData == &calls, "a host node names its function");
  cudaMemcpy3DParms copy_back = {};
  CUDA_OK(cudaGraphMemcpyNodeGetParams(copy_in, &copy_back));
  expect(copy_back.srcPtr.ptr == host_values && copy_back.dstPtr.ptr == data &&
             copy_back.extent.width == n / 2 * sizeof(int),
         "a copy node says what it copies");
  gives("a kernel's parameters of a host node", cudaGraphKernelNodeGetParams(call, &launch_back),
        cudaErrorInvalidValue);

  cudaGraphExec_t exec;
  CUDA_OK(cudaGraphInstantiate(&exec, graph, 0));
  CUDA_OK(cudaGraphLaunch(exec, 0));
  CUDA_OK(cudaDeviceSynchronize());
  expect(out[0] == 12 && out[n - 1] == 0x01010101 + 5 && calls == 1, "the graph does all of it");

  // Changes of the graph do not reach its executable; changes of that do, from its next launch on.
  KernelArgs more(data, n, 100);
  cudaKernelNodeParams bigger = more.params();
  CUDA_OK(cudaGraphKernelNodeSetParams(kernel, &bigger));
  CUDA_OK(cudaGraphLaunch(exec, 0));
  CUDA_OK(cudaDeviceSynchronize());
  expect(out[0] == 12, "a changed node leaves the executable as it was");
  CUDA_OK(cudaGraphExecKernelNodeSetParams(exec, kernel, &bigger));
  cudaHostNodeParams by_ten = {count_by_ten, &calls};
  CUDA_OK(cudaGraphExecHostNodeSetParams(exec, call, &by_ten));
  std::fill_n(other_values, n, 1000);
  CUDA_OK(cudaGraphExecMemcpyNodeSetParams1D(exec, copy_in, data, other_values, n * sizeof(int),
                                             cudaMemcpyHostToDevice));
  CUDA_OK(cudaGraphLaunch(exec, 0));
  CUDA_OK(cudaDeviceSynchronize());
  expect(out[0] == 1100 && out[n - 1] == 1100 && calls == 12,
         "a changed executable does otherwise");
  gives("a copy that changes its direction",
        cudaGraphExecMemcpyNodeSetParams1D(exec, copy_in, other_values, data, 4,
                                           cudaMemcpyDeviceToHost),
        cudaErrorInvalidValue);

  unsigned enabled = 7;
  CUDA_OK(cudaGraphNodeGetEnabled(exec, kernel, &enabled));
  expect(enabled == 1, "nodes are on");
  CUDA_OK(cudaGraphNodeSetEnabled(exec, kernel, 0));
  CUDA_OK(cudaGraphLaunch(exec, 0));
  CUDA_OK(cudaDeviceSynchronize());
  expect(out[0] == 1000, "a node that is off does nothing");
  gives("turning a host node off", cudaGraphNodeSetEnabled(exec, call, 0), cudaErrorInvalidValue);

  cudaKernelNodeAttrValue value = {};
  value.priority = -3;
  CUDA_OK(cudaGraphKernelNodeSetAttribute(kernel, cudaLaunchAttributePriority, &value));
  value = {};
  CUDA_OK(cudaGraphKernelNodeGetAttribute(kernel, cudaLaunchAttributePriority, &value));
  expect(value.priority == -3, "a kernel node keeps its attributes");

  CUDA_OK(cudaGraphExecDestroy(exec));
  CUDA_OK(cudaGraphDestroy(graph));
}

void edges(int *data) {
  cudaGraph_t graph, copy;
  CUDA_OK(cudaGraphCreate(&graph, 0));
  cudaGraphNode_t nodes[4];
  KernelArgs args(data, n, 1);
  cudaKernelNodeParams launch = args.params();
  for (cudaGraphNode_t &node : nodes)
    CUDA_OK(cudaGraphAddKernelNode(&node, graph, nullptr, 0, &launch));
  cudaGraphNode_t from[] = {nodes[0], nodes[0], nodes[1], nodes[2]};
  cudaGraphNode_t to[] = {nodes[1], nodes[2], nodes[3], nodes[3]};
#if CUDART_VERSION >= 13000
#define PLAIN nullptr,
#else
#define PLAIN
#endif
  CUDA_OK(cudaGraphAddDependencies(graph, from, to, PLAIN 4));
  gives("an edge that is there", cudaGraphAddDependencies(graph, from, to, PLAIN 1),
        cudaErrorInvalidValue);
  gives("an edge from a node to itself", cudaGraphAddDependencies(graph, from, from, PLAIN 1),
        cudaErrorInvalidValue);
  size_t count = 0;
  CUDA_OK(cudaGraphGetNodes(graph, nullptr, &count));
  expect(count == 4, "four nodes");
  CUDA_OK(cudaGraphGetRootNodes(graph, nullptr, &count));
  expect(count == 1, "one root");
  cudaGraphNode_t found[8], others[8];
  CUDA_OK(cudaGraphGetEdges(graph, nullptr, nullptr, PLAIN & count));
  expect(count == 4, "four edges");
  count = 8;
  CUDA_OK(cudaGraphGetEdges(graph, found, others, PLAIN & count));
  bool right = count == 4 && found[4] == nullptr && others[7] == nullptr;
  for (size_t k = 0; k < 4; ++k) {
    bool is_there = false;
    for (size_t i = 0; i < 4; ++i)
      is_there |= found[i] == from[k] && others[i] == to[k];
    right &= is_there;
  }
  expect(right, "and a longer array ends with nulls");
  count = 1;
  CUDA_OK(cudaGraphNodeGetDependencies(nodes[3], found, PLAIN & count));
  expect(count == 1 && (found[0] == nodes[1] || found[0] == nodes[2]), "a shorter one is filled");
  CUDA_OK(cudaGraphNodeGetDependentNodes(nodes[0], nullptr, PLAIN & count));
  expect(count == 2, "two nodes wait for the first");

  CUDA_OK(cudaGraphClone(&copy, graph));
  cudaGraphNode_t twin;
  CUDA_OK(cudaGraphNodeFindInClone(&twin, nodes[3], copy));
  cudaGraphNodeType type;
  CUDA_OK(cudaGraphNodeGetType(twin, &type));
  expect(twin != nodes[3] && type == cudaGraphNodeTypeKernel, "a clone has nodes of its own");
  CUDA_OK(cudaGraphRemoveDependencies(graph, from, to, PLAIN 1));
  gives("an edge that is gone", cudaGraphRemoveDependencies(graph, from, to, PLAIN 1),
        cudaErrorInvalidValue);
  CUDA_OK(cudaGraphGetEdges(copy, nullptr, nullptr, PLAIN & count));
  expect(count == 4, "a clone keeps its edges");
  CUDA_OK(cudaGraphDestroyNode(nodes[3]));
  CUDA_OK(cudaGraphGetEdges(graph, nullptr, nullptr, PLAIN & count));
  expect(count == 1, "a node's edges go with it");

  // A cycle can be made, and is found out.
  cudaGraphExec_t exec;
  cudaGraphNode_t a[] = {nodes[0], nodes[1], nodes[2]}, b[] = {nodes[1], nodes[2], nodes[0]};
  cudaGraph_t ring;
  CUDA_OK(cudaGraphCreate(&ring, 0));
  for (int i = 0; i < 3; ++i)
    CUDA_OK(cudaGraphAddEmptyNode(&a[i], ring, nullptr, 0));
  b[0] = a[1], b[1] = a[2], b[2] = a[0];
  CUDA_OK(cudaGraphAddDependencies(ring, a, b, PLAIN 3));
  gives("a ring", cudaGraphInstantiate(&exec, ring, 0), cudaErrorInvalidValue);
  CUDA_OK(cudaGraphDestroy(ring));
  CUDA_OK(cudaGraphDestroy(copy));
  CUDA_OK(cudaGraphDestroy(graph));
}

void children_and_updates(int *data) {
  cudaGraph_t child, parent, inside;
  cudaGraphNode_t in_child, first, second, event_node;
  cudaEvent_t event, other;
  CUDA_OK(cudaEventCreate(&event));
  CUDA_OK(cudaEventCreate(&other));
  CUDA_OK(cudaGraphCreate(&child, 0));
  KernelArgs one(data, n, 1), two(data, n, 2);
  cudaKernelNodeParams by_one = one.params(), by_two = two.params();
  CUDA_OK(cudaGraphAddKernelNode(&in_child, child, nullptr, 0, &by_one));
  CUDA_OK(cudaGraphCreate(&parent, 0));
  CUDA_OK(cudaGraphAddChildGraphNode(&first, parent, nullptr, 0, child));
  CUDA_OK(cudaGraphAddChildGraphNode(&second, parent, &first, 1, child));
  CUDA_OK(cudaGraphAddEventRecordNode(&event_node, parent, &second, 1, event));
  CUDA_OK(cudaGraphChildGraphNodeGetGraph(first, &inside));
  size_t count = 0;
  CUDA_OK(cudaGraphGetNodes(inside, nullptr, &count));
  expect(inside != child && count == 1, "a child node has a copy");
  gives("destroying the graph of a node", cudaGraphDestroy(inside), cudaErrorInvalidValue);
  cudaEvent_t back;
  CUDA_OK(cudaGraphEventRecordNodeGetEvent(event_node, &back));
  expect(back == event, "an event node names its event");

  cudaGraphExec_t exec;
  CUDA_OK(cudaGraphInstantiate(&exec, parent, 0));
  CUDA_OK(cudaMemset(data, 0, n * sizeof(int)));
  CUDA_OK(cudaGraphLaunch(exec, 0));
  CUDA_OK(cudaEventSynchronize(event));
  expect(first_of(data) == 2, "children run one after the other");
  CUDA_OK(cudaGraphKernelNodeSetParams(in_child, &by_two));
  CUDA_OK(cudaGraphExecChildGraphNodeSetParams(exec, first, child));
  CUDA_OK(cudaGraphExecEventRecordNodeSetEvent(exec, event_node, other));
  CUDA_OK(cudaGraphLaunch(exec, 0));
  CUDA_OK(cudaEventSynchronize(other));
  expect(first_of(data) == 5, "one of them can be changed");

  cudaGraphExecUpdateResultInfo info;
  CUDA_OK(cudaGraphExecUpdate(exec, parent, &info));
  expect(info.result == cudaGraphExecUpdateSuccess, "an update from the same graph");
  cudaGraphNode_t extra;
  CUDA_OK(cudaGraphAddEmptyNode(&extra, parent, &event_node, 1));
  gives("an update with a node more", cudaGraphExecUpdate(exec, parent, &info),
        cudaErrorGraphExecUpdateFailure);
  expect(info.result == cudaGraphExecUpdateErrorTopologyChanged && info.errorNode == nullptr,
         "is one of another shape");
  CUDA_OK(cudaGraphDestroyNode(extra));
  CUDA_OK(cudaGraphDestroyNode(event_node));
  CUDA_OK(cudaGraphAddEventWaitNode(&event_node, parent, &second, 1, event));
  gives("an update with another kind of node", cudaGraphExecUpdate(exec, parent, &info),
        cudaErrorGraphExecUpdateFailure);
  expect(info.result == cudaGraphExecUpdateErrorNodeTypeChanged && info.errorNode == event_node,
         "names the node");

  CUDA_OK(cudaGraphExecDestroy(exec));
  gives("launching what was destroyed", cudaGraphLaunch(exec, 0), cudaErrorInvalidResourceHandle);
  CUDA_OK(cudaGraphDestroy(parent));
  CUDA_OK(cudaGraphDestroy(child));
  CUDA_OK(cudaEventDestroy(event));
  CUDA_OK(cudaEventDestroy(other));
}

void picture(int *data) {
  cudaGraph_t graph;
  cudaGraphNode_t a, b;
  CUDA_OK(cudaGraphCreate(&graph, 0));
  KernelArgs args(data, n, 1);
  cudaKernelNodeParams launch = args.params();
  CUDA_OK(cudaGraphAddKernelNode(&a, graph, nullptr, 0, &launch));
  CUDA_OK(cudaGraphAddEmptyNode(&b, graph, &a, 1));
  char path[] = "/tmp/gpuferry-graph-XXXXXX";
  if (mkstemp(path) < 0)
    std::exit(1);
  CUDA_OK(cudaGraphDebugDotPrint(graph, path, cudaGraphDebugDotFlagsVerbose));
  std::string text;
  if (FILE *file = std::fopen(path, "r")) {
    char part[512];
    for (size_t got; (got = std::fread(part, 1, sizeof part, file)) > 0;)
      text.append(part, got);
    std::fclose(file);
  }
  std::remove(path);
  expect(text.rfind("digraph", 0) == 0 && text.find("add_to") != std::string::npos &&
             text.find("->") != std::string::npos,
         "a graph draws itself into a file");
  gives("into one that cannot be made",
        cudaGraphDebugDotPrint(graph, "/no/such/directory/graph.dot", 0), cudaErrorOperatingSystem);
  CUDA_OK(cudaGraphDestroy(graph));
}

} // namespace

int main() {
  int *data;
  CUDA_OK(cudaMalloc(&data, n * sizeof(int)));
  parameters(data);
  edges(data);
  children_and_updates(data);
  picture(data);
  CUDA_OK(cudaFree(data));
  return verdict();
}
