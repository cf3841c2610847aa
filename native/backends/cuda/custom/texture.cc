// Texture and surface objects: descriptions in which handles of the guest become the driver's.
#include "backends/cuda/call.h"

#include <cstring>

namespace gpuferry::cuda {

namespace {

/// Puts the native resource into a description. `guest` names the array; linear and pitched memory
/// are device addresses, which stand in the description already.
CUresult settle_resource(Call &call, CUDA_RESOURCE_DESC &desc, uint64_t guest) {
  desc.flags = 0;
  switch (desc.resType) {
  case CU_RESOURCE_TYPE_ARRAY:
    return call.resolve(GF_KIND_ARRAY, guest, &desc.res.array.hArray);
  case CU_RESOURCE_TYPE_MIPMAPPED_ARRAY:
    return call.resolve(GF_KIND_MIPMAPPED_ARRAY, guest, &desc.res.mipmap.hMipmappedArray);
  case CU_RESOURCE_TYPE_LINEAR:
    return call.may_copy(desc.res.linear.devPtr, desc.res.linear.sizeInBytes)
               ? CUDA_SUCCESS
               : CUDA_ERROR_INVALID_VALUE;
  case CU_RESOURCE_TYPE_PITCH2D: {
    uint64_t bytes = 0;
    if (__builtin_mul_overflow(desc.res.pitch2D.pitchInBytes, desc.res.pitch2D.height, &bytes))
      return CUDA_ERROR_INVALID_VALUE;
    return call.may_copy(desc.res.pitch2D.devPtr, bytes) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  }
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

} // namespace

CUresult custom_cuTexObjectCreate(Call &call) {
  const auto *args = call.args<gf_cuTexObjectCreate_args>();
  if (!args)
    return call.poisoned();
  CUDA_RESOURCE_DESC resource{};
  CUDA_TEXTURE_DESC texture{};
  CUDA_RESOURCE_VIEW_DESC view{};
  static_assert(sizeof resource == sizeof args->resource_desc &&
                sizeof texture == sizeof args->texture_desc &&
                sizeof view == sizeof args->view_desc);
  std::memcpy(&resource, args->resource_desc, sizeof resource);
  std::memcpy(&texture, args->texture_desc, sizeof texture);
  std::memcpy(&view, args->view_desc, sizeof view);
  if (const CUresult error = settle_resource(call, resource, args->resource))
    return error;
  auto *reply = call.reply<gf_cuTexObjectCreate_reply>();
  CUtexObject object = 0;
  const CUresult result = call.driver().cuTexObjectCreate(&object, &resource, &texture,
                                                          args->has_view ? &view : nullptr);
  reply->object = object;
  return result;
}

CUresult custom_cuSurfObjectCreate(Call &call) {
  const auto *args = call.args<gf_cuSurfObjectCreate_args>();
  if (!args)
    return call.poisoned();
  CUDA_RESOURCE_DESC resource{};
  resource.resType = CU_RESOURCE_TYPE_ARRAY;
  if (const CUresult error = settle_resource(call, resource, args->array))
    return error;
  auto *reply = call.reply<gf_cuSurfObjectCreate_reply>();
  CUsurfObject object = 0;
  const CUresult result = call.driver().cuSurfObjectCreate(&object, &resource);
  reply->object = object;
  return result;
}

} // namespace gpuferry::cuda
