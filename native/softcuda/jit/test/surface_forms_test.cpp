// suld, sust, sured and suq: every width and geometry, and what happens outside.
#include "image_harness.h"

#include <cstring>

namespace softcuda::jit::test {
namespace {

TEST(PtxSurface, EveryWidth) {
  struct Width {
    const char *suffix, *registers;
    unsigned bytes;
  };
  const Width widths[] = {
      {"b8", "%h0", 1},
      {"b16", "%h0", 2},
      {"b32", "%d0", 4},
      {"b64", "%w0", 8},
      {"v2.b8", "{%h0, %h1}", 2},
      {"v2.b16", "{%h0, %h1}", 4},
      {"v2.b32", "{%d0, %d1}", 8},
      {"v2.b64", "{%w0, %w1}", 16},
      {"v4.b8", "{%h0, %h1, %h2, %h3}", 4},
      {"v4.b16", "{%h0, %h1, %h2, %h3}", 8},
      {"v4.b32", "{%d0, %d1, %d2, %d3}", 16},
  };
  for (const Width &width : widths) {
    Image image;
    image.type = ChannelType::UInt8;
    image.channels = 1;
    TestImage surface(ImageKind::Surface, image, 64, 4);
    for (int i = 0; i < 256; ++i)
      surface.texels<uint8_t>()[i] = static_cast<uint8_t>(i * 7);
    std::vector<uint8_t> before(surface.texels<uint8_t>(), surface.texels<uint8_t>() + 256);
    std::string zero = "mov.b32 %d0, 0; mov.b32 %d1, 0; mov.b32 %d2, 0; mov.b32 %d3, 0; ";
    std::string suffix = width.suffix, registers = width.registers;
    // from row 1 to row 3, one access further
    run_form(image_kernel(zero + "suld.b.2d." + suffix + ".trap " + registers +
                          ", [%t, {%c0, 1}]; " + "sust.b.2d." + suffix + ".trap [%t, {%c1, 3}], " +
                          registers + ";"),
             surface.number, {{2 * width.bytes, width.bytes}});
    for (unsigned i = 0; i < 256; ++i) {
      bool written = i / 64 == 3 && i % 64 >= width.bytes && i % 64 < 2 * width.bytes;
      uint8_t wanted = written ? before[64 + 2 * width.bytes + (i % 64 - width.bytes)] : before[i];
      ASSERT_EQ(surface.texels<uint8_t>()[i], wanted) << width.suffix << " byte " << i;
    }
  }
}

TEST(PtxSurface, EveryGeometry) {
  struct Case {
    const char *geometry, *coordinates;
    uint32_t height, depth;
    bool layered;
    uint32_t index; // of the word that x = 2, y = 1, z = 1 or layer = 1 mean
  };
  const Case cases[] = {
      {"1d", "{%c0}", 1, 1, false, 2},
      {"2d", "{%c0, %c1}", 3, 1, false, 6},
      {"3d", "{%c0, %c1, %c2, %c2}", 3, 2, false, 12 + 6},
      {"a1d", "{%c2, %c0}", 1, 2, true, 4 + 2},
      {"a2d", "{%c2, %c0, %c1, %c1}", 3, 2, true, 12 + 6},
  };
  for (const Case &c : cases) {
    Image image;
    image.type = ChannelType::UInt32;
    image.layered = c.layered;
    TestImage surface(ImageKind::Surface, image, 4, c.height, c.depth);
    std::string at = std::string("[%t, ") + c.coordinates + "]";
    auto results = run_form(image_kernel(std::string("sust.b.") + c.geometry + ".b32.trap " + at +
                                         ", %c3; suld.b." + c.geometry + ".b32.trap %d0, " + at +
                                         "; suq.width.b32 %d1, [%t]; " +
                                         "suq.height.b32 %d2, [%t]; suq.array_size.b32 %d3, [%t];"),
                            surface.number, {{8, 1, 1, 4711}});
    EXPECT_EQ(surface.texels<uint32_t>()[c.index], 4711u) << c.geometry;
    EXPECT_EQ(results[0], (Results{4711, 4, c.height, c.layered ? c.depth : 1})) << c.geometry;
  }
}

TEST(PtxSurface, Boundaries) {
  Image image;
  image.type = ChannelType::UInt32;
  TestImage surface(ImageKind::Surface, image, 4, 2);
  auto *texels = surface.texels<uint32_t>();
  for (uint32_t i = 0; i < 8; ++i)
    texels[i] = 100 + i;
  auto minus = static_cast<uint32_t>(-4);
  std::vector<Operands> outside = {{16, 0}, {minus, 1}, {8, 2}, {4, static_cast<uint32_t>(-1)}};
  auto clamped =
      run_form(image_kernel("suld.b.2d.b32.clamp %d0, [%t, {%c0, %c1}];"), surface.number, outside);
  EXPECT_EQ(clamped[0][0], 103u);
  EXPECT_EQ(clamped[1][0], 104u);
  EXPECT_EQ(clamped[2][0], 106u);
  EXPECT_EQ(clamped[3][0], 101u);
  auto zeroes = run_form(image_kernel("sust.b.2d.b32.zero [%t, {%c0, %c1}], 5; "
                                      "suld.b.2d.b32.zero %d0, [%t, {%c0, %c1}];"),
                         surface.number, outside);
  for (const Results &result : zeroes)
    EXPECT_EQ(result[0], 0u);
  for (uint32_t i = 0; i < 8; ++i)
    EXPECT_EQ(texels[i], 100 + i);
  for (const Operands &one : outside) {
    Status status;
    run_form(image_kernel("suld.b.2d.b32.trap %d0, [%t, {%c0, %c1}];"), surface.number, {one},
             &status);
    EXPECT_EQ(status.cu_result, 719);
  }
}

TEST(PtxSurface, MisalignedAccessFails) {
  Image image;
  image.type = ChannelType::UInt32;
  TestImage surface(ImageKind::Surface, image, 4);
  Status status;
  run_form(image_kernel("suld.b.1d.b32.trap %d0, [%t, {%c0}];"), surface.number, {{2}}, &status);
  EXPECT_EQ(status.cu_result, 716);
}

TEST(PtxSurface, Reductions) {
  struct Case {
    const char *operation, *type;
    uint32_t start, operand, wanted;
  };
  const Case cases[] = {
      {"add", "u32", 40, 2, 42},
      {"min", "s32", 5, static_cast<uint32_t>(-1), static_cast<uint32_t>(-1)},
      {"min", "u32", 5, static_cast<uint32_t>(-1), 5},
      {"max", "s32", 5, static_cast<uint32_t>(-1), 5},
      {"and", "b32", 12, 10, 8},
      {"or", "b32", 12, 10, 14},
  };
  for (const Case &c : cases) {
    Image image;
    image.type = ChannelType::UInt32;
    TestImage surface(ImageKind::Surface, image, 4, 2);
    surface.texels<uint32_t>()[6] = surface.texels<uint32_t>()[5] = c.start;
    std::string what = std::string(c.operation);
    run_form(image_kernel("sured.b." + what + ".2d." + c.type + ".trap [%t, {8, 1}], %c0; " +
                          "sured.p." + what + ".2d." + c.type + ".trap [%t, {1, 1}], %c0;"),
             surface.number, {{c.operand}});
    EXPECT_EQ(surface.texels<uint32_t>()[6], c.wanted) << c.operation << c.type;
    EXPECT_EQ(surface.texels<uint32_t>()[5], c.wanted) << c.operation << c.type;
  }
}

TEST(PtxSurface, FormattedStores) {
  struct Case {
    ChannelType type;
    uint32_t operand;
    uint32_t wanted; // bits of the channel
  };
  const Case cases[] = {
      {ChannelType::UInt8, 300, 255},
      {ChannelType::SInt8, static_cast<uint32_t>(-300), 0x80},
      {ChannelType::UInt16, 0x12345, 0xffff},
      {ChannelType::SInt16, 0x7000, 0x7000},
      {ChannelType::UInt32, 0xdeadbeef, 0xdeadbeef},
      {ChannelType::UNorm8, word(0.5f), 128},
      {ChannelType::UNorm8, word(-2), 0},
      {ChannelType::SNorm8, word(-1), 0x81},
      {ChannelType::UNorm16, word(2), 0xffff},
      {ChannelType::Half, word(1.5f), 0x3e00},
      {ChannelType::Float, word(3), word(3)},
  };
  for (const Case &c : cases) {
    Image image;
    image.type = c.type;
    image.channels = 2;
    TestImage surface(ImageKind::Surface, image, 4, 2);
    run_form(image_kernel("sust.p.2d.v2.b32.trap [%t, {2, 1}], {%c0, %c0};"), surface.number,
             {{c.operand}});
    uint32_t bytes = channel_bytes(c.type);
    for (unsigned channel = 0; channel < 2; ++channel) {
      uint32_t got = 0;
      std::memcpy(&got, surface.texels<uint8_t>() + (6 * 2 + channel) * bytes, bytes);
      EXPECT_EQ(got, c.wanted) << static_cast<int>(c.type);
    }
  }
}

} // namespace
} // namespace softcuda::jit::test
