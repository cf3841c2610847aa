// Pinned, managed and registered host memory: blocks of the shared heap, at one address in the
// guest, in the executor and in kernels.
#include "cuda/host_memory.h"

#include <sys/stat.h>

#include "base/log.h"
#include "base/mappings.h"
#include "cuda/context.h"
#include "cuda/progress.h"
#include "heap/alias.h"
#include "heap/heap.h"
#include "session/session.h"

#define GF_HOST_ALLOC_FLAGS                                                                        \
  (CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_WRITECOMBINED)
#define GF_HOST_REGISTER_FLAGS                                                                     \
  (CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP | CU_MEMHOSTREGISTER_READ_ONLY)

uint64_t gf_host_offset(const void *pointer, uint64_t size_bytes) {
  uint64_t offset = gf_heap_range_offset(pointer, size_bytes);
  return offset != UINT64_MAX ? offset : gf_alias_range_offset(pointer, size_bytes);
}

CUdeviceptr gf_on_device(CUdeviceptr address) {
  const uint64_t offset_bytes = gf_alias_range_offset((const void *)address, 1);
  return offset_bytes != UINT64_MAX ? (CUdeviceptr)(gf_session.heap + offset_bytes) : address;
}

static int heap_usable(void) {
  if (gf_session.heap_at_address)
    return 1;
  gf_log(GF_LOG_WARN, "no pinned or managed memory: the heap's address is taken in this process or "
                      "in the executor");
  return 0;
}

CUresult CUDAAPI cuMemHostAlloc(void **pp, size_t bytesize, unsigned int Flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pp == NULL || bytesize == 0 || (Flags & ~GF_HOST_ALLOC_FLAGS))
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_heap_block block;
  if (!heap_usable() || !gf_heap_alloc(bytesize, GF_HEAP_PINNED, &block))
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuMemHostAlloc_args *args = gf_begin(lane, GF_OP_cuMemHostAlloc, sizeof *args);
  args->memory = (struct gf_heap_range){block.offset_bytes, block.pages_bytes};
  args->flags = Flags;
  args->pad = 0;
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_heap_free(block.offset_bytes);
    return result;
  }
  gf_heap_describe(block.offset_bytes, Flags, gf_thread.context);
  *pp = gf_session.heap + block.offset_bytes;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemAllocHost_v2(void **pp, size_t bytesize) {
  return cuMemHostAlloc(pp, bytesize, CU_MEMHOSTALLOC_DEVICEMAP);
}

CUresult CUDAAPI cuMemAllocManaged(CUdeviceptr *dptr, size_t bytesize, unsigned int flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (dptr == NULL || bytesize == 0 ||
      (flags != CU_MEM_ATTACH_GLOBAL && flags != CU_MEM_ATTACH_HOST))
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_heap_block block;
  if (!heap_usable() || !gf_heap_alloc(bytesize, GF_HEAP_MANAGED, &block))
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuMemAllocManaged_args *args = gf_begin(lane, GF_OP_cuMemAllocManaged, sizeof *args);
  args->memory = (struct gf_heap_range){block.offset_bytes, block.pages_bytes};
  args->flags = flags;
  args->pad = 0;
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_heap_free(block.offset_bytes);
    return result;
  }
  gf_heap_describe(block.offset_bytes, flags, gf_thread.context);
  *dptr = (CUdeviceptr)(gf_session.heap + block.offset_bytes);
  return CUDA_SUCCESS;
}

/// Ends pinned and managed memory alike; waits for the device, because the pages go.
CUresult CUDAAPI cuMemFreeHost(void *p) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS || p == NULL)
    return result;
  struct gf_heap_block block;
  uint64_t offset = gf_heap_offset(p);
  if (offset == UINT64_MAX || !gf_heap_find(offset, &block) || block.offset_bytes != offset ||
      (block.kind != GF_HEAP_PINNED && block.kind != GF_HEAP_MANAGED))
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemFreeHost_args *args = gf_begin(lane, GF_OP_cuMemFreeHost, sizeof *args);
  args->memory = (struct gf_heap_range){block.offset_bytes, block.pages_bytes};
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    gf_heap_free(block.offset_bytes);
  return result;
}

CUresult CUDAAPI cuMemHostGetDevicePointer_v2(CUdeviceptr *pdptr, void *p, unsigned int Flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  uint64_t offset = gf_host_offset(p, 1);
  struct gf_alias alias;
  if (pdptr != NULL && Flags == 0 && offset == UINT64_MAX && gf_alias_find(p, &alias)) {
    gf_log(GF_LOG_WARN,
           "registered memory that other processes share, or that may only be read, has no "
           "address on the device");
    return CUDA_ERROR_NOT_SUPPORTED;
  }
  if (pdptr == NULL || Flags != 0 || offset == UINT64_MAX)
    return CUDA_ERROR_INVALID_VALUE;
  *pdptr = (CUdeviceptr)(gf_session.heap + offset);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemHostGetFlags(unsigned int *pFlags, void *p) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_alias alias;
  if (pFlags != NULL && gf_alias_find(p, &alias)) {
    *pFlags = alias.flags | CU_MEMHOSTALLOC_DEVICEMAP;
    return CUDA_SUCCESS;
  }
  struct gf_heap_block block;
  uint64_t offset = gf_host_offset(p, 1);
  if (pFlags == NULL || offset == UINT64_MAX || !gf_heap_find(offset, &block) ||
      block.kind == GF_HEAP_MANAGED)
    return CUDA_ERROR_INVALID_VALUE;
  *pFlags = block.flags | CU_MEMHOSTALLOC_DEVICEMAP; // with unified addressing all is mapped
  return CUDA_SUCCESS;
}

static enum gf_memory_kind kind_of(const void *p, size_t bytes) {
  const uint64_t last = (uint64_t)p + bytes - 1;
  struct stat region;
  if (last < (uint64_t)p)
    return GF_MEMORY_UNREADABLE;
  if (fstat(gf_session.region_fd, &region) != 0)
    return GF_MEMORY_UNKNOWN;
  return gf_memory_kind((uint64_t)p, last + 1, region.st_ino);
}

static CUresult refusal_of(enum gf_alias_status status) {
  switch (status) {
  case GF_ALIAS_OVERLAPS:
  case GF_ALIAS_IN_ONE_PAGE:
    return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  case GF_ALIAS_NO_MEMORY:
    return CUDA_ERROR_OUT_OF_MEMORY;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

/// `is_internal`: no call of the application's, which a capture might forbid.
static CUresult register_memory(void *p, size_t bytesize, unsigned int Flags, int is_internal) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (p == NULL || bytesize == 0)
    return CUDA_ERROR_INVALID_VALUE;
  if (!heap_usable())
    return CUDA_ERROR_OUT_OF_MEMORY;
  if (gf_heap_range_offset(p, 1) != UINT64_MAX) // pinned from the beginning
    return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  const enum gf_memory_kind kind = kind_of(p, bytesize);
  if (kind == GF_MEMORY_UNREADABLE ||
      (kind == GF_MEMORY_READ_ONLY && !(Flags & CU_MEMHOSTREGISTER_READ_ONLY)))
    return CUDA_ERROR_INVALID_VALUE;
  int in_name_only = kind != GF_MEMORY_OWN;
  struct gf_alias alias;
  enum gf_alias_status status = gf_alias_add(p, bytesize, in_name_only, &alias);
  if (status == GF_ALIAS_IN_ONE_PAGE && !is_internal) {
    in_name_only = 1;
    status = gf_alias_add(p, bytesize, in_name_only, &alias);
  }
  if (status != GF_ALIAS_OK)
    return refusal_of(status);
  if (in_name_only) {
    // The driver is not asked, so what it would look at is looked at here.
    result = is_internal ? CUDA_ERROR_NOT_SUPPORTED : gf_enter_current(&lane);
    if (result == CUDA_SUCCESS && (Flags & ~GF_HOST_REGISTER_FLAGS))
      result = CUDA_ERROR_INVALID_VALUE;
    if (result == CUDA_SUCCESS)
      gf_alias_describe(p, Flags, gf_thread.context);
    else
      gf_alias_remove(p);
    return result;
  }
  struct gf_cuMemHostRegister_v2_args *args =
      gf_begin(lane, GF_OP_cuMemHostRegister_v2, sizeof *args);
  args->memory = (struct gf_heap_range){alias.offset_bytes, alias.pages_bytes};
  args->flags = Flags;
  args->is_internal = (uint32_t)is_internal;
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_alias_remove(p);
    return result;
  }
  gf_heap_describe(alias.offset_bytes, Flags, gf_thread.context);
  gf_alias_describe(p, Flags, gf_thread.context);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemHostRegister_v2(void *p, size_t bytesize, unsigned int Flags) {
  return register_memory(p, bytesize, Flags, 0);
}

CUresult CUDAAPI cuMemHostUnregister(void *p) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_alias alias;
  if (p == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  if (!gf_alias_find(p, &alias))
    return CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
  if (alias.range != p)
    return CUDA_ERROR_INVALID_VALUE;
  if (alias.pages == NULL) {
    gf_alias_remove(p);
    return CUDA_SUCCESS;
  }
  struct gf_cuMemHostUnregister_args *args =
      gf_begin(lane, GF_OP_cuMemHostUnregister, sizeof *args);
  args->memory = (struct gf_heap_range){alias.offset_bytes, alias.pages_bytes};
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    gf_alias_remove(p);
  return result;
}

uint64_t gf_host_offset_for_graph(const void *pointer, uint64_t size_bytes) {
  uint64_t offset = gf_host_offset(pointer, size_bytes);
  if (offset != UINT64_MAX)
    return offset;
  if (register_memory((void *)pointer, size_bytes, 0, 1) == CUDA_SUCCESS)
    return gf_host_offset(pointer, size_bytes);
  gf_log(GF_LOG_WARN,
         "a graph copies %llu bytes of pageable memory that cannot be shared with the "
         "host",
         (unsigned long long)size_bytes);
  return UINT64_MAX;
}
