// What may not be done while streams are captured, and what becomes of the capture: error codes 900 to 908.
#include "graph_common.h"

#include <algorithm>
#include <thread>

namespace {

const int n = 64;
int *data;

cudaStream_t make_stream(unsigned flags = cudaStreamNonBlocking) {
  cudaStream_t stream;
  CUDA_OK(cudaStreamCreateWithFlags(&stream, flags));
  return stream;
}

void begin(cudaStream_t stream, cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal) {
  CUDA_OK(cudaStreamBeginCapture(stream, mode));
}

void ends(const char *what, cudaStream_t stream, cudaError_t documented = cudaSuccess) {
  cudaGraph_t graph = nullptr;
  gives(what, cudaStreamEndCapture(stream, &graph), documented);
  expect((graph != nullptr) == (documented == cudaSuccess),
         "and gives a graph only if it went well");
  if (graph)
    CUDA_OK(cudaGraphDestroy(graph));
}

const cudaError_t kUnsupported = cudaErrorStreamCaptureUnsupported;
const cudaError_t kInvalidated = cudaErrorStreamCaptureInvalidated;

void beginning_and_ending() {
  cudaStream_t stream = make_stream();
  cudaGraph_t graph;
  gives("capturing the legacy stream",
        cudaStreamBeginCapture(cudaStreamLegacy, cudaStreamCaptureModeGlobal), kUnsupported);
  gives("a mode that is none", cudaStreamBeginCapture(stream, (cudaStreamCaptureMode)9),
        cudaErrorInvalidValue);
  gives("ending what was not begun", cudaStreamEndCapture(stream, &graph), cudaErrorIllegalState);
  begin(stream);
  gives("beginning twice", cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal),
        cudaErrorIllegalState);
  ends("an empty capture", stream);
  CUDA_OK(cudaStreamDestroy(stream));
}

void on_the_stream_itself() {
  cudaStream_t stream = make_stream();
  begin(stream);
  gives("querying a captured stream", cudaStreamQuery(stream), kUnsupported);
  cudaStreamCaptureStatus status;
  CUDA_OK(cudaStreamIsCapturing(stream, &status));
  expect(status == cudaStreamCaptureStatusInvalidated, "breaks its capture");
  gives("a launch into it", (add_to<<<1, n, 0, stream>>>(data, n, 1), cudaGetLastError()),
        kInvalidated);
  ends("the end of it", stream, kInvalidated);
  begin(stream);
  gives("synchronising a captured stream", cudaStreamSynchronize(stream), kUnsupported);
  ends("breaks it, too", stream, kInvalidated);
  begin(stream);
  gives("synchronising the device", cudaDeviceSynchronize(), kUnsupported);
  ends("breaks it as well", stream, kInvalidated);
  CUDA_OK(cudaStreamDestroy(stream));
}

void modes() {
  cudaStream_t stream = make_stream();
  void *memory = nullptr;
  for (const auto mode : {cudaStreamCaptureModeGlobal, cudaStreamCaptureModeThreadLocal,
                          cudaStreamCaptureModeRelaxed}) {
    std::printf("  mode %d:\n", (int)mode);
    const bool forbids = mode != cudaStreamCaptureModeRelaxed;
    begin(stream, mode);
    gives("allocating", cudaMalloc(&memory, 16), forbids ? kUnsupported : cudaSuccess);
    ends("then the end", stream, forbids ? kInvalidated : cudaSuccess);
    if (!forbids)
      CUDA_OK(cudaFree(memory));
    begin(stream, mode);
    gives("allocating pinned memory", cudaMallocHost(&memory, 16),
          forbids ? kUnsupported : cudaSuccess);
    ends("then the end", stream, forbids ? kInvalidated : cudaSuccess);
    if (!forbids)
      CUDA_OK(cudaFreeHost(memory));

    // In another thread, which is of the global mode.
    const bool forbids_others = mode == cudaStreamCaptureModeGlobal;
    begin(stream, mode);
    std::thread([&] {
      gives("allocating in another thread", cudaMalloc(&memory, 16),
            forbids_others ? kUnsupported : cudaSuccess);
      cudaGraph_t graph;
      if (forbids && !forbids_others)
        gives("ending there", cudaStreamEndCapture(stream, &graph),
              cudaErrorStreamCaptureWrongThread);
      if (!forbids_others && mode == cudaStreamCaptureModeThreadLocal)
        gives("freeing there", cudaFree(memory));
    }).join();
    ends("then the end", stream, forbids_others ? kInvalidated : cudaSuccess);
    if (mode == cudaStreamCaptureModeRelaxed)
      CUDA_OK(cudaFree(memory));
  }
  cudaStreamCaptureMode relaxed = cudaStreamCaptureModeRelaxed;
  begin(stream);
  CUDA_OK(cudaThreadExchangeStreamCaptureMode(&relaxed));
  expect(relaxed == cudaStreamCaptureModeGlobal, "a thread begins in the global mode");
  gives("allocating in a relaxed thread", cudaMalloc(&memory, 16));
  CUDA_OK(cudaThreadExchangeStreamCaptureMode(&relaxed));
  ends("then the end", stream);
  CUDA_OK(cudaFree(memory));
  CUDA_OK(cudaStreamDestroy(stream));
}

void events() {
  cudaStream_t stream = make_stream(), other = make_stream(), third = make_stream();
  cudaEvent_t fork, join, outside;
  for (cudaEvent_t *event : {&fork, &join, &outside})
    CUDA_OK(cudaEventCreateWithFlags(event, cudaEventDisableTiming));
  CUDA_OK(cudaEventRecord(outside, other));

  std::printf("  forks and joins:\n");
  begin(stream);
  CUDA_OK(cudaEventRecord(fork, stream));
  CUDA_OK(cudaStreamWaitEvent(other, fork, 0));
  add_to<<<1, n, 0, other>>>(data, n, 1);
  add_to<<<1, n, 0, stream>>>(data, n, 1);
  CUDA_OK(cudaEventRecord(join, other));
  CUDA_OK(cudaStreamWaitEvent(stream, join, 0));
  ends("streams that meet again", stream);

  begin(stream);
  CUDA_OK(cudaEventRecord(fork, stream));
  CUDA_OK(cudaStreamWaitEvent(other, fork, 0));
  add_to<<<1, n, 0, other>>>(data, n, 1);
  cudaGraph_t graph;
  gives("ending in the stream that was drawn in", cudaStreamEndCapture(other, &graph),
        cudaErrorStreamCaptureUnmatched);
  ends("streams that do not meet", stream, cudaErrorStreamCaptureUnjoined);

  begin(stream);
  gives("waiting for what is not captured", cudaStreamWaitEvent(stream, outside, 0),
        cudaErrorStreamCaptureIsolation);
  ends("breaks it", stream, kInvalidated);

  begin(stream);
  begin(third);
  CUDA_OK(cudaEventRecord(fork, stream));
  gives("waiting for another capture", cudaStreamWaitEvent(third, fork, 0),
        cudaErrorStreamCaptureMerge);
  ends("breaks one", stream, kInvalidated);
  ends("and the other", third, kInvalidated);

  begin(stream);
  CUDA_OK(cudaEventRecord(fork, stream));
  gives("querying an event of a capture", cudaEventQuery(fork), cudaErrorCapturedEvent);
  ends("breaks it", stream, kInvalidated);
  begin(stream);
  CUDA_OK(cudaEventRecord(fork, stream));
  gives("synchronising with one", cudaEventSynchronize(fork), cudaErrorCapturedEvent);
  ends("breaks it", stream, kInvalidated);

  begin(stream);
  CUDA_OK(cudaEventRecordWithFlags(outside, stream, cudaEventRecordExternal));
  CUDA_OK(cudaStreamWaitEvent(stream, outside, cudaEventWaitExternal));
  CUDA_OK(cudaStreamEndCapture(stream, &graph));
  size_t count = 0;
  CUDA_OK(cudaGraphGetNodes(graph, nullptr, &count));
  expect(count == 2, "external events are nodes");
  CUDA_OK(cudaGraphDestroy(graph));
  for (cudaEvent_t event : {fork, join, outside})
    CUDA_OK(cudaEventDestroy(event));
  for (cudaStream_t s : {stream, other, third})
    CUDA_OK(cudaStreamDestroy(s));
}

void legacy_stream() {
  cudaStream_t blocking = make_stream(cudaStreamDefault);
  begin(blocking, cudaStreamCaptureModeRelaxed);
  gives("a launch in the legacy stream",
        (add_to<<<1, n, 0, cudaStreamLegacy>>>(data, n, 1), cudaGetLastError()),
        cudaErrorStreamCaptureImplicit);
  ends("breaks a blocking stream's capture", blocking, kInvalidated);
  begin(blocking, cudaStreamCaptureModeRelaxed);
  int value = 0;
  gives("a synchronous copy", cudaMemcpy(&value, data, 4, cudaMemcpyDeviceToHost),
        cudaErrorStreamCaptureImplicit);
  ends("does so, too", blocking, kInvalidated);
  CUDA_OK(cudaStreamDestroy(blocking));

  cudaStream_t independent = make_stream();
  begin(independent, cudaStreamCaptureModeRelaxed);
  gives("a launch beside a non-blocking one",
        (add_to<<<1, n, 0, cudaStreamLegacy>>>(data, n, 1), cudaGetLastError()));
  ends("does not matter", independent);
  CUDA_OK(cudaStreamDestroy(independent));
  CUDA_OK(
      cudaDeviceSynchronize()); // that launch wrote to `data`, and no stream after it waits for it
}

// Pageable memory and host functions in a stream that was drawn in: as they are whenever the graph runs.
void forked_work() {
  cudaStream_t stream = make_stream(), other = make_stream();
  cudaEvent_t fork, join;
  CUDA_OK(cudaEventCreate(&fork));
  CUDA_OK(cudaEventCreate(&join));
  alignas(4096) static int in[n];
  alignas(4096) static int out[n];
  std::fill_n(in, n, 1);
  int calls = 0;
  cudaGraph_t graph;
  cudaGraphExec_t exec;
  begin(stream);
  CUDA_OK(cudaEventRecord(fork, stream));
  CUDA_OK(cudaStreamWaitEvent(other, fork, 0));
  CUDA_OK(cudaMemcpyAsync(data, in, n * sizeof(int), cudaMemcpyHostToDevice, other));
  add_to<<<1, n, 0, other>>>(data, n, 1);
  CUDA_OK(cudaMemcpy2DAsync(out, n * sizeof(int), data, n * sizeof(int), n * sizeof(int), 1,
                            cudaMemcpyDeviceToHost, other));
  CUDA_OK(cudaLaunchHostFunc(other, [](void *counter) { ++*static_cast<int *>(counter); }, &calls));
  CUDA_OK(cudaEventRecord(join, other));
  CUDA_OK(cudaStreamWaitEvent(stream, join, 0));
  CUDA_OK(cudaStreamEndCapture(stream, &graph));
  CUDA_OK(cudaGraphInstantiate(&exec, graph, 0));
  bool right = true;
  for (int k = 0; k < 3; ++k) {
    in[0] = 10 * k;
    CUDA_OK(cudaGraphLaunch(exec, stream));
    CUDA_OK(cudaStreamSynchronize(stream));
    right &= out[0] == 10 * k + 1 && out[n - 1] == 2;
  }
  expect(right && calls == 3, "a stream that was drawn in is captured like the first");

  // A graph that is launched into a capture is a node of it.
  cudaGraph_t outer;
  cudaGraphExec_t outer_exec;
  begin(stream);
  CUDA_OK(cudaGraphLaunch(exec, stream));
  CUDA_OK(cudaStreamEndCapture(stream, &outer));
  size_t count = 1;
  cudaGraphNode_t node;
  cudaGraphNodeType type;
  CUDA_OK(cudaGraphGetNodes(outer, &node, &count));
  CUDA_OK(cudaGraphNodeGetType(node, &type));
  expect(count == 1 && type == cudaGraphNodeTypeGraph,
         "a launch of a graph is captured as one node");
  CUDA_OK(cudaGraphInstantiate(&outer_exec, outer, 0));
  CUDA_OK(cudaGraphLaunch(outer_exec, stream));
  CUDA_OK(cudaStreamSynchronize(stream));
  expect(calls == 4, "that runs it");
  CUDA_OK(cudaGraphExecDestroy(outer_exec));
  CUDA_OK(cudaGraphExecDestroy(exec));
  CUDA_OK(cudaGraphDestroy(outer));
  CUDA_OK(cudaGraphDestroy(graph));
  CUDA_OK(cudaStreamDestroy(stream));
  CUDA_OK(cudaStreamDestroy(other));
}

} // namespace

int main() {
  CUDA_OK(cudaMalloc(&data, n * sizeof(int)));
  CUDA_OK(cudaMemset(data, 0, n * sizeof(int)));
  add_to<<<1, n>>>(data, n, 1); // loads the kernel, before any capture
  CUDA_OK(cudaDeviceSynchronize());
  beginning_and_ending();
  on_the_stream_itself();
  modes();
  events();
  legacy_stream();
  forked_work();
  CUDA_OK(cudaFree(data));
  return verdict();
}
