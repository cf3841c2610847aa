// Stream-ordered memory and its pools.
#include "../pool.h"
#include "../capture.h"
#include "../entry.h"
#include "../graph_memory.h"
#include "../memory.h"
#include "../work.h"

using namespace softcuda;

namespace {

CUresult enter_pool(CUmemoryPool handle, Pool **pool) {
  GF_TRY(enter());
  *pool = Pool::from(handle);
  return *pool ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

// The memory can be used once the stream gets to this point; that it lies there already harms
// nobody.
CUresult allocate(Pool *pool, CUdeviceptr *out, size_t bytes, CUstream handle) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(out && bytes);
  if (stream->capture)
    return capture_allocation(*stream, bytes, out);
  if (!pool)
    pool = &stream->context.device.pool();
  uint64_t address;
  GF_TRY(pool->allocate(stream->context, bytes, &address));
  *out = address;
  return CUDA_SUCCESS;
}

// Pools are described by device; those of the host would need pinned memory that streams order.
CUresult device_of(const CUmemLocation &location, Device **device) {
  if (location.type != CU_MEM_LOCATION_TYPE_DEVICE)
    return CUDA_ERROR_NOT_SUPPORTED;
  return enter(location.id, device);
}

} // namespace

GF_API cuMemAllocAsync(CUdeviceptr *out, size_t bytes, CUstream stream) {
  return allocate(nullptr, out, bytes, stream);
}

GF_API cuMemAllocFromPoolAsync(CUdeviceptr *out, size_t bytes, CUmemoryPool handle,
                               CUstream stream) {
  Pool *pool;
  GF_TRY(enter_pool(handle, &pool));
  return allocate(pool, out, bytes, stream);
}

GF_API cuMemFreeAsync(CUdeviceptr address, CUstream handle) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  if (address == 0)
    return CUDA_SUCCESS;
  if (stream->capture)
    return capture_free(*stream, address);
  if (is_graph_memory(address)) {
    GF_REQUIRE(give_back_graph_memory(address));
    if (is_graph_memory(address)) // still its graph's, whose next launch may take it again
      return CUDA_SUCCESS;
  }
  bool ours = false;
  AddressMap::instance().update(address, [&](Allocation &a) {
    ours = a.base == address && a.kind == MemoryKind::Device && !a.internal && !a.freeing;
    a.freeing |= ours;
  });
  GF_REQUIRE(ours);
  return enqueue(*stream, FreeWork{address});
}

GF_API cuDeviceGetDefaultMemPool(CUmemoryPool *out, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(out);
  *out = handle_of<CUmemoryPool>(&device->default_pool());
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetMemPool(CUmemoryPool *out, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(out);
  *out = handle_of<CUmemoryPool>(&device->pool());
  return CUDA_SUCCESS;
}

GF_API cuDeviceSetMemPool(CUdevice dev, CUmemoryPool handle) {
  Device *device;
  Pool *pool;
  GF_TRY(enter(dev, &device));
  GF_TRY(enter_pool(handle, &pool));
  GF_REQUIRE(&pool->device == device && !(pool->store && pool->store->is_imported()));
  device->set_pool(pool);
  return CUDA_SUCCESS;
}

GF_API cuMemGetDefaultMemPool(CUmemoryPool *out, CUmemLocation *location,
                              CUmemAllocationType type) {
  GF_TRY(enter());
  Device *device;
  GF_REQUIRE(out && location && type == CU_MEM_ALLOCATION_TYPE_PINNED);
  GF_TRY(device_of(*location, &device));
  return cuDeviceGetDefaultMemPool(out, device->ordinal());
}

GF_API cuMemGetMemPool(CUmemoryPool *out, CUmemLocation *location, CUmemAllocationType type) {
  GF_TRY(enter());
  Device *device;
  GF_REQUIRE(out && location && type == CU_MEM_ALLOCATION_TYPE_PINNED);
  GF_TRY(device_of(*location, &device));
  return cuDeviceGetMemPool(out, device->ordinal());
}

GF_API cuMemSetMemPool(CUmemLocation *location, CUmemAllocationType type, CUmemoryPool pool) {
  GF_TRY(enter());
  Device *device;
  GF_REQUIRE(location && type == CU_MEM_ALLOCATION_TYPE_PINNED);
  GF_TRY(device_of(*location, &device));
  return cuDeviceSetMemPool(device->ordinal(), pool);
}

GF_API cuMemPoolCreate(CUmemoryPool *out, const CUmemPoolProps *properties) {
  GF_TRY(enter());
  GF_REQUIRE(out && properties && properties->allocType == CU_MEM_ALLOCATION_TYPE_PINNED);
  if (properties->handleTypes & ~CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR)
    return CUDA_ERROR_NOT_SUPPORTED;
  Device *device;
  GF_TRY(device_of(properties->location, &device));
  std::unique_ptr<PoolStore> store;
  if (properties->handleTypes)
    GF_TRY(PoolStore::create(*device, properties->maxSize ? properties->maxSize : UINT64_MAX / 2,
                             &store));
  *out = handle_of<CUmemoryPool>(new Pool(*device, properties->maxSize, std::move(store)));
  return CUDA_SUCCESS;
}

GF_API cuMemPoolExportToShareableHandle(void *out, CUmemoryPool handle,
                                        CUmemAllocationHandleType type, unsigned long long flags) {
  Pool *pool;
  GF_TRY(enter_pool(handle, &pool));
  GF_REQUIRE(out && flags == 0);
  if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR)
    return CUDA_ERROR_NOT_SUPPORTED;
  GF_REQUIRE(pool->store && !pool->store->is_imported());
  int fd;
  GF_TRY(pool->store->export_fd(&fd));
  *static_cast<int *>(out) = fd;
  return CUDA_SUCCESS;
}

// The descriptor is the number that the pointer holds, as with physical memory.
GF_API cuMemPoolImportFromShareableHandle(CUmemoryPool *out, void *os_handle,
                                          CUmemAllocationHandleType type,
                                          unsigned long long flags) {
  GF_TRY(enter());
  GF_REQUIRE(out && flags == 0);
  if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR)
    return CUDA_ERROR_NOT_SUPPORTED;
  std::unique_ptr<PoolStore> store;
  GF_TRY(PoolStore::import(static_cast<int>(reinterpret_cast<intptr_t>(os_handle)), &store));
  Device &device = store->device();
  *out = handle_of<CUmemoryPool>(new Pool(device, 0, std::move(store)));
  return CUDA_SUCCESS;
}

GF_API cuMemPoolExportPointer(CUmemPoolPtrExportData *out, CUdeviceptr address) {
  GF_TRY(enter());
  GF_REQUIRE(out);
  auto found = AddressMap::instance().find(address);
  GF_REQUIRE(found && found->base == address && found->pool && !found->freeing);
  PoolStore *store = found->pool->store.get();
  GF_REQUIRE(store && !store->is_imported());
  store->export_pointer(address, found->bytes, out);
  return CUDA_SUCCESS;
}

GF_API cuMemPoolImportPointer(CUdeviceptr *out, CUmemoryPool handle, CUmemPoolPtrExportData *data) {
  Context *context;
  Pool *pool;
  GF_TRY(enter_pool(handle, &pool));
  GF_REQUIRE(out && data && pool->store);
  GF_TRY(enter(&context));
  uint64_t address = 0;
  GF_TRY(pool->import_pointer(*context, *data, &address));
  *out = address;
  return CUDA_SUCCESS;
}

// The object stays, since memory from it may live on and is still counted in it.
GF_API cuMemPoolDestroy(CUmemoryPool handle) {
  Pool *pool;
  GF_TRY(enter_pool(handle, &pool));
  GF_REQUIRE(pool != &pool->device.default_pool());
  if (&pool->device.pool() == pool)
    pool->device.set_pool(nullptr);
  Pool::bury(pool);
  pool->close();
  return CUDA_SUCCESS;
}

GF_API cuMemPoolTrimTo(CUmemoryPool handle, size_t) {
  Pool *pool;
  return enter_pool(handle, &pool); // what is free has been given back already
}

GF_API cuMemPoolSetAttribute(CUmemoryPool handle, CUmemPool_attribute which, void *value) {
  Pool *pool;
  GF_TRY(enter_pool(handle, &pool));
  GF_REQUIRE(value);
  switch (which) {
  case CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
    pool->reuse_follow_event = *static_cast<int *>(value);
    return CUDA_SUCCESS;
  case CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
    pool->reuse_opportunistic = *static_cast<int *>(value);
    return CUDA_SUCCESS;
  case CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
    pool->reuse_internal = *static_cast<int *>(value);
    return CUDA_SUCCESS;
  case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD:
    pool->release_threshold = *static_cast<cuuint64_t *>(value);
    return CUDA_SUCCESS;
  case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH: // can only be reset
    GF_REQUIRE(*static_cast<cuuint64_t *>(value) == 0);
    pool->reserved_high = pool->used_bytes.load();
    return CUDA_SUCCESS;
  case CU_MEMPOOL_ATTR_USED_MEM_HIGH:
    GF_REQUIRE(*static_cast<cuuint64_t *>(value) == 0);
    pool->used_high = pool->used_bytes.load();
    return CUDA_SUCCESS;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

GF_API cuMemPoolGetAttribute(CUmemoryPool handle, CUmemPool_attribute which, void *value) {
  Pool *pool;
  GF_TRY(enter_pool(handle, &pool));
  GF_REQUIRE(value);
  auto put = [value](auto number) {
    *static_cast<decltype(number) *>(value) = number;
    return CUDA_SUCCESS;
  };
  switch (which) {
  case CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
    return put(pool->reuse_follow_event.load());
  case CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
    return put(pool->reuse_opportunistic.load());
  case CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
    return put(pool->reuse_internal.load());
  case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD:
    return put(pool->release_threshold.load());
  case CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT:
  case CU_MEMPOOL_ATTR_USED_MEM_CURRENT:
    return put(pool->used_bytes.load());
  case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
    return put(pool->reserved_high.load());
  case CU_MEMPOOL_ATTR_USED_MEM_HIGH:
    return put(pool->used_high.load());
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

GF_API cuMemPoolSetAccess(CUmemoryPool handle, const CUmemAccessDesc *descriptions, size_t count) {
  Pool *pool;
  GF_TRY(enter_pool(handle, &pool));
  GF_REQUIRE(descriptions && count);
  for (size_t i = 0; i < count; i++) {
    Device *device;
    GF_TRY(device_of(descriptions[i].location, &device));
    GF_REQUIRE(device != &pool->device ||
               descriptions[i].flags == CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
    std::lock_guard lock(pool->mutex);
    pool->access[device->ordinal()] = descriptions[i].flags;
  }
  return CUDA_SUCCESS;
}

GF_API cuMemPoolGetAccess(CUmemAccess_flags *flags, CUmemoryPool handle, CUmemLocation *location) {
  Pool *pool;
  Device *device;
  GF_TRY(enter_pool(handle, &pool));
  GF_REQUIRE(flags && location);
  GF_TRY(device_of(*location, &device));
  std::lock_guard lock(pool->mutex);
  auto found = pool->access.find(device->ordinal());
  *flags = device == &pool->device       ? CU_MEM_ACCESS_FLAGS_PROT_READWRITE
           : found == pool->access.end() ? CU_MEM_ACCESS_FLAGS_PROT_NONE
                                         : found->second;
  return CUDA_SUCCESS;
}
