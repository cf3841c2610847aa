#include "reference.h"

#include "entry.h"

namespace softcuda {

TexRef::~TexRef() { changed(); }

void TexRef::changed() {
  if (number_)
    jit::remove_image(number_);
  number_ = 0;
  is_stale_ = true;
}

uint64_t TexRef::number() {
  if (!is_stale_)
    return number_;
  is_stale_ = false;
  CUDA_RESOURCE_DESC now = resource;
  if (now.resType == CU_RESOURCE_TYPE_LINEAR) {
    now.res.linear.format = format;
    now.res.linear.numChannels = channels;
  }
  jit::Image image;
  if (is_bound && describe_texture(now, texture, nullptr, &image) == CUDA_SUCCESS)
    number_ = jit::add_image(jit::ImageKind::Texture, image);
  return number_;
}

SurfRef::~SurfRef() {
  if (number)
    jit::remove_image(number);
}

CUresult SurfRef::bind(CUarray handle) {
  CUDA_RESOURCE_DESC resource{};
  resource.resType = CU_RESOURCE_TYPE_ARRAY;
  resource.res.array.hArray = handle;
  jit::Image image;
  GF_TRY(describe_surface(resource, &image));
  if (number)
    jit::remove_image(number);
  number = jit::add_image(jit::ImageKind::Surface, image);
  array = handle;
  return number ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

} // namespace softcuda
