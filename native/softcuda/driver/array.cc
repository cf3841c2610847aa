#include "array.h"

#include "format.h"
#include "memory.h"

#include <algorithm>

namespace softcuda {

namespace {

uint64_t bytes_of(const CUDA_ARRAY3D_DESCRIPTOR &d) {
  return uint64_t{element_bytes(d.Format, d.NumChannels)} * d.Width *
         std::max<uint64_t>(d.Height, 1) * std::max<uint64_t>(d.Depth, 1);
}

CUresult check(const CUDA_ARRAY3D_DESCRIPTOR &d) {
  constexpr unsigned kKnown = CUDA_ARRAY3D_LAYERED | CUDA_ARRAY3D_SURFACE_LDST |
                              CUDA_ARRAY3D_CUBEMAP | CUDA_ARRAY3D_TEXTURE_GATHER |
                              CUDA_ARRAY3D_COLOR_ATTACHMENT; // for OpenGL, which we do not share
  constexpr uint64_t kLargest = 131072;
  if (!element_bytes(d.Format, d.NumChannels) || d.Width == 0 || d.Width > kLargest ||
      d.Height > kLargest || d.Depth > 16384)
    return CUDA_ERROR_INVALID_VALUE;
  if (d.Flags & ~kKnown)
    return CUDA_ERROR_NOT_SUPPORTED;
  bool layered = d.Flags & CUDA_ARRAY3D_LAYERED;
  bool gather = d.Flags & CUDA_ARRAY3D_TEXTURE_GATHER;
  if (d.Depth == 0 ? layered : d.Height == 0 && !layered)
    return CUDA_ERROR_INVALID_VALUE;
  if (gather && (d.Height == 0 || (d.Depth != 0 && !layered)))
    return CUDA_ERROR_INVALID_VALUE;
  if ((d.Flags & CUDA_ARRAY3D_CUBEMAP) &&
      (d.Width != d.Height || d.Depth % 6 || d.Depth == 0 || (d.Depth != 6 && !layered)))
    return CUDA_ERROR_INVALID_VALUE;
  return CUDA_SUCCESS;
}

CUresult allocate(Context &context, uint64_t bytes, std::shared_ptr<ArrayStorage> &storage) {
  uint64_t base;
  if (CUresult result = allocate_device(context, bytes, &base))
    return result;
  // The application never sees the address, so it cannot be one that it frees.
  AddressMap::instance().update(base, [](Allocation &a) { a.internal = true; });
  storage.reset(new ArrayStorage{context, base});
  return CUDA_SUCCESS;
}

} // namespace

unsigned element_bytes(CUarray_format format, unsigned channels) {
  TexelFormat texel;
  return texel_format(format, channels, &texel) ? texel.bytes() : 0;
}

ArrayStorage::~ArrayStorage() {
  if (auto taken = AddressMap::instance().take(base, [](const Allocation &) { return true; }))
    release_storage(*taken);
}

Array::Array(Context &context, const CUDA_ARRAY3D_DESCRIPTOR &description,
             std::shared_ptr<ArrayStorage> storage, uint64_t base)
    : context(context), description(description), storage(std::move(storage)), base(base),
      element(element_bytes(description.Format, description.NumChannels)),
      pitch(uint64_t{element} * description.Width),
      slice(pitch * std::max<uint64_t>(description.Height, 1)) {}

CUresult Array::create(Context &context, const CUDA_ARRAY3D_DESCRIPTOR &description, Array **out) {
  if (CUresult result = check(description))
    return result;
  std::shared_ptr<ArrayStorage> storage;
  if (CUresult result = allocate(context, bytes_of(description), storage))
    return result;
  uint64_t base = storage->base;
  *out = new Array(context, description, std::move(storage), base);
  return CUDA_SUCCESS;
}

CUresult MipmappedArray::create(Context &context, const CUDA_ARRAY3D_DESCRIPTOR &description,
                                unsigned levels, MipmappedArray **out) {
  if (CUresult result = check(description))
    return result;
  bool layered = description.Flags & (CUDA_ARRAY3D_LAYERED | CUDA_ARRAY3D_CUBEMAP);
  unsigned most = 1;
  for (size_t side = std::max(
           {description.Width, description.Height, layered ? size_t{0} : description.Depth});
       side > 1; side /= 2)
    most++;
  levels = std::clamp(levels, 1u, most);
  std::vector<CUDA_ARRAY3D_DESCRIPTOR> each{description};
  uint64_t bytes = bytes_of(description);
  while (each.size() < levels) {
    auto halve = [](size_t side) { return side ? std::max<size_t>(side / 2, 1) : 0; };
    CUDA_ARRAY3D_DESCRIPTOR level = each.back();
    level.Width = halve(level.Width);
    level.Height = halve(level.Height);
    if (!layered)
      level.Depth = halve(level.Depth);
    each.push_back(level);
    bytes += bytes_of(level);
  }
  std::shared_ptr<ArrayStorage> storage;
  if (CUresult result = allocate(context, bytes, storage))
    return result;
  auto *made = new MipmappedArray;
  uint64_t base = storage->base;
  for (const CUDA_ARRAY3D_DESCRIPTOR &level : each) {
    made->levels.push_back(new Array(context, level, storage, base));
    made->levels.back()->is_level = true;
    base += bytes_of(level);
  }
  *out = made;
  return CUDA_SUCCESS;
}

MipmappedArray::~MipmappedArray() {
  for (Array *level : levels)
    delete level;
}

} // namespace softcuda
