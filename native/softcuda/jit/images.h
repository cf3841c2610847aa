// Images that texture and surface instructions work on: the other part of the seam between the software device's
// halves. The driver describes an image with its sampler once and gets a number, which is what kernels hold as
// CUtexObject or CUsurfObject.
#pragma once

#include <array>
#include <cstdint>

namespace softcuda::jit {

/// How a channel is stored. UNorm and SNorm are read as floats in [0, 1] and [-1, 1]; UInt and SInt as they are.
enum class ChannelType : uint8_t {
  UInt8,
  UInt16,
  UInt32,
  SInt8,
  SInt16,
  SInt32,
  UNorm8,
  UNorm16,
  SNorm8,
  SNorm16,
  Half,
  Float,
};

uint32_t channel_bytes(ChannelType type);
/// Whether a read gives 32-bit integers; else floats.
bool is_integer(ChannelType type);

enum class AddressMode : uint8_t { Wrap, Clamp, Mirror, Border };

/// The part of a texture that PTX calls a sampler.
struct Sampler {
  std::array<AddressMode, 3> address = {AddressMode::Clamp, AddressMode::Clamp, AddressMode::Clamp};
  bool linear = false; // filter within a level
  bool normalized = false;
  bool mip_linear = false; // filter between levels
  bool seamless = false;   // filter across the edges of a cube
  uint32_t max_anisotropy = 1;
  float level_bias = 0, min_level = 0, max_level = 0;
  std::array<float, 4> border{};
};

/// One mip level. Rows and slices (or layers, or faces) follow each other at fixed distances.
struct ImageLevel {
  uint64_t base = 0;
  uint64_t pitch_bytes = 0, slice_bytes = 0;
  uint32_t width = 1, height = 1, depth = 1; // texels; `depth` of a layered image counts layers
};

inline constexpr uint32_t kMaxImageLevels = 18;

struct Image {
  ChannelType type = ChannelType::Float;
  uint8_t channels = 1;       // 1, 2 or 4
  bool srgb = false;          // UNorm8 colours, not alpha, are decoded before they are filtered
  bool linear_memory = false; // tex1Dfetch: reads 0 outside
  bool layered = false, cube = false;
  Sampler sampler;
  uint32_t level_count = 1;
  std::array<ImageLevel, kMaxImageLevels> levels;

  uint32_t texel_bytes() const { return channel_bytes(type) * channels; }
};

enum class ImageKind : uint8_t { None, Texture, Surface };

/// Gives the image a number that kernels may use from now on. 0 when there are a million already.
uint64_t add_image(ImageKind kind, const Image &image);
/// Kernels that run keep reading it; the number is given to another image only much later.
void remove_image(uint64_t number);

} // namespace softcuda::jit
