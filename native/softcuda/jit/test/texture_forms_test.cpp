// tex over geometries, address modes and filters, against the formulas of the CUDA programming guide.
#include "image_harness.h"

#include <cmath>
#include <random>

namespace softcuda::jit::test {
namespace {

// A reference as plain as it can be: doubles, exact weights, coordinates folded step by step.
double fold(double u, AddressMode mode) { // of a normalised coordinate
  if (mode == AddressMode::Wrap)
    return u - std::floor(u);
  double whole = std::floor(u), rest = u - whole;
  return std::fmod(std::fabs(whole), 2) == 0 ? rest : 1 - rest;
}

long fold_index(long i, long n, AddressMode mode, bool normalized) {
  if (mode == AddressMode::Border)
    return i >= 0 && i < n ? i : -1;
  if (normalized && mode == AddressMode::Wrap) {
    while (i < 0)
      i += n;
    return i % n;
  }
  if (normalized && mode == AddressMode::Mirror)
    while (i < 0 || i >= n)
      i = i < 0 ? -1 - i : 2 * n - 1 - i;
  return std::min(std::max(i, 0L), n - 1);
}

double expected(TestImage &image, unsigned axes, const float *at, long slice) {
  const ImageLevel &level = image.image.levels[0];
  const Sampler &sampler = image.image.sampler;
  long extent[3] = {level.width, level.height, level.depth}, first[3] = {};
  double weight[3] = {};
  for (unsigned axis = 0; axis < axes; ++axis) {
    double x = at[axis];
    AddressMode mode = sampler.address[axis];
    if (sampler.normalized && (mode == AddressMode::Wrap || mode == AddressMode::Mirror))
      x = fold(x, mode);
    if (sampler.normalized)
      x *= static_cast<double>(extent[axis]);
    if (sampler.linear)
      x -= 0.5;
    first[axis] = static_cast<long>(std::floor(x));
    weight[axis] = sampler.linear ? x - std::floor(x) : 0;
  }
  double sum = 0;
  for (unsigned corner = 0; corner < 1u << axes; ++corner) {
    long index[3] = {};
    double share = 1;
    bool outside = false;
    for (unsigned axis = 0; axis < axes; ++axis) {
      bool next = corner >> axis & 1;
      index[axis] =
          fold_index(first[axis] + next, extent[axis], sampler.address[axis], sampler.normalized);
      outside |= index[axis] < 0;
      share *= next ? weight[axis] : 1 - weight[axis];
    }
    if (share == 0)
      continue;
    long z = axes == 3 ? index[2] : slice;
    double texel = outside
                       ? sampler.border[0]
                       : image.texels<float>()[(z * extent[1] + index[1]) * extent[0] + index[0]];
    sum += share * texel;
  }
  return sum;
}

struct Case {
  const char *geometry, *coordinates;
  unsigned axes;
  bool layered;
};
const Case kCases[] = {
    {"1d", "{%c0}", 1, false},
    {"2d", "{%c0, %c1}", 2, false},
    {"3d", "{%c0, %c1, %c2, %c2}", 3, false},
    {"a1d", "{%c3, %c0}", 1, true},
    {"a2d", "{%c3, %c0, %c1, %c1}", 2, true},
};

TEST(PtxTexture, EveryGeometryAddressModeAndFilter) {
  std::mt19937 random(7);
  for (const Case &c : kCases)
    for (AddressMode mode :
         {AddressMode::Wrap, AddressMode::Clamp, AddressMode::Mirror, AddressMode::Border})
      for (bool linear : {false, true})
        for (bool normalized : {false, true}) {
          Image image;
          image.layered = c.layered;
          image.sampler = {.address = {mode, mode, mode},
                           .linear = linear,
                           .normalized = normalized,
                           .border = {0.25f, 0, 0, 0}};
          uint32_t extent[3] = {7, c.axes > 1 ? 5u : 1u, c.axes > 2 || c.layered ? 3u : 1u};
          TestImage texture(ImageKind::Texture, image, extent[0], extent[1], extent[2]);
          for (uint32_t i = 0; i < extent[0] * extent[1] * extent[2]; ++i)
            texture.texels<float>()[i] = static_cast<float>(random() % 1000) / 1000;
          std::vector<Operands> operands(256);
          for (Operands &o : operands) {
            for (unsigned axis = 0; axis < 3; ++axis) {
              float span = normalized ? 1 : static_cast<float>(extent[axis]);
              o[axis] = word(span * (static_cast<float>(random() % 6000) / 1000 - 2.5f));
            }
            o[3] = random() % 5; // layers beyond the last are the last
          }
          auto results = run_form(image_kernel(std::string("tex.") + c.geometry +
                                               ".v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, " +
                                               c.coordinates + "];"),
                                  texture.number, operands);
          // The same by the general way, which level 0 of one level takes: bit for bit.
          EXPECT_EQ(results, run_form(image_kernel(std::string("tex.level.") + c.geometry +
                                                   ".v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, " +
                                                   c.coordinates + "], 0f00000000;"),
                                      texture.number, operands));
          int failures = 0;
          for (size_t i = 0; i < operands.size() && failures < 3; ++i) {
            float at[3] = {real(operands[i][0]), real(operands[i][1]), real(operands[i][2])};
            double wanted =
                expected(texture, c.axes, at, c.layered ? std::min(operands[i][3], 2u) : 0);
            double got = real(results[i][0]);
            // weights have eight bits: half a step off per axis
            double slack = linear ? 0.5 / 256 * c.axes + 1e-5 : 0;
            if (std::fabs(got - wanted) <= slack)
              continue;
            ++failures;
            ADD_FAILURE() << c.geometry << " mode " << static_cast<int>(mode) << " linear "
                          << linear << " normalized " << normalized << " at " << at[0] << ","
                          << at[1] << "," << at[2] << ": got " << got << ", wanted " << wanted;
          }
        }
}

TEST(PtxTexture, WeightsHaveEightBits) {
  Image image;
  image.sampler.linear = true;
  TestImage texture(ImageKind::Texture, image, 2);
  texture.texels<float>()[0] = 0;
  texture.texels<float>()[1] = 1;
  std::vector<Operands> operands;
  for (int i = 0; i <= 1000; ++i)
    operands.push_back({word(0.5f + static_cast<float>(i) / 1000)});
  auto results = run_form(image_kernel("tex.1d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0}];"),
                          texture.number, operands);
  for (size_t i = 0; i < results.size(); ++i) {
    float got = real(results[i][0]);
    EXPECT_EQ(got * 256, std::round(got * 256));
    EXPECT_EQ(got, std::round(static_cast<double>(real(operands[i][0]) - 0.5f) * 256) / 256);
    EXPECT_EQ(real(results[i][3]), 1.0f); // channels that are not there: 0, 0, 1
    EXPECT_EQ(real(results[i][1]), 0.0f);
  }
}

TEST(PtxTexture, Formats) {
  struct Format {
    ChannelType type;
    std::vector<uint8_t> texel; // of two channels
    uint32_t first, second;
  };
  const Format formats[] = {
      {ChannelType::UInt8, {200, 3}, 200, 3},
      {ChannelType::SInt8, {0x80, 5}, static_cast<uint32_t>(-128), 5},
      {ChannelType::UInt16, {0x34, 0x12, 0xff, 0xff}, 0x1234, 0xffff},
      {ChannelType::SInt16, {0xfe, 0xff, 1, 0}, static_cast<uint32_t>(-2), 1},
      {ChannelType::UInt32, {1, 2, 3, 4, 5, 6, 7, 0x88}, 0x04030201, 0x88070605},
      {ChannelType::SInt32, {0xff, 0xff, 0xff, 0xff, 7, 0, 0, 0}, 0xffffffff, 7},
      {ChannelType::UNorm8, {255, 51}, word(1), word(0.2f)},
      {ChannelType::SNorm8, {0x80, 0x7f}, word(-1), word(1)},
      {ChannelType::UNorm16, {0xff, 0xff, 0, 0}, word(1), word(0)},
      {ChannelType::SNorm16, {0x01, 0x80, 0xff, 0x7f}, word(-1), word(1)},
      {ChannelType::Half, {0x00, 0x3e, 0x00, 0xc0}, word(1.5f), word(-2)},
      {ChannelType::Float, {0, 0, 0x40, 0x40, 0, 0, 0x80, 0xbf}, word(3), word(-1)},
  };
  for (const Format &format : formats) {
    Image image;
    image.type = format.type;
    image.channels = 2;
    TestImage texture(ImageKind::Texture, image, 1, 1);
    std::copy(format.texel.begin(), format.texel.end(), texture.texels<uint8_t>());
    auto results =
        run_form(image_kernel("tex.2d.v4.u32.s32 {%d0, %d1, %d2, %d3}, [%t, {%c0, %c1}];"),
                 texture.number, {{0, 0}});
    bool integer = is_integer(format.type);
    EXPECT_EQ(results[0], (Results{format.first, format.second, 0, integer ? 1 : word(1)}))
        << static_cast<int>(format.type);
  }
}

TEST(PtxTexture, SrgbIsDecodedBeforeItIsFiltered) {
  Image image;
  image.type = ChannelType::UNorm8;
  image.channels = 4;
  image.srgb = true;
  image.sampler.linear = true;
  TestImage texture(ImageKind::Texture, image, 2);
  for (int channel = 0; channel < 4; ++channel) {
    texture.texels<uint8_t>()[channel] = 0;
    texture.texels<uint8_t>()[4 + channel] = 188;
  }
  auto results = run_form(image_kernel("tex.1d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0}];"),
                          texture.number, {{word(1.0f)}, {word(1.5f)}});
  double linear = std::pow((188 / 255.0 + 0.055) / 1.055, 2.4);
  EXPECT_NEAR(real(results[1][0]), linear, 1e-6);
  EXPECT_NEAR(real(results[0][2]), linear / 2, 1e-6);
  EXPECT_NEAR(real(results[0][3]), 188 / 255.0 / 2, 1e-6); // alpha is linear already
}

TEST(PtxTexture, LinearMemoryReadsZeroOutside) {
  Image image;
  image.type = ChannelType::SInt32;
  image.linear_memory = true;
  TestImage texture(ImageKind::Texture, image, 4);
  for (int i = 0; i < 4; ++i)
    texture.texels<int32_t>()[i] = 10 + i;
  auto results = run_form(image_kernel("tex.1d.v4.s32.s32 {%d0, %d1, %d2, %d3}, [%t, %c0];"),
                          texture.number, {{3}, {4}, {static_cast<uint32_t>(-1)}});
  EXPECT_EQ(results[0][0], 13u);
  EXPECT_EQ(results[1][0], 0u);
  EXPECT_EQ(results[2][0], 0u);
}

TEST(PtxTexture, OffsetsAreTexels) {
  Image image;
  TestImage texture(ImageKind::Texture, image, 4, 4);
  for (int i = 0; i < 16; ++i)
    texture.texels<float>()[i] = static_cast<float>(i);
  auto results =
      run_form(image_kernel("tex.2d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0, %c1}], {1, -1};"),
               texture.number, {{word(1.5f), word(2.5f)}, {word(3.5f), word(0.5f)}});
  EXPECT_EQ(real(results[0][0]), 4 * 1 + 2.0f);
  EXPECT_EQ(real(results[1][0]), 3.0f); // clamped on both axes
}

TEST(PtxTexture, HalfResults) {
  Image image;
  image.channels = 4;
  TestImage texture(ImageKind::Texture, image, 1, 1);
  for (int i = 0; i < 4; ++i)
    texture.texels<float>()[i] = static_cast<float>(i + 1);
  auto packed = run_form(
      image_kernel(
          "mov.b32 %d2, 0; mov.b32 %d3, 0; tex.2d.v2.f16x2.f32 {%d0, %d1}, [%t, {%c0, %c1}];"),
      texture.number, {{word(0), word(0)}});
  EXPECT_EQ(packed[0], (Results{0x40003c00, 0x44004200, 0, 0}));
  auto single = run_form(image_kernel("tex.2d.v4.f16.f32 {%h0, %h1, %h2, %h3}, [%t, {%c0, %c1}]; "
                                      "cvt.u32.u16 %d0, %h0; cvt.u32.u16 %d1, %h1; cvt.u32.u16 "
                                      "%d2, %h2; cvt.u32.u16 %d3, %h3;"),
                         texture.number, {{word(0), word(0)}});
  EXPECT_EQ(single[0], (Results{0x3c00, 0x4000, 0x4200, 0x4400}));
}

TEST(PtxTexture, ResidentPredicateAndUnusedChannels) {
  Image image;
  image.channels = 4;
  TestImage texture(ImageKind::Texture, image, 1);
  for (int i = 0; i < 4; ++i)
    texture.texels<float>()[i] = static_cast<float>(i + 1);
  auto results =
      run_form(image_kernel("mov.b32 %d1, 7; tex.1d.v4.f32.f32 {%d0, _, %d2, _}|%p, [%t, {%c0}]; "
                            "selp.b32 %d3, 1, 0, %p;"),
               texture.number, {{word(0.5f)}});
  EXPECT_EQ(results[0], (Results{word(1), 7, word(3), 1}));
}

TEST(PtxTexture, MissingImageFailsTheKernel) {
  Status status;
  run_form(image_kernel("tex.1d.v4.f32.f32 {%d0, %d1, %d2, %d3}, [%t, {%c0}];"), 0, {{0}}, &status);
  EXPECT_EQ(status.cu_result, 700);
}

} // namespace
} // namespace softcuda::jit::test
