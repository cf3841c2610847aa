#include "texture.h"

#include "array.h"
#include "device.h"
#include "entry.h"
#include "format.h"
#include "memory.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace softcuda {

namespace {

constexpr unsigned kTextureAlignBytes = 512, kPitchAlignBytes = 32; // as the attributes say
constexpr uint64_t kLinearTexels = 1ull << 28;
constexpr uint64_t kPitchedWidth = 131072, kPitchedHeight = 65000, kPitchedPitchBytes = 2097120;
constexpr unsigned kTextureFlags = CU_TRSF_READ_AS_INTEGER | CU_TRSF_NORMALIZED_COORDINATES |
                                   CU_TRSF_SRGB | CU_TRSF_DISABLE_TRILINEAR_OPTIMIZATION |
                                   CU_TRSF_SEAMLESS_CUBEMAP;

jit::ImageLevel level_of(const Array &array) {
  return {.base = array.base,
          .pitch_bytes = array.pitch,
          .slice_bytes = array.slice,
          .width = static_cast<uint32_t>(array.description.Width),
          .height = static_cast<uint32_t>(array.rows()),
          .depth = static_cast<uint32_t>(array.slices())};
}

CUresult describe_array(const Array &array, jit::Image *image) {
  TexelFormat format;
  GF_REQUIRE(texel_format(array.description.Format, array.description.NumChannels, &format));
  image->type = format.type;
  image->channels = static_cast<uint8_t>(format.channels);
  image->layered = array.description.Flags & CUDA_ARRAY3D_LAYERED;
  image->cube = array.description.Flags & CUDA_ARRAY3D_CUBEMAP;
  image->level_count = 1;
  image->levels[0] = level_of(array);
  return CUDA_SUCCESS;
}

CUresult describe_mipmap(const MipmappedArray &mipmap, jit::Image *image) {
  GF_TRY(describe_array(*mipmap.levels.front(), image));
  image->level_count =
      static_cast<uint32_t>(std::min<size_t>(mipmap.levels.size(), jit::kMaxImageLevels));
  for (uint32_t i = 0; i < image->level_count; i++)
    image->levels[i] = level_of(*mipmap.levels[i]);
  return CUDA_SUCCESS;
}

CUresult describe_linear(const CUDA_RESOURCE_DESC &resource, jit::Image *image) {
  auto &linear = resource.res.linear;
  TexelFormat format;
  GF_REQUIRE(texel_format(linear.format, linear.numChannels, &format));
  uint64_t texels = linear.sizeInBytes / format.bytes();
  GF_REQUIRE(linear.devPtr % kTextureAlignBytes == 0 && texels > 0 && texels <= kLinearTexels &&
             known(linear.devPtr, linear.sizeInBytes));
  image->type = format.type;
  image->channels = static_cast<uint8_t>(format.channels);
  image->linear_memory = true;
  image->levels[0] = {.base = linear.devPtr,
                      .pitch_bytes = linear.sizeInBytes,
                      .slice_bytes = linear.sizeInBytes,
                      .width = static_cast<uint32_t>(texels)};
  return CUDA_SUCCESS;
}

CUresult describe_pitched(const CUDA_RESOURCE_DESC &resource, jit::Image *image) {
  auto &pitched = resource.res.pitch2D;
  TexelFormat format;
  GF_REQUIRE(texel_format(pitched.format, pitched.numChannels, &format));
  GF_REQUIRE(pitched.devPtr % kTextureAlignBytes == 0 &&
             pitched.pitchInBytes % kPitchAlignBytes == 0 && pitched.width > 0 &&
             pitched.width <= kPitchedWidth && pitched.height > 0 &&
             pitched.height <= kPitchedHeight && pitched.pitchInBytes <= kPitchedPitchBytes);
  uint64_t row_bytes = pitched.width * format.bytes();
  GF_REQUIRE(pitched.pitchInBytes >= row_bytes &&
             known(pitched.devPtr, (pitched.height - 1) * pitched.pitchInBytes + row_bytes));
  image->type = format.type;
  image->channels = static_cast<uint8_t>(format.channels);
  image->levels[0] = {.base = pitched.devPtr,
                      .pitch_bytes = pitched.pitchInBytes,
                      .slice_bytes = pitched.pitchInBytes * pitched.height,
                      .width = static_cast<uint32_t>(pitched.width),
                      .height = static_cast<uint32_t>(pitched.height)};
  return CUDA_SUCCESS;
}

CUresult describe_resource(const CUDA_RESOURCE_DESC &resource, jit::Image *image) {
  GF_REQUIRE(resource.flags == 0);
  switch (resource.resType) {
  case CU_RESOURCE_TYPE_ARRAY: {
    const Array *array = Array::from(resource.res.array.hArray);
    return array ? describe_array(*array, image) : CUDA_ERROR_INVALID_HANDLE;
  }
  case CU_RESOURCE_TYPE_MIPMAPPED_ARRAY: {
    const MipmappedArray *mipmap = MipmappedArray::from(resource.res.mipmap.hMipmappedArray);
    return mipmap ? describe_mipmap(*mipmap, image) : CUDA_ERROR_INVALID_HANDLE;
  }
  case CU_RESOURCE_TYPE_LINEAR:
    return describe_linear(resource, image);
  case CU_RESOURCE_TYPE_PITCH2D:
    return describe_pitched(resource, image);
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

// Shows texels as another format of the same size, and a part of the levels and layers.
CUresult apply_view(const CUDA_RESOURCE_VIEW_DESC &view, jit::Image *image) {
  if (view.format >= CU_RES_VIEW_FORMAT_UNSIGNED_BC1 &&
      view.format <= CU_RES_VIEW_FORMAT_UNSIGNED_BC7)
    return CUDA_ERROR_NOT_SUPPORTED;
  TexelFormat format{image->type, image->channels};
  GF_REQUIRE(view.format == CU_RES_VIEW_FORMAT_NONE || view_format(view.format, &format));
  GF_REQUIRE(format.bytes() == image->texel_bytes());
  const jit::ImageLevel &base = image->levels[0];
  auto same = [](size_t asked, uint32_t extent) { // an axis that the array lacks is 0
    return asked == extent || (asked == 0 && extent == 1);
  };
  GF_REQUIRE(same(view.width, base.width) && same(view.height, base.height));
  GF_REQUIRE(view.firstMipmapLevel <= view.lastMipmapLevel &&
             view.lastMipmapLevel < image->level_count);
  bool layers = image->layered || image->cube;
  GF_REQUIRE(view.firstLayer <= view.lastLayer &&
             (layers ? view.lastLayer < base.depth : view.lastLayer == 0));
  image->type = format.type;
  image->channels = static_cast<uint8_t>(format.channels);
  image->level_count = view.lastMipmapLevel - view.firstMipmapLevel + 1;
  for (uint32_t i = 0; i < image->level_count; i++) {
    jit::ImageLevel level = image->levels[view.firstMipmapLevel + i];
    if (layers) {
      level.base += view.firstLayer * level.slice_bytes;
      level.depth = view.lastLayer - view.firstLayer + 1;
    }
    image->levels[i] = level;
  }
  return CUDA_SUCCESS;
}

CUresult describe_sampler(const CUDA_TEXTURE_DESC &texture, jit::Sampler *sampler) {
  GF_REQUIRE((texture.flags & ~kTextureFlags) == 0);
  for (unsigned axis = 0; axis < 3; axis++) {
    GF_REQUIRE(texture.addressMode[axis] <= CU_TR_ADDRESS_MODE_BORDER);
    sampler->address[axis] = static_cast<jit::AddressMode>(texture.addressMode[axis]);
  }
  GF_REQUIRE(texture.filterMode <= CU_TR_FILTER_MODE_LINEAR &&
             texture.mipmapFilterMode <= CU_TR_FILTER_MODE_LINEAR && texture.maxAnisotropy <= 16);
  sampler->linear = texture.filterMode == CU_TR_FILTER_MODE_LINEAR;
  sampler->mip_linear = texture.mipmapFilterMode == CU_TR_FILTER_MODE_LINEAR;
  sampler->normalized = texture.flags & CU_TRSF_NORMALIZED_COORDINATES;
  sampler->seamless = texture.flags & CU_TRSF_SEAMLESS_CUBEMAP;
  sampler->max_anisotropy = std::max(texture.maxAnisotropy, 1u);
  sampler->level_bias = texture.mipmapLevelBias;
  sampler->min_level = texture.minMipmapLevelClamp;
  sampler->max_level = texture.maxMipmapLevelClamp;
  std::copy(std::begin(texture.borderColor), std::end(texture.borderColor),
            sampler->border.begin());
  return CUDA_SUCCESS;
}

struct Objects {
  std::mutex mutex;
  std::unordered_map<unsigned long long, ImageObject> living;
};

Objects &objects() {
  static auto *instance = new Objects; // never destroyed: threads outlive exit handlers
  return *instance;
}

} // namespace

static_assert(static_cast<int>(jit::AddressMode::Wrap) == CU_TR_ADDRESS_MODE_WRAP &&
              static_cast<int>(jit::AddressMode::Clamp) == CU_TR_ADDRESS_MODE_CLAMP &&
              static_cast<int>(jit::AddressMode::Mirror) == CU_TR_ADDRESS_MODE_MIRROR &&
              static_cast<int>(jit::AddressMode::Border) == CU_TR_ADDRESS_MODE_BORDER);

CUresult describe_texture(const CUDA_RESOURCE_DESC &resource, const CUDA_TEXTURE_DESC &texture,
                          const CUDA_RESOURCE_VIEW_DESC *view, jit::Image *image) {
  GF_TRY(describe_resource(resource, image));
  if (view) {
    GF_REQUIRE(resource.resType == CU_RESOURCE_TYPE_ARRAY ||
               resource.resType == CU_RESOURCE_TYPE_MIPMAPPED_ARRAY);
    GF_TRY(apply_view(*view, image));
  }
  GF_TRY(describe_sampler(texture, &image->sampler));
  if (!(texture.flags & CU_TRSF_READ_AS_INTEGER))
    image->type = normalised(image->type);
  image->srgb = (texture.flags & CU_TRSF_SRGB) && image->type == jit::ChannelType::UNorm8;
  // There is nothing between two integers; texels of linear memory are never filtered.
  GF_REQUIRE(!image->sampler.linear || image->linear_memory || !jit::is_integer(image->type));
  if (image->linear_memory)
    image->sampler.linear = image->sampler.normalized = false;
  return CUDA_SUCCESS;
}

CUresult describe_surface(const CUDA_RESOURCE_DESC &resource, jit::Image *image) {
  GF_REQUIRE(resource.resType == CU_RESOURCE_TYPE_ARRAY && resource.flags == 0);
  const Array *array = Array::from(resource.res.array.hArray);
  if (!array)
    return CUDA_ERROR_INVALID_HANDLE;
  GF_REQUIRE(array->description.Flags & CUDA_ARRAY3D_SURFACE_LDST);
  return describe_array(*array, image);
}

CUresult add_object(const ImageObject &object, const jit::Image &image,
                    unsigned long long *number) {
  *number = jit::add_image(object.kind, image);
  if (*number == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  std::lock_guard lock(objects().mutex);
  objects().living.insert_or_assign(*number, object);
  return CUDA_SUCCESS;
}

std::optional<ImageObject> find_object(jit::ImageKind kind, unsigned long long number) {
  std::lock_guard lock(objects().mutex);
  auto found = objects().living.find(number);
  if (found == objects().living.end() || found->second.kind != kind)
    return std::nullopt;
  return found->second;
}

bool remove_object(jit::ImageKind kind, unsigned long long number) {
  std::lock_guard lock(objects().mutex);
  auto found = objects().living.find(number);
  if (found == objects().living.end() || found->second.kind != kind)
    return false;
  objects().living.erase(found);
  jit::remove_image(number);
  return true;
}

} // namespace softcuda
