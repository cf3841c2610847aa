// txq, suq and istypep.
#include "run/image_table.h"
#include "run/texture.h"

#include <algorithm>

namespace softcuda::jit {
namespace {

/// The numbers that OpenCL gives to channel types and orders, which PTX took over.
uint32_t channel_data_type(ChannelType type) {
  switch (type) {
  case ChannelType::SNorm8:
    return 0x10d0;
  case ChannelType::SNorm16:
    return 0x10d1;
  case ChannelType::UNorm8:
    return 0x10d2;
  case ChannelType::UNorm16:
    return 0x10d3;
  case ChannelType::SInt8:
    return 0x10d7;
  case ChannelType::SInt16:
    return 0x10d8;
  case ChannelType::SInt32:
    return 0x10d9;
  case ChannelType::UInt8:
    return 0x10da;
  case ChannelType::UInt16:
    return 0x10db;
  case ChannelType::UInt32:
    return 0x10dc;
  case ChannelType::Half:
    return 0x10dd;
  default:
    return 0x10de;
  }
}

uint32_t channel_order(uint8_t channels) {
  return channels == 1 ? 0x10b0 /* R */ : channels == 2 ? 0x10b2 /* RG */ : 0x10b5 /* RGBA */;
}

/// PTX counts wrap, mirror, clamp as OpenGL has it, clamp to edge, clamp to border.
uint32_t address_mode(AddressMode mode) {
  switch (mode) {
  case AddressMode::Wrap:
    return 0;
  case AddressMode::Mirror:
    return 1;
  case AddressMode::Clamp:
    return 3;
  default:
    return 4;
  }
}

uint32_t query_sampler(const Sampler &sampler, ImageQuery query) {
  switch (query) {
  case ImageQuery::NormalizedCoords:
    return sampler.normalized;
  case ImageQuery::UnnormalizedCoords:
    return !sampler.normalized;
  case ImageQuery::FilterMode:
    return sampler.linear;
  case ImageQuery::AddressMode0:
    return address_mode(sampler.address[0]);
  case ImageQuery::AddressMode1:
    return address_mode(sampler.address[1]);
  default:
    return address_mode(sampler.address[2]);
  }
}

uint32_t rt_image_query(uint64_t handle, uint32_t is_surface, uint32_t number, uint32_t what) {
  const Image &image = find_image(is_surface ? ImageKind::Surface : ImageKind::Texture, handle);
  const ImageLevel &level = image.levels[std::min(number, image.level_count - 1)];
  auto query = static_cast<ImageQuery>(what);
  switch (query) {
  case ImageQuery::Width:
    return level.width;
  case ImageQuery::Height:
    return level.height;
  case ImageQuery::Depth:
    return image.layered || image.cube ? 1 : level.depth;
  case ImageQuery::ArraySize:
    return image.layered ? (image.cube ? level.depth / 6 : level.depth) : 1;
  case ImageQuery::Levels:
    return image.level_count;
  case ImageQuery::Samples:
    return 1;
  case ImageQuery::MemoryLayout:
    return 0;
  case ImageQuery::ChannelDataType:
    return channel_data_type(image.type);
  case ImageQuery::ChannelOrder:
    return channel_order(image.channels);
  default:
    return query_sampler(image.sampler, query);
  }
}

uint32_t rt_sampler_query(uint64_t handle, uint32_t query) {
  if (image_kind(handle) == ImageKind::Texture) // unified mode: a texture has its sampler with it
    return query_sampler(find_image(ImageKind::Texture, handle).sampler,
                         static_cast<ImageQuery>(query));
  return query_sampler(unpack_sampler(handle), static_cast<ImageQuery>(query));
}

bool rt_is_texture(uint64_t handle) { return image_kind(handle) == ImageKind::Texture; }
bool rt_is_surface(uint64_t handle) { return image_kind(handle) == ImageKind::Surface; }
bool rt_is_sampler(uint64_t handle) { return is_packed_sampler(handle); }

template <typename T> void *address(T *function) { return reinterpret_cast<void *>(function); }

} // namespace

void add_image_queries(SymbolTable &table) {
  table["rt_image_query"] = address(rt_image_query);
  table["rt_sampler_query"] = address(rt_sampler_query);
  table["rt_is_texture"] = address(rt_is_texture);
  table["rt_is_surface"] = address(rt_is_surface);
  table["rt_is_sampler"] = address(rt_is_sampler);
}

} // namespace softcuda::jit
