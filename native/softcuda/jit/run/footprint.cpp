#include "run/footprint.h"

#include <cmath>

namespace softcuda::jit {
namespace {

constexpr float kFarthest = 1 << 30; // texels; beyond every image, and its 256ths fit 64 bits
constexpr int64_t kFractions = 256;

float tame(float texels) {
  if (std::isnan(texels))
    return 0;
  return std::fmin(std::fmax(texels, -kFarthest), kFarthest);
}

int64_t modulo(int64_t value, int64_t period) {
  int64_t rest = value % period;
  return rest < 0 ? rest + period : rest;
}

} // namespace

int64_t place(int64_t index, uint32_t extent, AddressMode mode) {
  if (index >= 0 && index < extent) [[likely]]
    return index;
  switch (mode) {
  case AddressMode::Wrap:
    return modulo(index, extent);
  case AddressMode::Mirror: {
    int64_t folded = modulo(index, 2 * int64_t{extent});
    return folded < extent ? folded : 2 * int64_t{extent} - 1 - folded;
  }
  case AddressMode::Clamp:
    return index < 0 ? 0 : int64_t{extent} - 1;
  default:
    return kOutside;
  }
}

AddressMode effective_mode(const Sampler &sampler, unsigned axis) {
  AddressMode mode = sampler.address[axis];
  bool periodic = mode == AddressMode::Wrap || mode == AddressMode::Mirror;
  return periodic && !sampler.normalized ? AddressMode::Clamp : mode;
}

float in_texels(float coordinate, uint32_t extent, AddressMode mode, bool normalized) {
  if (!normalized)
    return coordinate;
  if (mode == AddressMode::Wrap) // before it is scaled, which would cost large ones their fraction
    coordinate -= std::floor(coordinate);
  else if (mode == AddressMode::Mirror)
    coordinate -= 2 * std::floor(coordinate / 2);
  return coordinate * static_cast<float>(extent);
}

Taps nearest_tap(float texels, int32_t offset, uint32_t extent, AddressMode mode) {
  auto index = static_cast<int64_t>(std::floor(tame(texels)));
  return {{place(index + offset, extent, mode), 0}, 0};
}

Taps linear_taps(float texels, int32_t offset, uint32_t extent, AddressMode mode) {
  // Texel centres lie at one half. Rounding the whole position carries a weight of 1 to the next texel.
  double position = (static_cast<double>(tame(texels)) - 0.5) * kFractions;
  auto fixed = static_cast<int64_t>(std::floor(position + 0.5));
  int64_t index = (fixed >> 8) + offset;
  return {{place(index, extent, mode), place(index + 1, extent, mode)},
          static_cast<float>(fixed & (kFractions - 1)) / kFractions};
}

} // namespace softcuda::jit
