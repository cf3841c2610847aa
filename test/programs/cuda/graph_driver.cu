// Graphs by the driver API: nodes as a union, edges with data, memory operations, user objects, captures into graphs.
#include "graph_common.h"

#include <atomic>
#include <cuda.h>
#include <vector>

namespace {

// From the runtime, so that the program needs no library to link with.
template <class Function> Function entry(const char *symbol) {
  void *function = nullptr;
  cudaDriverEntryPointQueryResult found;
#if CUDART_VERSION >= 13000
  CUDA_OK(cudaGetDriverEntryPointByVersion(symbol, &function, 13000, cudaEnableDefault, &found));
#else
  CUDA_OK(cudaGetDriverEntryPoint(symbol, &function, cudaEnableDefault, &found));
#endif
  if (!function) {
    std::printf("no %s\nFAIL\n", symbol);
    std::exit(1);
  }
  return reinterpret_cast<Function>(function);
}
#define CU(name) entry<decltype(&::name)>(#name)

void gives_cu(const char *what, CUresult got, CUresult documented = CUDA_SUCCESS) {
  const char *name = "?";
  CU(cuGetErrorName)(got, &name);
  std::printf("  %-52s %3d %s%s\n", what, (int)got, name, got == documented ? "" : "   WRONG");
  checks_failed += got != documented;
}

CUgraphNodeParams kind(CUgraphNodeType type) {
  CUgraphNodeParams params = {};
  params.type = type;
  return params;
}

CUstreamBatchMemOpParams wait_for(CUdeviceptr address, unsigned value, unsigned flags) {
  CUstreamBatchMemOpParams op = {};
  op.waitValue.operation = CU_STREAM_MEM_OP_WAIT_VALUE_32;
  op.waitValue.address = address;
  op.waitValue.value = value;
  op.waitValue.flags = flags;
  return op;
}

CUstreamBatchMemOpParams write(CUdeviceptr address, unsigned value) {
  CUstreamBatchMemOpParams op = {};
  op.writeValue.operation = CU_STREAM_MEM_OP_WRITE_VALUE_32;
  op.writeValue.address = address;
  op.writeValue.value = value;
  return op;
}

unsigned word_at(CUdeviceptr address) {
  unsigned value = ~0u;
  CUDA_OK(cudaMemcpy(&value, (void *)address, sizeof value, cudaMemcpyDefault));
  return value;
}

void memory_operations(CUdeviceptr words) {
  auto batch = CU(cuStreamBatchMemOp);
  CUstreamBatchMemOpParams ops[3] = {write(words, 5), wait_for(words, 5, CU_STREAM_WAIT_VALUE_EQ),
                                     write(words + 4, 6)};
  gives_cu("a batch of memory operations", batch(nullptr, 3, ops, 0));
  CUDA_OK(cudaDeviceSynchronize());
  expect(word_at(words) == 5 && word_at(words + 4) == 6, "writes its words");
  gives_cu("an empty batch", batch(nullptr, 0, ops, 0), CUDA_ERROR_INVALID_VALUE);
  gives_cu("more than 256",
           batch(nullptr, 257, std::vector<CUstreamBatchMemOpParams>(257).data(), 0),
           CUDA_ERROR_INVALID_VALUE);
  gives_cu("with flags", batch(nullptr, 1, ops, 1), CUDA_ERROR_INVALID_VALUE);
  ops[2] = write(words + 2, 9);
  gives_cu("an odd address", batch(nullptr, 3, ops, 0), CUDA_ERROR_INVALID_VALUE);
  ops[2] = write(16, 9);
  gives_cu("an address of nobody's", batch(nullptr, 3, ops, 0), CUDA_ERROR_INVALID_VALUE);
  ops[2].operation = (CUstreamBatchMemOpType)77;
  gives_cu("an operation that is none", batch(nullptr, 3, ops, 0), CUDA_ERROR_INVALID_VALUE);
  gives_cu("a value written", CU(cuStreamWriteValue64)(nullptr, words + 8, 0x100000002ull, 0));
  gives_cu("and waited for",
           CU(cuStreamWaitValue64)(nullptr, words + 8, 0x100000000ull, CU_STREAM_WAIT_VALUE_AND));
  CUDA_OK(cudaDeviceSynchronize());
  expect(word_at(words + 8) == 2 && word_at(words + 12) == 1, "in all its bits");

  // As nodes.
  CUgraph graph;
  CUgraphNode node;
  CUgraphExec exec;
  gives_cu("a graph", CU(cuGraphCreate)(&graph, 0));
  CUcontext context;
  CU(cuCtxGetCurrent)(&context);
  ops[2] = write(words + 4, 66);
  CUDA_BATCH_MEM_OP_NODE_PARAMS params = {context, 3, ops, 0};
  gives_cu("memory operations as a node",
           CU(cuGraphAddBatchMemOpNode)(&node, graph, nullptr, 0, &params));
  CUDA_BATCH_MEM_OP_NODE_PARAMS back = {};
  gives_cu("read back", CU(cuGraphBatchMemOpNodeGetParams)(node, &back));
  expect(back.ctx == context && back.count == 3 && back.paramArray[2].writeValue.value == 66,
         "are what was given");
  gives_cu("instantiated", CU(cuGraphInstantiateWithFlags)(&exec, graph, 0));
  gives_cu("launched", CU(cuGraphLaunch)(exec, nullptr));
  CUDA_OK(cudaDeviceSynchronize());
  expect(word_at(words + 4) == 66, "they are done");
  ops[2] = write(words + 4, 77);
  gives_cu("changed", CU(cuGraphExecBatchMemOpNodeSetParams)(exec, node, &params));
  gives_cu("launched", CU(cuGraphLaunch)(exec, nullptr));
  CUDA_OK(cudaDeviceSynchronize());
  expect(word_at(words + 4) == 77, "they do otherwise");
  CU(cuGraphExecDestroy)(exec);
  CU(cuGraphDestroy)(graph);
}

void unions_and_edge_data(CUdeviceptr words) {
  CUgraph graph, child;
  CU(cuGraphCreate)(&graph, 0);
  CU(cuGraphCreate)(&child, 0);
  auto add = CU(cuGraphAddNode);
  CUfunction function;
  CUDA_OK(cudaGetFuncBySymbol((cudaFunction_t *)&function, (void *)add_to));
  KernelArgs args((int *)words, 4, 3);
  CUgraphNodeParams launch = kind(CU_GRAPH_NODE_TYPE_KERNEL);
  launch.kernel.func = function;
  launch.kernel.gridDimX = launch.kernel.gridDimY = launch.kernel.gridDimZ = 1;
  launch.kernel.blockDimX = 4;
  launch.kernel.blockDimY = launch.kernel.blockDimZ = 1;
  launch.kernel.kernelParams = args.pointers;
  CUgraphNodeParams fill = kind(CU_GRAPH_NODE_TYPE_MEMSET);
  fill.memset.dst = words;
  fill.memset.value = 1;
  fill.memset.elementSize = 4;
  fill.memset.width = 4;
  fill.memset.height = 1;
  CUgraphNodeParams copy = kind(CU_GRAPH_NODE_TYPE_MEMCPY);
  unsigned out[4] = {};
  CUDA_MEMCPY3D &box = copy.memcpy.copyParams;
  box.srcMemoryType = CU_MEMORYTYPE_DEVICE;
  box.srcDevice = words;
  box.dstMemoryType = CU_MEMORYTYPE_HOST;
  box.dstHost = out;
  box.WidthInBytes = sizeof out;
  box.Height = box.Depth = 1;

  CUgraphNode set, first, second, third;
  gives_cu("a fill", add(&set, graph, nullptr, nullptr, 0, &fill));
  gives_cu("a kernel", add(&first, graph, &set, nullptr, 1, &launch));
  CUgraphEdgeData early = {};
  early.from_port = CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC;
  early.type = CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC;
  gives_cu("a kernel behind a port of another", add(&second, graph, &first, &early, 1, &launch));
  gives_cu("a copy", add(&third, graph, &second, nullptr, 1, &copy));
  gives_cu("a port of a fill", add(&third, graph, &set, &early, 1, &launch),
           CUDA_ERROR_INVALID_VALUE);
  CUgraphNodeParams none = kind((CUgraphNodeType)99);
  gives_cu("a kind that is none", add(&third, graph, nullptr, nullptr, 0, &none),
           CUDA_ERROR_INVALID_VALUE);
  CUgraphNodeParams reserved = fill;
  reserved.reserved0[1] = 1;
  gives_cu("reserved fields that are set", add(&third, graph, nullptr, nullptr, 0, &reserved),
           CUDA_ERROR_INVALID_VALUE);
  gives_cu("no parameters", add(&third, graph, nullptr, nullptr, 0, nullptr),
           CUDA_ERROR_INVALID_VALUE);

  size_t count = 0;
  CUgraphNode from[8], to[8];
  CUgraphEdgeData data[8];
  gives_cu("counting edges", CU(cuGraphGetEdges)(graph, nullptr, nullptr, nullptr, &count));
  expect(count == 3, "there are three");
  gives_cu("edges without their data", CU(cuGraphGetEdges)(graph, from, to, nullptr, &count),
           CUDA_ERROR_LOSSY_QUERY);
  gives_cu("and with it", CU(cuGraphGetEdges)(graph, from, to, data, &count));
  int programmatic = 0;
  for (size_t i = 0; i < count; ++i)
    programmatic += data[i].type == CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC && from[i] == first &&
                    to[i] == second;
  expect(programmatic == 1, "one of them has a port");
  count = 8;
  gives_cu("what a node waits for", CU(cuGraphNodeGetDependencies)(second, from, data, &count));
  expect(count == 1 && from[0] == first && data[0].from_port == early.from_port, "and how");
  gives_cu("removing it as if plain",
           CU(cuGraphRemoveDependencies)(graph, &first, &second, nullptr, 1),
           CUDA_ERROR_INVALID_VALUE);
  gives_cu("as what it is", CU(cuGraphRemoveDependencies)(graph, &first, &second, &early, 1));
  gives_cu("adding it plain", CU(cuGraphAddDependencies)(graph, &first, &second, nullptr, 1));

  CUgraphExec exec;
  CUDA_GRAPH_INSTANTIATE_PARAMS how = {};
  gives_cu("instantiated", CU(cuGraphInstantiateWithParams)(&exec, graph, &how));
  expect(how.result_out == CUDA_GRAPH_INSTANTIATE_SUCCESS, "and said so");
  gives_cu("launched", CU(cuGraphLaunch)(exec, nullptr));
  CUDA_OK(cudaDeviceSynchronize());
  expect(out[0] == 7 && out[3] == 7, "one after the other");
  args.amount = 10;
  gives_cu("one kernel changed", CU(cuGraphExecNodeSetParams)(exec, first, &launch));
  gives_cu("a node of another kind", CU(cuGraphExecNodeSetParams)(exec, set, &launch),
           CUDA_ERROR_INVALID_VALUE);
  gives_cu("launched", CU(cuGraphLaunch)(exec, nullptr));
  CUDA_OK(cudaDeviceSynchronize());
  expect(out[0] == 14, "for the next launch");
  gives_cu("for launches by kernels",
           CU(cuGraphInstantiateWithFlags)(&exec, graph, CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH),
           CUDA_ERROR_NOT_SUPPORTED);
  CU(cuGraphExecDestroy)(exec);

  // A graph that becomes part of another.
  CUgraphNode inner, outer;
  gives_cu("a node of a child", add(&inner, child, nullptr, nullptr, 0, &fill));
  CUgraphNodeParams nested = kind(CU_GRAPH_NODE_TYPE_GRAPH);
  nested.graph.graph = child;
  nested.graph.ownership = CU_GRAPH_CHILD_GRAPH_OWNERSHIP_MOVE;
  gives_cu("a child that is moved", add(&outer, graph, nullptr, nullptr, 0, &nested));
  CUgraph held;
  gives_cu("asked for", CU(cuGraphChildGraphNodeGetGraph)(outer, &held));
  expect(held == child, "is the same");
  gives_cu("moved again", add(&outer, graph, nullptr, nullptr, 0, &nested),
           CUDA_ERROR_INVALID_VALUE);
  CU(cuGraphDestroy)(graph);
  gives_cu("gone with its parent", CU(cuGraphGetNodes)(child, nullptr, &count),
           CUDA_ERROR_INVALID_HANDLE);
  gives_cu("as are its nodes", CU(cuGraphDestroyNode)(inner), CUDA_ERROR_INVALID_HANDLE);
}

std::atomic<int> destroyed{0};
void CUDA_CB destroy(void *value) { destroyed += *static_cast<int *>(value); }

void wait_until_destroyed(int count) {
  for (int i = 0; i < 2000 && destroyed != count; ++i) {
    timespec a_while = {0, 1000000};
    nanosleep(&a_while, nullptr);
  }
}

void user_objects() {
  static int value = 1;
  CUuserObject object;
  CUgraph graph, copy;
  CUgraphExec exec;
  auto create = CU(cuUserObjectCreate);
  gives_cu("a user object without its flag", create(&object, &value, destroy, 1, 0),
           CUDA_ERROR_INVALID_VALUE);
  gives_cu("without references",
           create(&object, &value, destroy, 0, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC),
           CUDA_ERROR_INVALID_VALUE);
  gives_cu("a user object", create(&object, &value, destroy, 2, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC));
  CU(cuGraphCreate)(&graph, 0);
  gives_cu("moved into a graph",
           CU(cuGraphRetainUserObject)(graph, object, 1, CU_GRAPH_USER_OBJECT_MOVE));
  gives_cu("with flags that are none", CU(cuGraphRetainUserObject)(graph, object, 1, 2),
           CUDA_ERROR_INVALID_VALUE);
  gives_cu("taken out more often than put in", CU(cuGraphReleaseUserObject)(graph, object, 2),
           CUDA_ERROR_INVALID_VALUE);
  gives_cu("a clone, which shares it", CU(cuGraphClone)(&copy, graph));
  gives_cu("an executable, which does, too", CU(cuGraphInstantiateWithFlags)(&exec, graph, 0));
  gives_cu("released by hand", CU(cuUserObjectRelease)(object, 1));
  gives_cu("the graph destroyed", CU(cuGraphDestroy)(graph));
  gives_cu("and the clone", CU(cuGraphDestroy)(copy));
  expect(destroyed == 0, "an executable keeps it alive");
  gives_cu("the executable destroyed", CU(cuGraphExecDestroy)(exec));
  wait_until_destroyed(1);
  expect(destroyed == 1, "its destructor runs once");
  gives_cu("a release too many", CU(cuUserObjectRelease)(object, 1), CUDA_ERROR_INVALID_VALUE);
}

void captures(CUdeviceptr words) {
  CUstream stream;
  CUgraph graph, seen;
  CU(cuStreamCreate)(&stream, CU_STREAM_NON_BLOCKING);
  CU(cuGraphCreate)(&graph, 0);
  CUgraphNode root, node;
  CUgraphNodeParams empty = kind(CU_GRAPH_NODE_TYPE_EMPTY);
  CU(cuGraphAddNode)(&root, graph, nullptr, nullptr, 0, &empty);
  auto info = CU(cuStreamGetCaptureInfo);
  CUstreamCaptureStatus status;
  cuuint64_t id = 0;
  const CUgraphNode *behind = nullptr;
  const CUgraphEdgeData *edges = nullptr;
  size_t count = 0;
  gives_cu("a capture into a graph",
           CU(cuStreamBeginCaptureToGraph)(stream, graph, &root, nullptr, 1,
                                           CU_STREAM_CAPTURE_MODE_GLOBAL));
  gives_cu("a fill", CU(cuMemsetD32Async)(words, 8, 4, stream));
  gives_cu("looking at it", info(stream, &status, &id, &seen, &behind, &edges, &count));
  expect(status == CU_STREAM_CAPTURE_STATUS_ACTIVE && seen == graph && id != 0 && count == 1,
         "it goes into that graph");
  node = behind[0];
  gives_cu("waiting for the root alone",
           CU(cuStreamUpdateCaptureDependencies)(stream, &root, nullptr, 1,
                                                 CU_STREAM_SET_CAPTURE_DEPENDENCIES));
  gives_cu("and for the fill, too",
           CU(cuStreamUpdateCaptureDependencies)(stream, &node, nullptr, 1,
                                                 CU_STREAM_ADD_CAPTURE_DEPENDENCIES));
  gives_cu("flags that are none",
           CU(cuStreamUpdateCaptureDependencies)(stream, &node, nullptr, 1, 9),
           CUDA_ERROR_INVALID_VALUE);
  gives_cu("looking again", info(stream, &status, &id, &seen, &behind, nullptr, &count));
  expect(count == 2, "the next node waits for two");
  gives_cu("a value written", CU(cuStreamWriteValue32)(stream, words, 4, 0));
  gives_cu("the end", CU(cuStreamEndCapture)(stream, &seen));
  expect(seen == graph, "gives the same graph");
  gives_cu("its nodes", CU(cuGraphGetNodes)(graph, nullptr, &count));
  expect(count == 3, "are three");
  gives_cu("dependencies of no capture",
           CU(cuStreamUpdateCaptureDependencies)(stream, &node, nullptr, 1, 0),
           CUDA_ERROR_ILLEGAL_STATE);
  CUgraphExec exec;
  gives_cu("instantiated", CU(cuGraphInstantiateWithFlags)(&exec, graph, 0));
  gives_cu("launched", CU(cuGraphLaunch)(exec, stream));
  gives_cu("and waited for", CU(cuStreamSynchronize)(stream));
  expect(word_at(words) == 4 && word_at(words + 4) == 8, "it does both");
  CU(cuGraphExecDestroy)(exec);
  CU(cuGraphDestroy)(graph);
  CU(cuStreamDestroy)(stream);
}

} // namespace

int main() {
  void *words;
  CUDA_OK(cudaMalloc(&words, 64));
  CUDA_OK(cudaMemset(words, 0, 64));
  memory_operations((CUdeviceptr)words);
  unions_and_edge_data((CUdeviceptr)words);
  user_objects();
  captures((CUdeviceptr)words);
  CUDA_OK(cudaFree(words));
  return verdict();
}
