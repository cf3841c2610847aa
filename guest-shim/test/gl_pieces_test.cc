// Which bytes of the application's memory a draw from client arrays takes along.
extern "C" {
#include "gl/data/arrays.h"
}
#include "gl_api.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

class Pieces : public ::testing::Test {
protected:
  void SetUp() override { gf_arrays_init(&arrays_, 0); }
  void TearDown() override { gf_arrays_free(&arrays_); }

  void point(uint32_t slot, uint16_t size, int32_t stride, const void *pointer) {
    const gf_vertex_format format{GL_FLOAT, size, 0, GF_ATTRIB_FLOAT};
    ASSERT_NE(gf_array_point(&arrays_, &arrays_.zero, slot, format, stride,
                             reinterpret_cast<uintptr_t>(pointer), 0),
              GF_ARRAY_REFUSED);
    gf_array_enable(&arrays_, &arrays_.zero, slot, 1);
  }
  gf_gl_pieces find(uint64_t low, uint64_t high, uint32_t instances = 1, uint32_t base = 0) {
    const gf_gl_reach reach{low, high, 0, instances, base};
    gf_gl_pieces pieces;
    gf_gl_find_pieces(&arrays_.zero, gf_arrays_in_client_memory(&arrays_.zero), &reach, &pieces);
    return pieces;
  }

  gf_vertex_arrays arrays_;
  float memory_[1024] = {};
};

TEST_F(Pieces, InterleavedArraysAreOnePiece) {
  point(GF_SLOT_POSITION, 3, 20, memory_);
  point(GF_SLOT_TEX_COORD0, 2, 20, memory_ + 3);
  const auto pieces = find(2, 5);
  ASSERT_EQ(pieces.piece_count, 1u);
  EXPECT_EQ(pieces.pieces[0].from, reinterpret_cast<const uint8_t *>(memory_ + 10));
  EXPECT_EQ(pieces.bytes, 4u * 20);
  ASSERT_EQ(pieces.array_count, 2u);
  EXPECT_EQ(pieces.arrays[1].slot, uint32_t{GF_SLOT_TEX_COORD0});
  EXPECT_EQ(pieces.arrays[1].offset_bytes, 12u);
  EXPECT_EQ(pieces.arrays[1].first, 2u);
}

TEST_F(Pieces, SeparateArraysLieApartAndAligned) {
  point(GF_SLOT_POSITION, 3, 0, memory_ + 500);
  point(GF_SLOT_NORMAL, 3, 0, memory_);
  const auto pieces = find(0, 0);
  ASSERT_EQ(pieces.piece_count, 2u);
  EXPECT_EQ(pieces.arrays[0].slot, uint32_t{GF_SLOT_NORMAL});
  EXPECT_EQ(pieces.arrays[1].offset_bytes, 16u);
  EXPECT_EQ(pieces.bytes, 28u);
}

TEST_F(Pieces, InstancesAreCountedByTheDivisor) {
  point(GF_SLOT_GENERIC0 + 1, 4, 0, memory_);
  gf_binding_set_divisor(&arrays_, &arrays_.zero, 1, 3);
  const auto pieces = find(0, 900, 7, 10); // elements 10, 11 and 12
  ASSERT_EQ(pieces.array_count, 1u);
  EXPECT_EQ(pieces.arrays[0].first, 10u);
  EXPECT_EQ(pieces.bytes, 3u * 16);
}

TEST_F(Pieces, WhatHasNoAddressIsLeftOut) {
  point(GF_SLOT_POSITION, 3, 0, nullptr);
  EXPECT_EQ(find(0, 3).array_count, 0u);
  point(GF_SLOT_POSITION, 3, 0, memory_);
  EXPECT_EQ(find(1, 0).array_count, 0u); // no vertex
}

TEST_F(Pieces, TheCopyHoldsWhatTheArraysHeld) {
  for (int i = 0; i < 1024; ++i)
    memory_[i] = static_cast<float>(i);
  point(GF_SLOT_POSITION, 2, 0, memory_ + 600);
  point(GF_SLOT_COLOR, 4, 0, memory_);
  const auto pieces = find(1, 2);
  std::vector<uint8_t> copy(pieces.bytes);
  gf_gl_copy_pieces(&pieces, copy.data());
  float first;
  std::memcpy(&first, copy.data() + pieces.arrays[1].offset_bytes, sizeof first);
  EXPECT_EQ(first, 602.0f);
  std::memcpy(&first, copy.data() + pieces.arrays[0].offset_bytes, sizeof first);
  EXPECT_EQ(first, 4.0f);
}

} // namespace
