// Graphs: explicit ones, captured ones, updates.
#include "support.h"

#include <atomic>
#include <chrono>
#include <climits>
#include <thread>

namespace {

using GraphTest = softcuda::test::KernelTest;

TEST_F(GraphTest, CaptureBecomesALaunchableGraph) {
  CUstream stream, other;
  CUevent fork, join;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuEventCreate(&fork, CU_EVENT_DISABLE_TIMING));
  ASSERT_CU(cuEventCreate(&join, CU_EVENT_DISABLE_TIMING));
  CUdeviceptr a = allocate(256), b = allocate(256);
  ASSERT_CU(cuMemsetD32_v2(a, 0, 64));
  ASSERT_CU(cuMemsetD32_v2(b, 0, 64));

  ASSERT_CU(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_CU(CUDA_SUCCESS, fill(a, 1, 64, stream));
  EXPECT_CU(CUDA_SUCCESS, cuEventRecord(fork, stream));
  EXPECT_CU(CUDA_SUCCESS, cuStreamWaitEvent(other, fork, 0));
  EXPECT_CU(CUDA_SUCCESS, cuMemcpyDtoDAsync_v2(b, a, 256, other));
  EXPECT_CU(CUDA_SUCCESS, cuEventRecord(join, other));
  EXPECT_CU(CUDA_SUCCESS, cuStreamWaitEvent(stream, join, 0));
  EXPECT_CU(CUDA_SUCCESS, twice(b, 64, stream));
  CUstreamCaptureStatus status;
  EXPECT_CU(CUDA_SUCCESS, cuStreamIsCapturing(other, &status));
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_ACTIVE);
  CUgraph graph;
  ASSERT_CU(cuStreamEndCapture(stream, &graph));
  EXPECT_CU(CUDA_SUCCESS, cuStreamIsCapturing(other, &status));
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_NONE);
  EXPECT_EQ(read(b, 64), std::vector<unsigned>(64, 0u)); // captured, not run

  size_t nodes = 0, edges = 0;
  EXPECT_CU(CUDA_SUCCESS, cuGraphGetNodes(graph, nullptr, &nodes));
  EXPECT_EQ(nodes, 3u);
  EXPECT_CU(CUDA_SUCCESS, cuGraphGetEdges(graph, nullptr, nullptr, &edges));
  EXPECT_EQ(edges, 3u);
  CUgraphExec exec;
  ASSERT_CU(cuGraphInstantiateWithFlags(&exec, graph, 0));
  EXPECT_CU(CUDA_SUCCESS, cuGraphDestroy(graph));
  for (int i = 0; i < 3; i++)
    EXPECT_CU(CUDA_SUCCESS, cuGraphLaunch(exec, stream));
  EXPECT_CU(CUDA_SUCCESS, cuStreamSynchronize(stream));
  EXPECT_EQ(read(b, 64)[63], 128u);
  EXPECT_CU(CUDA_SUCCESS, cuGraphExecDestroy(exec));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, cuGraphExecDestroy(exec));
  for (CUstream each : {stream, other})
    cuStreamDestroy_v2(each);
  cuMemFree_v2(a);
  cuMemFree_v2(b);
}

TEST_F(GraphTest, GivingBackTooOftenTakesNothingFromAGraph) {
  static std::atomic<int> ends;
  ends = 0;
  const auto count_end = [](void *) { ++ends; };
  CUuserObject object;
  ASSERT_CU(cuUserObjectCreate(&object, nullptr, count_end, 2, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC));
  CUgraph graph;
  ASSERT_CU(cuGraphCreate(&graph, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            cuGraphRetainUserObject(graph, object, 3, CU_GRAPH_USER_OBJECT_MOVE));
  ASSERT_CU(cuGraphRetainUserObject(graph, object, 1, CU_GRAPH_USER_OBJECT_MOVE));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuUserObjectRelease(object, 2));
  for (int i = 0; i < 4; i++) // more than 32 bits count
    ASSERT_CU(cuGraphRetainUserObject(graph, object, INT_MAX, 0));
  ASSERT_CU(cuUserObjectRelease(object, 1));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuUserObjectRelease(object, 1));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuGraphReleaseUserObject(graph, object, 0));
  EXPECT_EQ(ends, 0);
  ASSERT_CU(cuGraphDestroy(graph));
  for (int i = 0; i < 1000 && ends == 0; i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(ends, 1);
}

TEST_F(GraphTest, CapturedMemoryLivesWithTheGraph) {
  CUstream stream;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  CUdeviceptr data = allocate(256), scratch = 0;
  ASSERT_CU(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
  ASSERT_CU(cuMemAllocAsync(&scratch, 256, stream));
  EXPECT_CU(CUDA_SUCCESS, fill(scratch, 10, 64, stream));
  EXPECT_CU(CUDA_SUCCESS, cuMemcpyDtoDAsync_v2(data, scratch, 256, stream));
  EXPECT_CU(CUDA_SUCCESS, cuMemFreeAsync(scratch, stream));
  CUgraph graph;
  CUgraphExec exec;
  ASSERT_CU(cuStreamEndCapture(stream, &graph));
  ASSERT_CU(cuGraphInstantiateWithFlags(&exec, graph, 0));
  for (int i = 0; i < 2; i++) {
    EXPECT_CU(CUDA_SUCCESS, cuGraphLaunch(exec, stream));
    EXPECT_CU(CUDA_SUCCESS, cuStreamSynchronize(stream));
    EXPECT_EQ(read(data, 64)[63], 73u);
  }
  EXPECT_CU(CUDA_SUCCESS, cuGraphExecDestroy(exec));
  EXPECT_CU(CUDA_SUCCESS, cuGraphDestroy(graph));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(scratch));
  cuStreamDestroy_v2(stream);
  cuMemFree_v2(data);
}

TEST_F(GraphTest, CaptureErrors) {
  CUstream stream, other;
  CUevent event;
  CUgraph graph;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
            cuStreamBeginCapture_v2(nullptr, CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_CU(CUDA_ERROR_ILLEGAL_STATE, cuStreamEndCapture(stream, &graph));

  ASSERT_CU(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuStreamSynchronize(stream));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, &graph));

  ASSERT_CU(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_CU(CUDA_SUCCESS, cuEventRecord(event, stream));
  EXPECT_CU(CUDA_ERROR_CAPTURED_EVENT, cuEventQuery(event));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, &graph));

  ASSERT_CU(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_CU(CUDA_SUCCESS, cuEventRecord(event, stream));
  EXPECT_CU(CUDA_SUCCESS, cuStreamWaitEvent(other, event, 0));
  CUdeviceptr data = allocate(64);
  EXPECT_CU(CUDA_SUCCESS, cuMemsetD8Async(data, 1, 64, other));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, cuStreamEndCapture(other, &graph));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, cuStreamEndCapture(stream, &graph));
  cuStreamDestroy_v2(stream);
  cuStreamDestroy_v2(other);
  cuMemFree_v2(data);
}

TEST_F(GraphTest, ExplicitNodesAndUpdates) {
  CUgraph graph;
  ASSERT_CU(cuGraphCreate(&graph, 0));
  CUdeviceptr data = allocate(256);
  CUDA_MEMSET_NODE_PARAMS set{data, 0, 3, 4, 64, 1};
  CUgraphNode first, second, host;
  ASSERT_CU(cuGraphAddMemsetNode(&first, graph, nullptr, 0, &set, context));
  unsigned count = 64;
  void *values[] = {&data, &count};
  CUDA_KERNEL_NODE_PARAMS kernel{};
  kernel.func = function("twice");
  kernel.gridDimX = kernel.gridDimY = kernel.gridDimZ = 1;
  kernel.blockDimX = 64;
  kernel.blockDimY = kernel.blockDimZ = 1;
  kernel.kernelParams = values;
  ASSERT_CU(cuGraphAddKernelNode_v2(&second, graph, &first, 1, &kernel));
  std::atomic<int> calls{0};
  CUDA_HOST_NODE_PARAMS call{[](void *user) { ++*static_cast<std::atomic<int> *>(user); }, &calls};
  ASSERT_CU(cuGraphAddHostNode(&host, graph, &second, 1, &call));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuGraphAddDependencies(graph, &first, &second, 1));
  CUgraphNodeType type;
  EXPECT_CU(CUDA_SUCCESS, cuGraphNodeGetType(second, &type));
  EXPECT_EQ(type, CU_GRAPH_NODE_TYPE_KERNEL);

  CUgraphExec exec;
  ASSERT_CU(cuGraphInstantiateWithFlags(&exec, graph, 0));
  EXPECT_CU(CUDA_SUCCESS, cuGraphLaunch(exec, nullptr));
  EXPECT_EQ(read(data, 64), std::vector<unsigned>(64, 6u));
  set.value = 50;
  EXPECT_CU(CUDA_SUCCESS, cuGraphExecMemsetNodeSetParams(exec, first, &set, context));
  EXPECT_CU(CUDA_SUCCESS, cuGraphLaunch(exec, nullptr));
  EXPECT_EQ(read(data, 64), std::vector<unsigned>(64, 100u));
  EXPECT_EQ(calls, 2);

  // A cycle cannot be made executable; a graph of another shape does not fit.
  CUgraphExecUpdateResultInfo info;
  CUgraph empty;
  ASSERT_CU(cuGraphCreate(&empty, 0));
  EXPECT_CU(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, cuGraphExecUpdate_v2(exec, empty, &info));
  EXPECT_EQ(info.result, CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED);
  EXPECT_CU(CUDA_SUCCESS, cuGraphExecUpdate_v2(exec, graph, &info));
  ASSERT_CU(cuGraphAddDependencies(graph, &host, &first, 1));
  CUgraphExec none;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiateWithFlags(&none, graph, 0));
  cuGraphExecDestroy(exec);
  cuGraphDestroy(graph);
  cuGraphDestroy(empty);
  cuMemFree_v2(data);
}

} // namespace
