#include "graph_params.h"

#include "box.h"
#include "entry.h"
#include "launch.h"
#include "memory.h"

#include <algorithm>

namespace softcuda {

namespace {

CUresult context_of(CUcontext handle, Context **context) {
  if (!handle)
    return current_context(context);
  *context = Context::from(handle);
  return *context ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

} // namespace

CUresult set_kernel(GraphNode &node, const CUDA_KERNEL_NODE_PARAMS &p) {
  Context *context;
  GF_TRY(context_of(p.ctx, &context));
  auto function = p.func ? p.func : reinterpret_cast<CUfunction>(p.kern);
  if (Function *resolved = Function::from(function); resolved && !p.ctx)
    context = &resolved->module.context;
  KernelShape shape;
  shape.grid = {p.gridDimX, p.gridDimY, p.gridDimZ};
  shape.block = {p.blockDimX, p.blockDimY, p.blockDimZ};
  shape.dynamic_shared_bytes = p.sharedMemBytes;
  KernelWork work;
  if (auto *before = std::get_if<KernelWork>(&node.work)) {
    shape.cooperative = before->cooperative;
    if (before->is_explicit_cluster)
      shape.cluster = before->cluster;
    work.attributes = before->attributes;
  }
  GF_TRY(make_kernel_work(*context, function, shape, p.kernelParams, p.extra, &work));
  node.context = context;
  node.work = std::move(work);
  return CUDA_SUCCESS;
}

CUresult get_kernel(GraphNode &node, CUDA_KERNEL_NODE_PARAMS *p) {
  auto *work = std::get_if<KernelWork>(&node.work);
  GF_REQUIRE(work);
  node.param_pointers.clear();
  for (const jit::Param &param : work->function->info.params)
    node.param_pointers.push_back(work->params.data() + param.offset_bytes);
  *p = {};
  p->func = handle_of<CUfunction>(work->function);
  if (Library *library = work->function->module.library)
    p->kern = handle_of<CUkernel>(library->kernel(work->function->info.name));
  p->gridDimX = work->grid.x;
  p->gridDimY = work->grid.y;
  p->gridDimZ = work->grid.z;
  p->blockDimX = work->block.x;
  p->blockDimY = work->block.y;
  p->blockDimZ = work->block.z;
  p->sharedMemBytes = work->dynamic_shared_bytes;
  p->kernelParams = node.param_pointers.data();
  p->ctx = handle_of<CUcontext>(node.context);
  return CUDA_SUCCESS;
}

CUresult set_copy(GraphNode &node, const CUDA_MEMCPY3D &p, CUcontext context) {
  GF_TRY(context_of(context, &node.context));
  CopyWork work;
  bool pageable;
  GF_TRY(describe_copy(p, &work, &pageable));
  node.copy_params = p;
  node.work = work;
  return CUDA_SUCCESS;
}

// A copy that was captured was given as addresses: say the same as a box.
CUresult get_copy(GraphNode &node, CUDA_MEMCPY3D *p) {
  auto *work = std::get_if<CopyWork>(&node.work);
  GF_REQUIRE(work);
  *p = node.copy_params;
  if (p->WidthInBytes)
    return CUDA_SUCCESS;
  p->srcMemoryType = p->dstMemoryType = CU_MEMORYTYPE_UNIFIED;
  p->srcDevice = work->from;
  p->dstDevice = work->to;
  p->srcPitch = work->from_pitch;
  p->dstPitch = work->to_pitch;
  p->srcHeight = work->from_pitch ? work->from_slice / work->from_pitch : 0;
  p->dstHeight = work->to_pitch ? work->to_slice / work->to_pitch : 0;
  p->WidthInBytes = work->row_bytes;
  p->Height = work->rows;
  p->Depth = work->slices;
  return CUDA_SUCCESS;
}

CUresult set_fill(GraphNode &node, const CUDA_MEMSET_NODE_PARAMS &p, CUcontext context) {
  GF_TRY(context_of(context, &node.context));
  GF_REQUIRE(p.elementSize == 1 || p.elementSize == 2 || p.elementSize == 4);
  GF_REQUIRE(p.width && p.height && p.dst % p.elementSize == 0);
  GF_REQUIRE(p.height == 1 || p.pitch >= p.width * p.elementSize);
  uint64_t row_bytes = 0, bytes = 0;
  GF_REQUIRE(!__builtin_mul_overflow(p.width, p.elementSize, &row_bytes) &&
             !__builtin_mul_overflow(p.height - 1, p.pitch, &bytes) &&
             !__builtin_add_overflow(bytes, row_bytes, &bytes));
  GF_REQUIRE(known(p.dst, bytes));
  node.work = FillWork{p.dst, p.pitch, p.value, p.elementSize, p.width, p.height};
  return CUDA_SUCCESS;
}

CUresult get_fill(GraphNode &node, CUDA_MEMSET_NODE_PARAMS *p) {
  auto *work = std::get_if<FillWork>(&node.work);
  GF_REQUIRE(work);
  *p = {work->to, work->pitch, work->value, work->element_bytes, work->row_elements, work->rows};
  return CUDA_SUCCESS;
}

CUresult set_host(GraphNode &node, const CUDA_HOST_NODE_PARAMS &p) {
  GF_REQUIRE(p.fn);
  node.work = HostWork{p.fn, p.userData};
  return CUDA_SUCCESS;
}

CUresult get_host(GraphNode &node, CUDA_HOST_NODE_PARAMS *p) {
  auto *work = std::get_if<HostWork>(&node.work);
  GF_REQUIRE(work);
  *p = {work->function, work->user};
  return CUDA_SUCCESS;
}

CUresult set_event(GraphNode &node, CUevent handle, bool is_record) {
  Event *event = Event::from(handle);
  if (!event)
    return CUDA_ERROR_INVALID_HANDLE;
  node.work = EventNode{event, is_record};
  return CUDA_SUCCESS;
}

CUresult set_child(GraphNode &node, CUgraph handle, CUgraphChildGraphNodeOwnership ownership) {
  Graph *graph = Graph::from(handle);
  if (!graph)
    return CUDA_ERROR_INVALID_HANDLE;
  GF_REQUIRE(ownership == CU_GRAPH_CHILD_GRAPH_OWNERSHIP_CLONE ||
             ownership == CU_GRAPH_CHILD_GRAPH_OWNERSHIP_MOVE);
  GF_REQUIRE(graph != &node.graph);
  if (ownership == CU_GRAPH_CHILD_GRAPH_OWNERSHIP_MOVE) {
    // What has an executable or a parent is not the application's to give away.
    GF_REQUIRE(!graph->parent && !*graph->instantiated && graph != &node.graph.outermost());
    node.work = ChildNode{std::shared_ptr<Graph>(graph)};
    graph->parent = &node.graph;
    return CUDA_SUCCESS;
  }
  if (graph->has_memory_nodes() || graph->has_conditional_nodes())
    return CUDA_ERROR_NOT_SUPPORTED;
  ChildNode child{graph->clone()};
  child.graph->parent = &node.graph;
  node.work = std::move(child);
  return CUDA_SUCCESS;
}

CUresult set_mem_ops(GraphNode &node, const CUDA_BATCH_MEM_OP_NODE_PARAMS &p) {
  GF_TRY(context_of(p.ctx, &node.context));
  GF_REQUIRE(p.paramArray && p.count && p.count <= 256 && p.flags == 0);
  GF_TRY(check_mem_ops(p.paramArray, p.count));
  node.work = MemOpsWork{{p.paramArray, p.paramArray + p.count}};
  return CUDA_SUCCESS;
}

CUresult get_mem_ops(GraphNode &node, CUDA_BATCH_MEM_OP_NODE_PARAMS *p) {
  auto *work = std::get_if<MemOpsWork>(&node.work);
  GF_REQUIRE(work);
  *p = {handle_of<CUcontext>(node.context), static_cast<unsigned>(work->ops.size()),
        work->ops.data(), 0};
  return CUDA_SUCCESS;
}

CUresult set_allocation(GraphNode &node, CUDA_MEM_ALLOC_NODE_PARAMS &p) {
  if (!node.context)
    GF_TRY(current_context(&node.context));
  GF_REQUIRE(p.bytesize && p.poolProps.location.type == CU_MEM_LOCATION_TYPE_DEVICE);
  GF_REQUIRE(p.poolProps.allocType == CU_MEM_ALLOCATION_TYPE_PINNED);
  GF_REQUIRE(p.accessDescs || p.accessDescCount == 0);
  if (p.poolProps.handleTypes != CU_MEM_HANDLE_TYPE_NONE)
    return CUDA_ERROR_NOT_SUPPORTED;
  Device *device = Process::instance().device(p.poolProps.location.id);
  if (!device)
    return CUDA_ERROR_INVALID_DEVICE;
  for (size_t i = 0; i < p.accessDescCount; i++) {
    GF_REQUIRE(p.accessDescs[i].location.type == CU_MEM_LOCATION_TYPE_DEVICE);
    if (!Process::instance().device(p.accessDescs[i].location.id))
      return CUDA_ERROR_INVALID_DEVICE;
  }
  uint64_t address;
  GF_TRY(reserve_graph_memory(*node.graph.memory, *node.context, *device, p.bytesize, &address));
  p.dptr = address;
  node.work = AllocationNode{p, {p.accessDescs, p.accessDescs + p.accessDescCount}};
  return CUDA_SUCCESS;
}

CUresult get_allocation(GraphNode &node, CUDA_MEM_ALLOC_NODE_PARAMS *p) {
  auto *work = std::get_if<AllocationNode>(&node.work);
  GF_REQUIRE(work);
  *p = work->params;
  p->accessDescs = work->access.empty() ? nullptr : work->access.data();
  return CUDA_SUCCESS;
}

// Of this or of another graph, but once.
CUresult set_free(GraphNode &node, CUdeviceptr address) {
  GF_REQUIRE(is_graph_memory(address));
  GF_REQUIRE(!node.graph.contains([address](const GraphNode &other) {
    auto *freed = std::get_if<FreeNode>(&other.work);
    return freed && freed->address == address;
  }));
  node.work = FreeNode{address};
  return CUDA_SUCCESS;
}

CUresult set_conditional(GraphNode &node, CUDA_CONDITIONAL_NODE_PARAMS &p) {
  GF_TRY(context_of(p.ctx, &node.context));
  GF_REQUIRE(p.type <= CU_GRAPH_COND_TYPE_SWITCH);
  GF_REQUIRE(p.size && (p.type != CU_GRAPH_COND_TYPE_WHILE || p.size == 1) &&
             (p.type != CU_GRAPH_COND_TYPE_IF || p.size <= 2));
  // A handle is of one graph and for one node, whichever graph inside of it that is in.
  ConditionalValue *value = nullptr;
  for (Graph *graph = &node.graph; graph && !value; graph = graph->parent)
    value = graph->conditional_value(p.handle);
  GF_REQUIRE(value && !value->is_used);
  value->is_used = true;
  ConditionalNode work{p.handle, p.type, {}};
  auto &handles = node.conditional_graphs;
  handles.clear();
  for (unsigned i = 0; i < p.size; i++) {
    std::shared_ptr<Graph> body(new Graph); // make_shared would take memory that handles are not in
    body->parent = &node.graph;
    body->is_body = true;
    handles.push_back(handle_of<CUgraph>(body.get()));
    work.bodies.push_back(std::move(body));
  }
  p.phGraph_out = handles.data();
  node.work = std::move(work);
  return CUDA_SUCCESS;
}

namespace {

bool is_zero(const void *bytes, size_t count) {
  auto *byte = static_cast<const unsigned char *>(bytes);
  return std::all_of(byte, byte + count, [](unsigned char b) { return b == 0; });
}

} // namespace

CUresult set_any(GraphNode &node, CUgraphNodeParams &p) {
  GF_REQUIRE(is_zero(p.reserved0, sizeof p.reserved0) && p.reserved2 == 0);
  switch (p.type) {
  case CU_GRAPH_NODE_TYPE_KERNEL: {
    const CUDA_KERNEL_NODE_PARAMS_v3 &k = p.kernel;
    return set_kernel(node,
                      {k.func, k.gridDimX, k.gridDimY, k.gridDimZ, k.blockDimX, k.blockDimY,
                       k.blockDimZ, k.sharedMemBytes, k.kernelParams, k.extra, k.kern, k.ctx});
  }
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    GF_REQUIRE(p.memcpy.flags == 0);
    return set_copy(node, p.memcpy.copyParams, p.memcpy.copyCtx);
  case CU_GRAPH_NODE_TYPE_MEMSET:
    return set_fill(node,
                    {p.memset.dst, p.memset.pitch, p.memset.value, p.memset.elementSize,
                     p.memset.width, p.memset.height},
                    p.memset.ctx);
  case CU_GRAPH_NODE_TYPE_HOST:
    return set_host(node, {p.host.fn, p.host.userData});
  case CU_GRAPH_NODE_TYPE_GRAPH:
    return set_child(node, p.graph.graph, p.graph.ownership);
  case CU_GRAPH_NODE_TYPE_EMPTY:
    node.work = EmptyNode{};
    return CUDA_SUCCESS;
  case CU_GRAPH_NODE_TYPE_WAIT_EVENT:
    return set_event(node, p.eventWait.event, false);
  case CU_GRAPH_NODE_TYPE_EVENT_RECORD:
    return set_event(node, p.eventRecord.event, true);
  case CU_GRAPH_NODE_TYPE_MEM_ALLOC: {
    CUDA_MEM_ALLOC_NODE_PARAMS plain{p.alloc.poolProps, p.alloc.accessDescs,
                                     p.alloc.accessDescCount, p.alloc.bytesize, 0};
    GF_TRY(set_allocation(node, plain));
    p.alloc.dptr = plain.dptr;
    return CUDA_SUCCESS;
  }
  case CU_GRAPH_NODE_TYPE_MEM_FREE:
    return set_free(node, p.free.dptr);
  case CU_GRAPH_NODE_TYPE_BATCH_MEM_OP:
    return set_mem_ops(node, {p.memOp.ctx, p.memOp.count, p.memOp.paramArray, p.memOp.flags});
  case CU_GRAPH_NODE_TYPE_CONDITIONAL:
    return set_conditional(node, p.conditional);
  case CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL:
  case CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT:
    return CUDA_ERROR_NOT_SUPPORTED; // of other drivers
  }
  return CUDA_ERROR_INVALID_VALUE;
}

CUresult set_kernel_attribute(KernelWork &work, CUlaunchAttributeID which,
                              const CUlaunchAttributeValue &value) {
  switch (static_cast<int>(which)) {
  case CU_LAUNCH_ATTRIBUTE_COOPERATIVE:
    work.cooperative = value.cooperative != 0;
    return CUDA_SUCCESS;
  case CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION:
    return set_cluster(work, {value.clusterDim.x, value.clusterDim.y, value.clusterDim.z});
  case CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE:
    if (value.deviceUpdatableKernelNode.deviceUpdatable)
      return CUDA_ERROR_NOT_SUPPORTED;
    break;
  case CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW:
  case CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
  case CU_LAUNCH_ATTRIBUTE_PRIORITY:
  case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP:
  case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN:
  case CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
    break;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
  for (CUlaunchAttribute &attribute : work.attributes) {
    if (attribute.id == which) {
      attribute.value = value;
      return CUDA_SUCCESS;
    }
  }
  CUlaunchAttribute attribute{};
  attribute.id = which;
  attribute.value = value;
  work.attributes.push_back(attribute);
  return CUDA_SUCCESS;
}

CUresult get_kernel_attribute(const KernelWork &work, CUlaunchAttributeID which,
                              CUlaunchAttributeValue *value) {
  KernelWork scratch = work; // says whether nodes have it
  CUlaunchAttributeValue none{};
  GF_TRY(set_kernel_attribute(scratch, which, none));
  *value = none;
  if (which == CU_LAUNCH_ATTRIBUTE_COOPERATIVE)
    value->cooperative = work.cooperative;
  if (which == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION && work.is_explicit_cluster) {
    value->clusterDim.x = work.cluster.x;
    value->clusterDim.y = work.cluster.y;
    value->clusterDim.z = work.cluster.z;
  }
  for (const CUlaunchAttribute &attribute : work.attributes)
    if (attribute.id == which)
      *value = attribute.value;
  return CUDA_SUCCESS;
}

} // namespace softcuda
