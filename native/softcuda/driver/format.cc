#include "format.h"

namespace softcuda {

using jit::ChannelType;

namespace {

struct Row {
  CUarray_format format;
  ChannelType type;
  unsigned channels; // 0: as many as the array says
};

constexpr Row kRows[] = {
    {CU_AD_FORMAT_UNSIGNED_INT8, ChannelType::UInt8, 0},
    {CU_AD_FORMAT_UNSIGNED_INT16, ChannelType::UInt16, 0},
    {CU_AD_FORMAT_UNSIGNED_INT32, ChannelType::UInt32, 0},
    {CU_AD_FORMAT_SIGNED_INT8, ChannelType::SInt8, 0},
    {CU_AD_FORMAT_SIGNED_INT16, ChannelType::SInt16, 0},
    {CU_AD_FORMAT_SIGNED_INT32, ChannelType::SInt32, 0},
    {CU_AD_FORMAT_HALF, ChannelType::Half, 0},
    {CU_AD_FORMAT_FLOAT, ChannelType::Float, 0},
    {CU_AD_FORMAT_UNORM_INT8X1, ChannelType::UNorm8, 1},
    {CU_AD_FORMAT_UNORM_INT8X2, ChannelType::UNorm8, 2},
    {CU_AD_FORMAT_UNORM_INT8X4, ChannelType::UNorm8, 4},
    {CU_AD_FORMAT_UNORM_INT16X1, ChannelType::UNorm16, 1},
    {CU_AD_FORMAT_UNORM_INT16X2, ChannelType::UNorm16, 2},
    {CU_AD_FORMAT_UNORM_INT16X4, ChannelType::UNorm16, 4},
    {CU_AD_FORMAT_SNORM_INT8X1, ChannelType::SNorm8, 1},
    {CU_AD_FORMAT_SNORM_INT8X2, ChannelType::SNorm8, 2},
    {CU_AD_FORMAT_SNORM_INT8X4, ChannelType::SNorm8, 4},
    {CU_AD_FORMAT_SNORM_INT16X1, ChannelType::SNorm16, 1},
    {CU_AD_FORMAT_SNORM_INT16X2, ChannelType::SNorm16, 2},
    {CU_AD_FORMAT_SNORM_INT16X4, ChannelType::SNorm16, 4},
};

} // namespace

bool texel_format(CUarray_format format, unsigned channels, TexelFormat *out) {
  if (channels != 1 && channels != 2 && channels != 4)
    return false;
  for (const Row &row : kRows)
    if (row.format == format && (row.channels == 0 || row.channels == channels)) {
      *out = {row.type, channels};
      return true;
    }
  return false;
}

bool view_format(CUresourceViewFormat format, TexelFormat *out) {
  // Three to a type, of one, two and four channels.
  constexpr ChannelType kTypes[] = {
      ChannelType::UInt8,  ChannelType::SInt8,  ChannelType::UInt16, ChannelType::SInt16,
      ChannelType::UInt32, ChannelType::SInt32, ChannelType::Half,   ChannelType::Float,
  };
  constexpr unsigned kChannels[] = {1, 2, 4};
  if (format < CU_RES_VIEW_FORMAT_UINT_1X8 || format > CU_RES_VIEW_FORMAT_FLOAT_4X32)
    return false;
  auto index = static_cast<unsigned>(format) - CU_RES_VIEW_FORMAT_UINT_1X8;
  *out = {kTypes[index / 3], kChannels[index % 3]};
  return true;
}

ChannelType normalised(ChannelType type) {
  switch (type) {
  case ChannelType::UInt8:
    return ChannelType::UNorm8;
  case ChannelType::SInt8:
    return ChannelType::SNorm8;
  case ChannelType::UInt16:
    return ChannelType::UNorm16;
  case ChannelType::SInt16:
    return ChannelType::SNorm16;
  default:
    return type;
  }
}

} // namespace softcuda
