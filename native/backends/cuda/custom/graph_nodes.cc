// Nodes of graphs: adding them, changing and reading what they do. One frame serves a kind's own call
// and the one for all kinds; the driver is called as the guest was.
#include "backends/cuda/graph_holdings.h"
#include "backends/cuda/graph_params.h"

#include <cstring>

namespace gpuferry::cuda {

namespace {

/// An entry point that an older driver may lack: INVALID_VALUE never comes of that.
template <class Function, class... Args>
CUresult native(Call &call, const char *symbol, Function function, Args... args) {
  return function ? function(args...) : call.missing(symbol);
}
#define GF_NATIVE(name, ...) native(call, #name, call.driver().name, __VA_ARGS__)

struct Place {
  CUgraph graph;
  std::vector<CUgraphNode> behind;
};

/// By the call that is for this kind alone.
CUresult add_by_kind(Call &call, NodeParams &node, const Place &at, CUgraphNode *out) {
  const CUgraphNode *behind = at.behind.data();
  const size_t count = at.behind.size();
  CUgraphNodeParams &p = node.params;
  switch (p.type) {
  case CU_GRAPH_NODE_TYPE_KERNEL: {
    const auto kernel = node.kernel();
    return GF_NATIVE(cuGraphAddKernelNode_v2, out, at.graph, behind, count, &kernel);
  }
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    return GF_NATIVE(cuGraphAddMemcpyNode, out, at.graph, behind, count, &p.memcpy.copyParams,
                     p.memcpy.copyCtx);
  case CU_GRAPH_NODE_TYPE_MEMSET: {
    const auto fill = node.memset();
    return GF_NATIVE(cuGraphAddMemsetNode, out, at.graph, behind, count, &fill, p.memset.ctx);
  }
  case CU_GRAPH_NODE_TYPE_HOST: {
    const auto host = node.host();
    return GF_NATIVE(cuGraphAddHostNode, out, at.graph, behind, count, &host);
  }
  case CU_GRAPH_NODE_TYPE_GRAPH:
    return GF_NATIVE(cuGraphAddChildGraphNode, out, at.graph, behind, count, p.graph.graph);
  case CU_GRAPH_NODE_TYPE_EMPTY:
    return GF_NATIVE(cuGraphAddEmptyNode, out, at.graph, behind, count);
  case CU_GRAPH_NODE_TYPE_WAIT_EVENT:
    return GF_NATIVE(cuGraphAddEventWaitNode, out, at.graph, behind, count, p.eventWait.event);
  case CU_GRAPH_NODE_TYPE_EVENT_RECORD:
    return GF_NATIVE(cuGraphAddEventRecordNode, out, at.graph, behind, count, p.eventRecord.event);
  case CU_GRAPH_NODE_TYPE_MEM_ALLOC: {
    auto allocation = node.allocation();
    const CUresult result =
        GF_NATIVE(cuGraphAddMemAllocNode, out, at.graph, behind, count, &allocation);
    p.alloc.dptr = allocation.dptr;
    return result;
  }
  case CU_GRAPH_NODE_TYPE_MEM_FREE:
    return GF_NATIVE(cuGraphAddMemFreeNode, out, at.graph, behind, count, p.free.dptr);
  case CU_GRAPH_NODE_TYPE_BATCH_MEM_OP: {
    const auto ops = node.mem_ops();
    return GF_NATIVE(cuGraphAddBatchMemOpNode, out, at.graph, behind, count, &ops);
  }
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

CUresult set_by_kind(Call &call, NodeParams &node, CUgraphNode of) {
  CUgraphNodeParams &p = node.params;
  switch (p.type) {
  case CU_GRAPH_NODE_TYPE_KERNEL: {
    const auto kernel = node.kernel();
    return GF_NATIVE(cuGraphKernelNodeSetParams_v2, of, &kernel);
  }
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    return GF_NATIVE(cuGraphMemcpyNodeSetParams, of, &p.memcpy.copyParams);
  case CU_GRAPH_NODE_TYPE_HOST: {
    const auto host = node.host();
    return GF_NATIVE(cuGraphHostNodeSetParams, of, &host);
  }
  case CU_GRAPH_NODE_TYPE_BATCH_MEM_OP: {
    const auto ops = node.mem_ops();
    return GF_NATIVE(cuGraphBatchMemOpNodeSetParams, of, &ops);
  }
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

CUresult exec_set_by_kind(Call &call, NodeParams &node, CUgraphExec exec, CUgraphNode of) {
  CUgraphNodeParams &p = node.params;
  switch (p.type) {
  case CU_GRAPH_NODE_TYPE_KERNEL: {
    const auto kernel = node.kernel();
    return GF_NATIVE(cuGraphExecKernelNodeSetParams_v2, exec, of, &kernel);
  }
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    return GF_NATIVE(cuGraphExecMemcpyNodeSetParams, exec, of, &p.memcpy.copyParams,
                     p.memcpy.copyCtx);
  case CU_GRAPH_NODE_TYPE_HOST: {
    const auto host = node.host();
    return GF_NATIVE(cuGraphExecHostNodeSetParams, exec, of, &host);
  }
  case CU_GRAPH_NODE_TYPE_BATCH_MEM_OP: {
    const auto ops = node.mem_ops();
    return GF_NATIVE(cuGraphExecBatchMemOpNodeSetParams, exec, of, &ops);
  }
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

/// The graph that a moved child now belongs to the node it is in: its name, if it has one, ends with
/// the node's.
void note_moved(Call &call, const NodeParams &node, uint64_t name, uint64_t graph) {
  if (node.params.type == CU_GRAPH_NODE_TYPE_GRAPH &&
      node.params.graph.ownership == CU_GRAPH_CHILD_GRAPH_OWNERSHIP_MOVE)
    call.session().objects.give(GF_KIND_GRAPH, graph, name);
}

} // namespace

CUresult custom_cuGraphAddNode_v2(Call &call) {
  const auto *args = call.args<gf_cuGraphAddNode_v2_args>();
  const auto *guests = args ? call.tail_array<uint64_t>(args->dependency_count) : nullptr;
  const auto *edges =
      guests ? call.tail_array<CUgraphEdgeData>(args->has_edges ? args->dependency_count : 0)
             : nullptr;
  const std::byte *payload = edges ? call.tail(args->payload_bytes) : nullptr;
  if (!payload)
    return call.poisoned();
  Place at{};
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &at.graph))
    return error;
  at.behind.resize(args->dependency_count);
  for (size_t i = 0; i < at.behind.size(); ++i)
    if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, guests[i], &at.behind[i]))
      return error;
  NodeParams node;
  uint64_t child = 0;
  CUgraphNodeParams sent{};
  std::memcpy(&sent, args->params, sizeof sent);
  if (sent.type == CU_GRAPH_NODE_TYPE_GRAPH)
    child = reinterpret_cast<uint64_t>(sent.graph.graph);
  if (const CUresult error = node.take(call, args->params, payload, args->payload_bytes))
    return error;
  const bool allocates = sent.type == CU_GRAPH_NODE_TYPE_MEM_ALLOC;
  GraphHolding holding(call, allocates ? sent.alloc.bytesize : 0);
  if (!holding)
    return CUDA_ERROR_OUT_OF_MEMORY;
  auto *reply = call.reply<gf_cuGraphAddNode_v2_reply>();
  CUgraphNode made = nullptr;
  const CUresult result =
      args->by_kind ? add_by_kind(call, node, at, &made)
                    : GF_NATIVE(cuGraphAddNode_v2, &made, at.graph, at.behind.data(),
                                args->has_edges ? edges : nullptr, at.behind.size(), &node.params);
  if (result != CUDA_SUCCESS)
    return result;
  reply->node = call.adopt(GF_KIND_GRAPH_NODE, made, args->graph);
  if (!reply->node)
    return CUDA_ERROR_OUT_OF_MEMORY;
  if (allocates) {
    reply->address = node.params.alloc.dptr;
    holding.keep(at.graph);
  }
  note_moved(call, node, reply->node, child);
  if (sent.type == CU_GRAPH_NODE_TYPE_CONDITIONAL && node.params.conditional.phGraph_out) {
    reply->graph_count = sent.conditional.size;
    auto *bodies = call.reply_tail_array<uint64_t>(reply->graph_count);
    if (!bodies)
      return call.poisoned();
    for (size_t i = 0; i < reply->graph_count; ++i)
      bodies[i] = call.adopt(GF_KIND_GRAPH, node.params.conditional.phGraph_out[i], reply->node);
  }
  return CUDA_SUCCESS;
}

CUresult custom_cuGraphNodeSetParams(Call &call) {
  const auto *args = call.args<gf_cuGraphNodeSetParams_args>();
  const std::byte *payload = args ? call.tail(args->payload_bytes) : nullptr;
  if (!payload)
    return call.poisoned();
  CUgraphNode of = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, args->node, &of))
    return error;
  NodeParams node;
  if (const CUresult error = node.take(call, args->params, payload, args->payload_bytes))
    return error;
  const CUresult result = args->by_kind ? set_by_kind(call, node, of)
                                        : GF_NATIVE(cuGraphNodeSetParams, of, &node.params);
  if (result == CUDA_SUCCESS && node.params.type == CU_GRAPH_NODE_TYPE_GRAPH)
    call.session().objects.unbind_owned(args->node); // the graph that was in it is gone
  return result;
}

CUresult custom_cuGraphExecNodeSetParams(Call &call) {
  const auto *args = call.args<gf_cuGraphExecNodeSetParams_args>();
  const std::byte *payload = args ? call.tail(args->payload_bytes) : nullptr;
  if (!payload)
    return call.poisoned();
  CUgraphExec exec = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_EXEC, args->exec, &exec))
    return error;
  CUgraphNode of = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, args->node, &of))
    return error;
  NodeParams node;
  if (const CUresult error = node.take(call, args->params, payload, args->payload_bytes))
    return error;
  return args->by_kind ? exec_set_by_kind(call, node, exec, of)
                       : GF_NATIVE(cuGraphExecNodeSetParams, exec, of, &node.params);
}

CUresult custom_gfGraphNodeGetParams(Call &call) {
  const auto *args = call.args<gf_gfGraphNodeGetParams_args>();
  if (!args)
    return call.poisoned();
  CUgraphNode node = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, args->node, &node))
    return error;
  auto *reply = call.reply<gf_gfGraphNodeGetParams_reply>();
  reply->graph = call.session().objects.owner_of(GF_KIND_GRAPH_NODE, args->node);
  return reply_node_params(call, node, static_cast<CUgraphNodeType>(args->type), reply->params,
                           &reply->payload_bytes);
}

namespace {

/// Attributes that name events, with native handles or with the guest's.
template <class Translate>
CUresult settle_attribute(uint32_t which, CUlaunchAttributeValue &value, Translate translate) {
  switch (which) {
  case CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_EVENT:
    return translate(&value.programmaticEvent.event);
  case CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT:
    return translate(&value.launchCompletionEvent.event);
  case CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE:
    value.deviceUpdatableKernelNode.devNode = nullptr; // a handle for kernels, none of ours
    return CUDA_SUCCESS;
  default: // numbers and device addresses
    return CUDA_SUCCESS;
  }
}

} // namespace

CUresult custom_cuGraphKernelNodeGetAttribute(Call &call) {
  const auto *args = call.args<gf_cuGraphKernelNodeGetAttribute_args>();
  if (!args)
    return call.poisoned();
  CUgraphNode node = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, args->node, &node))
    return error;
  auto *reply = call.reply<gf_cuGraphKernelNodeGetAttribute_reply>();
  CUlaunchAttributeValue value{};
  static_assert(sizeof value == sizeof reply->value);
  if (const CUresult error = GF_NATIVE(cuGraphKernelNodeGetAttribute, node,
                                       static_cast<CUkernelNodeAttrID>(args->attribute), &value))
    return error;
  settle_attribute(args->attribute, value, [&](CUevent *event) {
    *event = reinterpret_cast<CUevent>(call.adopt(GF_KIND_EVENT, *event));
    return CUDA_SUCCESS;
  });
  std::memcpy(reply->value, &value, sizeof value);
  return CUDA_SUCCESS;
}

CUresult custom_cuGraphKernelNodeSetAttribute(Call &call) {
  const auto *args = call.args<gf_cuGraphKernelNodeSetAttribute_args>();
  if (!args)
    return call.poisoned();
  CUgraphNode node = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, args->node, &node))
    return error;
  CUlaunchAttributeValue value{};
  std::memcpy(&value, args->value, sizeof value);
  if (const CUresult error = settle_attribute(args->attribute, value, [&](CUevent *event) {
        return call.resolve(GF_KIND_EVENT, reinterpret_cast<uint64_t>(*event), event);
      }))
    return error;
  return GF_NATIVE(cuGraphKernelNodeSetAttribute, node,
                   static_cast<CUkernelNodeAttrID>(args->attribute), &value);
}

} // namespace gpuferry::cuda
