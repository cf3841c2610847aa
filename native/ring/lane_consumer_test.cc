#include "ring/lane_consumer.h"
#include "ring/testing/guest_end.h"

#include <gtest/gtest.h>
#include <random>
#include <thread>

namespace gpuferry::ring {
namespace {

using testing::GuestLane;
using testing::TestRegion;

struct LaneConsumerTest : ::testing::Test {
  TestRegion memory;
  Region *region = &memory.view;
  GuestLane guest{memory, 3};
  LaneConsumer consumer{region->lane(3), region->map_ring(3)};
  std::vector<std::byte> copy = std::vector<std::byte>(GF_FRAME_MAX_BYTES);
};

std::vector<std::byte> bytes_of(size_t count, unsigned seed) {
  std::vector<std::byte> bytes(count);
  std::minstd_rand random(seed);
  for (std::byte &byte : bytes)
    byte = std::byte(random());
  return bytes;
}

TEST_F(LaneConsumerTest, SeesNothingInAnEmptyRing) { EXPECT_EQ(consumer.look(), Look::empty); }

TEST_F(LaneConsumerTest, CopiesFramesOfAllSizesOutThroughManyTurnsOfTheRing) {
  for (unsigned i = 0; i < 300; ++i) {
    const auto body = bytes_of(i * 211 % (GF_FRAME_MAX_BYTES - sizeof(gf_frame)), i);
    guest.send(static_cast<uint16_t>(i), body);
    ASSERT_EQ(consumer.look(), Look::ready);
    EXPECT_EQ(consumer.frame().opcode, i);
    EXPECT_EQ(consumer.frame().ticket, i);
    consumer.take(copy.data());
    EXPECT_EQ(std::memcmp(copy.data() + sizeof(gf_frame), body.data(), body.size()), 0);
  }
  EXPECT_EQ(consumer.look(), Look::empty);
  EXPECT_EQ(guest.room_bytes(), GF_RING_BYTES);
}

TEST_F(LaneConsumerTest, KeepsTheHeaderThatItCheckedWhenTheGuestChangesItAfterwards) {
  guest.send(7, bytes_of(64, 1));
  ASSERT_EQ(consumer.look(), Look::ready);
  reinterpret_cast<gf_frame *>(memory.ring(3))->size_bytes = GF_RING_BYTES;
  reinterpret_cast<gf_frame *>(memory.ring(3))->opcode = 8;
  consumer.take(copy.data());
  EXPECT_EQ(reinterpret_cast<gf_frame *>(copy.data())->size_bytes, sizeof(gf_frame) + 64);
  EXPECT_EQ(reinterpret_cast<gf_frame *>(copy.data())->opcode, 7);
}

TEST_F(LaneConsumerTest, RefusesImpossibleHeads) {
  for (const uint64_t head : {uint64_t{GF_RING_BYTES} + 8, UINT64_MAX, uint64_t{12}, uint64_t{8}}) {
    guest.publish(head);
    EXPECT_EQ(consumer.look(), Look::malformed) << head;
    consumer = {region->lane(3), region->map_ring(3)};
  }
}

TEST_F(LaneConsumerTest, RefusesAHeadThatGoesBack) {
  guest.send(1, bytes_of(64, 1));
  ASSERT_EQ(consumer.look(), Look::ready);
  consumer.take(copy.data());
  guest.publish(8);
  EXPECT_EQ(consumer.look(), Look::malformed);
}

TEST_F(LaneConsumerTest, RefusesFrameSizesThatAreTooSmallOddOrBeyondWhatWasPublished) {
  for (const uint32_t size : {0u, 8u, 17u, 4096u, GF_FRAME_MAX_BYTES + 8, UINT32_MAX}) {
    const gf_frame header{size, 1, 0, 0};
    guest.write(0, &header, sizeof header);
    guest.publish(64);
    EXPECT_EQ(consumer.look(), Look::malformed) << size;
    consumer = {region->lane(3), region->map_ring(3)};
  }
}

TEST_F(LaneConsumerTest, TellsTheGuestOfRoomWhenTheRingIsEmptyAndEvery4KiB) {
  for (unsigned i = 0; i < 100; ++i)
    guest.send(1, bytes_of(64, i)); // 80 bytes each
  const uint64_t &tail = region->lane(3)->tail;
  for (unsigned i = 0; i < 100; ++i) {
    ASSERT_EQ(consumer.look(), Look::ready);
    const uint64_t before = gf_load_relaxed(&tail);
    consumer.take(copy.data());
    ASSERT_EQ(std::memcmp(copy.data() + sizeof(gf_frame), bytes_of(64, i).data(), 64), 0);
    const uint64_t taken = consumer.taken_bytes(), told = gf_load_relaxed(&tail);
    EXPECT_EQ(told, i == 99 || taken - before >= 4096 ? taken : before) << i;
  }
}

TEST_F(LaneConsumerTest, WakesAProducerThatSleepsOnAFullRing) {
  std::thread producer([&] {
    for (unsigned i = 0; i < 2000; ++i)
      guest.send(1, bytes_of(1000, i)); // eight rings full
  });
  for (unsigned i = 0; i < 2000;) {
    if (consumer.look() != Look::ready)
      continue;
    consumer.take(copy.data());
    ASSERT_EQ(std::memcmp(copy.data() + sizeof(gf_frame), bytes_of(1000, i).data(), 1000), 0);
    ++i;
  }
  producer.join();
}

TEST(RegionTest, NamesHeapRangesOnlyInsideOfTheHeap) {
  TestRegion memory(1 << 20);
  const Region *region = &memory.view;
  EXPECT_TRUE(region->heap(0, 1 << 20));
  EXPECT_TRUE(region->heap(1 << 20, 0));
  EXPECT_FALSE(region->heap(0, (1 << 20) + 1));
  EXPECT_FALSE(region->heap(1, 1 << 20));
  EXPECT_FALSE(region->heap(UINT64_MAX, 2));
  EXPECT_FALSE(region->heap(8, UINT64_MAX));
  EXPECT_TRUE(region->in_heap(GF_HEAP_ADDRESS + 100, 4));
  EXPECT_FALSE(region->in_heap(GF_HEAP_ADDRESS - 1, 4));
  EXPECT_EQ(reinterpret_cast<uint64_t>(region->heap(4096, 8)->data()), GF_HEAP_ADDRESS + 4096);
}

TEST(RegionTest, RefusesAMemfdThatIsShorterThanTheServerSays) {
  TestRegion memory;
  EXPECT_THROW(Region(dup(memory.fd), memory.region_bytes + 4096, 4096), std::runtime_error);
  EXPECT_THROW(Region(dup(memory.fd), memory.region_bytes, 4096), std::runtime_error);
}

} // namespace
} // namespace gpuferry::ring
