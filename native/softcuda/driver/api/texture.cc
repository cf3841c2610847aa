// Texture and surface objects.
#include "../texture.h"
#include "../entry.h"

using namespace softcuda;
using jit::ImageKind;

namespace {

CUresult enter_object(ImageKind kind, unsigned long long number, ImageObject *object) {
  Context *context;
  GF_TRY(enter(&context));
  auto found = find_object(kind, number);
  GF_REQUIRE(found);
  *object = *found;
  return CUDA_SUCCESS;
}

CUresult destroy(ImageKind kind, unsigned long long number) {
  Context *context;
  GF_TRY(enter(&context));
  return remove_object(kind, number) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

} // namespace

GF_API cuTexObjectCreate(CUtexObject *out, const CUDA_RESOURCE_DESC *resource,
                         const CUDA_TEXTURE_DESC *texture, const CUDA_RESOURCE_VIEW_DESC *view) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out && resource && texture);
  jit::Image image;
  GF_TRY(describe_texture(*resource, *texture, view, &image));
  ImageObject object{ImageKind::Texture, *resource, *texture, std::nullopt};
  if (view)
    object.view = *view;
  return add_object(object, image, out);
}

GF_API cuTexObjectDestroy(CUtexObject object) { return destroy(ImageKind::Texture, object); }

GF_API cuTexObjectGetResourceDesc(CUDA_RESOURCE_DESC *out, CUtexObject number) {
  ImageObject object;
  GF_TRY(enter_object(ImageKind::Texture, number, &object));
  GF_REQUIRE(out);
  *out = object.resource;
  return CUDA_SUCCESS;
}

GF_API cuTexObjectGetTextureDesc(CUDA_TEXTURE_DESC *out, CUtexObject number) {
  ImageObject object;
  GF_TRY(enter_object(ImageKind::Texture, number, &object));
  GF_REQUIRE(out);
  *out = object.texture;
  return CUDA_SUCCESS;
}

GF_API cuTexObjectGetResourceViewDesc(CUDA_RESOURCE_VIEW_DESC *out, CUtexObject number) {
  ImageObject object;
  GF_TRY(enter_object(ImageKind::Texture, number, &object));
  GF_REQUIRE(out && object.view);
  *out = *object.view;
  return CUDA_SUCCESS;
}

GF_API cuSurfObjectCreate(CUsurfObject *out, const CUDA_RESOURCE_DESC *resource) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out && resource);
  jit::Image image;
  GF_TRY(describe_surface(*resource, &image));
  return add_object({ImageKind::Surface, *resource, {}, std::nullopt}, image, out);
}

GF_API cuSurfObjectDestroy(CUsurfObject object) { return destroy(ImageKind::Surface, object); }

GF_API cuSurfObjectGetResourceDesc(CUDA_RESOURCE_DESC *out, CUsurfObject number) {
  ImageObject object;
  GF_TRY(enter_object(ImageKind::Surface, number, &object));
  GF_REQUIRE(out);
  *out = object.resource;
  return CUDA_SUCCESS;
}
