#include "run/texel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace softcuda::jit {
namespace {

template <typename T> T load(const std::byte *texel, uint32_t channel) {
  T value;
  std::memcpy(&value, texel + channel * sizeof(T), sizeof value);
  return value;
}

template <typename T> void store(std::byte *texel, uint32_t channel, T value) {
  std::memcpy(texel + channel * sizeof(T), &value, sizeof value);
}

/// The largest value stands for 1; the smallest signed one and its neighbour both for -1.
template <typename T> float normalised(T value) {
  constexpr auto kMost = static_cast<float>(std::numeric_limits<T>::max());
  return std::max(static_cast<float>(value) / kMost, -1.0f);
}

template <typename T> T to_normalised(float value) {
  constexpr auto kMost = static_cast<float>(std::numeric_limits<T>::max());
  float low = std::is_signed_v<T> ? -1.0f : 0.0f;
  if (!(value >= low)) // a NaN too
    return static_cast<T>(std::isnan(value) ? 0.0f : low * kMost);
  return static_cast<T>(std::nearbyint(std::min(value, 1.0f) * kMost));
}

template <typename T> T clamp_integer(uint32_t bits) {
  if constexpr (std::is_signed_v<T>)
    return static_cast<T>(std::clamp<int32_t>(
        static_cast<int32_t>(bits), std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  return static_cast<T>(std::min<uint32_t>(bits, std::numeric_limits<T>::max()));
}

float decode_srgb(uint8_t value) {
  static const auto kTable = [] {
    std::array<float, 256> table{};
    for (int i = 0; i < 256; ++i) {
      double c = i / 255.0;
      table[i] = static_cast<float>(c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
    }
    return table;
  }();
  return kTable[value];
}

float read_float(const Image &image, const std::byte *texel, uint32_t channel) {
  switch (image.type) {
  case ChannelType::UNorm8:
    return image.srgb && channel < 3 ? decode_srgb(load<uint8_t>(texel, channel))
                                     : normalised(load<uint8_t>(texel, channel));
  case ChannelType::UNorm16:
    return normalised(load<uint16_t>(texel, channel));
  case ChannelType::SNorm8:
    return normalised(load<int8_t>(texel, channel));
  case ChannelType::SNorm16:
    return normalised(load<int16_t>(texel, channel));
  case ChannelType::Half:
    return static_cast<float>(load<_Float16>(texel, channel));
  default:
    return load<float>(texel, channel);
  }
}

uint32_t read_integer(const Image &image, const std::byte *texel, uint32_t channel) {
  switch (image.type) {
  case ChannelType::UInt8:
    return load<uint8_t>(texel, channel);
  case ChannelType::UInt16:
    return load<uint16_t>(texel, channel);
  case ChannelType::SInt8:
    return static_cast<uint32_t>(load<int8_t>(texel, channel));
  case ChannelType::SInt16:
    return static_cast<uint32_t>(load<int16_t>(texel, channel));
  default:
    return load<uint32_t>(texel, channel);
  }
}

} // namespace

uint32_t channel_bytes(ChannelType type) {
  switch (type) {
  case ChannelType::UInt8:
  case ChannelType::SInt8:
  case ChannelType::UNorm8:
  case ChannelType::SNorm8:
    return 1;
  case ChannelType::UInt16:
  case ChannelType::SInt16:
  case ChannelType::UNorm16:
  case ChannelType::SNorm16:
  case ChannelType::Half:
    return 2;
  default:
    return 4;
  }
}

bool is_integer(ChannelType type) { return type <= ChannelType::SInt32; }

Words read_words(const Image &image, const std::byte *texel) {
  Words words{0, 0, 0, 1};
  for (uint32_t channel = 0; channel < image.channels; ++channel)
    words[channel] = read_integer(image, texel, channel);
  return words;
}

Colour read_colour(const Image &image, const std::byte *texel) {
  Colour colour{0, 0, 0, 1};
  for (uint32_t channel = 0; channel < image.channels; ++channel)
    colour[channel] = read_float(image, texel, channel);
  return colour;
}

void write_words(const Image &image, std::byte *texel, const Words &words) {
  for (uint32_t channel = 0; channel < image.channels; ++channel) {
    uint32_t bits = words[channel];
    auto real = std::bit_cast<float>(bits);
    switch (image.type) {
    case ChannelType::UInt8:
      store(texel, channel, clamp_integer<uint8_t>(bits));
      break;
    case ChannelType::UInt16:
      store(texel, channel, clamp_integer<uint16_t>(bits));
      break;
    case ChannelType::SInt8:
      store(texel, channel, clamp_integer<int8_t>(bits));
      break;
    case ChannelType::SInt16:
      store(texel, channel, clamp_integer<int16_t>(bits));
      break;
    case ChannelType::UNorm8:
      store(texel, channel, to_normalised<uint8_t>(real));
      break;
    case ChannelType::UNorm16:
      store(texel, channel, to_normalised<uint16_t>(real));
      break;
    case ChannelType::SNorm8:
      store(texel, channel, to_normalised<int8_t>(real));
      break;
    case ChannelType::SNorm16:
      store(texel, channel, to_normalised<int16_t>(real));
      break;
    case ChannelType::Half:
      store(texel, channel, half_of(real));
      break;
    default:
      store(texel, channel, bits);
    }
  }
}

Words words_of(const Colour &colour) { return std::bit_cast<Words>(colour); }

uint16_t half_of(float value) { return std::bit_cast<uint16_t>(static_cast<_Float16>(value)); }

} // namespace softcuda::jit
