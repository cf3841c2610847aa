// CUDA's names for what a texel is, and what the compiler's half makes of them.
#pragma once

#include "cuda_api.h"
#include "jit.h"

namespace softcuda {

struct TexelFormat {
  jit::ChannelType type;
  unsigned channels;
  unsigned bytes() const { return jit::channel_bytes(type) * channels; }
};

/// False for a format that we do not have, or not with so many channels. Planes and compressed blocks are such.
bool texel_format(CUarray_format format, unsigned channels, TexelFormat *out);
/// False for compressed blocks.
bool view_format(CUresourceViewFormat format, TexelFormat *out);
/// What integers of 8 and 16 bits become when they are not read as integers; other types stay.
jit::ChannelType normalised(jit::ChannelType type);

} // namespace softcuda
