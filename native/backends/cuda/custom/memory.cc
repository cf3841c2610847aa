// Device memory under the session's quota, and heap ranges as pinned or managed memory.
#include "backends/cuda/call.h"

#include <algorithm>

namespace gpuferry::cuda {

namespace {

/// Allocates through `allocate(&address)`, with `bytes` counted against the quota.
template <class Allocate>
CUresult allocate_under_quota(Call &call, uint64_t bytes, uint64_t *address, Allocate allocate) {
  MemoryLedger &ledger = call.session().ledger;
  if (!ledger.reserve(bytes))
    return CUDA_ERROR_OUT_OF_MEMORY;
  CUdeviceptr native = 0;
  const CUresult result = allocate(&native);
  if (result != CUDA_SUCCESS) {
    ledger.cancel(bytes);
    return result;
  }
  ledger.record(native, bytes, call.lane().context);
  *address = native;
  return CUDA_SUCCESS;
}

} // namespace

CUresult custom_cuMemGetInfo_v2(Call &call) {
  auto *reply = call.reply<gf_cuMemGetInfo_v2_reply>();
  size_t free_bytes = 0, total_bytes = 0;
  if (const CUresult error = call.driver().cuMemGetInfo_v2(&free_bytes, &total_bytes))
    return error;
  const MemoryLedger &ledger = call.session().ledger;
  const uint64_t quota = ledger.quota_bytes(), used = ledger.used_bytes();
  reply->total_bytes = std::min<uint64_t>(total_bytes, quota);
  reply->free_bytes = std::min<uint64_t>(free_bytes, quota > used ? quota - used : 0);
  return CUDA_SUCCESS;
}

CUresult custom_cuMemGetAddressRange_v2(Call &call) {
  const auto *args = call.args<gf_cuMemGetAddressRange_v2_args>();
  if (!args)
    return call.poisoned();
  auto *reply = call.reply<gf_cuMemGetAddressRange_v2_reply>();
  CUdeviceptr base = 0;
  size_t size_bytes = 0;
  const CUresult result = call.driver().cuMemGetAddressRange_v2(&base, &size_bytes, args->address);
  reply->base = base;
  reply->size_bytes = size_bytes;
  return result;
}

CUresult custom_cuMemAlloc_v2(Call &call) {
  const auto *args = call.args<gf_cuMemAlloc_v2_args>();
  if (!args)
    return call.poisoned();
  auto *reply = call.reply<gf_cuMemAlloc_v2_reply>();
  return allocate_under_quota(call, args->size_bytes, &reply->address, [&](CUdeviceptr *address) {
    return call.driver().cuMemAlloc_v2(address, args->size_bytes);
  });
}

CUresult custom_cuMemAllocPitch_v2(Call &call) {
  const auto *args = call.args<gf_cuMemAllocPitch_v2_args>();
  if (!args)
    return call.poisoned();
  auto *reply = call.reply<gf_cuMemAllocPitch_v2_reply>();
  // The driver chooses the pitch. It pads rows to a few hundred bytes: count that beforehand, so
  // that the quota holds whatever it chooses.
  constexpr uint64_t kPitchBytes = 512;
  uint64_t padded = 0, bytes = 0;
  if (__builtin_add_overflow(args->width_bytes, kPitchBytes - 1, &padded) ||
      __builtin_mul_overflow(padded / kPitchBytes * kPitchBytes, args->height, &bytes))
    return CUDA_ERROR_INVALID_VALUE;
  size_t pitch = 0;
  const CUresult result =
      allocate_under_quota(call, bytes, &reply->address, [&](CUdeviceptr *address) {
        return call.driver().cuMemAllocPitch_v2(address, &pitch, args->width_bytes, args->height,
                                                args->element_bytes);
      });
  reply->pitch_bytes = pitch;
  return result;
}

CUresult custom_cuMemFree_v2(Call &call) {
  const auto *args = call.args<gf_cuMemFree_v2_args>();
  if (!args)
    return call.poisoned();
  call.will_block();
  const CUresult result = call.driver().cuMemFree_v2(args->address);
  if (result == CUDA_SUCCESS)
    call.session().ledger.release(args->address);
  return result;
}

CUresult custom_cuMemHostAlloc(Call &call) {
  const auto *args = call.args<gf_cuMemHostAlloc_args>();
  if (!args)
    return call.poisoned();
  auto *reply = call.reply<gf_cuMemHostAlloc_reply>();
  if (!call.heap(args->memory))
    return call.poisoned();
  return call.session().heap.pin(args->memory.offset_bytes, args->memory.size_bytes,
                                 CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP,
                                 &reply->address);
}

CUresult custom_cuMemAllocManaged(Call &call) {
  const auto *args = call.args<gf_cuMemAllocManaged_args>();
  if (!args)
    return call.poisoned();
  auto *reply = call.reply<gf_cuMemAllocManaged_reply>();
  if (!call.heap(args->memory))
    return call.poisoned();
  // One memory that guest and kernels both see: pinned memory at the same address on both sides.
  return call.session().heap.pin(args->memory.offset_bytes, args->memory.size_bytes,
                                 CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP,
                                 &reply->address);
}

CUresult custom_cuMemHostRegister_v2(Call &call) {
  const auto *args = call.args<gf_cuMemHostRegister_v2_args>();
  if (!args)
    return call.poisoned();
  if (!args->is_internal)
    if (const CUresult error = call.refuse_unsafe())
      return error;
  auto *reply = call.reply<gf_cuMemHostRegister_v2_reply>();
  if (!call.heap(args->memory))
    return call.poisoned();
  // I/O memory and read-only pages are the guest's own affair: what is pinned here is the heap.
  constexpr unsigned kGuestsOwn = CU_MEMHOSTREGISTER_IOMEMORY | CU_MEMHOSTREGISTER_READ_ONLY;
  return call.session().heap.pin(args->memory.offset_bytes, args->memory.size_bytes,
                                 (args->flags & ~kGuestsOwn) | CU_MEMHOSTREGISTER_DEVICEMAP,
                                 &reply->address);
}

CUresult custom_cuMemFreeHost(Call &call) {
  const auto *args = call.args<gf_cuMemFreeHost_args>();
  if (!args)
    return call.poisoned();
  call.will_block();
  // CUDA's own free waits for the device; unregistering need not.
  if (const CUresult error = call.driver().cuCtxSynchronize())
    return error;
  const CUresult result = call.session().heap.unpin(args->memory.offset_bytes);
  return result == CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED ? CUDA_ERROR_INVALID_VALUE : result;
}

CUresult custom_cuMemHostUnregister(Call &call) {
  const auto *args = call.args<gf_cuMemHostUnregister_args>();
  if (!args)
    return call.poisoned();
  call.will_block();
  return call.session().heap.unpin(args->memory.offset_bytes);
}

} // namespace gpuferry::cuda
