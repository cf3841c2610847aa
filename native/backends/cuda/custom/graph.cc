// Graphs as a whole, and stream capture.
#include "backends/cuda/call.h"

namespace gpuferry::cuda {

namespace {

/// Lists nodes: how many there are, and up to `wanted` of their handles.
template <class List>
CUresult reply_nodes(Call &call, uint64_t wanted, uint64_t *count, List list) {
  size_t available = 0;
  if (const CUresult error = list(nullptr, &available))
    return error;
  *count = available;
  if (wanted == 0)
    return CUDA_SUCCESS;
  size_t taken = std::min<uint64_t>(wanted, available);
  auto *handles = call.reply_tail_array<uint64_t>(taken);
  if (!handles)
    return call.poisoned();
  std::vector<CUgraphNode> nodes(taken);
  if (const CUresult error = list(nodes.data(), &taken))
    return error;
  for (size_t i = 0; i < nodes.size(); ++i)
    handles[i] = i < taken ? call.adopt(GF_KIND_GRAPH_NODE, nodes[i]) : 0;
  *count = wanted > available ? taken : std::min<uint64_t>(wanted, taken);
  return CUDA_SUCCESS;
}

} // namespace

CUresult custom_cuGraphGetNodes(Call &call) {
  const auto *args = call.args<gf_cuGraphGetNodes_args>();
  if (!args)
    return call.poisoned();
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  auto *reply = call.reply<gf_cuGraphGetNodes_reply>();
  return reply_nodes(call, args->count, &reply->count, [&](CUgraphNode *nodes, size_t *count) {
    return call.driver().cuGraphGetNodes(graph, nodes, count);
  });
}

CUresult custom_cuGraphGetRootNodes(Call &call) {
  const auto *args = call.args<gf_cuGraphGetRootNodes_args>();
  if (!args)
    return call.poisoned();
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  auto *reply = call.reply<gf_cuGraphGetRootNodes_reply>();
  return reply_nodes(call, args->count, &reply->count, [&](CUgraphNode *nodes, size_t *count) {
    return call.driver().cuGraphGetRootNodes(graph, nodes, count);
  });
}

CUresult custom_cuGraphInstantiateWithParams(Call &call) {
  const auto *args = call.args<gf_cuGraphInstantiateWithParams_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuGraphInstantiateWithParams;
  if (!native)
    return call.missing("cuGraphInstantiateWithParams");
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  CUDA_GRAPH_INSTANTIATE_PARAMS params{};
  params.flags = args->flags;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &params.hUploadStream))
    return error;
  auto *reply = call.reply<gf_cuGraphInstantiateWithParams_reply>();
  CUgraphExec exec = nullptr;
  const CUresult result = native(&exec, graph, &params);
  reply->result = static_cast<uint32_t>(params.result_out);
  reply->error_node = call.adopt(GF_KIND_GRAPH_NODE, params.hErrNode_out);
  if (result != CUDA_SUCCESS)
    return result;
  return call.bind(GF_KIND_GRAPH_EXEC, args->exec, exec) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuGraphExecUpdate_v2(Call &call) {
  const auto *args = call.args<gf_cuGraphExecUpdate_v2_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuGraphExecUpdate_v2;
  if (!native)
    return call.missing("cuGraphExecUpdate_v2");
  CUgraphExec exec = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_EXEC, args->exec, &exec))
    return error;
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  auto *reply = call.reply<gf_cuGraphExecUpdate_v2_reply>();
  CUgraphExecUpdateResultInfo info{};
  const CUresult result = native(exec, graph, &info);
  reply->result = static_cast<uint32_t>(info.result);
  reply->error_node = call.adopt(GF_KIND_GRAPH_NODE, info.errorNode);
  reply->error_from_node = call.adopt(GF_KIND_GRAPH_NODE, info.errorFromNode);
  return result;
}

CUresult custom_cuThreadExchangeStreamCaptureMode(Call &call) {
  const auto *args = call.args<gf_cuThreadExchangeStreamCaptureMode_args>();
  if (!args)
    return call.poisoned();
  if (args->mode > CU_STREAM_CAPTURE_MODE_RELAXED)
    return CUDA_ERROR_INVALID_VALUE;
  // The mode is the guest thread's; whichever thread issues its next call puts it in place.
  auto *reply = call.reply<gf_cuThreadExchangeStreamCaptureMode_reply>();
  reply->mode = static_cast<uint32_t>(call.lane().capture_mode);
  call.lane().capture_mode = static_cast<CUstreamCaptureMode>(args->mode);
  return CUDA_SUCCESS;
}

CUresult custom_cuStreamGetCaptureInfo_v3(Call &call) {
  const auto *args = call.args<gf_cuStreamGetCaptureInfo_v3_args>();
  if (!args)
    return call.poisoned();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  auto *reply = call.reply<gf_cuStreamGetCaptureInfo_v3_reply>();
  const Driver &driver = call.driver();
  CUstreamCaptureStatus status{};
  cuuint64_t id = 0;
  CUgraph graph = nullptr;
  const CUgraphNode *nodes = nullptr;
  size_t count = 0;
  CUresult result = CUDA_ERROR_NOT_SUPPORTED;
  if (driver.cuStreamGetCaptureInfo_v3) {
    // Edge data is asked for so that nodes with such edges can be told: the guest gets plain ones.
    const CUgraphEdgeData *edges = nullptr;
    result = driver.cuStreamGetCaptureInfo_v3(stream, &status, &id, &graph, &nodes, &edges, &count);
  } else if (driver.cuStreamGetCaptureInfo_v2) {
    result = driver.cuStreamGetCaptureInfo_v2(stream, &status, &id, &graph, &nodes, &count);
  } else {
    return call.missing("cuStreamGetCaptureInfo_v3");
  }
  if (result != CUDA_SUCCESS)
    return result;
  reply->status = static_cast<uint32_t>(status);
  if (status != CU_STREAM_CAPTURE_STATUS_ACTIVE)
    return CUDA_SUCCESS;
  reply->id = id;
  reply->graph = call.adopt(GF_KIND_GRAPH, graph);
  auto *handles = call.reply_tail_array<uint64_t>(count);
  if (!handles)
    return CUDA_ERROR_OUT_OF_MEMORY;
  for (size_t i = 0; i < count; ++i)
    handles[i] = call.adopt(GF_KIND_GRAPH_NODE, nodes[i]);
  reply->dependency_count = count;
  return CUDA_SUCCESS;
}

CUresult custom_cuStreamUpdateCaptureDependencies_v2(Call &call) {
  const auto *args = call.args<gf_cuStreamUpdateCaptureDependencies_v2_args>();
  if (!args)
    return call.poisoned();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  std::vector<CUgraphNode> nodes;
  if (const CUresult error = call.resolve_array(GF_KIND_GRAPH_NODE, args->dependency_count, nodes))
    return error;
  const Driver &driver = call.driver();
  if (driver.cuStreamUpdateCaptureDependencies_v2)
    return driver.cuStreamUpdateCaptureDependencies_v2(stream, nodes.data(), nullptr, nodes.size(),
                                                       args->flags);
  if (driver.cuStreamUpdateCaptureDependencies)
    return driver.cuStreamUpdateCaptureDependencies(stream, nodes.data(), nodes.size(),
                                                    args->flags);
  return call.missing("cuStreamUpdateCaptureDependencies_v2");
}

} // namespace gpuferry::cuda
