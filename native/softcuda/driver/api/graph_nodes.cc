// Nodes of graphs: adding them, and reading and changing what they do.
#include "../entry.h"
#include "../graph_params.h"
#include "../pool.h"

#include <algorithm>

using namespace softcuda;

namespace {

// Adds a node that `set` says what it does, behind `dependencies`.
template <class Set>
CUresult add(CUgraphNode *out, CUgraph handle, const CUgraphNode *dependencies, size_t count,
             Set set) {
  GF_TRY(enter());
  Graph *graph = Graph::from(handle);
  if (!graph)
    return CUDA_ERROR_INVALID_HANDLE;
  GF_REQUIRE(out && (dependencies || count == 0));
  std::vector<GraphNode *> behind;
  for (size_t i = 0; i < count; i++) {
    GraphNode *dependency = GraphNode::from(dependencies[i]);
    GF_REQUIRE(dependency && &dependency->graph == graph &&
               std::find(behind.begin(), behind.end(), dependency) == behind.end());
    behind.push_back(dependency);
  }
  GraphNode *node = graph->add(EmptyNode{}, behind);
  if (CUresult result = set(*node)) {
    graph->remove(node);
    return result;
  }
  *out = handle_of<CUgraphNode>(node);
  return CUDA_SUCCESS;
}

template <class Use> CUresult with(CUgraphNode handle, Use use) {
  GF_TRY(enter());
  GraphNode *node = GraphNode::from(handle);
  return node ? use(*node) : CUDA_ERROR_INVALID_HANDLE;
}

CUDA_KERNEL_NODE_PARAMS widen(const CUDA_KERNEL_NODE_PARAMS_v1 &p) {
  return {p.func,      p.gridDimX,       p.gridDimY,     p.gridDimZ, p.blockDimX, p.blockDimY,
          p.blockDimZ, p.sharedMemBytes, p.kernelParams, p.extra,    nullptr,     nullptr};
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
  return add(out, graph, dependencies, count, [&](GraphNode &n) { return set_child(n, child); });
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

GF_API cuGraphAddNode_v2(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                         const CUgraphEdgeData *, size_t count, CUgraphNodeParams *params) {
  GF_REQUIRE(params);
  return add(out, graph, dependencies, count, [&](GraphNode &n) { return set_any(n, *params); });
}

GF_API cuGraphAddNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                      size_t count, CUgraphNodeParams *params) {
  return cuGraphAddNode_v2(out, graph, dependencies, nullptr, count, params);
}

GF_API cuGraphNodeSetParams(CUgraphNode node, CUgraphNodeParams *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) {
    return n.type() == params->type ? set_any(n, *params) : CUDA_ERROR_INVALID_VALUE;
  });
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
  return with(node, [&](GraphNode &n) { return set_kernel(n, *params); });
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
    *value = {};
    if (which == CU_LAUNCH_ATTRIBUTE_COOPERATIVE)
      value->cooperative = work->cooperative;
    return CUDA_SUCCESS;
  });
}

GF_API cuGraphKernelNodeSetAttribute(CUgraphNode node, CUkernelNodeAttrID which,
                                     const CUkernelNodeAttrValue *value) {
  GF_REQUIRE(value);
  return with(node, [&](GraphNode &n) {
    auto *work = std::get_if<KernelWork>(&n.work);
    GF_REQUIRE(work);
    if (which == CU_LAUNCH_ATTRIBUTE_COOPERATIVE)
      work->cooperative = value->cooperative != 0;
    return CUDA_SUCCESS;
  });
}

GF_API cuGraphKernelNodeCopyAttributes(CUgraphNode to, CUgraphNode from) {
  CUkernelNodeAttrValue value;
  GF_TRY(cuGraphKernelNodeGetAttribute(from, CU_LAUNCH_ATTRIBUTE_COOPERATIVE, &value));
  return cuGraphKernelNodeSetAttribute(to, CU_LAUNCH_ATTRIBUTE_COOPERATIVE, &value);
}

GF_API cuGraphMemcpyNodeGetParams(CUgraphNode node, CUDA_MEMCPY3D *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return get_copy(n, params); });
}

GF_API cuGraphMemcpyNodeSetParams(CUgraphNode node, const CUDA_MEMCPY3D *params) {
  GF_REQUIRE(params);
  return with(node,
              [&](GraphNode &n) { return set_copy(n, *params, handle_of<CUcontext>(n.context)); });
}

GF_API cuGraphMemsetNodeGetParams(CUgraphNode node, CUDA_MEMSET_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return get_fill(n, params); });
}

GF_API cuGraphMemsetNodeSetParams(CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node,
              [&](GraphNode &n) { return set_fill(n, *params, handle_of<CUcontext>(n.context)); });
}

GF_API cuGraphHostNodeGetParams(CUgraphNode node, CUDA_HOST_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return get_host(n, params); });
}

GF_API cuGraphHostNodeSetParams(CUgraphNode node, const CUDA_HOST_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) { return set_host(n, *params); });
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
  return with(node, [&](GraphNode &n) { return set_event(n, event, true); });
}
GF_API cuGraphEventWaitNodeSetEvent(CUgraphNode node, CUevent event) {
  return with(node, [&](GraphNode &n) { return set_event(n, event, false); });
}

GF_API cuGraphMemAllocNodeGetParams(CUgraphNode node, CUDA_MEM_ALLOC_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return with(node, [&](GraphNode &n) {
    auto *work = std::get_if<AllocationNode>(&n.work);
    GF_REQUIRE(work);
    *params = work->params;
    return CUDA_SUCCESS;
  });
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

// Memory of graphs is counted in the device's default pool.
GF_API cuDeviceGetGraphMemAttribute(CUdevice dev, CUgraphMem_attribute which, void *value) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(value);
  Pool &pool = device->default_pool();
  bool high =
      which == CU_GRAPH_MEM_ATTR_USED_MEM_HIGH || which == CU_GRAPH_MEM_ATTR_RESERVED_MEM_HIGH;
  *static_cast<cuuint64_t *>(value) = high ? pool.used_high.load() : pool.used_bytes.load();
  return CUDA_SUCCESS;
}

GF_API cuDeviceSetGraphMemAttribute(CUdevice dev, CUgraphMem_attribute which, void *value) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(value && (which == CU_GRAPH_MEM_ATTR_USED_MEM_HIGH ||
                       which == CU_GRAPH_MEM_ATTR_RESERVED_MEM_HIGH));
  device->default_pool().used_high = device->default_pool().used_bytes.load();
  return CUDA_SUCCESS;
}

GF_API cuDeviceGraphMemTrim(CUdevice dev) {
  Device *device;
  return enter(dev, &device);
}
