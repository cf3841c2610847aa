// What an address is: from the guest's books of device memory and of the heap. What modules hold is not in them.
#include <string.h>

#include "base/readable.h"
#include "cuda/allocations.h"
#include "cuda/context.h"
#include "cuda/copy.h"
#include "cuda/host_memory.h"
#include "cuda/pool.h"
#include "heap/alias.h"
#include "heap/heap.h"
#include "session/session.h"

/// Everything that the attributes ask about one address.
struct pointer {
  CUmemorytype type;
  uint64_t context;
  CUdeviceptr base, device_address;
  void *host_address; ///< NULL for device memory
  uint64_t size_bytes;
  uint64_t id;
  int is_managed;
  int is_plain; ///< of cuMemAlloc
  int sync_memops;
  int is_of_pool;
  uint64_t pool; ///< as in the books
};

/// Asks the host of an address that is in no book: a kernel may have named a module's variable or text. Never of one that
/// is memory of the program's own, whose number the host may use for something else.
static CUresult range_on_host(struct gf_lane_client *lane, CUdeviceptr address, CUdeviceptr *base,
                              size_t *size_bytes) {
  if (address == 0 || gf_is_readable((const void *)address))
    return CUDA_ERROR_NOT_FOUND;
  struct gf_cuMemGetAddressRange_v2_args *args =
      gf_begin(lane, GF_OP_cuMemGetAddressRange_v2, sizeof *args);
  args->address = address;
  const void *data;
  const CUresult result = gf_call(lane, &data, sizeof(struct gf_cuMemGetAddressRange_v2_reply));
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_cuMemGetAddressRange_v2_reply *reply = data;
  *base = reply->base;
  *size_bytes = reply->size_bytes;
  return CUDA_SUCCESS;
}

static int describe_of_host(struct gf_lane_client *lane, CUdeviceptr address,
                            struct pointer *pointer) {
  CUdeviceptr base = 0;
  size_t size_bytes = 0;
  if (gf_thread.context == 0 || range_on_host(lane, address, &base, &size_bytes) != CUDA_SUCCESS)
    return 0;
  *pointer = (struct pointer){.type = CU_MEMORYTYPE_DEVICE,
                              .context = gf_thread.context,
                              .base = base,
                              .device_address = address,
                              .size_bytes = size_bytes,
                              .id = base};
  return 1;
}

static int describe(struct gf_lane_client *lane, CUdeviceptr address, struct pointer *pointer) {
  struct gf_allocation allocation;
  if (gf_allocations_find(address, &allocation)) {
    uint64_t context =
        gf_handle_is(allocation.owner, GF_KIND_CONTEXT) ? allocation.owner : gf_thread.context;
    *pointer = (struct pointer){CU_MEMORYTYPE_DEVICE,
                                context,
                                allocation.base,
                                address,
                                NULL,
                                allocation.size_bytes,
                                allocation.id,
                                0,
                                allocation.kind == GF_ALLOCATION_DEVICE,
                                allocation.sync_memops,
                                allocation.kind == GF_ALLOCATION_POOL,
                                allocation.pool};
    return 1;
  }
  const CUdeviceptr heap = (CUdeviceptr)(uintptr_t)gf_session.heap;
  struct gf_alias alias;
  if (gf_alias_find((void *)address, &alias)) {
    // Whole pages are shared, but what is registered is what the program named.
    const uint64_t inside = address - (CUdeviceptr)alias.range;
    if (inside >= alias.range_bytes)
      return 0;
    *pointer = (struct pointer){.type = CU_MEMORYTYPE_HOST,
                                .context = alias.context,
                                .base = (CUdeviceptr)alias.range,
                                .device_address = alias.pages != NULL
                                                      ? heap + alias.offset_bytes +
                                                            (address - (CUdeviceptr)alias.base)
                                                      : 0,
                                .host_address = (void *)address,
                                .size_bytes = alias.range_bytes,
                                .id = (uint64_t)alias.range};
    return 1;
  }
  struct gf_heap_block block;
  const uint64_t offset = gf_heap_range_offset((void *)address, 1);
  if (offset == UINT64_MAX)
    return describe_of_host(lane, address, pointer);
  if (!gf_heap_find(offset, &block))
    return 0;
  // It went with its context.
  if (block.context != 0 && gf_context_of((CUcontext)block.context) == NULL)
    return 0;
  *pointer = (struct pointer){.type = block.kind == GF_HEAP_MANAGED ? CU_MEMORYTYPE_DEVICE
                                                                    : CU_MEMORYTYPE_HOST,
                              .context = block.context != 0 ? block.context : gf_thread.context,
                              .base = heap + block.offset_bytes,
                              .device_address = heap + offset,
                              .host_address = (void *)address,
                              .size_bytes = block.size_bytes,
                              .id = block.offset_bytes,
                              .is_managed = block.kind == GF_HEAP_MANAGED,
                              .sync_memops = block.sync_memops};
  return 1;
}

static int ordinal_of(uint64_t context) {
  const struct gf_context *record = gf_context_of((CUcontext)context);
  return record != NULL ? record->device : 0;
}

static CUmemoryPool pool_of(const struct pointer *p) {
  if (!p->is_of_pool || p->pool != 0)
    return (CUmemoryPool)p->pool;
  return gf_pool_first(ordinal_of(p->context));
}

#define GF_ANSWER(type, value)                                                                     \
  do {                                                                                             \
    type gf_answer = (value);                                                                      \
    memcpy(data, &gf_answer, sizeof gf_answer);                                                    \
  } while (0)

/// Writes one attribute. INVALID_VALUE for those that this address does not have.
static CUresult answer(void *data, CUpointer_attribute attribute, const struct pointer *p) {
  switch (attribute) {
  case CU_POINTER_ATTRIBUTE_CONTEXT:
    GF_ANSWER(CUcontext, (CUcontext)p->context);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
    GF_ANSWER(unsigned int, (unsigned int)p->type);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
    GF_ANSWER(CUdeviceptr, p->device_address);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_HOST_POINTER:
    if (p->host_address == NULL)
      return CUDA_ERROR_INVALID_VALUE;
    GF_ANSWER(void *, p->host_address);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
    GF_ANSWER(int, p->sync_memops);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_BUFFER_ID:
    GF_ANSWER(unsigned long long, p->id);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_IS_MANAGED:
    GF_ANSWER(int, p->is_managed);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
    GF_ANSWER(int, ordinal_of(p->context));
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
    GF_ANSWER(int, p->is_plain);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
    GF_ANSWER(CUdeviceptr, p->base);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
    GF_ANSWER(size_t, p->size_bytes);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_MAPPED:
    GF_ANSWER(int, 1);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
    GF_ANSWER(unsigned long long, 0);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
    GF_ANSWER(CUmemoryPool, pool_of(p));
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
  case CU_POINTER_ATTRIBUTE_IS_HW_DECOMPRESS_CAPABLE:
    GF_ANSWER(int, 0);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
    GF_ANSWER(unsigned long long, CU_POINTER_ATTRIBUTE_ACCESS_FLAG_READWRITE);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_MAPPING_SIZE:
    GF_ANSWER(size_t, p->size_bytes);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR:
    GF_ANSWER(CUdeviceptr, p->base);
    return CUDA_SUCCESS;
  case CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID:
    GF_ANSWER(unsigned long long, p->id);
    return CUDA_SUCCESS;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

CUresult CUDAAPI cuMemGetAddressRange_v2(CUdeviceptr *pbase, size_t *psize, CUdeviceptr dptr) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  CUdeviceptr base;
  size_t size_bytes;
  struct gf_allocation allocation;
  const uint64_t offset = gf_heap_offset((void *)dptr);
  struct gf_heap_block block;
  if (gf_allocations_find(dptr, &allocation)) {
    base = allocation.base;
    size_bytes = allocation.size_bytes;
  } else if (offset == UINT64_MAX) {
    result = range_on_host(lane, dptr, &base, &size_bytes);
  } else if (gf_heap_find(offset, &block)) {
    base = dptr - (offset - block.offset_bytes);
    size_bytes = block.size_bytes;
  } else {
    result = CUDA_ERROR_NOT_FOUND;
  }
  if (result != CUDA_SUCCESS)
    return result;
  if (pbase != NULL)
    *pbase = base;
  if (psize != NULL)
    *psize = size_bytes;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuPointerGetAttribute(void *data, CUpointer_attribute attribute, CUdeviceptr ptr) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct pointer pointer;
  if (data == NULL || !describe(lane, ptr, &pointer))
    return CUDA_ERROR_INVALID_VALUE;
  return answer(data, attribute, &pointer);
}

/// How many bytes an attribute's value has.
static size_t value_bytes(CUpointer_attribute attribute) {
  switch (attribute) {
  case CU_POINTER_ATTRIBUTE_CONTEXT:
  case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
  case CU_POINTER_ATTRIBUTE_HOST_POINTER:
  case CU_POINTER_ATTRIBUTE_BUFFER_ID:
  case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
  case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
  case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
  case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
  case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
  case CU_POINTER_ATTRIBUTE_MAPPING_SIZE:
  case CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR:
  case CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID:
    return 8;
  default:
    return 4;
  }
}

CUresult CUDAAPI cuPointerGetAttributes(unsigned int numAttributes, CUpointer_attribute *attributes,
                                        void **data, CUdeviceptr ptr) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (numAttributes == 0 || attributes == NULL || data == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  // Unlike the single question, this one succeeds for addresses that CUDA does not know: all zero.
  struct pointer pointer;
  int known = describe(lane, ptr, &pointer);
  for (unsigned i = 0; i < numAttributes; i++) {
    if (data[i] == NULL || (int)attributes[i] < CU_POINTER_ATTRIBUTE_CONTEXT ||
        attributes[i] > CU_POINTER_ATTRIBUTE_IS_HW_DECOMPRESS_CAPABLE)
      return CUDA_ERROR_INVALID_VALUE;
    if (!known || answer(data[i], attributes[i], &pointer) != CUDA_SUCCESS) {
      memset(data[i], 0, value_bytes(attributes[i]));
      if (attributes[i] == CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL)
        *(int *)data[i] = -2; // CUDA's "no device"
    }
  }
  return CUDA_SUCCESS;
}

static void keep_sync_memops(CUdeviceptr address, int sync_memops) {
  struct gf_heap_block block;
  const uint64_t offset = gf_host_offset((void *)address, 1);
  if (!gf_allocations_set_sync_memops(address, sync_memops) && offset != UINT64_MAX &&
      gf_heap_find(offset, &block))
    gf_heap_set_sync_memops(block.offset_bytes, sync_memops);
}

CUresult CUDAAPI cuPointerSetAttribute(const void *value, CUpointer_attribute attribute,
                                       CUdeviceptr ptr) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (value == NULL || attribute != CU_POINTER_ATTRIBUTE_SYNC_MEMOPS)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuPointerSetAttribute_args *args =
      gf_begin(lane, GF_OP_cuPointerSetAttribute, sizeof *args);
  args->address = ptr;
  args->value = *(const unsigned int *)value;
  args->attribute = (int32_t)attribute;
  args->pad = 0;
  const int sync_memops = args->value != 0;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    keep_sync_memops(ptr, sync_memops);
  return result;
}
