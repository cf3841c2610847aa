// Nodes of graphs: adding them, and reading and changing what they do.
#include "../graph_params.h"
#include "../launch.h"
#include "graph_enter.h"

#include <algorithm>

using namespace softcuda;

namespace {

/// What the body of a conditional node may hold: what can run without the host.
bool allowed_in_body(const NodeWork &work) {
  return !std::holds_alternative<HostWork>(work) && !std::holds_alternative<EventNode>(work) &&
         !std::holds_alternative<AllocationNode>(work) && !std::holds_alternative<FreeNode>(work) &&
         !std::holds_alternative<MemOpsWork>(work);
}

// Adds a node that `set` says what it does, behind `dependencies`.
template <class Set>
CUresult add(CUgraphNode *out, CUgraph handle, const CUgraphNode *dependencies,
             const CUgraphEdgeData *edges, size_t count, Set set) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(out);
  std::vector<Dependency> behind;
  GF_TRY(read_dependencies(*graph, dependencies, edges, count, &behind));
  GraphNode *node = graph->add(EmptyNode{}, behind);
  CUresult result = set(*node);
  if (!result && graph->is_body && !allowed_in_body(node->work))
    result = CUDA_ERROR_NOT_SUPPORTED;
  if (result) {
    graph->remove(node);
    return result;
  }
  *out = handle_of<CUgraphNode>(node);
  return CUDA_SUCCESS;
}

template <class Set>
CUresult add(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies, size_t count,
             Set set) {
  return add(out, graph, dependencies, nullptr, count, set);
}

/// Changes what a node of this kind does.
template <class Set> CUresult alter(CUgraphNode handle, CUgraphNodeType type, Set set) {
  return with(handle, [&](GraphNode &node) {
    GF_REQUIRE(node.type() == type);
    return set(node);
  });
}

} // namespace

GF_API cuGraphAddKernelNode_v2(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                               size_t count, const CUDA_KERNEL_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return add(out, graph, dependencies, count, [&](GraphNode &n) { return set_kernel(n, *params); });
}

GF_API cuGraphAddKernelNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                            size_t count, const CUDA_KERNEL_NODE_PARAMS_v1 *params) {
  GF_REQUIRE(params);
  CUDA_KERNEL_NODE_PARAMS wide = widen(*params);
  return cuGraphAddKernelNode_v2(out, graph, dependencies, count, &wide);
}

GF_API cuGraphAddMemcpyNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                            size_t count, const CUDA_MEMCPY3D *params, CUcontext context) {
  GF_REQUIRE(params);
  return add(out, graph, dependencies, count,
             [&](GraphNode &n) { return set_copy(n, *params, context); });
}

GF_API cuGraphAddMemsetNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                            size_t count, const CUDA_MEMSET_NODE_PARAMS *params,
                            CUcontext context) {
  GF_REQUIRE(params);
  return add(out, graph, dependencies, count,
             [&](GraphNode &n) { return set_fill(n, *params, context); });
}

GF_API cuGraphAddHostNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                          size_t count, const CUDA_HOST_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return add(out, graph, dependencies, count, [&](GraphNode &n) { return set_host(n, *params); });
}

GF_API cuGraphAddEmptyNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                           size_t count) {
  return add(out, graph, dependencies, count, [](GraphNode &) { return CUDA_SUCCESS; });
}

GF_API cuGraphAddChildGraphNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                                size_t count, CUgraph child) {
  return add(out, graph, dependencies, count, [&](GraphNode &n) {
    return set_child(n, child, CU_GRAPH_CHILD_GRAPH_OWNERSHIP_CLONE);
  });
}

GF_API cuGraphAddEventRecordNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                                 size_t count, CUevent event) {
  return add(out, graph, dependencies, count,
             [&](GraphNode &n) { return set_event(n, event, true); });
}

GF_API cuGraphAddEventWaitNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                               size_t count, CUevent event) {
  return add(out, graph, dependencies, count,
             [&](GraphNode &n) { return set_event(n, event, false); });
}

GF_API cuGraphAddMemAllocNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                              size_t count, CUDA_MEM_ALLOC_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return add(out, graph, dependencies, count,
             [&](GraphNode &n) { return set_allocation(n, *params); });
}

GF_API cuGraphAddMemFreeNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                             size_t count, CUdeviceptr address) {
  return add(out, graph, dependencies, count, [&](GraphNode &n) { return set_free(n, address); });
}

GF_API cuGraphAddBatchMemOpNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                                size_t count, const CUDA_BATCH_MEM_OP_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return add(out, graph, dependencies, count,
             [&](GraphNode &n) { return set_mem_ops(n, *params); });
}

GF_API cuGraphAddNode_v2(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                         const CUgraphEdgeData *edges, size_t count, CUgraphNodeParams *params) {
  GF_REQUIRE(params);
  return add(out, graph, dependencies, edges, count,
             [&](GraphNode &n) { return set_any(n, *params); });
}

GF_API cuGraphAddNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                      size_t count, CUgraphNodeParams *params) {
  return cuGraphAddNode_v2(out, graph, dependencies, nullptr, count, params);
}

GF_API cuGraphNodeSetParams(CUgraphNode node, CUgraphNodeParams *params) {
  GF_REQUIRE(params);
  // What allocates and what has graphs inside is as it was made.
  GF_REQUIRE(params->type != CU_GRAPH_NODE_TYPE_MEM_ALLOC &&
             params->type != CU_GRAPH_NODE_TYPE_MEM_FREE &&
             params->type != CU_GRAPH_NODE_TYPE_CONDITIONAL);
  return alter(node, params->type, [&](GraphNode &n) { return set_any(n, *params); });
}

GF_API cuGraphKernelNodeGetParams_v2(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return get_kernel(n, params); });
}

GF_API cuGraphKernelNodeGetParams(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS_v1 *params) {
  GF_REQUIRE(params);
  CUDA_KERNEL_NODE_PARAMS wide;
  GF_TRY(cuGraphKernelNodeGetParams_v2(node, &wide));
  *params = {wide.func,      wide.gridDimX,  wide.gridDimY,       wide.gridDimZ,     wide.blockDimX,
             wide.blockDimY, wide.blockDimZ, wide.sharedMemBytes, wide.kernelParams, wide.extra};
  return CUDA_SUCCESS;
}

GF_API cuGraphKernelNodeSetParams_v2(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return alter(node, CU_GRAPH_NODE_TYPE_KERNEL,
               [&](GraphNode &n) { return set_kernel(n, *params); });
}

GF_API cuGraphKernelNodeSetParams(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS_v1 *params) {
  GF_REQUIRE(params);
  CUDA_KERNEL_NODE_PARAMS wide = widen(*params);
  return cuGraphKernelNodeSetParams_v2(node, &wide);
}

GF_API cuGraphKernelNodeGetAttribute(CUgraphNode node, CUkernelNodeAttrID which,
                                     CUkernelNodeAttrValue *value) {
  GF_REQUIRE(value);
  return with(node, [&](GraphNode &n) {
    auto *work = std::get_if<KernelWork>(&n.work);
    GF_REQUIRE(work);
    return get_kernel_attribute(*work, which, value);
  });
}

GF_API cuGraphKernelNodeSetAttribute(CUgraphNode node, CUkernelNodeAttrID which,
                                     const CUkernelNodeAttrValue *value) {
  GF_REQUIRE(value);
  return with(node, [&](GraphNode &n) {
    auto *work = std::get_if<KernelWork>(&n.work);
    GF_REQUIRE(work);
    return set_kernel_attribute(*work, which, *value);
  });
}

GF_API cuGraphKernelNodeCopyAttributes(CUgraphNode to, CUgraphNode from) {
  return with(to, [&](GraphNode &target) {
    return with(from, [&](GraphNode &source) {
      auto *into = std::get_if<KernelWork>(&target.work);
      auto *of = std::get_if<KernelWork>(&source.work);
      GF_REQUIRE(into && of);
      into->attributes = of->attributes;
      into->cooperative = of->cooperative;
      GF_TRY(set_cluster(*into, of->is_explicit_cluster ? of->cluster : jit::Dim3{0, 0, 0}));
      return CUDA_SUCCESS;
    });
  });
}

GF_API cuGraphMemcpyNodeGetParams(CUgraphNode node, CUDA_MEMCPY3D *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return get_copy(n, params); });
}

GF_API cuGraphMemcpyNodeSetParams(CUgraphNode node, const CUDA_MEMCPY3D *params) {
  GF_REQUIRE(params);
  return alter(node, CU_GRAPH_NODE_TYPE_MEMCPY,
               [&](GraphNode &n) { return set_copy(n, *params, handle_of<CUcontext>(n.context)); });
}

GF_API cuGraphMemsetNodeGetParams(CUgraphNode node, CUDA_MEMSET_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return get_fill(n, params); });
}

GF_API cuGraphMemsetNodeSetParams(CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return alter(node, CU_GRAPH_NODE_TYPE_MEMSET,
               [&](GraphNode &n) { return set_fill(n, *params, handle_of<CUcontext>(n.context)); });
}

GF_API cuGraphHostNodeGetParams(CUgraphNode node, CUDA_HOST_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return get_host(n, params); });
}

GF_API cuGraphHostNodeSetParams(CUgraphNode node, const CUDA_HOST_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return alter(node, CU_GRAPH_NODE_TYPE_HOST, [&](GraphNode &n) { return set_host(n, *params); });
}

GF_API cuGraphChildGraphNodeGetGraph(CUgraphNode node, CUgraph *graph) {
  GF_REQUIRE(graph);
  return with(node, [&](GraphNode &n) {
    auto *child = std::get_if<ChildNode>(&n.work);
    GF_REQUIRE(child);
    *graph = handle_of<CUgraph>(child->graph.get());
    return CUDA_SUCCESS;
  });
}

namespace {

CUresult get_event(CUgraphNode node, CUevent *event, bool is_record) {
  GF_REQUIRE(event);
  return with(node, [&](GraphNode &n) {
    auto *work = std::get_if<EventNode>(&n.work);
    GF_REQUIRE(work && work->is_record == is_record);
    *event = handle_of<CUevent>(work->event);
    return CUDA_SUCCESS;
  });
}

} // namespace

GF_API cuGraphEventRecordNodeGetEvent(CUgraphNode node, CUevent *event) {
  return get_event(node, event, true);
}
GF_API cuGraphEventWaitNodeGetEvent(CUgraphNode node, CUevent *event) {
  return get_event(node, event, false);
}
GF_API cuGraphEventRecordNodeSetEvent(CUgraphNode node, CUevent event) {
  return alter(node, CU_GRAPH_NODE_TYPE_EVENT_RECORD,
               [&](GraphNode &n) { return set_event(n, event, true); });
}
GF_API cuGraphEventWaitNodeSetEvent(CUgraphNode node, CUevent event) {
  return alter(node, CU_GRAPH_NODE_TYPE_WAIT_EVENT,
               [&](GraphNode &n) { return set_event(n, event, false); });
}

GF_API cuGraphBatchMemOpNodeGetParams(CUgraphNode node, CUDA_BATCH_MEM_OP_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return get_mem_ops(n, params); });
}

GF_API cuGraphBatchMemOpNodeSetParams(CUgraphNode node,
                                      const CUDA_BATCH_MEM_OP_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return alter(node, CU_GRAPH_NODE_TYPE_BATCH_MEM_OP,
               [&](GraphNode &n) { return set_mem_ops(n, *params); });
}

GF_API cuGraphMemAllocNodeGetParams(CUgraphNode node, CUDA_MEM_ALLOC_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return get_allocation(n, params); });
}

GF_API cuGraphMemFreeNodeGetParams(CUgraphNode node, CUdeviceptr *address) {
  GF_REQUIRE(address);
  return with(node, [&](GraphNode &n) {
    auto *work = std::get_if<FreeNode>(&n.work);
    GF_REQUIRE(work);
    *address = work->address;
    return CUDA_SUCCESS;
  });
}
