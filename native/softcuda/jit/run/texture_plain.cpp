// tex.1d, tex.2d and tex.3d of one level, without offsets or a sampler of their own: nearly all fetches of real programs, and
// so worth a way without the general one's record and case distinctions. Both must give the same bits.
#include "run/footprint.h"
#include "run/image_table.h"
#include "run/texel.h"
#include "run/texture.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace softcuda::jit {
namespace {

constexpr float kNear = 1 << 20; // coordinates and extents up to here are exact in what follows

// Without SSE4.1, which we cannot count on, std::floor is a call.
int32_t floor_of(float value) {
  auto whole = static_cast<int32_t>(value);
  return whole - (value < static_cast<float>(whole));
}

/// False where the general way must look at it: far away, NaN.
template <bool kLinear>
[[gnu::always_inline]] inline bool taps_of(float coordinate, uint32_t extent,
                                           const Sampler &sampler, unsigned axis, Taps *taps) {
  if (!(std::fabs(coordinate) < kNear) || extent >= kNear)
    return false;
  AddressMode mode = effective_mode(sampler, axis);
  if (sampler.normalized) {
    if (mode == AddressMode::Wrap)
      coordinate -= static_cast<float>(floor_of(coordinate));
    else if (mode == AddressMode::Mirror)
      coordinate -= 2 * static_cast<float>(floor_of(coordinate / 2));
    coordinate *= static_cast<float>(extent);
    if (!(std::fabs(coordinate) < kNear))
      return false;
  }
  auto at = [&](int64_t index) {
    return index >= 0 && index < extent ? index : place(index, extent, mode);
  };
  if constexpr (!kLinear) {
    taps->index[0] = at(floor_of(coordinate));
    return true;
  }
  double position = (static_cast<double>(coordinate) - 0.5) * 256 + 0.5;
  auto fixed = static_cast<int64_t>(position);
  fixed -= position < static_cast<double>(fixed);
  taps->index[0] = at(fixed >> 8);
  taps->index[1] = at((fixed >> 8) + 1);
  taps->weight = static_cast<float>(fixed & 255) / 256;
  return true;
}

/// Where a texel lies; null for the border.
const std::byte *texel_at(const Image &image, int64_t x, int64_t y, int64_t z) {
  if ((x | y | z) < 0)
    return nullptr;
  const ImageLevel &level = image.levels[0];
  return reinterpret_cast<const std::byte *>(level.base) +
         static_cast<uint64_t>(z) * level.slice_bytes +
         static_cast<uint64_t>(y) * level.pitch_bytes +
         static_cast<uint64_t>(x) * image.texel_bytes();
}

[[gnu::always_inline]] inline Colour colour_at(const Image &image, const std::byte *texel) {
  if (!texel)
    return image.sampler.border;
  if (image.type != ChannelType::Float)
    return read_colour(image, texel);
  // Of constant size, so that no call is made of it.
  Colour colour{0, 0, 0, 1};
  std::memcpy(colour.data(), texel, sizeof(float));
  if (image.channels == 4)
    std::memcpy(colour.data(), texel, 4 * sizeof(float));
  else if (image.channels == 2)
    std::memcpy(colour.data(), texel, 2 * sizeof(float));
  return colour;
}

template <unsigned kAxes>
bool fetch_nearest(const Image &image, const float *at, uint32_t *result) {
  const ImageLevel &level = image.levels[0];
  Taps taps[3] = {};
  const uint32_t extent[3] = {level.width, level.height, level.depth};
  for (unsigned axis = 0; axis < kAxes; ++axis)
    if (!taps_of<false>(at[axis], extent[axis], image.sampler, axis, &taps[axis]))
      return false;
  const std::byte *texel = texel_at(image, taps[0].index[0], taps[1].index[0], taps[2].index[0]);
  Words words = is_integer(image.type) && texel ? read_words(image, texel)
                                                : words_of(colour_at(image, texel));
  std::memcpy(result, words.data(), sizeof words);
  return true;
}

template <unsigned kAxes> bool fetch_linear(const Image &image, const float *at, uint32_t *result) {
  const ImageLevel &level = image.levels[0];
  Taps taps[3] = {};
  const uint32_t extent[3] = {level.width, level.height, level.depth};
  for (unsigned axis = 0; axis < kAxes; ++axis)
    if (!taps_of<true>(at[axis], extent[axis], image.sampler, axis, &taps[axis]))
      return false;
  Colour sum{};
  for (unsigned corner = 0; corner < 1u << kAxes; ++corner) {
    float share = 1;
    int64_t index[3] = {};
    for (unsigned axis = 0; axis < kAxes; ++axis) {
      bool second = corner >> axis & 1;
      share *= second ? taps[axis].weight : 1 - taps[axis].weight;
      index[axis] = taps[axis].index[second];
    }
    if (share == 0)
      continue;
    Colour colour = colour_at(image, texel_at(image, index[0], index[1], index[2]));
    for (unsigned channel = 0; channel < 4; ++channel)
      sum[channel] += share * colour[channel];
  }
  std::memcpy(result, sum.data(), sizeof sum);
  return true;
}

template <unsigned kAxes> void fetch(uint64_t texture, const float (&at)[3], uint32_t *result) {
  const Image &image = find_image(ImageKind::Texture, texture);
  bool plain = image.level_count == 1 && !image.linear_memory;
  bool filtered = image.sampler.linear && !is_integer(image.type);
  if (plain && (filtered ? fetch_linear<kAxes>(image, at, result)
                         : fetch_nearest<kAxes>(image, at, result))) [[likely]]
    return;
  TextureRequest request{};
  request.texture = texture;
  request.geometry = kAxes;
  for (unsigned axis = 0; axis < kAxes; ++axis)
    request.coordinates[axis] = std::bit_cast<uint32_t>(at[axis]);
  sample_texture(request);
  std::memcpy(result, request.result, sizeof request.result);
}

void rt_texture_1d(uint64_t texture, float x, uint32_t *result) {
  fetch<1>(texture, {x, 0, 0}, result);
}
void rt_texture_2d(uint64_t texture, float x, float y, uint32_t *result) {
  fetch<2>(texture, {x, y, 0}, result);
}
void rt_texture_3d(uint64_t texture, float x, float y, float z, uint32_t *result) {
  fetch<3>(texture, {x, y, z}, result);
}

template <typename T> void *address(T *function) { return reinterpret_cast<void *>(function); }

} // namespace

void add_plain_textures(SymbolTable &table) {
  table["rt_texture_1d"] = address(rt_texture_1d);
  table["rt_texture_2d"] = address(rt_texture_2d);
  table["rt_texture_3d"] = address(rt_texture_3d);
}

} // namespace softcuda::jit
