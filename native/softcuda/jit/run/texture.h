// Texture instructions, as compiled kernels ask for them: one request in the thread's own memory per instruction.
#pragma once

#include "abi.h"

#include <string_view>
#include <unordered_map>

namespace softcuda::jit {

enum class Geometry : uint32_t { D1 = 1, D2 = 2, D3 = 3, Cube = 4 };
enum class LevelMode : uint32_t { Base, Level, Gradient };

/// tex and tld4. Coordinates and gradients are floats' bits, or with `integer_coordinates` texel indices.
struct TextureRequest {
  uint64_t texture;
  uint64_t sampler;             // 0: the texture's own
  uint32_t geometry;            // Geometry
  uint32_t layered;             // `layer` counts
  uint32_t integer_coordinates; // 0 or 1
  uint32_t level_mode;          // LevelMode
  uint32_t layer;
  uint32_t coordinates[3];
  uint32_t level;
  uint32_t gradients[2][3]; // by x, by y
  uint32_t offset[3];       // texels, signed
  uint32_t component;       // of tld4
  uint32_t result[4];
};

/// What txq and suq ask for.
enum class ImageQuery : uint32_t {
  Width,
  Height,
  Depth,
  ArraySize,
  Levels,
  ChannelDataType,
  ChannelOrder,
  NormalizedCoords,
  UnnormalizedCoords,
  FilterMode,
  AddressMode0,
  AddressMode1,
  AddressMode2,
  Samples,
  MemoryLayout,
};

/// What happens to surface accesses outside: the kernel fails, the nearest inside, or nothing (reads give 0).
enum class Boundary : uint32_t { Trap, Clamp, Zero };

struct SurfaceAccess {
  uint64_t surface;
  uint32_t geometry;       // Geometry, no cube: its faces are layers
  uint32_t layered;        // `layer` counts
  uint32_t x_is_in_texels; // else in bytes
  uint32_t bytes;          // of the access
  uint32_t boundary;       // Boundary
  uint32_t layer;
  uint32_t coordinates[3];
};

using SymbolTable = std::unordered_map<std::string_view, void *>;
/// rt_texture_sample, rt_texture_gather (TextureRequest *); rt_half (a float's bits).
void add_texture_functions(SymbolTable &table);
/// rt_texture_1d, _2d, _3d (texture, coordinates…, result): the fast way for the most frequent forms.
void add_plain_textures(SymbolTable &table);
/// The general way; fills in `result`.
void sample_texture(TextureRequest &request);
/// rt_image_query (handle, is a surface, level, ImageQuery); rt_sampler_query (handle, ImageQuery);
/// rt_is_texture, rt_is_surface, rt_is_sampler (handle).
void add_image_queries(SymbolTable &table);
/// rt_surface_at (SurfaceAccess *): where an access goes.
/// rt_surface_write (SurfaceAccess *, words *): sust.p.
void add_surface_functions(SymbolTable &table);

} // namespace softcuda::jit
