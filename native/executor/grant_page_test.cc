#include "executor/grant_page.h"
#include "ring/futex.h"

#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

namespace gpuferry::executor {
namespace {

/// What the server does once per tick.
void grant(gf_grant &page, uint64_t granted_ns) {
  gf_store_relaxed(&page.granted_ns, granted_ns);
  __atomic_fetch_add(&page.grant_seq, 1, __ATOMIC_RELEASE);
  ring::futex_wake(&page.grant_seq, INT32_MAX);
}

TEST(GrantPage, IsNotGatedUntilTheServerSaysSo) {
  gf_grant shared{};
  shared.granted_ns = GF_GRANT_UNGATED;
  GrantPage page(&shared);
  EXPECT_FALSE(page.gated());
  EXPECT_TRUE(page.wait_for_grant([] { return true; }));
  grant(shared, 5);
  EXPECT_TRUE(page.gated());
}

TEST(GrantPage, SleepsUntilTheGrantCoversWhatWasUsed) {
  gf_grant shared{};
  GrantPage page(&shared);
  uint64_t looks = 0;
  std::thread waiter([&] {
    EXPECT_TRUE(page.wait_for_grant(
        [&] {
          ++looks;
          return page.granted_ns() > 100;
        },
        -1));
  });
  while (gf_load_acquire(&shared.waiting) == 0)
    usleep(100);
  grant(shared, 50);
  usleep(2000);
  EXPECT_EQ(gf_load_acquire(&shared.waiting), 1u);
  grant(shared, 150);
  waiter.join();
  EXPECT_EQ(shared.waiting, 0u);
  EXPECT_EQ(looks, 3u);
}

TEST(GrantPage, GivesUpWhenTheSessionIsRevoked) {
  gf_grant shared{};
  GrantPage page(&shared);
  std::thread waiter([&] { EXPECT_FALSE(page.wait_for_grant([] { return false; }, -1)); });
  while (gf_load_acquire(&shared.waiting) == 0)
    usleep(100);
  gf_store_relaxed(&shared.revoked, 1);
  grant(shared, 0);
  waiter.join();
}

} // namespace
} // namespace gpuferry::executor
