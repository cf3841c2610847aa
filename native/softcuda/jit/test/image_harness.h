// Runs texture and surface instructions over many operands, on images that lie in host memory.
#pragma once

#include "images.h"
#include "ptx_harness.h"

#include <array>

namespace softcuda::jit::test {

/// An image with its memory, known to kernels by `number` for as long as it lives.
class TestImage {
public:
  /// Levels of halved extents (layers are not halved) in one allocation. `fill` has bytes for all of them or is empty.
  TestImage(ImageKind kind, Image image, uint32_t width, uint32_t height = 1, uint32_t depth = 1,
            uint32_t levels = 1)
      : image(image) {
    this->image.level_count = levels;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < levels; ++i) {
      auto halved = [&](uint32_t extent) { return std::max(extent >> i, 1u); };
      ImageLevel &level = this->image.levels[i];
      level.width = halved(width);
      level.height = halved(height);
      level.depth = image.layered || image.cube ? depth : halved(depth);
      level.pitch_bytes = uint64_t{level.width} * image.texel_bytes();
      level.slice_bytes = level.pitch_bytes * level.height;
      level.base = bytes;
      bytes += level.slice_bytes * level.depth;
    }
    memory.resize(bytes + 16); // room to align
    auto start = (reinterpret_cast<uint64_t>(memory.data()) + 15) / 16 * 16;
    for (uint32_t i = 0; i < levels; ++i)
      this->image.levels[i].base += start;
    number = add_image(kind, this->image);
  }
  ~TestImage() { remove_image(number); }
  TestImage(const TestImage &) = delete;

  template <typename T> T *texels(uint32_t level = 0) {
    return reinterpret_cast<T *>(image.levels[level].base);
  }

  Image image;
  std::vector<std::byte> memory;
  uint64_t number;
};

/// Eight operands and four results of one thread, as bits.
using Operands = std::array<uint32_t, 8>;
using Results = std::array<uint32_t, 4>;

inline uint32_t word(float value) { return std::bit_cast<uint32_t>(value); }
inline float real(uint32_t bits) { return std::bit_cast<float>(bits); }

/// A module with a kernel `form` around `code`, which has the operands in %c0 … %c7 (b32), the image's number in %t,
/// a predicate %p, 16-bit %h0 … %h3 and 64-bit %w0 … %w3, and leaves its results in %d0 … %d3 (b32).
inline std::string image_kernel(const std::string &code, const std::string &declarations = "") {
  std::string text =
      module_header() + declarations +
      ".visible .entry form(.param .u64 image, .param .u64 in, .param .u64 out)\n{\n"
      "  .reg .b64 %t, %in, %out, %at, %w<4>; .reg .b32 %i, %c<8>, %d<4>; .reg .b16 %h<4>;\n"
      "  .reg .pred %p;\n"
      "  ld.param.u64 %t, [image]; ld.param.u64 %in, [in]; ld.param.u64 %out, [out];\n"
      "  mov.u32 %i, %tid.x; mad.wide.u32 %at, %i, 32, %in;\n";
  for (int i = 0; i < 8; ++i)
    text += "  ld.global.b32 %c" + std::to_string(i) + ", [%at+" + std::to_string(4 * i) + "];\n";
  text += "  " + code + "\n  mad.wide.u32 %at, %i, 16, %out;\n";
  for (int i = 0; i < 4; ++i)
    text += "  st.global.b32 [%at+" + std::to_string(4 * i) + "], %d" + std::to_string(i) + ";\n";
  return text + "  ret;\n}\n";
}

/// One thread per row of operands. `status` gets what the grid ended with; without it the grid must succeed.
inline std::vector<Results> run_form(const std::string &text, uint64_t image,
                                     const std::vector<Operands> &operands,
                                     Status *status = nullptr) {
  std::vector<Results> results(operands.size());
  Ptx ptx(text);
  Status ended = ptx.status;
  if (ended)
    ended = ptx.run("form", Dim3{1}, Dim3{static_cast<uint32_t>(operands.size())}, image,
                    operands.data(), results.data());
  if (status)
    *status = ended;
  else
    EXPECT_TRUE(ended) << ended.cu_result << " " << ended.log;
  return results;
}

} // namespace softcuda::jit::test
