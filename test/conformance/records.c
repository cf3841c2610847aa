#include "records.h"

#include <string.h>

#define FILL(type, ...)                                                                            \
  do {                                                                                             \
    type made = __VA_ARGS__;                                                                       \
    memset(buffer, 0, VALUES_BUFFER_BYTES / 2);                                                    \
    memcpy(buffer, &made, sizeof made);                                                            \
    return true;                                                                                   \
  } while (0)

void *records_green_desc(void) {
  CUdevResource whole;
  CUdevResourceDesc desc = NULL;
  if (!world_has_begun())
    return NULL;
  if (CU(cuDeviceGetDevResource)(0, &whole, CU_DEV_RESOURCE_TYPE_SM) == CUDA_SUCCESS)
    CU(cuDevResourceGenerateDesc)(&desc, &whole, 1);
  return desc;
}

static void nothing(void *user) { (void)user; }

static bool kernel_node(void *buffer) {
  static uint64_t to;
  static uint32_t value = 6;
  static void *values[] = {&to, &value};
  to = world_get(WORLD_MEMORY);
  FILL(CUDA_KERNEL_NODE_PARAMS, {.func = (CUfunction)world_get(WORLD_FUNCTION),
                                 .gridDimX = 1,
                                 .gridDimY = 1,
                                 .gridDimZ = 1,
                                 .blockDimX = 1,
                                 .blockDimY = 1,
                                 .blockDimZ = 1,
                                 .kernelParams = values});
}

static bool memory_op(void *buffer, unsigned operation) {
  CUstreamBatchMemOpParams op;
  memset(&op, 0, sizeof op);
  op.writeValue.operation = (CUstreamBatchMemOpType)operation;
  op.writeValue.address = world_get(WORLD_MEMORY);
  op.writeValue.value = 8;
  memcpy(buffer, &op, sizeof op);
  return true;
}

static bool batch_node(unsigned char *buffer) {
  CUstreamBatchMemOpParams *op = (void *)(buffer + VALUES_BUFFER_BYTES / 2);
  memory_op(op, CU_STREAM_MEM_OP_WRITE_VALUE_32);
  FILL(CUDA_BATCH_MEM_OP_NODE_PARAMS, {.ctx = world_context(), .count = 1, .paramArray = op});
}

static bool resource(void *buffer) {
  CUDA_RESOURCE_DESC made;
  memset(&made, 0, sizeof made);
  made.resType = CU_RESOURCE_TYPE_ARRAY;
  made.res.array.hArray = (CUarray)world_get(WORLD_ARRAY);
  memcpy(buffer, &made, sizeof made);
  return true;
}

static bool launch(unsigned char *buffer) {
  CUlaunchConfig made;
  memset(&made, 0, sizeof made);
  made.gridDimX = made.gridDimY = made.gridDimZ = 1;
  made.blockDimX = made.blockDimY = made.blockDimZ = 1;
  memcpy(buffer, &made, sizeof made);
  return true;
}

static bool device_location(CUmemLocation *location) {
  *location = (CUmemLocation){.type = CU_MEM_LOCATION_TYPE_DEVICE};
  return true;
}

static bool batch_copy(CUDA_MEMCPY3D_BATCH_OP *op) {
  memset(op, 0, sizeof *op);
  op->src.type = op->dst.type = CU_MEMCPY_OPERAND_TYPE_POINTER;
  op->src.op.ptr.ptr = world_get(WORLD_SECOND_MEMORY);
  op->dst.op.ptr.ptr = world_get(WORLD_MEMORY);
  op->extent = (CUextent3D){.width = 64, .height = 1, .depth = 1};
  op->srcAccessOrder = CU_MEMCPY_SRC_ACCESS_ORDER_STREAM;
  return true;
}

static bool node(CUgraphNodeParams *params) {
  memset(params, 0, sizeof *params);
  params->type = CU_GRAPH_NODE_TYPE_MEMSET;
  params->memset.dst = world_get(WORLD_MEMORY);
  params->memset.elementSize = 1;
  params->memset.width = 32;
  params->memset.height = 1;
  params->memset.value = 4;
  return true;
}

static bool pool(CUmemPoolProps *properties) {
  memset(properties, 0, sizeof *properties);
  properties->allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties->location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  return true;
}

static bool alloc_node(CUDA_MEM_ALLOC_NODE_PARAMS *params) {
  memset(params, 0, sizeof *params);
  params->bytesize = 4096;
  return pool(&params->poolProps);
}

static bool physical(CUmemAllocationProp *properties) {
  memset(properties, 0, sizeof *properties);
  properties->type = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties->location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  return true;
}

static bool sm_resource(void *buffer) {
  memset(buffer, 0, sizeof(CUdevResource));
  if (world_has_begun())
    CU(cuDeviceGetDevResource)(0, buffer, CU_DEV_RESOURCE_TYPE_SM);
  return true;
}

static bool export_table(void *buffer) {
  static const unsigned char table[16] = {0x6B, 0xD5, 0xFB, 0x6C, 0x5B, 0xF4, 0xE7, 0x4A,
                                          0x89, 0x87, 0xD9, 0x39, 0x12, 0xFD, 0x9D, 0xF9};
  memcpy(buffer, table, sizeof table);
  return true;
}

/// What the non-const pointers of this call read.
static bool reads(const struct table_function *function) {
  static const char *const writers[] = {"Get", "Info", "GenerateDesc"};
  for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
    if (strstr(function->symbol, writers[i]) != NULL)
      return false;
  return true;
}

bool records_fill(const struct table_function *function, const struct table_arg *arg,
                  void *buffer) {
  const char *type = arg->type->name;
  const bool is_in = arg->is_const || reads(function);
#define IS(name) (strcmp(type, name) == 0)
  // By value, or an array of one that is read whatever the name says.
  if (IS("CUmemLocation") && (arg->depth <= 1))
    return device_location(buffer);
  if (arg->depth != 1)
    return false;
  if (IS("CUdevResource"))
    return (strcmp(arg->name, "input") == 0 || strcmp(arg->name, "resources") == 0) &&
           sm_resource(buffer);
  if (!is_in)
    return false;
  if (IS("CUuuid"))
    return arg->is_const && export_table(buffer);
  if (IS("CUDA_MEMCPY2D"))
    FILL(CUDA_MEMCPY2D, {.srcMemoryType = CU_MEMORYTYPE_DEVICE,
                         .srcDevice = world_get(WORLD_SECOND_MEMORY),
                         .srcPitch = 256,
                         .dstMemoryType = CU_MEMORYTYPE_DEVICE,
                         .dstDevice = world_get(WORLD_MEMORY),
                         .dstPitch = 256,
                         .WidthInBytes = 64,
                         .Height = 3});
  if (IS("CUDA_MEMCPY3D"))
    FILL(CUDA_MEMCPY3D, {.srcMemoryType = CU_MEMORYTYPE_DEVICE,
                         .srcDevice = world_get(WORLD_SECOND_MEMORY),
                         .srcPitch = 256,
                         .srcHeight = 4,
                         .dstMemoryType = CU_MEMORYTYPE_DEVICE,
                         .dstDevice = world_get(WORLD_MEMORY),
                         .dstPitch = 256,
                         .dstHeight = 4,
                         .WidthInBytes = 64,
                         .Height = 3,
                         .Depth = 2});
  if (IS("CUDA_MEMCPY3D_PEER"))
    FILL(CUDA_MEMCPY3D_PEER, {.srcMemoryType = CU_MEMORYTYPE_DEVICE,
                              .srcDevice = world_get(WORLD_SECOND_MEMORY),
                              .srcContext = world_context(),
                              .dstMemoryType = CU_MEMORYTYPE_DEVICE,
                              .dstDevice = world_get(WORLD_MEMORY),
                              .dstContext = world_context(),
                              .WidthInBytes = 64,
                              .Height = 1,
                              .Depth = 1});
  if (IS("CUDA_ARRAY_DESCRIPTOR"))
    FILL(CUDA_ARRAY_DESCRIPTOR,
         {.Width = 32, .Height = 16, .Format = CU_AD_FORMAT_UNSIGNED_INT8, .NumChannels = 4});
  if (IS("CUDA_ARRAY3D_DESCRIPTOR"))
    FILL(CUDA_ARRAY3D_DESCRIPTOR,
         {.Width = 32, .Height = 16, .Format = CU_AD_FORMAT_UNSIGNED_INT8, .NumChannels = 4});
  if (IS("CUDA_KERNEL_NODE_PARAMS") || IS("CUDA_KERNEL_NODE_PARAMS_v1"))
    return kernel_node(buffer);
  if (IS("CUDA_MEMSET_NODE_PARAMS"))
    FILL(CUDA_MEMSET_NODE_PARAMS,
         {.dst = world_get(WORLD_MEMORY), .value = 2, .elementSize = 1, .width = 48, .height = 1});
  if (IS("CUDA_HOST_NODE_PARAMS"))
    FILL(CUDA_HOST_NODE_PARAMS, {.fn = nothing});
  if (IS("CUDA_BATCH_MEM_OP_NODE_PARAMS"))
    return batch_node(buffer);
  if (IS("CUDA_MEM_ALLOC_NODE_PARAMS"))
    return alloc_node(buffer);
  if (IS("CUstreamBatchMemOpParams"))
    return memory_op(buffer, CU_STREAM_MEM_OP_WRITE_VALUE_32);
  if (IS("CUDA_RESOURCE_DESC"))
    return resource(buffer);
  if (IS("CUDA_RESOURCE_VIEW_DESC"))
    FILL(CUDA_RESOURCE_VIEW_DESC,
         {.format = CU_RES_VIEW_FORMAT_UINT_4X8, .width = 64, .height = 32});
  if (IS("CUlaunchConfig"))
    return launch(buffer);
  if (IS("CUDA_MEMCPY3D_BATCH_OP"))
    return batch_copy(buffer);
  if (IS("CUmemcpyAttributes"))
    FILL(CUmemcpyAttributes, {.srcAccessOrder = CU_MEMCPY_SRC_ACCESS_ORDER_STREAM});
  if (IS("CUDA_GRAPH_INSTANTIATE_PARAMS"))
    FILL(CUDA_GRAPH_INSTANTIATE_PARAMS, {.flags = 0});
  if (IS("CUgraphNodeParams"))
    return node(buffer);
  if (IS("CUmemPoolProps"))
    return pool(buffer);
  if (IS("CUmemAllocationProp"))
    return physical(buffer);
  if (IS("CUmemAccessDesc"))
    FILL(CUmemAccessDesc, {.location = {.type = CU_MEM_LOCATION_TYPE_DEVICE},
                           .flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE});
  return false;
#undef IS
}
