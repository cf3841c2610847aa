#include "build.h"

#include <string.h>
#include <sys/mman.h>

const char world_ptx[] = ".version 6.4\n"
                         ".target sm_50\n"
                         ".address_size 64\n"
                         ".visible .global .align 4 .u32 variable[4];\n"
                         ".visible .global .texref image;\n"
                         ".visible .global .surfref canvas;\n"
                         ".visible .entry empty() { ret; }\n"
                         ".visible .entry store(.param .u64 to, .param .u32 value) {\n"
                         "  .reg .b64 %a; .reg .b32 %v;\n"
                         "  ld.param.u64 %a, [to]; ld.param.u32 %v, [value];\n"
                         "  cvta.to.global.u64 %a, %a; st.global.u32 [%a], %v; ret;\n"
                         "}\n"
                         ".visible .entry wild() {\n"
                         "  .reg .b64 %a;\n"
                         "  mov.u64 %a, 48; st.global.u32 [%a], 1; ret;\n"
                         "}\n";

static void nothing(void *user) { (void)user; }

static uint64_t in_module(enum world_object object) {
  CUmodule module = (CUmodule)world_get(WORLD_MODULE);
  union {
    uint64_t handle;
    CUfunction function;
    CUtexref texref;
    CUsurfref surfref;
  } out = {0};
  if (object == WORLD_FUNCTION)
    CU(cuModuleGetFunction)(&out.function, module, "store");
  else if (object == WORLD_TEXREF)
    CU(cuModuleGetTexRef)(&out.texref, module, "image");
  else
    CU(cuModuleGetSurfRef)(&out.surfref, module, "canvas");
  return out.handle;
}

static CUDA_ARRAY3D_DESCRIPTOR plane(void) {
  return (CUDA_ARRAY3D_DESCRIPTOR){.Width = 64,
                                   .Height = 32,
                                   .Format = CU_AD_FORMAT_UNSIGNED_INT8,
                                   .NumChannels = 4,
                                   .Flags = CUDA_ARRAY3D_SURFACE_LDST};
}

static uint64_t texture_or_surface(enum world_object object) {
  CUDA_RESOURCE_DESC resource;
  memset(&resource, 0, sizeof resource);
  resource.resType = CU_RESOURCE_TYPE_ARRAY;
  resource.res.array.hArray = (CUarray)world_get(WORLD_ARRAY);
  CUDA_TEXTURE_DESC sampler;
  memset(&sampler, 0, sizeof sampler);
  unsigned long long out = 0;
  if (object == WORLD_TEXTURE)
    CU(cuTexObjectCreate)(&out, &resource, &sampler, NULL);
  else
    CU(cuSurfObjectCreate)(&out, &resource);
  return out;
}

static uint64_t node_of(enum world_node_kind kind, CUgraph graph) {
  CUgraphNode node = NULL;
  switch (kind) {
  case WORLD_NODE_KERNEL: {
    static uint32_t value = 7;
    static uint64_t to;
    static void *values[] = {&to, &value};
    to = world_get(WORLD_MEMORY);
    CUDA_KERNEL_NODE_PARAMS params = {.func = (CUfunction)world_get(WORLD_FUNCTION),
                                      .gridDimX = 1,
                                      .gridDimY = 1,
                                      .gridDimZ = 1,
                                      .blockDimX = 1,
                                      .blockDimY = 1,
                                      .blockDimZ = 1,
                                      .kernelParams = values};
    CU(cuGraphAddKernelNode_v2)(&node, graph, NULL, 0, &params);
    break;
  }
  case WORLD_NODE_MEMCPY: {
    CUDA_MEMCPY3D copy = {.srcMemoryType = CU_MEMORYTYPE_DEVICE,
                          .srcDevice = world_get(WORLD_SECOND_MEMORY),
                          .dstMemoryType = CU_MEMORYTYPE_DEVICE,
                          .dstDevice = world_get(WORLD_MEMORY),
                          .WidthInBytes = 64,
                          .Height = 1,
                          .Depth = 1};
    CU(cuGraphAddMemcpyNode)(&node, graph, NULL, 0, &copy, world_context());
    break;
  }
  case WORLD_NODE_MEMSET: {
    CUDA_MEMSET_NODE_PARAMS set = {
        .dst = world_get(WORLD_MEMORY), .value = 5, .elementSize = 1, .width = 64, .height = 1};
    CU(cuGraphAddMemsetNode)(&node, graph, NULL, 0, &set, world_context());
    break;
  }
  case WORLD_NODE_HOST: {
    CUDA_HOST_NODE_PARAMS host = {.fn = nothing};
    CU(cuGraphAddHostNode)(&node, graph, NULL, 0, &host);
    break;
  }
  case WORLD_NODE_CHILD: {
    CUgraph child = NULL;
    CUgraphNode inner;
    if (CU(cuGraphCreate)(&child, 0) != CUDA_SUCCESS)
      break;
    CU(cuGraphAddEmptyNode)(&inner, child, NULL, 0);
    CU(cuGraphAddChildGraphNode)(&node, graph, NULL, 0, child);
    CU(cuGraphDestroy)(child);
    break;
  }
  case WORLD_NODE_EVENT_RECORD:
    CU(cuGraphAddEventRecordNode)(&node, graph, NULL, 0, (CUevent)world_get(WORLD_EVENT));
    break;
  case WORLD_NODE_EVENT_WAIT:
    CU(cuGraphAddEventWaitNode)(&node, graph, NULL, 0, (CUevent)world_get(WORLD_EVENT));
    break;
  case WORLD_NODE_ALLOC: {
    CUDA_MEM_ALLOC_NODE_PARAMS alloc;
    memset(&alloc, 0, sizeof alloc);
    alloc.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
    alloc.poolProps.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    alloc.bytesize = 4096;
    CU(cuGraphAddMemAllocNode)(&node, graph, NULL, 0, &alloc);
    break;
  }
  case WORLD_NODE_FREE:
    CU(cuGraphAddMemFreeNode)(&node, graph, NULL, 0, world_get(WORLD_ASYNC_MEMORY));
    break;
  case WORLD_NODE_BATCH: {
    CUstreamBatchMemOpParams op;
    memset(&op, 0, sizeof op);
    op.writeValue.operation = CU_STREAM_MEM_OP_WRITE_VALUE_32;
    op.writeValue.address = world_get(WORLD_MEMORY);
    op.writeValue.value = 3;
    CUDA_BATCH_MEM_OP_NODE_PARAMS params = {.ctx = world_context(), .count = 1, .paramArray = &op};
    CU(cuGraphAddBatchMemOpNode)(&node, graph, NULL, 0, &params);
    break;
  }
  case WORLD_NODE_EMPTY:
    CU(cuGraphAddEmptyNode)(&node, graph, NULL, 0);
    break;
  }
  return (uint64_t)node;
}

static CUmemAllocationProp physical_of(void) {
  CUmemAllocationProp properties;
  memset(&properties, 0, sizeof properties);
  properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  return properties;
}

static uint64_t filled(unsigned char fill) {
  CUdeviceptr address = 0;
  if (CU(cuMemAlloc_v2)(&address, WORLD_BYTES) == CUDA_SUCCESS &&
      CU(cuMemsetD8_v2)(address, fill, WORLD_BYTES) == CUDA_SUCCESS)
    CU(cuStreamSynchronize)(NULL); // the case's stream does not wait for this one
  return address;
}

static uint64_t mapped(void) {
  CUdeviceptr address = 0;
  CUmemAccessDesc access = {.location = {.type = CU_MEM_LOCATION_TYPE_DEVICE},
                            .flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
  if (CU(cuMemAddressReserve)(&address, WORLD_GRANULE_BYTES, 0, 0, 0) != CUDA_SUCCESS)
    return 0;
  CU(cuMemMap)(address, WORLD_GRANULE_BYTES, 0, world_get(WORLD_PHYSICAL), 0);
  CU(cuMemSetAccess)(address, WORLD_GRANULE_BYTES, &access, 1);
  return address;
}

static uint64_t pages(void) {
  void *at = mmap(NULL, WORLD_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? 0 : (uint64_t)at;
}

static uint64_t green(void) {
  CUdevResource whole;
  CUdevResourceDesc desc = NULL;
  CUgreenCtx out = NULL;
  memset(&whole, 0, sizeof whole);
  if (CU(cuDeviceGetDevResource)(0, &whole, CU_DEV_RESOURCE_TYPE_SM) == CUDA_SUCCESS &&
      CU(cuDevResourceGenerateDesc)(&desc, &whole, 1) == CUDA_SUCCESS)
    CU(cuGreenCtxCreate)(&out, desc, 0, CU_GREEN_CTX_DEFAULT_STREAM);
  return (uint64_t)out;
}

uint64_t build_object(enum world_object object, enum world_node_kind node) {
  union {
    uint64_t handle;
    void *pointer;
    CUstream stream;
    CUevent event;
    CUmodule module;
    CUlibrary library;
    CUkernel kernel;
    CUgraph graph;
    CUgraphExec exec;
    CUarray array;
    CUmipmappedArray mipmap;
    CUmemoryPool pool;
    CUlinkState link;
    CUcontext context;
    CUuserObject user;
    CUdeviceptr address;
    CUmemGenericAllocationHandle physical;
  } out = {0};
  const CUDA_ARRAY3D_DESCRIPTOR image = plane();
  const CUmemAllocationProp physical = physical_of();
  switch (object) {
  case WORLD_STREAM:
    CU(cuStreamCreate)(&out.stream, CU_STREAM_NON_BLOCKING);
    break;
  case WORLD_EVENT:
    if (CU(cuEventCreate)(&out.event, 0) == CUDA_SUCCESS &&
        CU(cuEventRecord)(out.event, NULL) == CUDA_SUCCESS)
      CU(cuEventSynchronize)(out.event);
    break;
  case WORLD_MODULE:
    CU(cuModuleLoadData)(&out.module, world_ptx);
    break;
  case WORLD_FUNCTION:
  case WORLD_TEXREF:
  case WORLD_SURFREF:
    return in_module(object);
  case WORLD_LIBRARY:
    CU(cuLibraryLoadData)(&out.library, world_ptx, NULL, NULL, 0, NULL, NULL, 0);
    break;
  case WORLD_KERNEL:
    CU(cuLibraryGetKernel)(&out.kernel, (CUlibrary)world_get(WORLD_LIBRARY), "store");
    break;
  case WORLD_GRAPH:
    CU(cuGraphCreate)(&out.graph, 0);
    break;
  case WORLD_NODE:
  case WORLD_SECOND_NODE:
    return node_of(object == WORLD_NODE ? node : WORLD_NODE_EMPTY, (CUgraph)world_get(WORLD_GRAPH));
  case WORLD_EXEC:
    world_get(WORLD_NODE);
    CU(cuGraphInstantiateWithFlags)(&out.exec, (CUgraph)world_get(WORLD_GRAPH), 0);
    break;
  case WORLD_ARRAY:
    CU(cuArray3DCreate_v2)(&out.array, &image);
    break;
  case WORLD_MIPMAP:
    CU(cuMipmappedArrayCreate)(&out.mipmap, &image, 3);
    break;
  case WORLD_POOL: {
    CUmemPoolProps properties;
    memset(&properties, 0, sizeof properties);
    properties.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
    properties.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    CU(cuMemPoolCreate)(&out.pool, &properties);
    break;
  }
  case WORLD_LINK:
    CU(cuLinkCreate_v2)(0, NULL, NULL, &out.link);
    break;
  case WORLD_TEXTURE:
  case WORLD_SURFACE:
    return texture_or_surface(object);
  case WORLD_PHYSICAL:
    CU(cuMemCreate)(&out.physical, WORLD_GRANULE_BYTES, &physical, 0);
    break;
  case WORLD_MEMORY:
    return filled(WORLD_FILL);
  case WORLD_SECOND_MEMORY:
    return filled(WORLD_SECOND_FILL);
  case WORLD_ASYNC_MEMORY:
    CU(cuMemAllocAsync)(&out.address, WORLD_BYTES, NULL);
    break;
  case WORLD_MANAGED:
    CU(cuMemAllocManaged)(&out.address, WORLD_BYTES, CU_MEM_ATTACH_GLOBAL);
    break;
  case WORLD_PINNED:
    CU(cuMemHostAlloc)(&out.pointer, WORLD_BYTES, CU_MEMHOSTALLOC_DEVICEMAP);
    break;
  case WORLD_PAGES:
    return pages();
  case WORLD_REGISTERED:
    out.handle = pages();
    CU(cuMemHostRegister_v2)(out.pointer, WORLD_BYTES, CU_MEMHOSTREGISTER_DEVICEMAP);
    break;
  case WORLD_RESERVED:
    CU(cuMemAddressReserve)(&out.address, WORLD_GRANULE_BYTES, 0, 0, 0);
    break;
  case WORLD_MAPPED:
    return mapped();
  case WORLD_CONTEXT:
    CU(cuCtxCreate_v2)(&out.context, 0, 0);
    CU(cuCtxPopCurrent_v2)(NULL);
    break;
  case WORLD_GREEN:
    return green();
  case WORLD_USER_OBJECT:
    CU(cuUserObjectCreate)(&out.user, NULL, nothing, 1, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC);
    break;
  case WORLD_EVENT_HANDLE:
    CU(cuEventCreate)(&out.event, CU_EVENT_INTERPROCESS | CU_EVENT_DISABLE_TIMING);
    break;
  case WORLD_OBJECTS:
    break;
  }
  return out.handle;
}

void build_end(enum world_object object, uint64_t handle) {
  void *const pointer = (void *)handle;
  switch (object) {
  case WORLD_STREAM:
    CU(cuStreamDestroy_v2)(pointer);
    break;
  case WORLD_EVENT:
  case WORLD_EVENT_HANDLE:
    CU(cuEventDestroy_v2)(pointer);
    break;
  case WORLD_MODULE:
    CU(cuModuleUnload)(pointer);
    break;
  case WORLD_LIBRARY:
    CU(cuLibraryUnload)(pointer);
    break;
  case WORLD_GRAPH:
    CU(cuGraphDestroy)(pointer);
    break;
  case WORLD_EXEC:
    CU(cuGraphExecDestroy)(pointer);
    break;
  case WORLD_ARRAY:
    CU(cuArrayDestroy)(pointer);
    break;
  case WORLD_MIPMAP:
    CU(cuMipmappedArrayDestroy)(pointer);
    break;
  case WORLD_POOL:
    CU(cuMemPoolDestroy)(pointer);
    break;
  case WORLD_LINK:
    CU(cuLinkDestroy)(pointer);
    break;
  case WORLD_TEXTURE:
    CU(cuTexObjectDestroy)(handle);
    break;
  case WORLD_SURFACE:
    CU(cuSurfObjectDestroy)(handle);
    break;
  case WORLD_PHYSICAL:
    CU(cuMemRelease)(handle);
    break;
  case WORLD_MEMORY:
  case WORLD_SECOND_MEMORY:
  case WORLD_ASYNC_MEMORY:
  case WORLD_MANAGED:
    CU(cuMemFree_v2)(handle);
    break;
  case WORLD_PINNED:
    CU(cuMemFreeHost)(pointer);
    break;
  case WORLD_REGISTERED:
    CU(cuMemHostUnregister)(pointer);
    munmap(pointer, WORLD_BYTES);
    break;
  case WORLD_PAGES:
    CU(cuMemHostUnregister)(pointer);
    munmap(pointer, WORLD_BYTES);
    break;
  case WORLD_MAPPED:
    CU(cuMemUnmap)(handle, WORLD_GRANULE_BYTES);
    CU(cuMemAddressFree)(handle, WORLD_GRANULE_BYTES);
    break;
  case WORLD_RESERVED:
    CU(cuMemUnmap)(handle, WORLD_GRANULE_BYTES);
    CU(cuMemAddressFree)(handle, WORLD_GRANULE_BYTES);
    break;
  case WORLD_CONTEXT:
    CU(cuCtxDestroy_v2)(pointer);
    break;
  case WORLD_GREEN:
    CU(cuGreenCtxDestroy)(pointer);
    break;
  case WORLD_NODE:
  case WORLD_SECOND_NODE:
    CU(cuGraphDestroyNode)(pointer);
    break;
  case WORLD_USER_OBJECT:
    CU(cuUserObjectRelease)(pointer, 1);
    break;
  case WORLD_FUNCTION:
  case WORLD_KERNEL:
  case WORLD_TEXREF:
  case WORLD_SURFREF:
  case WORLD_OBJECTS:
    break; // end with their module or library
  }
}
