// What a guest asks first: the driver and its devices.
#include "backends/cuda/call.h"

#include <algorithm>
#include <climits>
#include <cstring>

namespace gpuferry::cuda {

CUresult custom_gfOpen(Call &call) {
  auto *reply = call.reply<gf_gfOpen_reply>();
  reply->driver_version = call.session().library.version;
  reply->device_count = static_cast<uint32_t>(call.session().devices.size());
  reply->heap_at_same_address = call.session().region.heap_bytes() > 0;
  reply->driver_is_soft = call.session().library.is_soft;
  return CUDA_SUCCESS;
}

CUresult custom_gfDeviceInfo(Call &call) {
  const auto *args = call.args<gf_gfDeviceInfo_args>();
  if (!args)
    return call.poisoned();
  CUdevice device = 0;
  if (!call.session().device(args->device, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  const Driver &driver = call.driver();
  auto *reply = call.reply<gf_gfDeviceInfo_reply>();
  size_t total_bytes = 0;
  if (const CUresult error = driver.cuDeviceTotalMem_v2(&total_bytes, device))
    return error;
  reply->total_bytes = std::min<uint64_t>(total_bytes, call.session().ledger.quota_bytes());
  driver.cuDeviceGetName(reinterpret_cast<char *>(reply->name), sizeof reply->name, device);
  CUuuid uuid{};
  if (driver.cuDeviceGetUuid_v2 && driver.cuDeviceGetUuid_v2(&uuid, device) == CUDA_SUCCESS)
    std::memcpy(reply->uuid, uuid.bytes, sizeof reply->uuid);
  char luid[8] = {};
  unsigned node_mask = 0;
  reply->luid_result = driver.cuDeviceGetLuid ? driver.cuDeviceGetLuid(luid, &node_mask, device)
                                              : CUDA_ERROR_NOT_SUPPORTED;
  std::memcpy(reply->luid, luid, sizeof reply->luid);
  reply->luid_node_mask = node_mask;
  auto *attributes = call.reply_tail_array<int32_t>(args->attribute_count);
  if (!attributes)
    return call.poisoned();
  for (uint32_t i = 0; i < args->attribute_count; ++i) {
    int value = 0;
    attributes[i] = driver.cuDeviceGetAttribute(&value, static_cast<CUdevice_attribute>(i),
                                                device) == CUDA_SUCCESS
                        ? value
                        : INT32_MIN;
  }
  return CUDA_SUCCESS;
}

} // namespace gpuferry::cuda
