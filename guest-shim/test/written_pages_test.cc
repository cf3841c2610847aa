extern "C" {
#include "base/written_pages.h"
}
#include "abi/base.h"

#include <atomic>
#include <cstring>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

constexpr uint64_t kPage = 4096, kPages = 256;

class WrittenPages : public ::testing::Test {
protected:
  void SetUp() override {
    memory = static_cast<uint8_t *>(
        mmap(nullptr, kPages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(memory, MAP_FAILED);
    if (!gf_written_watch(memory, kPages * kPage))
      GTEST_SKIP() << "this kernel does not tell";
  }
  void TearDown() override {
    gf_written_unwatch(memory, kPages * kPage);
    munmap(memory, kPages * kPage);
  }
  /// Numbers of the pages that were written to.
  std::vector<uint64_t> take(int room = 64) {
    std::vector<uint64_t> pages;
    const auto base = reinterpret_cast<uint64_t>(memory), end = base + kPages * kPage;
    for (uint64_t at = base; at < end;) {
      gf_written written[64];
      const int count = gf_written_take(at, end, written, room, &at);
      EXPECT_GE(count, 0);
      if (count < 0)
        break;
      for (int i = 0; i < count; ++i)
        for (uint64_t page = written[i].first; page < written[i].end; page += kPage)
          pages.push_back((page - base) / kPage);
    }
    return pages;
  }
  uint8_t *memory = nullptr;
};

TEST_F(WrittenPages, AreToldOnce) {
  take();
  EXPECT_TRUE(take().empty());
  memory[3 * kPage + 5] = 1;
  memory[200 * kPage] = 1;
  EXPECT_EQ(take(), (std::vector<uint64_t>{3, 200}));
  EXPECT_TRUE(take().empty());
  memory[3 * kPage + 6] = 1;
  EXPECT_EQ(take(), (std::vector<uint64_t>{3}));
}

TEST_F(WrittenPages, MayBeMoreRangesThanThereIsRoomFor) {
  take();
  std::vector<uint64_t> every_other;
  for (uint64_t i = 0; i < kPages; i += 2) {
    memory[i * kPage] = 1;
    every_other.push_back(i);
  }
  EXPECT_EQ(take(3), every_other);
  EXPECT_TRUE(take().empty());
}

TEST_F(WrittenPages, SystemCallsWriteToo) {
  take();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "bytes", 5), 5);
  ASSERT_EQ(read(ends[0], memory + 7 * kPage, 5), 5);
  EXPECT_EQ(take(), (std::vector<uint64_t>{7}));
  close(ends[0]);
  close(ends[1]);
}

/// What is seen of a page after it was taken is told with the page, or the page is told again.
TEST_F(WrittenPages, NoWriteIsLostWhileTheyAreTaken) {
  take();
  std::atomic<bool> ends{false};
  auto *counter = reinterpret_cast<std::atomic<uint64_t> *>(memory + 9 * kPage);
  std::thread writer([&] {
    for (uint64_t i = 1; !ends; ++i)
      counter->store(i);
    counter->store(UINT64_MAX);
  });
  uint64_t seen = 0;
  for (int i = 0; i < 2000; ++i)
    if (!take().empty())
      seen = counter->load();
  ends = true;
  writer.join();
  if (!take().empty())
    seen = counter->load();
  EXPECT_EQ(seen, UINT64_MAX);
}

} // namespace
