// Single texels: from how an image stores them to what instructions work on, and back.
#pragma once

#include "images.h"

#include <cstddef>

namespace softcuda::jit {

/// Four channels as an instruction's registers hold them: floats' or integers' bits.
using Words = std::array<uint32_t, 4>;
/// Four channels while they are filtered.
using Colour = std::array<float, 4>;

/// A texel of an integer format. Channels that the image lacks are 0, the last of four 1, here and below.
Words read_words(const Image &image, const std::byte *texel);
/// A texel of any other format.
Colour read_colour(const Image &image, const std::byte *texel);

/// sust.p: floats are clamped to what a normalised format can hold, integers to a smaller one's range.
void write_words(const Image &image, std::byte *texel, const Words &words);

Words words_of(const Colour &colour);
/// IEEE half-precision bits, rounded to nearest even.
uint16_t half_of(float value);

} // namespace softcuda::jit
