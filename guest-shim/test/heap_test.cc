extern "C" {
#include "heap/alias.h"
#include "heap/heap.h"
#include "heap/shared_pages.h"
#include "session/session.h"
}
#include "abi/region.h"

#include <cstring>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

constexpr uint64_t kPages = 64;

/// A heap without a session: only its memory matters here.
class Heap : public ::testing::Test {
protected:
  void SetUp() override {
    fd = memfd_create("heap", MFD_CLOEXEC);
    ASSERT_EQ(ftruncate(fd, GF_HEAP_OFFSET_BYTES + kPages * GF_PAGE_BYTES), 0);
    void *at = mmap(nullptr, kPages * GF_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                    GF_HEAP_OFFSET_BYTES);
    ASSERT_NE(at, MAP_FAILED);
    gf_session.heap = static_cast<uint8_t *>(at);
    gf_session.heap_bytes = kPages * GF_PAGE_BYTES;
    gf_session.region_fd = fd;
    gf_session_generation++; // the books start over
  }
  void TearDown() override {
    munmap(gf_session.heap, gf_session.heap_bytes);
    close(fd);
    gf_session.heap = nullptr;
    gf_session.region_fd = -1;
  }
  int fd = -1;
};

TEST_F(Heap, BlocksArePagesAndNeverTheFirst) {
  gf_heap_block a, b;
  ASSERT_TRUE(gf_heap_alloc(1, GF_HEAP_PINNED, &a));
  ASSERT_TRUE(gf_heap_alloc(GF_PAGE_BYTES + 1, GF_HEAP_PINNED, &b));
  EXPECT_NE(a.offset_bytes, 0u);
  EXPECT_EQ(b.pages_bytes, 2 * GF_PAGE_BYTES);
  EXPECT_GE(b.offset_bytes, a.offset_bytes + a.pages_bytes);
}

TEST_F(Heap, IsFullWhenItIsAndRecovers) {
  gf_heap_block all, more;
  ASSERT_TRUE(gf_heap_alloc((kPages - 1) * GF_PAGE_BYTES, GF_HEAP_PINNED, &all));
  EXPECT_FALSE(gf_heap_alloc(1, GF_HEAP_PINNED, &more));
  EXPECT_FALSE(gf_heap_alloc(UINT64_MAX, GF_HEAP_PINNED, &more));
  EXPECT_TRUE(gf_heap_free(all.offset_bytes));
  EXPECT_TRUE(gf_heap_alloc((kPages - 1) * GF_PAGE_BYTES, GF_HEAP_PINNED, &all));
}

TEST_F(Heap, FreedPagesAreEmpty) {
  gf_heap_block block;
  ASSERT_TRUE(gf_heap_alloc(GF_PAGE_BYTES, GF_HEAP_PINNED, &block));
  std::memset(gf_session.heap + block.offset_bytes, 7, GF_PAGE_BYTES);
  gf_heap_free(block.offset_bytes);
  EXPECT_EQ(gf_session.heap[block.offset_bytes], 0);
}

TEST_F(Heap, FreesOnlyWhatBeginsThere) {
  gf_heap_block block;
  ASSERT_TRUE(gf_heap_alloc(2 * GF_PAGE_BYTES, GF_HEAP_PINNED, &block));
  EXPECT_FALSE(gf_heap_free(block.offset_bytes + GF_PAGE_BYTES));
  EXPECT_TRUE(gf_heap_free(block.offset_bytes));
  EXPECT_FALSE(gf_heap_free(block.offset_bytes));
}

TEST_F(Heap, RangesMustLieInOneBlockThatIsNotStaging) {
  gf_heap_block pinned, staging;
  ASSERT_TRUE(gf_heap_alloc(GF_PAGE_BYTES, GF_HEAP_PINNED, &pinned));
  ASSERT_TRUE(gf_heap_alloc(GF_PAGE_BYTES, GF_HEAP_STAGING, &staging));
  const uint8_t *at = gf_session.heap + pinned.offset_bytes;
  EXPECT_EQ(gf_heap_range_offset(at + 8, 16), pinned.offset_bytes + 8);
  EXPECT_EQ(gf_heap_range_offset(at, GF_PAGE_BYTES + 1), UINT64_MAX);
  EXPECT_EQ(gf_heap_range_offset(gf_session.heap + staging.offset_bytes, 1), UINT64_MAX);
  int local;
  EXPECT_EQ(gf_heap_range_offset(&local, sizeof local), UINT64_MAX);
}

TEST_F(Heap, RegisteredMemoryIsSharedAndThenPrivateAgain) {
  auto *memory = static_cast<uint8_t *>(
      mmap(nullptr, 4 * GF_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  std::memset(memory, 1, 4 * GF_PAGE_BYTES);
  gf_alias alias;
  ASSERT_EQ(gf_alias_add(memory + 100, GF_PAGE_BYTES, 0, &alias), GF_ALIAS_OK);
  EXPECT_EQ(memory[100], 1);
  // What the host writes is what the application reads, and the other way round.
  gf_session.heap[alias.offset_bytes + 100] = 42;
  EXPECT_EQ(memory[100], 42);
  memory[101] = 43;
  EXPECT_EQ(gf_session.heap[alias.offset_bytes + 101], 43);
  EXPECT_EQ(gf_alias_range_offset(memory + 100, 8), alias.offset_bytes + 100);
  gf_alias second;
  EXPECT_EQ(gf_alias_add(memory + 200, 8, 0, &second), GF_ALIAS_OVERLAPS);
  EXPECT_FALSE(gf_alias_remove(memory + 101));
  EXPECT_TRUE(gf_alias_remove(memory + 100));
  EXPECT_EQ(memory[100], 42);
  EXPECT_EQ(memory[101], 43);
  EXPECT_EQ(gf_alias_range_offset(memory + 100, 8), UINT64_MAX);
  munmap(memory, 4 * GF_PAGE_BYTES);
}

uint8_t *pages_of_ones(uint64_t count) {
  auto *memory = static_cast<uint8_t *>(mmap(nullptr, count * GF_PAGE_BYTES, PROT_READ | PROT_WRITE,
                                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  std::memset(memory, 1, count * GF_PAGE_BYTES);
  return memory;
}

TEST_F(Heap, RangesOfOnePageAreRegisteredInName) {
  uint8_t *memory = pages_of_ones(1);
  gf_alias first, second, found;
  ASSERT_EQ(gf_alias_add(memory, 100, 0, &first), GF_ALIAS_OK);
  EXPECT_EQ(gf_alias_add(memory + 200, 8, 0, &second), GF_ALIAS_IN_ONE_PAGE);
  EXPECT_EQ(gf_alias_add(memory + 200, 8, 1, &second), GF_ALIAS_OK);
  EXPECT_EQ(gf_alias_add(memory + 204, 8, 1, &second), GF_ALIAS_OVERLAPS);
  ASSERT_TRUE(gf_alias_find(memory + 201, &found));
  EXPECT_EQ(found.range, memory + 200);
  EXPECT_EQ(gf_alias_range_offset(memory + 200, 8), UINT64_MAX);
  EXPECT_TRUE(gf_alias_remove(memory + 200));
  EXPECT_TRUE(gf_alias_remove(memory));
  munmap(memory, GF_PAGE_BYTES);
}

TEST_F(Heap, RegisteringWhatIsNotThereFails) {
  gf_alias alias;
  auto *hole = static_cast<uint8_t *>(
      mmap(nullptr, GF_PAGE_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  munmap(hole, GF_PAGE_BYTES);
  EXPECT_EQ(gf_alias_add(hole, 16, 0, &alias), GF_ALIAS_BAD_RANGE);
  EXPECT_EQ(gf_alias_add(nullptr, 16, 0, &alias), GF_ALIAS_BAD_RANGE);
}

TEST_F(Heap, SharedRangesMayOverlapAndPagesLiveAsLongAsTheirLastHolder) {
  uint8_t *memory = pages_of_ones(6);
  gf_shared_pages *first, *second, *inner;
  ASSERT_EQ(gf_pages_share(memory, 4 * GF_PAGE_BYTES, &first), GF_SHARE_OK);
  EXPECT_EQ(first->piece_count, 1u);
  ASSERT_EQ(gf_pages_share(memory + 2 * GF_PAGE_BYTES, 4 * GF_PAGE_BYTES, &second), GF_SHARE_OK);
  ASSERT_EQ(gf_pages_share(memory + GF_PAGE_BYTES, GF_PAGE_BYTES, &inner), GF_SHARE_OK);
  EXPECT_EQ(inner->pieces[0].offset_bytes, first->pieces[0].offset_bytes + GF_PAGE_BYTES);
  EXPECT_EQ(second->pieces[0].offset_bytes, first->pieces[0].offset_bytes + 2 * GF_PAGE_BYTES);
  const uint64_t shared = second->pieces[0].offset_bytes;
  gf_pages_release(first);
  gf_session.heap[shared] = 42;
  EXPECT_EQ(memory[2 * GF_PAGE_BYTES], 42);
  gf_pages_release(second);
  gf_session.heap[inner->pieces[0].offset_bytes] = 43;
  EXPECT_EQ(memory[GF_PAGE_BYTES], 43);
  gf_pages_release(inner);
  EXPECT_EQ(memory[GF_PAGE_BYTES], 43);
  EXPECT_EQ(memory[2 * GF_PAGE_BYTES], 42);
  gf_heap_block all;
  EXPECT_TRUE(gf_heap_alloc((kPages - 1) * GF_PAGE_BYTES, GF_HEAP_PINNED, &all));
  munmap(memory, 6 * GF_PAGE_BYTES);
}

TEST_F(Heap, MemoryThatWasGivenBackIsNotTouchedWhenItsSharingEnds) {
  uint8_t *memory = pages_of_ones(2);
  gf_shared_pages *old, *fresh;
  ASSERT_EQ(gf_pages_share(memory, 2 * GF_PAGE_BYTES, &old), GF_SHARE_OK);
  ASSERT_EQ(mmap(memory, 2 * GF_PAGE_BYTES, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
            memory);
  memory[0] = 7;
  ASSERT_EQ(gf_pages_share(memory, 2 * GF_PAGE_BYTES, &fresh), GF_SHARE_OK);
  EXPECT_EQ(gf_session.heap[fresh->pieces[0].offset_bytes], 7);
  gf_pages_release(old);
  memory[1] = 8;
  EXPECT_EQ(gf_session.heap[fresh->pieces[0].offset_bytes + 1], 8);
  gf_pages_release(fresh);
  EXPECT_EQ(memory[0], 7);
  munmap(memory, 2 * GF_PAGE_BYTES);
}

TEST_F(Heap, WhatIsRegisteredMayBeSharedToo) {
  uint8_t *memory = pages_of_ones(3);
  gf_shared_pages *shared;
  gf_alias alias;
  ASSERT_EQ(gf_alias_add(memory, 2 * GF_PAGE_BYTES, 0, &alias), GF_ALIAS_OK);
  ASSERT_EQ(gf_pages_share(memory, 3 * GF_PAGE_BYTES, &shared), GF_SHARE_OK);
  EXPECT_TRUE(gf_alias_remove(memory));
  gf_session.heap[shared->pieces[0].offset_bytes] = 9;
  EXPECT_EQ(memory[0], 9);
  gf_pages_release(shared);
  EXPECT_EQ(memory[0], 9);
  munmap(memory, 3 * GF_PAGE_BYTES);
}

} // namespace
