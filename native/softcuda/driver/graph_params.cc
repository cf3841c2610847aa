#include "graph_params.h"

#include "box.h"
#include "entry.h"
#include "launch.h"
#include "pool.h"

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
  if (auto *before = std::get_if<KernelWork>(&node.work))
    shape.cooperative = before->cooperative;
  KernelWork work;
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
  node.fill_params = p;
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

CUresult set_child(GraphNode &node, CUgraph handle) {
  Graph *graph = Graph::from(handle);
  if (!graph)
    return CUDA_ERROR_INVALID_HANDLE;
  node.work = ChildNode{graph->clone()};
  return CUDA_SUCCESS;
}

CUresult set_allocation(GraphNode &node, CUDA_MEM_ALLOC_NODE_PARAMS &p) {
  GF_TRY(current_context(&node.context));
  GF_REQUIRE(p.bytesize && p.poolProps.location.type == CU_MEM_LOCATION_TYPE_DEVICE);
  Device *device = Process::instance().device(p.poolProps.location.id);
  if (!device)
    return CUDA_ERROR_INVALID_DEVICE;
  uint64_t address;
  GF_TRY(device->default_pool().allocate(*node.context, p.bytesize, &address));
  p.dptr = address;
  node.work = AllocationNode{p};
  return CUDA_SUCCESS;
}

CUresult set_free(GraphNode &node, CUdeviceptr address) {
  // From here on the memory is the graph's: it goes with the last that can run it.
  bool ours = false;
  AddressMap::instance().update(address, [&](Allocation &a) {
    ours = a.base == address && a.pool && !a.freeing && !a.internal;
    a.internal |= ours;
  });
  GF_REQUIRE(ours);
  std::lock_guard lock(node.graph.memory->mutex);
  node.graph.memory->addresses.push_back(address);
  node.work = FreeNode{address};
  return CUDA_SUCCESS;
}

CUresult set_any(GraphNode &node, CUgraphNodeParams &p) {
  switch (p.type) {
  case CU_GRAPH_NODE_TYPE_KERNEL: {
    const CUDA_KERNEL_NODE_PARAMS_v3 &k = p.kernel;
    return set_kernel(node,
                      {k.func, k.gridDimX, k.gridDimY, k.gridDimZ, k.blockDimX, k.blockDimY,
                       k.blockDimZ, k.sharedMemBytes, k.kernelParams, k.extra, k.kern, k.ctx});
  }
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    return set_copy(node, p.memcpy.copyParams, p.memcpy.copyCtx);
  case CU_GRAPH_NODE_TYPE_MEMSET:
    return set_fill(node,
                    {p.memset.dst, p.memset.pitch, p.memset.value, p.memset.elementSize,
                     p.memset.width, p.memset.height},
                    p.memset.ctx);
  case CU_GRAPH_NODE_TYPE_HOST:
    return set_host(node, {p.host.fn, p.host.userData});
  case CU_GRAPH_NODE_TYPE_GRAPH:
    return set_child(node, p.graph.graph);
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
  default:
    return CUDA_ERROR_NOT_SUPPORTED; // semaphores of other drivers, conditional nodes
  }
}

} // namespace softcuda
