// Texture and surface references. CUDA 12's runtime knows them no more; the driver does.
#include "../reference.h"
#include "../array.h"
#include "../entry.h"
#include "../memory.h"
#include "../module.h"

#include <algorithm>

using namespace softcuda;

namespace {

constexpr size_t kTextureAlignBytes = 512;

template <class Handle, class T> CUresult enter_reference(Handle handle, T **reference) {
  Context *context;
  GF_TRY(enter(&context));
  *reference = T::from(handle);
  return *reference ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

/// Changes one property; the image is made again at the next launch.
template <class Change> CUresult change(CUtexref handle, bool is_valid, Change apply) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  GF_REQUIRE(is_valid);
  apply(*reference);
  reference->changed();
  return CUDA_SUCCESS;
}

/// Answers one question.
template <class T, class Get> CUresult ask(CUtexref handle, T *out, Get get) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  GF_REQUIRE(out);
  *out = static_cast<T>(get(*reference));
  return CUDA_SUCCESS;
}

bool is_mode(int mode) { return mode >= 0 && mode <= CU_TR_ADDRESS_MODE_BORDER; }
bool is_filter(int filter) {
  return filter == CU_TR_FILTER_MODE_POINT || filter == CU_TR_FILTER_MODE_LINEAR;
}
bool is_axis(int axis) { return axis >= 0 && axis < 3; }

void bind(TexRef &reference, const CUDA_RESOURCE_DESC &resource) {
  reference.resource = resource;
  reference.is_bound = true;
  reference.changed();
}

} // namespace

GF_API cuTexRefCreate(CUtexref *out) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out);
  *out = handle_of<CUtexref>(new TexRef(0));
  return CUDA_SUCCESS;
}

GF_API cuTexRefDestroy(CUtexref handle) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  GF_REQUIRE(!reference->variable); // a module's go with it
  delete reference;
  return CUDA_SUCCESS;
}

GF_API cuTexRefSetArray(CUtexref handle, CUarray array, unsigned int flags) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  Array *target = Array::from(array);
  if (!target)
    return CUDA_ERROR_INVALID_HANDLE;
  GF_REQUIRE(flags == CU_TRSA_OVERRIDE_FORMAT);
  CUDA_RESOURCE_DESC resource{};
  resource.resType = CU_RESOURCE_TYPE_ARRAY;
  resource.res.array.hArray = array;
  reference->format = target->description.Format;
  reference->channels = target->description.NumChannels;
  bind(*reference, resource);
  return CUDA_SUCCESS;
}

GF_API cuTexRefSetMipmappedArray(CUtexref handle, CUmipmappedArray array, unsigned int flags) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  MipmappedArray *target = MipmappedArray::from(array);
  if (!target)
    return CUDA_ERROR_INVALID_HANDLE;
  GF_REQUIRE(flags == CU_TRSA_OVERRIDE_FORMAT);
  CUDA_RESOURCE_DESC resource{};
  resource.resType = CU_RESOURCE_TYPE_MIPMAPPED_ARRAY;
  resource.res.mipmap.hMipmappedArray = array;
  reference->format = target->levels.front()->description.Format;
  reference->channels = target->levels.front()->description.NumChannels;
  bind(*reference, resource);
  return CUDA_SUCCESS;
}

// Fetches count from an aligned address; who binds another adds the offset to its indices.
GF_API cuTexRefSetAddress_v2(size_t *offset, CUtexref handle, CUdeviceptr address, size_t bytes) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  size_t excess = address % kTextureAlignBytes;
  GF_REQUIRE((offset || excess == 0) && bytes > 0 && known(address - excess, bytes + excess));
  CUDA_RESOURCE_DESC resource{};
  resource.resType = CU_RESOURCE_TYPE_LINEAR;
  resource.res.linear.devPtr = address - excess;
  resource.res.linear.sizeInBytes = bytes + excess;
  bind(*reference, resource);
  if (offset)
    *offset = excess;
  return CUDA_SUCCESS;
}

GF_API cuTexRefSetAddress2D_v3(CUtexref handle, const CUDA_ARRAY_DESCRIPTOR *description,
                               CUdeviceptr address, size_t pitch) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  GF_REQUIRE(description);
  CUDA_RESOURCE_DESC resource{};
  resource.resType = CU_RESOURCE_TYPE_PITCH2D;
  resource.res.pitch2D = {address,
                          description->Format,
                          description->NumChannels,
                          description->Width,
                          description->Height,
                          pitch};
  jit::Image image;
  GF_TRY(describe_texture(resource, {}, nullptr, &image));
  reference->format = description->Format;
  reference->channels = description->NumChannels;
  bind(*reference, resource);
  return CUDA_SUCCESS;
}

GF_API cuTexRefSetFormat(CUtexref handle, CUarray_format format, int channels) {
  return change(handle, element_bytes(format, static_cast<unsigned>(channels)) != 0,
                [&](TexRef &r) {
                  r.format = format;
                  r.channels = static_cast<unsigned>(channels);
                });
}

GF_API cuTexRefSetAddressMode(CUtexref handle, int axis, CUaddress_mode mode) {
  return change(handle, is_axis(axis) && is_mode(mode),
                [&](TexRef &r) { r.texture.addressMode[axis] = mode; });
}

GF_API cuTexRefSetFilterMode(CUtexref handle, CUfilter_mode mode) {
  return change(handle, is_filter(mode), [&](TexRef &r) { r.texture.filterMode = mode; });
}

GF_API cuTexRefSetMipmapFilterMode(CUtexref handle, CUfilter_mode mode) {
  return change(handle, is_filter(mode), [&](TexRef &r) { r.texture.mipmapFilterMode = mode; });
}

GF_API cuTexRefSetMipmapLevelBias(CUtexref handle, float bias) {
  return change(handle, true, [&](TexRef &r) { r.texture.mipmapLevelBias = bias; });
}

GF_API cuTexRefSetMipmapLevelClamp(CUtexref handle, float least, float most) {
  return change(handle, true, [&](TexRef &r) {
    r.texture.minMipmapLevelClamp = least;
    r.texture.maxMipmapLevelClamp = most;
  });
}

GF_API cuTexRefSetMaxAnisotropy(CUtexref handle, unsigned int most) {
  return change(handle, true, [&](TexRef &r) { r.texture.maxAnisotropy = std::min(most, 16u); });
}

GF_API cuTexRefSetBorderColor(CUtexref handle, float *colour) {
  return change(handle, colour != nullptr,
                [&](TexRef &r) { std::copy_n(colour, 4, r.texture.borderColor); });
}

GF_API cuTexRefSetFlags(CUtexref handle, unsigned int flags) {
  constexpr unsigned kKnown = CU_TRSF_READ_AS_INTEGER | CU_TRSF_NORMALIZED_COORDINATES |
                              CU_TRSF_SRGB | CU_TRSF_DISABLE_TRILINEAR_OPTIMIZATION;
  return change(handle, (flags & ~kKnown) == 0, [&](TexRef &r) { r.texture.flags = flags; });
}

GF_API cuTexRefGetAddress_v2(CUdeviceptr *out, CUtexref handle) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  bool is_linear = reference->resource.resType == CU_RESOURCE_TYPE_LINEAR,
       is_pitched = reference->resource.resType == CU_RESOURCE_TYPE_PITCH2D;
  GF_REQUIRE(out && reference->is_bound && (is_linear || is_pitched));
  *out = is_linear ? reference->resource.res.linear.devPtr : reference->resource.res.pitch2D.devPtr;
  return CUDA_SUCCESS;
}

GF_API cuTexRefGetArray(CUarray *out, CUtexref handle) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  GF_REQUIRE(out && reference->is_bound && reference->resource.resType == CU_RESOURCE_TYPE_ARRAY);
  *out = reference->resource.res.array.hArray;
  return CUDA_SUCCESS;
}

GF_API cuTexRefGetMipmappedArray(CUmipmappedArray *out, CUtexref handle) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  GF_REQUIRE(out && reference->is_bound &&
             reference->resource.resType == CU_RESOURCE_TYPE_MIPMAPPED_ARRAY);
  *out = reference->resource.res.mipmap.hMipmappedArray;
  return CUDA_SUCCESS;
}

GF_API cuTexRefGetFormat(CUarray_format *format, int *channels, CUtexref handle) {
  GF_TRY(enter());
  GF_REQUIRE(format && channels);
  GF_TRY(ask(handle, format, [](TexRef &r) { return r.format; }));
  return ask(handle, channels, [](TexRef &r) { return r.channels; });
}

GF_API cuTexRefGetAddressMode(CUaddress_mode *out, CUtexref handle, int axis) {
  GF_REQUIRE(is_axis(axis));
  return ask(handle, out, [&](TexRef &r) { return r.texture.addressMode[axis]; });
}

GF_API cuTexRefGetFilterMode(CUfilter_mode *out, CUtexref handle) {
  return ask(handle, out, [](TexRef &r) { return r.texture.filterMode; });
}

GF_API cuTexRefGetMipmapFilterMode(CUfilter_mode *out, CUtexref handle) {
  return ask(handle, out, [](TexRef &r) { return r.texture.mipmapFilterMode; });
}

GF_API cuTexRefGetMipmapLevelBias(float *out, CUtexref handle) {
  return ask(handle, out, [](TexRef &r) { return r.texture.mipmapLevelBias; });
}

GF_API cuTexRefGetMipmapLevelClamp(float *least, float *most, CUtexref handle) {
  GF_TRY(enter());
  GF_REQUIRE(least && most);
  GF_TRY(ask(handle, least, [](TexRef &r) { return r.texture.minMipmapLevelClamp; }));
  return ask(handle, most, [](TexRef &r) { return r.texture.maxMipmapLevelClamp; });
}

GF_API cuTexRefGetMaxAnisotropy(int *out, CUtexref handle) {
  return ask(handle, out, [](TexRef &r) { return r.texture.maxAnisotropy; });
}

GF_API cuTexRefGetBorderColor(float *colour, CUtexref handle) {
  TexRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  GF_REQUIRE(colour);
  std::copy_n(reference->texture.borderColor, 4, colour);
  return CUDA_SUCCESS;
}

GF_API cuTexRefGetFlags(unsigned int *out, CUtexref handle) {
  return ask(handle, out, [](TexRef &r) { return r.texture.flags; });
}

// Since CUDA 3.2 a module's references are bound for all its kernels.
GF_API cuParamSetTexRef(CUfunction function, int unit, CUtexref handle) {
  GF_TRY(enter());
  if (!Function::from(function))
    return CUDA_ERROR_INVALID_HANDLE;
  return change(handle, unit == CU_PARAM_TR_DEFAULT, [](TexRef &) {});
}

GF_API cuSurfRefSetArray(CUsurfref handle, CUarray array, unsigned int flags) {
  SurfRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  GF_REQUIRE(flags == 0);
  return reference->bind(array);
}

GF_API cuSurfRefGetArray(CUarray *out, CUsurfref handle) {
  SurfRef *reference;
  GF_TRY(enter_reference(handle, &reference));
  GF_REQUIRE(out && reference->array);
  *out = reference->array;
  return CUDA_SUCCESS;
}
