extern "C" {
#include "handles/handles.h"
}

#include <gtest/gtest.h>
#include <set>
#include <thread>
#include <vector>

namespace {

constexpr uint32_t kKind = 40, kOther = 41; // of no API

TEST(Handles, AreLiveUntilTheyEnd) {
  const uint64_t handle = gf_handle_new(kKind);
  ASSERT_NE(handle, 0u);
  EXPECT_NE(gf_slot(handle, kKind), nullptr);
  EXPECT_EQ(gf_slot(handle, kOther), nullptr);
  gf_handle_end(handle);
  EXPECT_EQ(gf_slot(handle, kKind), nullptr);
  gf_handle_end(handle); // twice is harmless
}

TEST(Handles, ASuccessorIsAnotherNumber) {
  const uint64_t first = gf_handle_new(kKind);
  gf_handle_end(first);
  const uint64_t second = gf_handle_new(kKind);
  EXPECT_EQ(gf_handle_index(first), gf_handle_index(second));
  EXPECT_NE(first, second);
  gf_handle_end(second);
}

TEST(Handles, ARetiredOneHasNoSuccessor) {
  const uint64_t first = gf_handle_new(kKind);
  gf_handle_retire(first);
  EXPECT_EQ(gf_slot(first, kKind), nullptr);
  const uint64_t second = gf_handle_new(kKind);
  EXPECT_NE(gf_handle_index(first), gf_handle_index(second));
  gf_handle_end(second);
}

TEST(Handles, ThoseOfAContextThatWentStayButBelongToNone) {
  const uint64_t handle = gf_handle_new(kKind), other = gf_handle_new(kKind);
  gf_slot(handle, kKind)->context = 7;
  gf_slot(other, kKind)->context = 8;
  gf_handles_orphan(kKind, 7);
  ASSERT_NE(gf_slot(handle, kKind), nullptr);
  EXPECT_EQ(gf_slot(handle, kKind)->context, UINT64_MAX);
  EXPECT_EQ(gf_slot(other, kKind)->context, 8u);
  gf_handle_end(handle);
  gf_handle_end(other);
}

TEST(Handles, NumbersOfOthersAreNoHandles) {
  int local;
  EXPECT_EQ(gf_slot(reinterpret_cast<uint64_t>(&local), kKind), nullptr);
  EXPECT_EQ(gf_slot(0, kKind), nullptr);
  EXPECT_EQ(gf_slot(gf_handle_make(kKind, 0, GF_HANDLE_HOST_BIT | 1), kKind), nullptr);
  EXPECT_EQ(gf_slot(gf_handle_make(kKind, 0, GF_HANDLE_INDEX_MAX - 1), kKind), nullptr);
}

TEST(Handles, ThreadsNeverShareOne) {
  constexpr unsigned kThreads = 4, kEach = 5000;
  std::vector<std::vector<uint64_t>> made(kThreads);
  std::vector<std::thread> threads;
  for (auto &mine : made)
    threads.emplace_back([&mine] {
      for (unsigned i = 0; i < kEach; ++i) {
        mine.push_back(gf_handle_new(kOther));
        if (i % 3 == 0) {
          gf_handle_end(mine.back());
          mine.pop_back();
        }
      }
    });
  for (auto &thread : threads)
    thread.join();
  std::set<uint64_t> all;
  size_t count = 0;
  for (auto &mine : made) {
    all.insert(mine.begin(), mine.end());
    count += mine.size();
  }
  EXPECT_EQ(all.size(), count);
}

} // namespace
