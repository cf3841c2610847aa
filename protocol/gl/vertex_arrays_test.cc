#include "gl/client_state.h"
#include "gl/index_range.h"

#include <GL/gl.h>
#include <GL/glext.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

namespace {

template <class T>
void expect_range(uint32_t type, const std::vector<T> &indices, bool restart, T restart_index) {
  // One byte off, as applications may place them.
  std::vector<std::byte> unaligned(indices.size() * sizeof(T) + 1);
  std::memcpy(unaligned.data() + 1, indices.data(), indices.size() * sizeof(T));
  std::vector<T> vertices;
  std::copy_if(indices.begin(), indices.end(), std::back_inserter(vertices),
               [&](T index) { return !restart || index != restart_index; });
  const auto range =
      gf_find_index_range(type, unaligned.data() + 1, indices.size(), restart, restart_index);
  if (vertices.empty()) {
    EXPECT_GT(range.low, range.high);
    return;
  }
  EXPECT_EQ(range.low, *std::min_element(vertices.begin(), vertices.end()));
  EXPECT_EQ(range.high, *std::max_element(vertices.begin(), vertices.end()));
}

template <class T> void expect_ranges(uint32_t type) {
  std::mt19937 random(7);
  for (size_t count : {0, 1, 2, 3, 15, 16, 17, 33, 1000}) {
    std::vector<T> indices(count);
    for (auto &index : indices)
      index = static_cast<T>(random());
    const T restart = count ? indices[count / 2] : T{};
    expect_range<T>(type, indices, false, restart);
    expect_range<T>(type, indices, true, restart);
    expect_range<T>(type, std::vector<T>(count, restart), true, restart);
  }
}

TEST(IndexRange, AllTypesWithAndWithoutRestart) {
  expect_ranges<uint8_t>(GL_UNSIGNED_BYTE);
  expect_ranges<uint16_t>(GL_UNSIGNED_SHORT);
  expect_ranges<uint32_t>(GL_UNSIGNED_INT);
}

TEST(IndexRange, ARestartIndexThatTheTypeCannotHoldNeverMatches) {
  const uint8_t indices[] = {255, 3};
  const auto range = gf_find_index_range(GL_UNSIGNED_BYTE, indices, 2, 1, 0xffffffff);
  EXPECT_EQ(range.high, 255u);
}

class Arrays : public ::testing::Test {
protected:
  void SetUp() override { gf_client_state_init(&state_, 0); }
  void TearDown() override { gf_client_state_free(&state_); }
  gf_vertex_arrays &arrays() { return state_.arrays; }
  gf_array_change point(uint32_t slot, gf_vertex_format format, int32_t stride, uint64_t pointer) {
    return gf_array_point(&arrays(), arrays().bound, slot, format, stride, pointer,
                          arrays().array_buffer);
  }
  uint64_t client() { return gf_arrays_in_client_memory(arrays().bound); }

  static constexpr gf_vertex_format kVec3{GL_FLOAT, 3, 0, GF_ATTRIB_FLOAT};
  gf_client_state state_;
};

TEST_F(Arrays, OnlyAMovedPointerNeedNotBeTold) {
  EXPECT_EQ(point(GF_SLOT_POSITION, kVec3, 16, 0x1000), GF_ARRAY_CHANGED);
  EXPECT_EQ(point(GF_SLOT_POSITION, kVec3, 16, 0x2000), GF_ARRAY_MOVED);
  EXPECT_EQ(point(GF_SLOT_POSITION, kVec3, 12, 0x2000), GF_ARRAY_CHANGED);
  arrays().array_buffer = 5;
  EXPECT_EQ(point(GF_SLOT_POSITION, kVec3, 12, 0x2000), GF_ARRAY_CHANGED);
  EXPECT_EQ(point(GF_SLOT_POSITION, kVec3, 12, 0x2000), GF_ARRAY_CHANGED); // an offset counts
}

TEST_F(Arrays, RefusedPointersChangeNothing) {
  EXPECT_EQ(point(GF_SLOT_POSITION, {GL_UNSIGNED_BYTE, 3, 0, 0}, 0, 8), GF_ARRAY_REFUSED);
  EXPECT_EQ(point(GF_SLOT_POSITION, {GL_FLOAT, 5, 0, 0}, 0, 8), GF_ARRAY_REFUSED);
  EXPECT_EQ(point(GF_SLOT_POSITION, kVec3, -4, 8), GF_ARRAY_REFUSED);
  EXPECT_EQ(point(GF_SLOT_GENERIC0 + 16, kVec3, 0, 8), GF_ARRAY_REFUSED);
  EXPECT_EQ(arrays().bound->arrays[GF_SLOT_POSITION].format.size, 4);
}

TEST_F(Arrays, ClientMemoryIsWhatIsEnabledWithoutABuffer) {
  point(GF_SLOT_POSITION, kVec3, 0, 8);
  EXPECT_EQ(client(), 0u);
  gf_array_enable(&arrays(), arrays().bound, GF_SLOT_POSITION, 1);
  EXPECT_EQ(client(), 1u);
  arrays().array_buffer = 3;
  point(GF_SLOT_POSITION, kVec3, 0, 8);
  EXPECT_EQ(client(), 0u);
  gf_arrays_forget_buffer(&arrays(), 3);
  EXPECT_EQ(client(), 1u);
  EXPECT_EQ(arrays().array_buffer, 0u);
}

TEST_F(Arrays, AnotherSlotsBindingLendsItsBuffer) {
  gf_array_enable(&arrays(), arrays().bound, GF_SLOT_GENERIC0 + 2, 1);
  gf_binding_set_buffer(&arrays(), arrays().bound, 5, 9, 0, 12);
  EXPECT_EQ(client(), 1ull << (GF_SLOT_GENERIC0 + 2));
  gf_array_set_binding(&arrays(), arrays().bound, 2, 5);
  EXPECT_EQ(client(), 0u);
}

TEST_F(Arrays, ObjectsKeepTheirOwnArrays) {
  ASSERT_NE(gf_arrays_create(&arrays(), 4), 0);
  gf_arrays_bind(&arrays(), 9); // never generated
  EXPECT_EQ(arrays().bound->name, 0u);
  gf_arrays_bind(&arrays(), 4);
  arrays().bound->element_buffer = 7;
  EXPECT_EQ(point(GF_SLOT_GENERIC0, kVec3, 0, 0x1000), GF_ARRAY_REFUSED); // no client memory here
  gf_arrays_delete(&arrays(), 4);
  EXPECT_EQ(arrays().bound->name, 0u);
  EXPECT_EQ(arrays().bound->element_buffer, 0u);
}

TEST_F(Arrays, ACoreProfileHasNoArrayObjectZero) {
  arrays().is_core = 1;
  gf_array_enable(&arrays(), arrays().bound, GF_SLOT_GENERIC0, 1);
  EXPECT_EQ(arrays().bound->enabled, 0u);
}

TEST_F(Arrays, PopBringsBackArraysAndPixels) {
  point(GF_SLOT_COLOR, {GL_UNSIGNED_BYTE, 4, 0, 0}, 0, 8);
  gf_client_state_push(&state_, GL_CLIENT_ALL_ATTRIB_BITS);
  gf_client_state_reset(&state_, GL_CLIENT_ALL_ATTRIB_BITS);
  gf_pixel_state_set(&state_.pixels, GL_PACK_ALIGNMENT, 1);
  gf_array_enable(&arrays(), arrays().bound, GF_SLOT_NORMAL, 1);
  EXPECT_EQ(arrays().bound->arrays[GF_SLOT_COLOR].format.type, uint32_t{GL_FLOAT});
  gf_client_state_pop(&state_);
  EXPECT_EQ(arrays().bound->arrays[GF_SLOT_COLOR].format.type, uint32_t{GL_UNSIGNED_BYTE});
  EXPECT_EQ(arrays().bound->enabled, 0u);
  EXPECT_EQ(gf_pixel_state_get(&state_.pixels, GL_PACK_ALIGNMENT), 4);
  gf_client_state_pop(&state_); // an empty stack is the driver's to complain about
}

} // namespace
