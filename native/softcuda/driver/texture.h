// Texture and surface objects: CUDA's descriptions of them, checked, and the images that kernels see.
#pragma once

#include "cuda_api.h"
#include "jit.h"

#include <optional>

namespace softcuda {

/// The image that a texture of this description reads. `view` may be null. CUDA_ERROR_INVALID_VALUE for what CUDA's
/// manual forbids, CUDA_ERROR_INVALID_HANDLE for an array that there is not.
CUresult describe_texture(const CUDA_RESOURCE_DESC &resource, const CUDA_TEXTURE_DESC &texture,
                          const CUDA_RESOURCE_VIEW_DESC *view, jit::Image *image);
/// The image that a surface accesses: an array that was made for it.
CUresult describe_surface(const CUDA_RESOURCE_DESC &resource, jit::Image *image);

/// What is known of an object; its number is what the application has as CUtexObject or CUsurfObject.
struct ImageObject {
  jit::ImageKind kind;
  CUDA_RESOURCE_DESC resource;
  CUDA_TEXTURE_DESC texture;
  std::optional<CUDA_RESOURCE_VIEW_DESC> view;
};

/// Makes the image known to kernels. CUDA_ERROR_OUT_OF_MEMORY when there are a million.
CUresult add_object(const ImageObject &object, const jit::Image &image, unsigned long long *number);
std::optional<ImageObject> find_object(jit::ImageKind kind, unsigned long long number);
/// False where there is no such object.
bool remove_object(jit::ImageKind kind, unsigned long long number);

} // namespace softcuda
