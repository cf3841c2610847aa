// Sizes here are worked out by hand from the specification's pictures, not by the code under test.
#include "gl/image_span.h"

#include <GL/gl.h>
#include <GL/glext.h>
#include <gtest/gtest.h>

namespace {

gf_pixel_store store() {
  gf_pixel_state state;
  gf_pixel_state_init(&state);
  return state.unpack;
}

gf_image_span span_of(const gf_pixel_store &with, const gf_image &image) {
  gf_image_span span{};
  EXPECT_NE(gf_find_image_span(&with, &image, &span), 0);
  return span;
}

TEST(ImageSpan, PadsRowsToTheAlignmentButNotTheLast) {
  const auto span = span_of(store(), {2, GL_RGB, GL_UNSIGNED_BYTE, 5, 3, 1});
  EXPECT_EQ(span.row_bytes, 16u);
  EXPECT_EQ(span.start_bytes, 0u);
  EXPECT_EQ(span.end_bytes, 2u * 16 + 15);
}

TEST(ImageSpan, SkipsAndLongRows) {
  auto with = store();
  with.row_length = 10;
  with.skip_pixels = 2;
  with.skip_rows = 3;
  const auto span = span_of(with, {2, GL_RGBA, GL_UNSIGNED_BYTE, 4, 2, 1});
  EXPECT_EQ(span.row_bytes, 40u);
  EXPECT_EQ(span.start_bytes, 3u * 40 + 8);
  EXPECT_EQ(span.end_bytes, 3u * 40 + 8 + 40 + 16);
}

TEST(ImageSpan, ImagesCountInThreeDimensionsAlone) {
  auto with = store();
  with.image_height = 8;
  with.skip_images = 1;
  const auto volume = span_of(with, {3, GL_RED, GL_FLOAT, 2, 4, 3});
  EXPECT_EQ(volume.image_bytes, 64u);
  EXPECT_EQ(volume.start_bytes, 64u);
  EXPECT_EQ(volume.end_bytes, 64u + 2 * 64 + 3 * 8 + 8);
  const auto flat = span_of(with, {2, GL_RED, GL_FLOAT, 2, 4, 1});
  EXPECT_EQ(flat.start_bytes, 0u);
  EXPECT_EQ(flat.end_bytes, 32u);
}

TEST(ImageSpan, OneDimensionCoversBothReadingsOfSkippedRows) {
  auto with = store();
  with.skip_rows = 2;
  const auto span = span_of(with, {1, GL_RED, GL_UNSIGNED_BYTE, 4, 1, 1});
  EXPECT_EQ(span.start_bytes, 0u);
  EXPECT_EQ(span.first_row_bytes, 8u);
  EXPECT_EQ(span.end_bytes, 12u);
}

TEST(ImageSpan, Bitmaps) {
  auto with = store();
  with.alignment_bytes = 1;
  with.skip_pixels = 13;
  const auto span = span_of(with, {2, GL_COLOR_INDEX, GL_BITMAP, 12, 2, 1});
  EXPECT_EQ(span.row_bytes, 2u);   // 12 bits
  EXPECT_EQ(span.start_bytes, 1u); // bit 13 lies in byte 1
  EXPECT_EQ(span.width_bytes, 3u); // bits 5 … 16 from there
  EXPECT_EQ(span.end_bytes, 1u + 2 + 3);
}

TEST(ImageSpan, PackedTypesSayTheSize) {
  EXPECT_EQ(gf_pixel_bits(GL_RGB, GL_UNSIGNED_SHORT_5_6_5), 16u);
  EXPECT_EQ(gf_pixel_bits(GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8), 32u);
  EXPECT_EQ(gf_pixel_bits(GL_DEPTH_STENCIL, GL_FLOAT_32_UNSIGNED_INT_24_8_REV), 64u);
  EXPECT_EQ(gf_pixel_bits(GL_RGBA, GL_HALF_FLOAT), 64u);
  EXPECT_EQ(gf_pixel_bits(GL_RGBA, 0x1234), 0u);
  EXPECT_EQ(gf_pixel_bits(0x1234, GL_FLOAT), 0u);
}

TEST(ImageSpan, NothingIsTouchedByEmptyImages) {
  for (const gf_image &image :
       {gf_image{2, GL_RGBA, GL_FLOAT, 0, 5, 1}, gf_image{2, GL_RGBA, GL_FLOAT, 5, -1, 1}}) {
    const auto span = span_of(store(), image);
    EXPECT_EQ(span.start_bytes, span.end_bytes);
  }
}

TEST(ImageSpan, RefusesWhatNoMemoryHolds) {
  auto with = store();
  with.row_length = INT32_MAX;
  with.image_height = INT32_MAX;
  with.skip_images = INT32_MAX;
  const gf_image image{3, GL_RGBA, GL_FLOAT, INT32_MAX, INT32_MAX, INT32_MAX};
  gf_image_span span{};
  EXPECT_EQ(gf_find_image_span(&with, &image, &span), 0);
}

TEST(CompressedSpan, IsAsLongAsToldWithoutBlockSizes) {
  auto with = store();
  with.skip_pixels = 8;
  const gf_image image{2, 0, 0, 16, 16, 1};
  gf_image_span span{};
  ASSERT_NE(gf_find_compressed_span(&with, &image, 128, &span), 0);
  EXPECT_EQ(span.start_bytes, 0u);
  EXPECT_EQ(span.end_bytes, 128u);
}

TEST(CompressedSpan, SkipsBlocks) {
  auto with = store();
  with.block_width = with.block_height = 4;
  with.block_bytes = 8;
  with.row_length = 32;
  with.skip_pixels = 8;
  with.skip_rows = 4;
  const gf_image image{2, 0, 0, 16, 8, 1};
  gf_image_span span{};
  ASSERT_NE(gf_find_compressed_span(&with, &image, 64, &span), 0);
  EXPECT_EQ(span.row_bytes, 64u);
  EXPECT_EQ(span.start_bytes, 64u + 16);
  EXPECT_EQ(span.end_bytes, 64u + 16 + 64 + 32);
}

TEST(PixelStore, KeepsWhatOpenGlKeeps) {
  gf_pixel_state state;
  gf_pixel_state_init(&state);
  EXPECT_EQ(gf_pixel_state_set(&state, GL_PACK_ALIGNMENT, 3), 0);
  EXPECT_EQ(gf_pixel_state_set(&state, GL_UNPACK_ROW_LENGTH, -1), 0);
  EXPECT_EQ(gf_pixel_state_get(&state, GL_PACK_ALIGNMENT), 4);
  EXPECT_NE(gf_pixel_state_set(&state, GL_PACK_ALIGNMENT, 8), 0);
  EXPECT_NE(gf_pixel_state_set(&state, GL_UNPACK_SWAP_BYTES, 7), 0);
  EXPECT_EQ(gf_pixel_state_get(&state, GL_PACK_ALIGNMENT), 8);
  EXPECT_EQ(gf_pixel_state_get(&state, GL_UNPACK_ALIGNMENT), 4);
  EXPECT_EQ(gf_pixel_state_get(&state, GL_UNPACK_SWAP_BYTES), 1);
  EXPECT_EQ(gf_pixel_state_get(&state, GL_TEXTURE_2D), -1);
}

} // namespace
