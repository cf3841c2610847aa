// suld, sust and sured: where an access lies. Compiled code then reads or writes there itself.
#include "run/faults.h"
#include "run/image_table.h"
#include "run/texel.h"
#include "run/texture.h"

#include <algorithm>

namespace softcuda::jit {
namespace {

constexpr uint64_t kLargestAccess = 16;

/// What accesses outside get that are to have no effect. A store leaves dirt there, so it is cleared each time.
std::byte *nowhere() {
  alignas(kLargestAccess) thread_local std::byte scratch[kLargestAccess];
  std::fill(std::begin(scratch), std::end(scratch), std::byte{0});
  return scratch;
}

std::byte *find_texel(const SurfaceAccess &a, const Image &image) {
  const ImageLevel &level = image.levels[0];
  uint64_t row_bytes = uint64_t{level.width} * image.texel_bytes();
  // Coordinates are signed; as large unsigned numbers, negative ones are outside too.
  int64_t position[3] = {static_cast<int32_t>(a.coordinates[0]), 0, 0};
  if (a.geometry >= static_cast<uint32_t>(Geometry::D2))
    position[1] = static_cast<int32_t>(a.coordinates[1]);
  if (a.geometry == static_cast<uint32_t>(Geometry::D3))
    position[2] = static_cast<int32_t>(a.coordinates[2]);
  if (a.layered)
    position[2] = static_cast<int32_t>(a.layer);
  uint64_t bytes = a.x_is_in_texels ? image.texel_bytes() : a.bytes;
  if (a.x_is_in_texels)
    position[0] *= static_cast<int64_t>(bytes);
  int64_t last[3] = {static_cast<int64_t>(row_bytes) - static_cast<int64_t>(bytes),
                     int64_t{level.height} - 1, int64_t{level.depth} - 1};
  for (unsigned axis = 0; axis < 3; ++axis) {
    if (position[axis] >= 0 && position[axis] <= last[axis]) [[likely]]
      continue;
    if (a.boundary == static_cast<uint32_t>(Boundary::Trap))
      leave_kernel(719, "a surface access lies outside of its surface");
    if (a.boundary == static_cast<uint32_t>(Boundary::Zero) || last[axis] < 0)
      return nullptr;
    position[axis] = std::clamp<int64_t>(position[axis], 0, last[axis]);
  }
  if (static_cast<uint64_t>(position[0]) % std::min<uint64_t>(bytes, 16) != 0)
    leave_kernel(716, "a surface access is not aligned to its size");
  return reinterpret_cast<std::byte *>(level.base) +
         static_cast<uint64_t>(position[2]) * level.slice_bytes +
         static_cast<uint64_t>(position[1]) * level.pitch_bytes +
         static_cast<uint64_t>(position[0]);
}

void *rt_surface_at(const SurfaceAccess *a) {
  std::byte *texel = find_texel(*a, find_image(ImageKind::Surface, a->surface));
  return texel ? texel : nowhere();
}

void rt_surface_write(const SurfaceAccess *a, const uint32_t *words) {
  const Image &image = find_image(ImageKind::Surface, a->surface);
  if (std::byte *texel = find_texel(*a, image))
    write_words(image, texel, {words[0], words[1], words[2], words[3]});
}

template <typename T> void *address(T *function) { return reinterpret_cast<void *>(function); }

} // namespace

void add_surface_functions(SymbolTable &table) {
  table["rt_surface_at"] = address(rt_surface_at);
  table["rt_surface_write"] = address(rt_surface_write);
}

} // namespace softcuda::jit
