#include "backends/cuda/overrides.h"

#include "backends/cuda/array_bytes.h"

namespace gpuferry::cuda {

namespace {

// Entry points carry no user data, and a process serves one session.
Session *the_session = nullptr;
Driver the_driver;

/// Makes an array of `bytes` under the session's quota.
template <class Handle, class Create>
CUresult create_under_quota(uint64_t bytes, Handle *out, Create create) {
  MemoryLedger &ledger = the_session->ledger;
  if (!ledger.reserve(bytes))
    return CUDA_ERROR_OUT_OF_MEMORY;
  const CUresult result = create();
  if (result != CUDA_SUCCESS) {
    ledger.cancel(bytes);
    return result;
  }
  CUcontext owner = nullptr;
  the_driver.cuCtxGetCurrent(&owner);
  ledger.record_array(*out, bytes, owner);
  return CUDA_SUCCESS;
}

CUresult create_array(CUarray *out, const CUDA_ARRAY_DESCRIPTOR *d) {
  return create_under_quota(array_bytes({d->Width, d->Height, 0, d->Format, d->NumChannels, 0}, 1),
                            out, [&] { return the_driver.cuArrayCreate_v2(out, d); });
}

CUresult create_array_3d(CUarray *out, const CUDA_ARRAY3D_DESCRIPTOR *d) {
  return create_under_quota(array_bytes(*d, 1), out,
                            [&] { return the_driver.cuArray3DCreate_v2(out, d); });
}

CUresult create_mipmapped(CUmipmappedArray *out, const CUDA_ARRAY3D_DESCRIPTOR *d,
                          unsigned levels) {
  return create_under_quota(array_bytes(*d, levels), out,
                            [&] { return the_driver.cuMipmappedArrayCreate(out, d, levels); });
}

CUresult destroy_array(CUarray array) {
  const CUresult result = the_driver.cuArrayDestroy(array);
  if (result == CUDA_SUCCESS)
    the_session->ledger.release_array(array);
  return result;
}

CUresult destroy_mipmapped(CUmipmappedArray array) {
  const CUresult result = the_driver.cuMipmappedArrayDestroy(array);
  if (result == CUDA_SUCCESS)
    the_session->ledger.release_array(array);
  return result;
}

CUresult create_memory(CUmemGenericAllocationHandle *out, size_t bytes,
                       const CUmemAllocationProp *properties, unsigned long long flags) {
  MemoryLedger &ledger = the_session->ledger;
  if (!ledger.reserve(bytes)) {
    // What can be no size is the driver's to say first.
    size_t granule_bytes = 1;
    const CUresult refused = the_driver.cuMemGetAllocationGranularity(
        &granule_bytes, properties, CU_MEM_ALLOC_GRANULARITY_MINIMUM);
    if (refused != CUDA_SUCCESS)
      return refused;
    return bytes % granule_bytes ? CUDA_ERROR_INVALID_VALUE : CUDA_ERROR_OUT_OF_MEMORY;
  }
  const CUresult result = the_driver.cuMemCreate(out, bytes, properties, flags);
  if (result == CUDA_SUCCESS)
    the_session->physical.created(*out, bytes);
  else
    ledger.cancel(bytes);
  return result;
}

CUresult retain_memory(CUmemGenericAllocationHandle *out, void *address) {
  const CUresult result = the_driver.cuMemRetainAllocationHandle(out, address);
  if (result == CUDA_SUCCESS)
    the_session->physical.retained(*out);
  return result;
}

CUresult map_memory(CUdeviceptr address, size_t bytes, size_t offset,
                    CUmemGenericAllocationHandle memory, unsigned long long flags) {
  const CUresult result = the_driver.cuMemMap(address, bytes, offset, memory, flags);
  if (result == CUDA_SUCCESS)
    the_session->physical.mapped(memory, address);
  return result;
}

CUresult unmap_memory(CUdeviceptr address, size_t bytes) {
  const CUresult result = the_driver.cuMemUnmap(address, bytes);
  if (result == CUDA_SUCCESS)
    the_session->ledger.cancel(the_session->physical.unmapped(address, bytes));
  return result;
}

/// Replaces `entry` where the driver has it.
template <class Function> void replace(Function &entry, Function replacement) {
  if (entry)
    entry = replacement;
}

} // namespace

void override_entry_points(Driver &driver, Session &session) {
  the_session = &session;
  static const Driver original = driver; // tests open several sessions, one after the other
  the_driver = original;
  replace(driver.cuArrayCreate_v2, create_array);
  replace(driver.cuArray3DCreate_v2, create_array_3d);
  replace(driver.cuMipmappedArrayCreate, create_mipmapped);
  replace(driver.cuArrayDestroy, destroy_array);
  replace(driver.cuMipmappedArrayDestroy, destroy_mipmapped);
  replace(driver.cuMemCreate, create_memory);
  replace(driver.cuMemRetainAllocationHandle, retain_memory);
  replace(driver.cuMemMap, map_memory);
  replace(driver.cuMemUnmap, unmap_memory);
}

} // namespace gpuferry::cuda
