// Graph nodes whose parameters only the guest can read: kernels, copies, host functions.
#include <string.h>

#include "cuda/callback.h"
#include "cuda/copy.h"
#include "cuda/host_memory.h"
#include "cuda/launch.h"
#include "cuda/stub.h"
#include "session/session.h"

/// Where the parameters of a kernel node come from, checked.
struct node_launch {
  const struct gf_function *function;
  struct gf_launch_shape shape;
  const void *buffer;
  uint32_t param_bytes;
};

static CUresult check_node(const CUDA_KERNEL_NODE_PARAMS *params, struct node_launch *launch) {
  if (params == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const uint64_t handle = params->func != NULL ? (uint64_t)params->func : (uint64_t)params->kern;
  launch->function = gf_function_of(handle);
  if (launch->function == NULL)
    return CUDA_ERROR_INVALID_HANDLE;
  launch->shape =
      (struct gf_launch_shape){{params->gridDimX, params->gridDimY, params->gridDimZ},
                               {params->blockDimX, params->blockDimY, params->blockDimZ},
                               params->sharedMemBytes};
  CUresult result = gf_launch_check(launch->function, &launch->shape);
  if (result != CUDA_SUCCESS)
    return result;
  return gf_launch_params(launch->function, params->kernelParams, params->extra, &launch->buffer,
                          &launch->param_bytes);
}

static CUresult check_dependencies(const CUgraphNode *dependencies, size_t count) {
  return (dependencies == NULL && count > 0) || count > GF_TAIL_MAX_BYTES / 16
             ? CUDA_ERROR_INVALID_VALUE
             : CUDA_SUCCESS;
}

static uint8_t *put_dependencies(void *tail, const CUgraphNode *dependencies, size_t count) {
  if (count > 0)
    memcpy(tail, dependencies, count * sizeof *dependencies);
  return (uint8_t *)tail + count * sizeof *dependencies;
}

/// Sends the prepared frame of an add call; the handle is the node's if it succeeds.
static CUresult finish_add(struct gf_lane_client *lane, uint64_t node, CUgraphNode *out) {
  CUresult result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_drop(node);
    return result;
  }
  *out = (CUgraphNode)node;
  return CUDA_SUCCESS;
}

// The three calls that carry a kernel's launch differ in what they name before it.
#define GF_PUT_LAUNCH(args, params, launch)                                                        \
  do {                                                                                             \
    (args)->function = (launch)->function->handle;                                                 \
    (args)->context = (uint64_t)(params)->ctx;                                                     \
    memcpy((args)->grid, (launch)->shape.grid, sizeof(args)->grid);                                \
    memcpy((args)->block, (launch)->shape.block, sizeof(args)->block);                             \
    (args)->shared_bytes = (launch)->shape.shared_bytes;                                           \
    (args)->param_bytes = (launch)->param_bytes;                                                   \
  } while (0)

CUresult CUDAAPI cuGraphAddKernelNode_v2(CUgraphNode *phGraphNode, CUgraph hGraph,
                                         const CUgraphNode *dependencies, size_t numDependencies,
                                         const CUDA_KERNEL_NODE_PARAMS *nodeParams) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct node_launch launch;
  result = phGraphNode == NULL ? CUDA_ERROR_INVALID_VALUE
                               : check_dependencies(dependencies, numDependencies);
  if (result == CUDA_SUCCESS)
    result = check_node(nodeParams, &launch);
  if (result != CUDA_SUCCESS)
    return result;
  uint64_t node = gf_mint(GF_KIND_GRAPH_NODE);
  if (node == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuGraphAddKernelNode_v2_args *args = gf_begin(
      lane, GF_OP_cuGraphAddKernelNode_v2, sizeof *args + numDependencies * 8 + launch.param_bytes);
  args->node = node;
  args->graph = (uint64_t)hGraph;
  args->dependency_count = numDependencies;
  GF_PUT_LAUNCH(args, nodeParams, &launch);
  uint8_t *tail = put_dependencies(args + 1, dependencies, numDependencies);
  gf_launch_pack(tail, launch.function, nodeParams->kernelParams, launch.buffer,
                 launch.param_bytes);
  return finish_add(lane, node, phGraphNode);
}

CUresult CUDAAPI cuGraphKernelNodeSetParams_v2(CUgraphNode hNode,
                                               const CUDA_KERNEL_NODE_PARAMS *nodeParams) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct node_launch launch;
  result = check_node(nodeParams, &launch);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuGraphKernelNodeSetParams_v2_args *args =
      gf_begin(lane, GF_OP_cuGraphKernelNodeSetParams_v2, sizeof *args + launch.param_bytes);
  args->node = (uint64_t)hNode;
  GF_PUT_LAUNCH(args, nodeParams, &launch);
  gf_launch_pack((uint8_t *)(args + 1), launch.function, nodeParams->kernelParams, launch.buffer,
                 launch.param_bytes);
  return gf_call(lane, NULL, 0);
}

CUresult CUDAAPI cuGraphExecKernelNodeSetParams_v2(CUgraphExec hGraphExec, CUgraphNode hNode,
                                                   const CUDA_KERNEL_NODE_PARAMS *nodeParams) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct node_launch launch;
  result = check_node(nodeParams, &launch);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuGraphExecKernelNodeSetParams_v2_args *args =
      gf_begin(lane, GF_OP_cuGraphExecKernelNodeSetParams_v2, sizeof *args + launch.param_bytes);
  args->exec = (uint64_t)hGraphExec;
  args->node = (uint64_t)hNode;
  GF_PUT_LAUNCH(args, nodeParams, &launch);
  gf_launch_pack((uint8_t *)(args + 1), launch.function, nodeParams->kernelParams, launch.buffer,
                 launch.param_bytes);
  return gf_call(lane, NULL, 0);
}

/// A node's host memory is read and written whenever the graph runs: the host gets its own address.
static CUresult settle_host(CUmemorytype *type, const void **host, CUdeviceptr *device,
                            size_t bytes) {
  if (*type == CU_MEMORYTYPE_UNIFIED) {
    *type = gf_is_device_address(*device) ? CU_MEMORYTYPE_DEVICE : CU_MEMORYTYPE_HOST;
    *host = (const void *)*device;
  }
  if (*type != CU_MEMORYTYPE_HOST)
    return CUDA_SUCCESS;
  uint64_t offset = gf_host_offset_for_graph(*host, bytes);
  if (offset == UINT64_MAX)
    return CUDA_ERROR_NOT_SUPPORTED;
  *host = gf_session.heap + offset;
  return CUDA_SUCCESS;
}

/// Bytes from the start of a side to the end of its last row.
static size_t side_bytes(size_t x_bytes, size_t y, size_t z, size_t pitch_bytes, size_t height,
                         const CUDA_MEMCPY3D *copy) {
  const size_t rows = (z + copy->Depth - 1) * height + y + copy->Height - 1;
  return rows * pitch_bytes + x_bytes + copy->WidthInBytes;
}

CUresult CUDAAPI cuGraphAddMemcpyNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                      const CUgraphNode *dependencies, size_t numDependencies,
                                      const CUDA_MEMCPY3D *copyParams, CUcontext ctx) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (phGraphNode == NULL || copyParams == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  result = check_dependencies(dependencies, numDependencies);
  CUDA_MEMCPY3D copy = *copyParams;
  if (result == CUDA_SUCCESS)
    result = settle_host(
        &copy.srcMemoryType, &copy.srcHost, &copy.srcDevice,
        side_bytes(copy.srcXInBytes, copy.srcY, copy.srcZ, copy.srcPitch, copy.srcHeight, &copy));
  if (result == CUDA_SUCCESS)
    result = settle_host(
        &copy.dstMemoryType, (const void **)&copy.dstHost, &copy.dstDevice,
        side_bytes(copy.dstXInBytes, copy.dstY, copy.dstZ, copy.dstPitch, copy.dstHeight, &copy));
  if (result != CUDA_SUCCESS)
    return result;
  uint64_t node = gf_mint(GF_KIND_GRAPH_NODE);
  if (node == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuGraphAddMemcpyNode_args *args =
      gf_begin(lane, GF_OP_cuGraphAddMemcpyNode, sizeof *args + numDependencies * 8);
  args->node = node;
  args->graph = (uint64_t)hGraph;
  args->dependency_count = numDependencies;
  memcpy(args->copy, &copy, sizeof copy);
  args->dst_array = (uint64_t)copy.dstArray;
  args->src_array = (uint64_t)copy.srcArray;
  args->context = (uint64_t)ctx;
  put_dependencies(args + 1, dependencies, numDependencies);
  return finish_add(lane, node, phGraphNode);
}

CUresult CUDAAPI cuGraphAddHostNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                    const CUgraphNode *dependencies, size_t numDependencies,
                                    const CUDA_HOST_NODE_PARAMS *nodeParams) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (phGraphNode == NULL || nodeParams == NULL || nodeParams->fn == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  result = check_dependencies(dependencies, numDependencies);
  if (result != CUDA_SUCCESS)
    return result;
  uint64_t node = gf_mint(GF_KIND_GRAPH_NODE);
  uint64_t callback = gf_callback_for_host_function(nodeParams->fn, nodeParams->userData, 1);
  if (node == 0 || callback == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuGraphAddHostNode_args *args =
      gf_begin(lane, GF_OP_cuGraphAddHostNode, sizeof *args + numDependencies * 8);
  args->node = node;
  args->graph = (uint64_t)hGraph;
  args->dependency_count = numDependencies;
  args->callback_id = callback;
  put_dependencies(args + 1, dependencies, numDependencies);
  return finish_add(lane, node, phGraphNode);
}
