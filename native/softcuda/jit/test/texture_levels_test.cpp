// Mip levels, gradients, cube maps, gathering, queries and references.
#include "image_harness.h"

#include <cmath>

namespace softcuda::jit::test {
namespace {

/// 16 by 16, and every level as grey as its number.
struct Pyramid : TestImage {
  explicit Pyramid(Sampler sampler) : TestImage(ImageKind::Texture, make(sampler), 16, 16, 1, 5) {
    for (uint32_t i = 0; i < 5; ++i)
      for (uint32_t texel = 0; texel < image.levels[i].width * image.levels[i].height; ++texel)
        texels<float>(i)[texel] = static_cast<float>(i);
  }
  static Image make(Sampler sampler) {
    Image image;
    image.sampler = sampler;
    image.sampler.normalized = true;
    return image;
  }
};

float at_level(const Sampler &sampler, float level) {
  Pyramid pyramid(sampler);
  auto results =
      run_form(image_kernel("tex.level.2d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0, %c1}], %c2;"),
               pyramid.number, {{word(0.5f), word(0.5f), word(level)}});
  return real(results[0][0]);
}

TEST(PtxTexture, Levels) {
  Sampler point{.max_level = 10}, linear{.linear = true, .mip_linear = true, .max_level = 10};
  EXPECT_EQ(at_level(point, 0.4f), 0);
  EXPECT_EQ(at_level(point, 1.75f), 2);
  EXPECT_EQ(at_level(point, -3), 0);
  EXPECT_EQ(at_level(point, 99), 4);
  EXPECT_EQ(at_level(linear, 1.75f), 1.75f);
  EXPECT_NEAR(at_level(linear, 1.3f), 1.3f, 0.5 / 256);
  EXPECT_EQ(at_level(linear, 9), 4);
  Sampler biased{.mip_linear = true, .level_bias = 0.5f, .min_level = 1, .max_level = 2.25f};
  EXPECT_EQ(at_level(biased, 1), 1.5f);
  EXPECT_EQ(at_level(biased, 0), 1);
  EXPECT_EQ(at_level(biased, 3), 2.25f);
}

TEST(PtxTexture, Gradients) {
  Pyramid pyramid({.linear = true, .mip_linear = true, .max_level = 10});
  auto code = image_kernel("tex.grad.2d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0, %c1}], "
                           "{%c2, %c3}, {%c4, %c5};");
  auto step = [](float texels) { return word(texels / 16); };
  auto results = run_form(code, pyramid.number,
                          {{word(0.5f), word(0.5f), step(1), 0, 0, step(1)},
                           {word(0.5f), word(0.5f), step(4), 0, 0, step(1)},
                           {word(0.5f), word(0.5f), 0, step(3), step(-8), 0}});
  EXPECT_EQ(real(results[0][0]), 0);
  EXPECT_EQ(real(results[1][0]), 2);
  EXPECT_EQ(real(results[2][0]), 3);
}

TEST(PtxTexture, AnisotropyTakesTheShorterSide) {
  Pyramid pyramid({.linear = true, .mip_linear = true, .max_anisotropy = 8, .max_level = 10});
  auto results =
      run_form(image_kernel("tex.grad.2d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0, %c1}], "
                            "{%c2, %c3}, {%c4, %c5};"),
               pyramid.number, {{word(0.5f), word(0.5f), word(8 / 16.0f), 0, 0, word(2 / 16.0f)}});
  EXPECT_EQ(real(results[0][0]), 1); // level 3 without
}

/// Every texel says its face, row and column.
struct Cube : TestImage {
  Cube(bool layered, Sampler sampler)
      : TestImage(ImageKind::Texture, make(layered, sampler), 4, 4, layered ? 12 : 6) {
    for (uint32_t slice = 0; slice < image.levels[0].depth; ++slice)
      for (uint32_t y = 0; y < 4; ++y)
        for (uint32_t x = 0; x < 4; ++x)
          texels<float>()[(slice * 4 + y) * 4 + x] = static_cast<float>(100 * slice + 10 * y + x);
  }
  static Image make(bool layered, Sampler sampler) {
    Image image;
    image.cube = true;
    image.layered = layered;
    image.sampler = sampler;
    image.sampler.normalized = true;
    return image;
  }
};

TEST(PtxTexture, CubeFaces) {
  Cube cube(false, {});
  auto code = image_kernel("tex.cube.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0, %c1, %c2, %c2}];");
  struct Direction {
    float x, y, z, wanted;
  };
  // (s, t) of the guide's table, on a 4 by 4 face: 0.3 lies in column 2, -0.7 in column 0
  const Direction directions[] = {
      {1, 0.7f, -0.3f, 2},   // +x: s = -z, t = -y
      {-2, 1.4f, 0.6f, 102}, // -x: s = z, t = -y
      {0.3f, 1, 0.7f, 232},  // +y: s = x, t = z
      {0.3f, -1, 0.7f, 302}, // -y: s = x, t = -z
      {0.3f, 0.7f, 1, 402},  // +z: s = x, t = -y
      {0.3f, 0.7f, -1, 501}, // -z: s = -x, t = -y
  };
  std::vector<Operands> operands;
  for (const Direction &d : directions)
    operands.push_back({word(d.x), word(d.y), word(d.z)});
  auto results = run_form(code, cube.number, operands);
  for (size_t i = 0; i < results.size(); ++i)
    EXPECT_EQ(real(results[i][0]), directions[i].wanted) << i;
}

TEST(PtxTexture, LayeredCubes) {
  Cube cube(true, {});
  auto results = run_form(
      image_kernel("tex.acube.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c3, %c0, %c1, %c2}];"),
      cube.number, {{word(0.3f), word(0.7f), word(-1), 1}, {word(0.3f), word(0.7f), word(1), 0}});
  EXPECT_EQ(real(results[0][0]), 1101);
  EXPECT_EQ(real(results[1][0]), 402);
}

TEST(PtxTexture, SeamlessCubesFilterAcrossEdges) {
  auto code = image_kernel("tex.cube.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0, %c1, %c2, %c2}];");
  // on the edge between +z and +x, at the height of row 1's centre
  std::vector<Operands> edge = {{word(0.99999f), word(0.25f), word(1)}};
  Cube clamped(false, {.linear = true}), seamless(false, {.linear = true, .seamless = true});
  EXPECT_NEAR(real(run_form(code, clamped.number, edge)[0][0]), 413, 0.1);
  // half of (row 1, column 3) of +z, half of (row 1, column 0) of +x
  EXPECT_NEAR(real(run_form(code, seamless.number, edge)[0][0]), (413 + 10) / 2.0, 0.9);
}

TEST(PtxTexture, Gather) {
  Image image;
  image.channels = 2;
  TestImage texture(ImageKind::Texture, image, 3, 3);
  for (int i = 0; i < 9; ++i) {
    texture.texels<float>()[2 * i] = static_cast<float>(i);
    texture.texels<float>()[2 * i + 1] = static_cast<float>(10 * i);
  }
  auto first =
      run_form(image_kernel("tld4.r.2d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0, %c1}];"),
               texture.number, {{word(1.2f), word(1.2f)}});
  EXPECT_EQ(first[0], (Results{word(3), word(4), word(1), word(0)}));
  auto second =
      run_form(image_kernel("tld4.g.2d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0, %c1}], {1, 1};"),
               texture.number, {{word(1.2f), word(1.2f)}});
  EXPECT_EQ(second[0], (Results{word(70), word(80), word(50), word(40)}));
}

TEST(PtxTexture, Queries) {
  Pyramid pyramid(
      {.address = {AddressMode::Wrap, AddressMode::Mirror, AddressMode::Border}, .linear = true});
  auto results = run_form(
      image_kernel("txq.width.b32 %d0, [%t]; txq.level.height.b32 %d1, [%t], 2; "
                   "txq.num_mipmap_levels.b32 %d2, [%t]; txq.channel_data_type.b32 %d3, [%t];"),
      pyramid.number, {{}});
  EXPECT_EQ(results[0], (Results{16, 4, 5, 0x10de}));
  results =
      run_form(image_kernel("txq.filter_mode.b32 %d0, [%t]; txq.addr_mode_0.b32 %d1, [%t]; "
                            "txq.addr_mode_1.b32 %d2, [%t]; txq.normalized_coords.b32 %d3, [%t];"),
               pyramid.number, {{}});
  EXPECT_EQ(results[0], (Results{1, 0, 1, 1}));
  Cube cube(true, {});
  results = run_form(image_kernel("txq.array_size.b32 %d0, [%t]; txq.depth.b32 %d1, [%t]; "
                                  "istypep.texref %p, %t; selp.b32 %d2, 1, 0, %p; "
                                  "istypep.surfref %p, %t; selp.b32 %d3, 1, 0, %p;"),
                     cube.number, {{}});
  EXPECT_EQ(results[0], (Results{2, 1, 1, 0}));
}

/// The driver writes an image's number into a reference variable; here its address is taken from globals().
void bind(Ptx &ptx, const char *name, uint64_t number) {
  for (const GlobalInfo &global : ptx->globals())
    if (global.name == name)
      *reinterpret_cast<uint64_t *>(global.address) = number;
}

TEST(PtxTexture, References) {
  Image image;
  image.sampler.linear = true;
  TestImage texture(ImageKind::Texture, image, 2);
  texture.texels<float>()[0] = 1;
  texture.texels<float>()[1] = 3;
  for (const char *declaration : {".global .texref ref;\n", ".tex .u32 ref;\n"}) {
    Ptx ptx(image_kernel("tex.1d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [ref, {%c0}];", declaration));
    ASSERT_TRUE(ptx.status) << ptx.status.log;
    ASSERT_EQ(ptx->globals().size(), 1u);
    EXPECT_TRUE(ptx->globals()[0].is_texref);
    bind(ptx, "ref", texture.number);
    Operands in{word(1.0f)};
    Results out{};
    Status status = ptx.run("form", Dim3{1}, Dim3{1}, texture.number, &in, &out);
    EXPECT_TRUE(status) << status.log;
    EXPECT_EQ(real(out[0]), 2);
  }
}

TEST(PtxTexture, IndependentSamplers) {
  Image image;
  image.sampler.linear = true; // what counts is the sampler of the instruction
  TestImage texture(ImageKind::Texture, image, 2);
  texture.texels<float>()[0] = 1;
  texture.texels<float>()[1] = 3;
  auto text = image_kernel(
      "tex.1d.v4.f32.f32 {%d0, _, _, _}, [%t, near, {%c0}]; "
      "tex.1d.v4.f32.f32 {%d1, _, _, _}, [%t, wrap, {%c1}]; "
      "txq.addr_mode_0.b32 %d2, [wrap]; mov.u64 %w0, wrap; ld.global.u64 %w0, [%w0]; "
      "istypep.samplerref %p, %w0; selp.b32 %d3, 1, 0, %p;",
      ".global .samplerref near = {filter_mode = nearest, force_unnormalized_coords = 1};\n"
      ".global .samplerref wrap = {addr_mode_0 = wrap, filter_mode = linear};\n");
  auto results = run_form(text, texture.number, {{word(1.4f), word(1.0f)}});
  EXPECT_EQ(results[0], (Results{word(3), word(2), 0, 1}));
}

} // namespace
} // namespace softcuda::jit::test
