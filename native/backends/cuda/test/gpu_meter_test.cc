#include "backends/cuda/test/soft_session.h"
#include "ring/futex.h"

#include <atomic>
#include <thread>

namespace gpuferry::cuda::test {
namespace {

struct Meter : SoftSession {
  void SetUp() override {
    use_context();
    address = allocate(kBytes);
    ASSERT_NE(address, 0u);
  }

  /// Some milliseconds of work for the device.
  CUresult work() {
    gf_cuMemsetD8Async_args args{};
    args.dstDevice = address;
    args.N = kBytes;
    return call(GF_OP_cuMemsetD8Async, args, false);
  }
  void wait() {
    gf_cuStreamSynchronize_args args{};
    ASSERT_EQ(call(GF_OP_cuStreamSynchronize, args), CUDA_SUCCESS);
    backend.idle();
  }
  void grant_up_to(uint64_t ns) {
    gf_store_relaxed(&grant_page.granted_ns, ns);
    __atomic_fetch_add(&grant_page.grant_seq, 1, __ATOMIC_RELEASE);
    ring::futex_wake(&grant_page.grant_seq, INT32_MAX);
  }

  static constexpr uint64_t kBytes = 32 << 20;
  uint64_t address = 0;
};

TEST_F(Meter, CountsTheTimeThatTheDeviceWorksAndNotThatInBetween) {
  const uint64_t start = ring::now_ns();
  uint64_t busy_ns = 0;
  for (int i = 0; i < 5; ++i) {
    const uint64_t since = ring::now_ns();
    for (int j = 0; j < 4; ++j)
      ASSERT_EQ(work(), CUDA_SUCCESS);
    wait();
    busy_ns += ring::now_ns() - since;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_GT(grant_page.used_ns, busy_ns / 2);
  EXPECT_LE(grant_page.used_ns, busy_ns + busy_ns / 10);
  EXPECT_LT(grant_page.used_ns, ring::now_ns() - start - 80'000'000);
}

TEST_F(Meter, SaysWhetherWorkIsUnfinished) {
  ASSERT_EQ(work(), CUDA_SUCCESS);
  EXPECT_EQ(grant_page.backlogged, 1u);
  wait();
  EXPECT_EQ(grant_page.backlogged, 0u);
}

TEST_F(Meter, KeepsCountingWhileACallWaitsForALongQueue) {
  for (int i = 0; i < 60; ++i)
    ASSERT_EQ(work(), CUDA_SUCCESS);
  std::thread waiter([&] { wait(); });
  uint64_t seen = 0;
  for (uint64_t last = 0; gf_load_acquire(&grant_page.backlogged) == 1; usleep(1000))
    if (const uint64_t used = gf_load_acquire(&grant_page.used_ns); used != last) {
      last = used;
      ++seen;
    }
  waiter.join();
  EXPECT_GT(seen, 3u);
}

TEST_F(Meter, HoldsWorkBackUntilItIsGranted) {
  ASSERT_EQ(work(), CUDA_SUCCESS);
  wait();
  const uint64_t used_ns = grant_page.used_ns;
  grant_up_to(used_ns);
  std::thread later([&] {
    while (gf_load_acquire(&grant_page.waiting) == 0)
      usleep(200);
    usleep(20'000);
    grant_up_to(used_ns + 1'000'000'000);
  });
  const uint64_t since = ring::now_ns();
  EXPECT_EQ(work(), CUDA_SUCCESS);
  EXPECT_GT(ring::now_ns() - since, 15'000'000u);
  later.join();
  wait();
}

TEST_F(Meter, OverrunsAGrantByAboutOneOperation) {
  for (int i = 0; i < 4; ++i) // the first touches fresh memory and takes longer than any other
    ASSERT_EQ(work(), CUDA_SUCCESS);
  wait();
  const uint64_t start_ns = grant_page.used_ns;
  ASSERT_EQ(work(), CUDA_SUCCESS);
  wait();
  const uint64_t one_ns = grant_page.used_ns - start_ns;
  const uint64_t granted_ns = grant_page.used_ns + 8 * one_ns;
  grant_up_to(granted_ns);
  std::atomic<bool> enough{false};
  std::thread worker([&] {
    while (!enough && work() == CUDA_SUCCESS) {
    }
  });
  const uint64_t since = ring::now_ns();
  while (
      (gf_load_acquire(&grant_page.waiting) == 0 || gf_load_acquire(&grant_page.backlogged) == 1) &&
      ring::now_ns() - since < 5'000'000'000)
    usleep(100);
  EXPECT_GE(grant_page.used_ns, granted_ns - 3 * one_ns);
  // Generous: where this machine has other things to do, one operation takes many times another.
  EXPECT_LT(grant_page.used_ns, granted_ns + 6 * one_ns + 20'000'000);
  enough = true;
  grant_up_to(GF_GRANT_UNGATED);
  worker.join();
  wait();
}

TEST_F(Meter, LetsNothingThroughOnceRevoked) {
  gf_store_relaxed(&grant_page.revoked, 1);
  EXPECT_NE(work(), CUDA_SUCCESS);
}

} // namespace
} // namespace gpuferry::cuda::test
