// Which texels of one axis a coordinate touches, and with what weight.
#pragma once

#include "images.h"

namespace softcuda::jit {

constexpr int64_t kOutside = -1;

/// Texel `index` of an axis of `extent` texels, brought inside as `mode` says; kOutside where the border is read.
int64_t place(int64_t index, uint32_t extent, AddressMode mode);

/// Filtering reads two neighbours; `weight` is that of the second, a multiple of 1/256 as CUDA documents.
struct Taps {
  int64_t index[2];
  float weight;
};

/// Wrapping and mirroring are for normalised coordinates only; others are clamped instead.
AddressMode effective_mode(const Sampler &sampler, unsigned axis);

/// A coordinate in texels: in [0, extent) for wrapped ones, in [0, 2 extent) for mirrored ones.
float in_texels(float coordinate, uint32_t extent, AddressMode mode, bool normalized);

Taps nearest_tap(float texels, int32_t offset, uint32_t extent, AddressMode mode);
Taps linear_taps(float texels, int32_t offset, uint32_t extent, AddressMode mode);

} // namespace softcuda::jit
