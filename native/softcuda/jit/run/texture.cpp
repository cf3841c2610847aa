// tex and tld4.
#include "run/texture.h"

#include "run/cube.h"
#include "run/footprint.h"
#include "run/image_table.h"
#include "run/texel.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace softcuda::jit {
namespace {

/// An instruction's operands, decoded: what all levels have in common.
struct Lookup {
  const Image &image;
  const Sampler &sampler;
  unsigned axes;      // that are filtered: 1 to 3
  bool integer;       // coordinates are texel indices
  bool is_cube;       // coordinates are (s, t) in [0, 1] of a face
  uint32_t slice = 0; // layer and face
  std::array<float, 3> at{};
  std::array<int32_t, 3> texel{}; // integer coordinates
  std::array<int32_t, 3> offset{};
};

float as_float(uint32_t bits) { return std::bit_cast<float>(bits); }

uint32_t extent_of(const ImageLevel &level, unsigned axis) {
  return axis == 0 ? level.width : axis == 1 ? level.height : level.depth;
}

/// The neighbourhood that one level contributes.
struct Footprint {
  std::array<Taps, 3> taps{Taps{}, Taps{}, Taps{}};
};

const std::byte *texel_at(const Lookup &l, const ImageLevel &level, uint32_t slice, int64_t x,
                          int64_t y, int64_t z) {
  return reinterpret_cast<const std::byte *>(level.base) +
         (static_cast<uint64_t>(z) + slice) * level.slice_bytes +
         static_cast<uint64_t>(y) * level.pitch_bytes +
         static_cast<uint64_t>(x) * l.image.texel_bytes();
}

/// Beyond a face's edge lies the face next to it: the texel there that the same direction points at.
Colour across_edge(const Lookup &l, const ImageLevel &level, int64_t x, int64_t y) {
  auto side = static_cast<float>(level.width);
  auto centre = [&](int64_t i) { return (2 * static_cast<float>(i) + 1) / side - 1; };
  Direction direction = from_face(l.slice % 6, centre(x), centre(y));
  uint32_t face = cube_face(direction);
  FacePoint point = to_face(face, direction);
  auto index = [&](float s) {
    auto i = static_cast<int64_t>(std::floor((s / point.m + 1) / 2 * side));
    return std::clamp<int64_t>(i, 0, level.width - 1);
  };
  return read_colour(l.image,
                     texel_at(l, level, l.slice / 6 * 6 + face, index(point.s), index(point.t), 0));
}

Colour colour_at(const Lookup &l, const ImageLevel &level, int64_t x, int64_t y, int64_t z) {
  if (x < 0 || y < 0 || z < 0)
    return l.sampler.border;
  return read_colour(l.image, texel_at(l, level, l.slice, x, y, z));
}

AddressMode mode_of(const Lookup &l, unsigned axis) {
  if (l.image.linear_memory)
    return AddressMode::Border;
  return l.is_cube ? AddressMode::Clamp : effective_mode(l.sampler, axis);
}

Footprint nearest(const Lookup &l, const ImageLevel &level) {
  Footprint footprint;
  for (unsigned axis = 0; axis < l.axes; ++axis) {
    AddressMode mode = mode_of(l, axis);
    uint32_t extent = extent_of(level, axis);
    if (l.integer)
      footprint.taps[axis] = {{place(int64_t{l.texel[axis]} + l.offset[axis], extent, mode), 0}, 0};
    else
      footprint.taps[axis] =
          nearest_tap(in_texels(l.at[axis], extent, mode, l.is_cube || l.sampler.normalized),
                      l.offset[axis], extent, mode);
  }
  return footprint;
}

Footprint neighbours(const Lookup &l, const ImageLevel &level) {
  Footprint footprint;
  for (unsigned axis = 0; axis < l.axes; ++axis) {
    AddressMode mode = mode_of(l, axis);
    uint32_t extent = extent_of(level, axis);
    footprint.taps[axis] =
        linear_taps(in_texels(l.at[axis], extent, mode, l.is_cube || l.sampler.normalized),
                    l.offset[axis], extent, mode);
  }
  return footprint;
}

Colour filter_seamless(const Lookup &l, const ImageLevel &level) {
  Colour sum{};
  std::array<int64_t, 2> first;
  std::array<float, 2> weight;
  for (unsigned axis = 0; axis < 2; ++axis) {
    // With an extent that holds every index, nothing is clamped.
    Taps taps = linear_taps(l.at[axis] * static_cast<float>(level.width) + level.width, 0,
                            3 * level.width, AddressMode::Clamp);
    first[axis] = taps.index[0] - level.width;
    weight[axis] = taps.weight;
  }
  for (unsigned corner = 0; corner < 4; ++corner) {
    int64_t x = first[0] + (corner & 1), y = first[1] + (corner >> 1);
    float share =
        (corner & 1 ? weight[0] : 1 - weight[0]) * (corner & 2 ? weight[1] : 1 - weight[1]);
    if (share == 0)
      continue;
    bool inside = x >= 0 && y >= 0 && x < level.width && y < level.height;
    Colour colour = inside ? colour_at(l, level, x, y, 0) : across_edge(l, level, x, y);
    for (unsigned channel = 0; channel < 4; ++channel)
      sum[channel] += share * colour[channel];
  }
  return sum;
}

Colour filter(const Lookup &l, const ImageLevel &level) {
  if (l.is_cube && l.sampler.seamless)
    return filter_seamless(l, level);
  Footprint footprint = neighbours(l, level);
  Colour sum{};
  for (unsigned corner = 0; corner < 1u << l.axes; ++corner) {
    float share = 1;
    std::array<int64_t, 3> index{};
    for (unsigned axis = 0; axis < l.axes; ++axis) {
      const Taps &taps = footprint.taps[axis];
      bool second = corner >> axis & 1;
      share *= second ? taps.weight : 1 - taps.weight;
      index[axis] = taps.index[second];
    }
    if (share == 0) // so that an infinity next door does not become a NaN here
      continue;
    Colour colour = colour_at(l, level, index[0], index[1], index[2]);
    for (unsigned channel = 0; channel < 4; ++channel)
      sum[channel] += share * colour[channel];
  }
  return sum;
}

Colour sample_level(const Lookup &l, uint32_t number) {
  const ImageLevel &level = l.image.levels[number];
  if (l.sampler.linear && !l.integer)
    return filter(l, level);
  Footprint f = nearest(l, level);
  return colour_at(l, level, f.taps[0].index[0], f.taps[1].index[0], f.taps[2].index[0]);
}

Words sample_integers(const Lookup &l, uint32_t number) {
  const ImageLevel &level = l.image.levels[number];
  Footprint f = nearest(l, level);
  int64_t x = f.taps[0].index[0], y = f.taps[1].index[0], z = f.taps[2].index[0];
  if (x < 0 || y < 0 || z < 0)
    return words_of(l.sampler.border); // an integer border comes as floats with its bits
  return read_words(l.image, texel_at(l, level, l.slice, x, y, z));
}

/// The level of detail with bias and clamps, a multiple of 1/256.
float clamp_level(const Lookup &l, float level) {
  level += l.sampler.level_bias;
  if (std::isnan(level))
    level = 0;
  level = std::min(std::max(level, l.sampler.min_level), l.sampler.max_level);
  level = std::min(std::max(level, 0.0f), static_cast<float>(l.image.level_count - 1));
  return std::floor(level * 256 + 0.5f) / 256;
}

Colour sample_at(const Lookup &l, float level) {
  level = clamp_level(l, level);
  auto lower = static_cast<uint32_t>(level);
  float weight = level - static_cast<float>(lower);
  if (!l.sampler.mip_linear)
    return sample_level(l, lower + (weight >= 0.5f));
  Colour colour = sample_level(l, lower);
  if (weight == 0)
    return colour;
  Colour upper = sample_level(l, lower + 1);
  for (unsigned channel = 0; channel < 4; ++channel)
    colour[channel] = (1 - weight) * colour[channel] + weight * upper[channel];
  return colour;
}

Lookup decode(const TextureRequest &r, const Image &image, const Sampler &sampler) {
  Lookup l{.image = image,
           .sampler = sampler,
           .axes = r.geometry == static_cast<uint32_t>(Geometry::Cube) ? 2 : r.geometry,
           .integer = r.integer_coordinates != 0,
           .is_cube = r.geometry == static_cast<uint32_t>(Geometry::Cube)};
  const ImageLevel &base = image.levels[0];
  uint32_t layers = l.is_cube ? std::max(base.depth / 6, 1u) : base.depth;
  uint32_t layer = r.layered ? std::min(r.layer, layers - 1) : 0;
  for (unsigned axis = 0; axis < 3; ++axis) {
    l.at[axis] = as_float(r.coordinates[axis]);
    l.texel[axis] = static_cast<int32_t>(r.coordinates[axis]);
    l.offset[axis] = static_cast<int32_t>(r.offset[axis]);
  }
  l.slice = layer;
  if (l.is_cube) {
    uint32_t face = cube_face(l.at);
    FacePoint point = to_face(face, l.at);
    l.at = {(point.s / point.m + 1) / 2, (point.t / point.m + 1) / 2, 0};
    // an image that is no cube has no faces behind its last slice
    l.slice = std::min(6 * layer + face, base.depth - 1);
  }
  return l;
}

/// How far, in texels of level 0, the lookup moves for a step of the screen's x or y.
std::array<float, 3> in_level_texels(const Lookup &l, const TextureRequest &r, unsigned which) {
  Direction g{as_float(r.gradients[which][0]), as_float(r.gradients[which][1]),
              as_float(r.gradients[which][2])};
  if (l.is_cube) {
    Direction at{as_float(r.coordinates[0]), as_float(r.coordinates[1]),
                 as_float(r.coordinates[2])};
    uint32_t face = cube_face(at);
    FacePoint p = to_face(face, at), d = to_face(face, g);
    g = {(d.s * p.m - p.s * d.m) / (2 * p.m * p.m), (d.t * p.m - p.t * d.m) / (2 * p.m * p.m), 0};
  }
  std::array<float, 3> texels{};
  for (unsigned axis = 0; axis < l.axes; ++axis)
    texels[axis] = l.is_cube || l.sampler.normalized
                       ? g[axis] * static_cast<float>(extent_of(l.image.levels[0], axis))
                       : g[axis];
  return texels;
}

Colour sample_by_gradients(Lookup l, const TextureRequest &r) {
  std::array<float, 3> step[2] = {in_level_texels(l, r, 0), in_level_texels(l, r, 1)};
  float length[2];
  for (unsigned i = 0; i < 2; ++i)
    length[i] = std::hypot(step[i][0], step[i][1], step[i][2]);
  unsigned major = length[1] > length[0] ? 1 : 0;
  float longest = length[major], shortest = length[1 - major];
  auto most = static_cast<float>(l.sampler.max_anisotropy);
  float probes = 1;
  if (most > 1 && longest > shortest && !l.is_cube)
    probes = std::ceil(std::min(most, shortest > 0 ? longest / shortest : most));
  float level = std::log2(longest / probes);
  if (probes == 1)
    return sample_at(l, level);
  // Several probes along the longer side of the pixel's footprint, each as fine as its shorter side asks.
  std::array<float, 3> centre = l.at;
  Colour sum{};
  for (float probe = 0; probe < probes; ++probe) {
    float along = (probe + 0.5f) / probes - 0.5f;
    for (unsigned axis = 0; axis < l.axes; ++axis)
      l.at[axis] = centre[axis] + along * as_float(r.gradients[major][axis]);
    Colour colour = sample_at(l, level);
    for (unsigned channel = 0; channel < 4; ++channel)
      sum[channel] += colour[channel] / probes;
  }
  return sum;
}

float level_operand(const TextureRequest &r) {
  return r.integer_coordinates ? static_cast<float>(static_cast<int32_t>(r.level))
                               : as_float(r.level);
}

void rt_texture_sample(TextureRequest *request) { sample_texture(*request); }

/// The four texels of a bilinear footprint, in the order of textureGather: (0,1), (1,1), (1,0), (0,0).
void rt_texture_gather(TextureRequest *r) {
  const Image &image = find_image(ImageKind::Texture, r->texture);
  Sampler separate;
  const Sampler *sampler = &image.sampler;
  if (r->sampler) {
    separate = unpack_sampler(r->sampler);
    sampler = &separate;
  }
  Lookup l = decode(*r, image, *sampler);
  const ImageLevel &level = image.levels[0];
  Footprint f = neighbours(l, level);
  constexpr unsigned kOrder[4][2] = {{0, 1}, {1, 1}, {1, 0}, {0, 0}};
  for (unsigned i = 0; i < 4; ++i) {
    int64_t x = f.taps[0].index[kOrder[i][0]], y = f.taps[1].index[kOrder[i][1]];
    Words words;
    if (x < 0 || y < 0 || !is_integer(image.type))
      words = words_of(colour_at(l, level, x, y, 0));
    else
      words = read_words(image, texel_at(l, level, l.slice, x, y, 0));
    r->result[i] = words[r->component & 3];
  }
}

uint32_t rt_half(uint32_t bits) { return half_of(as_float(bits)); }

template <typename T> void *address(T *function) { return reinterpret_cast<void *>(function); }

} // namespace

void sample_texture(TextureRequest &r) {
  const Image &image = find_image(ImageKind::Texture, r.texture);
  Sampler separate;
  const Sampler *sampler = &image.sampler;
  if (r.sampler) {
    separate = unpack_sampler(r.sampler);
    sampler = &separate;
  }
  Lookup l = decode(r, image, *sampler);
  bool explicit_level = r.level_mode == static_cast<uint32_t>(LevelMode::Level);
  Words words;
  if (is_integer(image.type)) {
    float level = clamp_level(l, explicit_level ? level_operand(r) : 0);
    words = sample_integers(l, static_cast<uint32_t>(level + 0.5f));
  } else if (r.level_mode == static_cast<uint32_t>(LevelMode::Gradient)) {
    words = words_of(sample_by_gradients(l, r));
  } else {
    words = words_of(explicit_level          ? sample_at(l, level_operand(r))
                     : image.level_count > 1 ? sample_at(l, 0)
                                             : sample_level(l, 0));
  }
  std::copy(words.begin(), words.end(), r.result);
}

void add_texture_functions(SymbolTable &table) {
  table["rt_texture_sample"] = address(rt_texture_sample);
  table["rt_texture_gather"] = address(rt_texture_gather);
  table["rt_half"] = address(rt_half);
}

} // namespace softcuda::jit
