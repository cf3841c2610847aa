// Whole grids: how threads meet, print, fail and are stopped.
#include "ptx_harness.h"

#include <atomic>
#include <chrono>
#include <csetjmp>
#include <csignal>
#include <gtest/gtest-spi.h>
#include <numeric>
#include <thread>

namespace softcuda::jit::test {
namespace {

std::string kernel(const std::string &parameters, const std::string &body) {
  return module_header() + ".visible .entry k(" + parameters + ")\n{\n" +
         "  .reg .b32 %r<40>; .reg .b64 %rd<20>; .reg .pred %p<10>;\n" + body + "\n}\n";
}

/// Address of the calling thread's element of an array of `bytes`-wide elements, in %rd1; %r0 is tid.x.
std::string own_element(int bytes) {
  return "  mov.u32 %r0, %tid.x; ld.param.u64 %rd0, [out]; mul.wide.u32 %rd1, %r0, " +
         std::to_string(bytes) + "; add.u64 %rd1, %rd0, %rd1;\n";
}

TEST(Harness, SeesWrongResults) {
  testing::TestPartResultArray results;
  {
    testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    check_forms({{"add.u32 d, a, b;", "b32", "b32", "b32", "",
                  [](uint64_t a, uint64_t b, uint64_t) { return a - b; }}});
  }
  EXPECT_GT(results.size(), 0);
}

TEST(Grid, BarrierMakesStoresVisible) {
  // reverse 128 elements through shared memory
  Ptx ptx(kernel(".param .u64 out",
                 ".shared .align 4 .b8 s[512];\n" + own_element(4) +
                     "  mov.u32 %r1, s; shl.b32 %r2, %r0, 2; add.u32 %r2, %r1, %r2;\n"
                     "  st.shared.u32 [%r2], %r0;\n  bar.sync 0;\n"
                     "  sub.u32 %r3, 127, %r0; shl.b32 %r3, %r3, 2; add.u32 %r3, %r1, %r3;\n"
                     "  ld.shared.u32 %r4, [%r3]; st.global.u32 [%rd1], %r4; ret;"));
  std::vector<uint32_t> out(128);
  ASSERT_TRUE(ptx.run("k", Dim3{1}, Dim3{128}, out.data()));
  for (uint32_t i = 0; i < 128; ++i)
    EXPECT_EQ(out[i], 127 - i);
}

// On a machine that has other work, blocks that wait for each other take no turn of that work each time.
TEST(Grid, BarriersAreQuickOnABusyMachine) {
  Ptx ptx(kernel(".param .u64 out, .param .u32 rounds",
                 R"(
  ld.param.u64 %rd0, [out]; ld.param.u32 %r9, [rounds]; mov.u32 %r1, %nctaid.x;
  mov.u32 %r0, 0; mov.u32 %r2, 0;
next:
  bar.sync 0;
  add.u32 %r2, %r2, %r1;
  atom.global.add.u32 %r3, [%rd0], 1;
wait:
  ld.acquire.gpu.global.u32 %r4, [%rd0];
  setp.lt.u32 %p0, %r4, %r2;
  @%p0 bra wait;
  add.u32 %r0, %r0, 1;
  setp.lt.u32 %p1, %r0, %r9;
  @%p1 bra next;
  ret;)"));
  ASSERT_TRUE(ptx.status) << ptx.status.log;
  std::atomic<bool> is_over{false};
  std::vector<std::thread> others;
  for (unsigned i = 0; i < 3 * worker_count(); ++i)
    others.emplace_back([&] {
      while (!is_over)
        ;
    });
  LaunchConfig config;
  config.grid = Dim3{32};
  config.block = Dim3{1};
  config.cooperative = true;
  uint32_t arrived = 0;
  constexpr uint32_t kRounds = 500;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(ptx.run("k", config, &arrived, kRounds));
  const auto took = std::chrono::steady_clock::now() - begin;
  is_over = true;
  for (std::thread &other : others)
    other.join();
  EXPECT_EQ(arrived, 32 * kRounds);
  EXPECT_LT(took, std::chrono::seconds(5));
}

// Each thread's local memory is aligned as it says, where it lies in a warp's frame too.
TEST(Grid, LocalMemoryIsAligned) {
  for (uint64_t align : {4, 64, 256, 4096})
    for (const char *barrier : {"", "bar.sync 0;"}) {
      Ptx ptx(
          kernel(".param .u64 out",
                 ".local .align " + std::to_string(align) + " .b8 small[40];\n.local .align " +
                     std::to_string(align) + " .b8 large[1400];\n" + own_element(16) + barrier +
                     "mov.u64 %rd2, small; cvta.local.u64 %rd3, %rd2; st.local.u32 [%rd2], %r0;\n"
                     "mov.u64 %rd4, large; cvta.local.u64 %rd5, %rd4; st.local.u32 "
                     "[%rd4+1396], %r0;\n" +
                     barrier +
                     "ld.local.u32 %r1, [%rd2]; ld.local.u32 %r2, [%rd4+1396];\n"
                     "setp.eq.u32 %p0, %r1, %r0; setp.eq.and.u32 %p0, %r2, %r0, %p0;\n"
                     "@%p0 st.global.v2.u64 [%rd1], {%rd3, %rd5}; ret;"));
      std::vector<uint64_t> out(2 * 64);
      ASSERT_TRUE(ptx.run("k", Dim3{1}, Dim3{64}, out.data()));
      for (uint64_t address : out) {
        EXPECT_NE(address, 0u);
        EXPECT_EQ(address % align, 0u) << align << barrier;
      }
    }
}

TEST(Grid, BarrierReductions) {
  Ptx ptx(kernel(
      ".param .u64 out",
      own_element(12) +
          "  setp.lt.u32 %p0, %r0, 40; setp.lt.u32 %p1, %r0, 100;\n"
          "  bar.red.popc.u32 %r1, 1, %p0; bar.red.and.pred %p2, 1, %p1;\n"
          "  bar.red.or.pred %p3, 2, !%p1; selp.u32 %r2, 1, 0, %p2; selp.u32 %r3, 1, 0, %p3;\n"
          "  st.global.u32 [%rd1], %r1; st.global.u32 [%rd1+4], %r2;\n"
          "  st.global.u32 [%rd1+8], %r3; ret;"));
  std::vector<uint32_t> out(3 * 96);
  ASSERT_TRUE(ptx.run("k", Dim3{1}, Dim3{96}, out.data()));
  for (size_t i = 0; i < 96; ++i) {
    EXPECT_EQ(out[3 * i], 40u);
    EXPECT_EQ(out[3 * i + 1], 1u);
    EXPECT_EQ(out[3 * i + 2], 0u);
  }
}

TEST(Grid, NamedBarriersLetProducersPass) {
  // warp 1 arrives at barrier 3 and goes on; warp 0 waits there for it
  Ptx ptx(kernel(
      ".param .u64 out",
      own_element(4) +
          "  .shared .align 4 .b8 s[4]; setp.ge.u32 %p0, %r0, 32;\n"
          "  @%p0 bra PRODUCE;\n  bar.sync 3, 64; mov.u32 %r3, s; ld.shared.u32 %r1, [%r3];\n"
          "  st.global.u32 [%rd1], %r1; ret;\n"
          "PRODUCE: mov.u32 %r3, s; st.shared.u32 [%r3], 77; bar.arrive 3, 64;\n"
          "  st.global.u32 [%rd1], 5; ret;"));
  std::vector<uint32_t> out(64);
  Status status = ptx.run("k", Dim3{1}, Dim3{64}, out.data());
  ASSERT_TRUE(status) << status.log;
  EXPECT_EQ(out[0], 77u);
  EXPECT_EQ(out[31], 77u);
  EXPECT_EQ(out[63], 5u);
}

TEST(Grid, WarpOperations) {
  Ptx ptx(kernel(
      ".param .u64 out",
      own_element(32) +
          "  shl.b32 %r10, %r0, 3; shfl.sync.up.b32 %r1|%p1, %r10, 3, 0, -1; selp.u32 %r2, 1, 0, "
          "%p1;\n"
          "  shfl.sync.idx.b32 %r3, %r10, 9, 0x181f, -1; shfl.sync.down.b32 %r4, %r10, 2, 31, -1;\n"
          "  setp.lt.u32 %p2, %r0, 5; vote.sync.ballot.b32 %r5, %p2, -1;\n"
          "  shr.u32 %r6, %r0, 3; match.any.sync.b32 %r7, %r6, -1; redux.sync.add.s32 %r8, %r0, "
          "-1;\n"
          "  activemask.b32 %r9; st.global.v4.u32 [%rd1], {%r1, %r2, %r3, %r4};\n"
          "  st.global.v4.u32 [%rd1+16], {%r5, %r7, %r8, %r9}; ret;"));
  std::vector<uint32_t> out(8 * 32);
  Status status = ptx.run("k", Dim3{1}, Dim3{32}, out.data());
  ASSERT_TRUE(status) << status.log;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    const uint32_t *o = &out[8 * lane];
    EXPECT_EQ(o[0], 8 * (lane < 3 ? lane : lane - 3));
    EXPECT_EQ(o[1], lane >= 3);
    EXPECT_EQ(o[2], 8 * ((lane & 24) | 1)) << "segments of eight, lane 9 & 7 of each";
    EXPECT_EQ(o[3], 8 * (lane + 2 > 31 ? lane : lane + 2));
    EXPECT_EQ(o[4], 31u);
    EXPECT_EQ(o[5], 0xffu << (lane & 24));
    EXPECT_EQ(o[6], 496u);
    EXPECT_EQ(o[7], ~0u);
  }
}

TEST(Grid, ShufflesOfAWholeWarpByEveryDistance) {
  Ptx ptx(kernel(".param .u64 out, .param .u32 by",
                 own_element(32) +
                     "  ld.param.u32 %r1, [by]; mad.lo.u32 %r2, %r0, 7, 1;\n"
                     "  shfl.sync.up.b32 %r3|%p0, %r2, %r1, 0, -1; selp.u32 %r4, 1, 0, %p0;\n"
                     "  shfl.sync.down.b32 %r5|%p1, %r2, %r1, 31, -1; selp.u32 %r6, 1, 0, %p1;\n"
                     "  shfl.sync.bfly.b32 %r7|%p2, %r2, %r1, 31, -1; selp.u32 %r8, 1, 0, %p2;\n"
                     "  shfl.sync.idx.b32 %r9|%p3, %r2, %r1, 31, -1; selp.u32 %r10, 1, 0, %p3;\n"
                     "  st.global.v4.u32 [%rd1], {%r3, %r4, %r5, %r6};\n"
                     "  st.global.v4.u32 [%rd1+16], {%r7, %r8, %r9, %r10}; ret;"));
  for (uint32_t by = 0; by < 32; ++by) {
    std::vector<uint32_t> out(8 * 32);
    Status status = ptx.run("k", Dim3{1}, Dim3{32}, out.data(), by);
    ASSERT_TRUE(status) << status.log;
    for (uint32_t lane = 0; lane < 32; ++lane) {
      const bool up = lane >= by, down = lane + by < 32;
      const std::vector<uint32_t> wanted = {7 * (up ? lane - by : lane) + 1,
                                            up,
                                            7 * (down ? lane + by : lane) + 1,
                                            down,
                                            7 * (lane ^ by) + 1,
                                            true,
                                            7 * by + 1,
                                            true};
      EXPECT_EQ(std::vector<uint32_t>(&out[8 * lane], &out[8 * lane] + 8), wanted)
          << "lane " << lane << " by " << by;
    }
  }
}

TEST(Grid, DivergedLanesMeetByMask) {
  // even and odd lanes vote in different places, each for its own mask
  Ptx ptx(kernel(".param .u64 out",
                 own_element(4) +
                     "  and.b32 %r1, %r0, 1; setp.ne.u32 %p0, %r1, 0; setp.lt.u32 %p1, %r0, 8;\n"
                     "  @%p0 bra ODD;\n  vote.sync.ballot.b32 %r2, %p1, 0x55555555; bra.uni OUT;\n"
                     "ODD: vote.sync.ballot.b32 %r2, %p1, 0xaaaaaaaa;\n"
                     "OUT: st.global.u32 [%rd1], %r2; ret;"));
  std::vector<uint32_t> out(32);
  ASSERT_TRUE(ptx.run("k", Dim3{1}, Dim3{32}, out.data()));
  EXPECT_EQ(out[0], 0x55u);
  EXPECT_EQ(out[1], 0xaau);
}

TEST(Grid, ValuesAndLocalMemoryOutliveMeetings) {
  // Rows of every width, so that lanes lie next to each other in all ways; the last warp is not full, one thread leaves
  // early, and what each keeps over the barriers is its own: a register, a word of local memory, a loop's counter.
  Ptx ptx(kernel(
      ".param .u64 out",
      "  .local .align 4 .b8 own[8]; .shared .align 4 .b8 s[4096];\n"
      "  mov.u32 %r0, %tid.x; mov.u32 %r1, %tid.y; mov.u32 %r2, %ntid.x; mad.lo.u32 %r3, %r1, %r2, "
      "%r0;\n"
      "  ld.param.u64 %rd0, [out]; mul.wide.u32 %rd1, %r3, 4; add.u64 %rd1, %rd0, %rd1;\n"
      "  setp.eq.u32 %p0, %r3, 5; @%p0 exit;\n"
      "  mov.u64 %rd2, own; mul.lo.u32 %r4, %r3, 3; st.local.u32 [%rd2+4], %r4;\n"
      "  mov.u32 %r5, 0; mov.u32 %r6, 0; mov.u32 %r12, s; shl.b32 %r13, %r3, 2; add.u32 %r13, "
      "%r12, "
      "%r13;\n"
      "L: add.u32 %r7, %r3, %r5; st.shared.u32 [%r13], %r7; bar.sync 0;\n"
      "  ld.shared.u32 %r8, [%r12]; bar.sync 0; add.u32 %r6, %r6, %r8; add.u32 %r5, %r5, 1;\n"
      "  setp.lt.u32 %p1, %r5, 4; @%p1 bra L;\n"
      "  ld.local.u32 %r9, [%rd2+4]; add.u32 %r10, %r9, %r6; st.global.u32 [%rd1], %r10; ret;"));
  for (uint32_t width : {1u, 2u, 7u, 8u, 16u, 24u, 32u, 40u, 64u}) {
    constexpr uint32_t kRows = 9;
    std::vector<uint32_t> out(width * kRows, 1000);
    Status status = ptx.run("k", Dim3{1}, Dim3{width, kRows}, out.data());
    ASSERT_TRUE(status) << status.log;
    for (uint32_t i = 0; i < out.size(); ++i)
      ASSERT_EQ(out[i], i == 5 ? 1000 : 3 * i + 6) << width << " wide, thread " << i;
  }
}

TEST(Grid, LanesMayVoteWithMasksThatLeaveThemOut) {
  // undefined by the book, but in programs: how many lanes below mine have it?
  Ptx ptx(kernel(".param .u64 out",
                 own_element(4) +
                     "  and.b32 %r1, %r0, 1; setp.ne.u32 %p0, %r1, 0; mov.u32 %r2, %lanemask_lt;\n"
                     "  vote.sync.ballot.b32 %r3, %p0, %r2; popc.b32 %r4, %r3;\n"
                     "  st.global.u32 [%rd1], %r4; ret;"));
  std::vector<uint32_t> out(64);
  ASSERT_TRUE(ptx.run("k", Dim3{1}, Dim3{64}, out.data()));
  for (uint32_t i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], i % 32 / 2);
}

TEST(Grid, WarpsReadBehindABarrierBeforeOneGoesOn) {
  // warp 0 writes again behind its next shuffle, without a barrier: the others have read by then, as on a GPU
  Ptx ptx(kernel(".param .u64 out",
                 own_element(4) +
                     "  .shared .align 4 .b8 s[4]; mov.u32 %r3, s; setp.eq.u32 %p0, %r0, 0;\n"
                     "  @%p0 st.shared.u32 [%r3], 1; bar.sync 0; ld.shared.u32 %r1, [%r3];\n"
                     "  shfl.sync.bfly.b32 %r2, %r1, 1, 31, -1; @%p0 st.shared.u32 [%r3], 2;\n"
                     "  st.global.u32 [%rd1], %r2; ret;"));
  std::vector<uint32_t> out(256);
  ASSERT_TRUE(ptx.run("k", Dim3{1}, Dim3{256}, out.data()));
  for (uint32_t value : out)
    ASSERT_EQ(value, 1u);
}

TEST(Grid, LanesOfAWarpLoadBeforeOneStores) {
  // moves elements to other places in one statement, to where the permutation in `out` says, then turns them round
  Ptx ptx(kernel(".param .u64 out",
                 ".shared .align 4 .b8 s[128];\n" + own_element(4) +
                     "  mov.u32 %r1, s; shl.b32 %r2, %r0, 2; add.u32 %r2, %r1, %r2;\n"
                     "  ld.global.u32 %r3, [%rd1]; shl.b32 %r3, %r3, 2; add.u32 %r3, %r1, %r3;\n"
                     "  st.shared.u32 [%r2], %r0; bar.sync 0;\n"
                     "  ld.shared.u32 %r4, [%r2]; st.shared.u32 [%r3], %r4; bar.sync 0;\n"
                     "  sub.u32 %r5, 31, %r0; shl.b32 %r5, %r5, 2; add.u32 %r5, %r1, %r5;\n"
                     "  ld.shared.u32 %r4, [%r5]; st.shared.u32 [%r2], %r4; bar.sync 0;\n"
                     "  ld.shared.u32 %r4, [%r2]; st.global.u32 [%rd1], %r4; ret;"));
  std::vector<uint32_t> out(32), wanted(32);
  for (uint32_t i = 0; i < 32; ++i) {
    out[i] = (i * 5 + 7) % 32;
    wanted[31 - out[i]] = i;
  }
  ASSERT_TRUE(ptx.run("k", Dim3{1}, Dim3{32}, out.data()));
  EXPECT_EQ(out, wanted);
}

TEST(Grid, BlocksWaitForEachOther) {
  // every block waits until all have come: more blocks than workers, so that they must take turns
  Ptx ptx(kernel(
      ".param .u64 out",
      "  ld.param.u64 %rd0, [out]; mov.u32 %r1, %nctaid.x; atom.global.add.u32 %r2, [%rd0], 1;\n"
      "WAIT: ld.acquire.gpu.global.u32 %r3, [%rd0]; setp.lt.u32 %p0, %r3, %r1; @%p0 bra WAIT;\n"
      "  ret;"));
  uint32_t count = 0;
  LaunchConfig config;
  config.grid = {64};
  config.cooperative = true;
  config.watchdog_ms = 20000;
  Status status = ptx.run("k", config, &count);
  EXPECT_TRUE(status) << status.cu_result << status.log;
  EXPECT_EQ(count, 64u);
}

TEST(Grid, PrintsAsCudaDoes) {
  Ptx ptx(
      module_header() +
      ".extern .func (.param .b32 r) vprintf(.param .b64 f, .param .b64 a);\n"
      ".global .align 1 .b8 fmt[] = "
      "{37,100,32,37,53,46,50,102,32,37,108,108,120,32,37,115,124,37,37,10,0};\n"
      ".global .align 1 .b8 word[3] = {104,105,0};\n"
      ".visible .entry k() {\n .local .align 8 .b8 depot[32]; .reg .b64 %rd<8>; .reg .b32 %r<4>;\n"
      " mov.u64 %rd0, depot; cvta.local.u64 %rd1, %rd0; st.local.u32 [%rd0], -7; st.local.f64 "
      "[%rd0+8], 0d400921FB54442D18;\n"
      " st.local.u64 [%rd0+16], 0x123456789abc; mov.u64 %rd2, word; cvta.global.u64 %rd3, %rd2; "
      "st.local.u64 [%rd0+24], %rd3;\n"
      " mov.u64 %rd4, fmt; cvta.global.u64 %rd5, %rd4;\n"
      " { .param .b64 p0; st.param.b64 [p0+0], %rd5; .param .b64 p1; st.param.b64 [p1+0], %rd1; "
      ".param .b32 ret0;\n"
      "   call.uni (ret0), vprintf, (p0, p1); ld.param.b32 %r1, [ret0+0]; }\n ret; }\n");
  Status status = ptx.run("k", Dim3{1}, Dim3{1});
  ASSERT_TRUE(status) << status.log;
  EXPECT_EQ(ptx.services.printed, "-7  3.14 123456789abc hi|%\n");
}

TEST(Grid, WildAccessFailsOnlyItsLaunch) {
  Ptx ptx(kernel(".param .u64 out", "  ld.param.u64 %rd0, [out]; st.global.u32 [%rd0], 1; ret;"));
  EXPECT_EQ(ptx.run("k", Dim3{8}, Dim3{32}, uint64_t{64}).cu_result, 700);
  uint32_t word = 0;
  EXPECT_TRUE(ptx.run("k", Dim3{1}, Dim3{1}, &word));
  EXPECT_EQ(word, 1u);
}

TEST(Grid, SharedAccessOutOfRangeFails) {
  Ptx ptx(kernel(".param .u32 at",
                 ".shared .align 4 .b8 s[64]; ld.param.u32 %r0, [at]; mov.u32 %r1, s;\n"
                 "  add.u32 %r1, %r1, %r0; st.shared.u32 [%r1], 1; bar.sync 0; ret;"));
  EXPECT_EQ(ptx.run("k", Dim3{1}, Dim3{32}, 1u << 20).cu_result, 700);
  EXPECT_EQ(ptx.run("k", Dim3{1}, Dim3{32}, 0xfffffff0u).cu_result, 700);
  EXPECT_TRUE(ptx.run("k", Dim3{1}, Dim3{32}, 60u));
}

// As nvcc compiles s[34 - t]: what is added to the register at the end makes up for a register below the window.
TEST(Grid, SharedDisplacementsMakeUpForNegativeRegisters) {
  Ptx ptx(kernel(".param .u64 out",
                 ".shared .align 4 .b8 s[140];\n" + own_element(4) +
                     "  mov.u32 %r1, s; shl.b32 %r2, %r0, 2; sub.u32 %r3, %r1, %r2;\n"
                     "  st.shared.u32 [%r3+136], %r0; bar.sync 0;\n"
                     "  add.u32 %r2, %r1, %r2; ld.shared.u32 %r4, [%r2];\n"
                     "  st.global.u32 [%rd1], %r4; ret;"));
  std::vector<uint32_t> out(35);
  ASSERT_TRUE(ptx.run("k", Dim3{1}, Dim3{35}, out.data()));
  for (uint32_t i = 0; i < 35; ++i)
    EXPECT_EQ(out[i], 34 - i);
}

TEST(Grid, TrapAndEndlessLoops) {
  Ptx trap(kernel("", "  trap; ret;"));
  EXPECT_EQ(trap.run("k", Dim3{1}, Dim3{1}).cu_result, 719);
  Ptx endless(
      kernel(".param .u64 out",
             "  ld.param.u64 %rd0, [out];\nL: ld.global.u32 %r0, [%rd0]; add.u32 %r0, %r0, 1;\n"
             "  st.global.u32 [%rd0], %r0; bra.uni L;"));
  uint32_t word = 0;
  LaunchConfig config;
  config.grid = {4};
  config.watchdog_ms = 100;
  auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(endless.run("k", config, &word).cu_result, 702);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(Grid, EachBlockRunsOnce) {
  const std::string count = "  mov.u32 %r0, %ctaid.x; ld.param.u64 %rd0, [out]; mul.wide.u32 %rd1, "
                            "%r0, 4; add.u64 %rd0, %rd0, %rd1; red.global.add.u32 [%rd0], 1;\n";
  const std::string rounds = "  mov.u32 %r1, 0; mov.u32 %r2, %tid.x;\n"
                             "L: add.u32 %r1, %r1, 1; mad.lo.u32 %r2, %r2, %r2, %r0;\n"
                             "  setp.lt.u32 %p0, %r1, 9; @%p0 bra L;\n"
                             "  st.shared.u32 [s], %r2;\n";
  // as one loop, as warps one after the other (their loop goes in lockstep), and with a barrier
  for (const std::string &rest : {std::string(), rounds, std::string("  bar.sync 0;\n")})
    for (uint32_t blocks : {1u, 31u, 32u, 33u, 1000u, 4099u}) {
      Ptx ptx(kernel(".param .u64 out", ".shared .align 4 .b8 s[4];\n" + count + rest + "  ret;"));
      std::vector<uint32_t> out(blocks);
      ASSERT_TRUE(ptx.run("k", Dim3{blocks}, Dim3{4}, out.data()));
      EXPECT_EQ(out, std::vector<uint32_t>(blocks, 4)) << blocks;
    }
}

TEST(Grid, ThreadsWaitForATimeTogether) {
  // one after the other they would take 512 times as long
  Ptx ptx(kernel(".param .u64 wait_ns",
                 "  ld.param.u64 %rd0, [wait_ns]; mov.u64 %rd1, %globaltimer;\n"
                 "L: mov.u64 %rd2, %globaltimer; sub.u64 %rd3, %rd2, %rd1;\n"
                 "  setp.lt.u64 %p0, %rd3, %rd0; @%p0 bra L;\n  ret;"));
  const std::chrono::milliseconds wait(20);
  auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(ptx.run("k", Dim3{2}, Dim3{256}, uint64_t{20'000'000}));
  const auto passed = std::chrono::steady_clock::now() - start;
  EXPECT_GE(passed, wait);
  EXPECT_LT(passed, 100 * wait);
}

TEST(Grid, DeadlockIsAnError) {
  Ptx ptx(kernel("", "  mov.u32 %r0, %tid.x; setp.eq.u32 %p0, %r0, 0; @%p0 bra A;\n  bar.sync 1, "
                     "32; ret;\nA: bar.sync 2, 32; ret;"));
  LaunchConfig config;
  config.block = {32};
  config.watchdog_ms = 10000;
  EXPECT_EQ(ptx.run("k", config).cu_result, 719);
}

sig_atomic_t foreign_faults = 0;
sigjmp_buf foreign_jump;

TEST(Grid, AppsOwnHandlerSeesItsOwnFaults) {
  struct sigaction mine{}, ours{};
  sigaction(SIGSEGV, nullptr, &ours);
  Ptx ptx(kernel(".param .u64 out", "  ld.param.u64 %rd0, [out]; st.global.u32 [%rd0], 1; ret;"));
  ASSERT_EQ(ptx.run("k", Dim3{1}, Dim3{1}, uint64_t{64}).cu_result, 700);
  // An application that installs its handler later takes over; ours must not fight for the place.
  mine.sa_handler = [](int) {
    ++foreign_faults;
    siglongjmp(foreign_jump, 1);
  };
  mine.sa_flags = SA_NODEFER;
  struct sigaction installed{};
  sigaction(SIGSEGV, &mine, &installed);
  if (sigsetjmp(foreign_jump, 1) == 0)
    *reinterpret_cast<volatile int *>(8) = 1;
  EXPECT_EQ(foreign_faults, 1);
  sigaction(SIGSEGV, &installed, nullptr);
}

TEST(Program, LinksUnitsAndInitialisers) {
  std::string a = module_header() +
                  ".extern .global .align 4 .u32 counter;\n.extern .func (.param .b32 r) "
                  "twice(.param .b32 x);\n"
                  ".visible .entry k(.param .u64 out) {\n .reg .b64 %rd<4>; .reg .b32 %r<8>;\n"
                  " ld.param.u64 %rd0, [out]; ld.global.u32 %r0, [counter];\n"
                  " { .param .b32 p; st.param.b32 [p+0], %r0; .param .b32 q; call.uni (q), twice, "
                  "(p); ld.param.b32 %r1, [q+0]; }\n"
                  " st.global.u32 [%rd0], %r1; ret; }\n";
  std::string b =
      module_header() +
      ".visible .global .align 4 .u32 counter = 21;\n"
      ".visible .global .align 8 .u64 pointer = generic(counter)+4;\n"
      ".visible .func (.param .b32 r) twice(.param .b32 x) {\n .reg .b32 %r<3>;\n"
      " ld.param.u32 %r0, [x]; add.u32 %r1, %r0, %r0; st.param.b32 [r+0], %r1; ret; }\n";
  HostMemory memory;
  Services services;
  std::unique_ptr<Program> program;
  PtxSource units[] = {{"a", a}, {"b", b}};
  Status status = load(units, memory, true, program);
  ASSERT_TRUE(status) << status.log;
  uint32_t out = 0;
  uint32_t *address = &out;
  LaunchConfig config;
  config.params = std::as_bytes(std::span(&address, 1));
  ASSERT_TRUE(program->run(0, config, services));
  EXPECT_EQ(out, 42u);
  uint64_t counter = 0, pointer = 0;
  for (const GlobalInfo &global : program->globals())
    (global.name == "counter" ? counter : pointer) = global.address;
  EXPECT_EQ(*reinterpret_cast<uint64_t *>(pointer), counter + 4);
}

TEST(Program, NamesWhatItCannotLoad) {
  auto log_of = [](const std::string &text) {
    Ptx ptx(text);
    if (ptx.status)
      ptx.status = ptx.run("k", Dim3{1}, Dim3{1});
    EXPECT_EQ(ptx.status.cu_result, 218);
    return ptx.status.log;
  };
  EXPECT_NE(log_of(kernel("", "  add.u32 %r0, %r1;\n ret;")).find("line 7"), std::string::npos);
  EXPECT_NE(log_of(kernel("", "  frobnicate.u32 %r0, %r1; ret;")).find("frobnicate.u32"),
            std::string::npos);
  EXPECT_NE(log_of(kernel("", "  add.wrong.u32 %r0, %r1, %r2; ret;")).find("add.wrong.u32"),
            std::string::npos);
  EXPECT_NE(log_of(kernel("", "  bra NOWHERE; ret;")).find("NOWHERE"), std::string::npos);
  EXPECT_NE(log_of(module_header() +
                   ".extern .func missing();\n.visible .entry k() { call.uni missing; ret; }")
                .find("missing"),
            std::string::npos);
  EXPECT_NE(log_of(module_header() + ".visible .entry k() .reqntid 32 .reqnctapercluster 2 "
                                     ".blocksareclusters { ret; }")
                .find(".blocksareclusters"),
            std::string::npos);
  EXPECT_NE(
      log_of(module_header() + ".visible .entry k() { .reg .b32 %r<2>").find("'{' without '}'"),
      std::string::npos);
}

TEST(Program, DirectivesNeedNoBlankBetweenThem) {
  Ptx ptx(module_header() + ".global.align 8.b32 seven = 7;\n"
                            ".visible.entry k(.param.u64 out) { .reg.b64 %rd<2>; .reg.b32 a, b; "
                            ".shared.align 4.b8 s[4];\n"
                            " ld.param.u64 %rd0, [out]; ld.global.b32 a, [seven]; mov.b32 b, a; "
                            "st.global.b32 [%rd0], b; ret; }\n");
  ASSERT_TRUE(ptx.status) << ptx.status.log;
  uint32_t out = 0;
  Status status = ptx.run("k", Dim3{1}, Dim3{1}, &out);
  ASSERT_TRUE(status) << status.log;
  EXPECT_EQ(out, 7u);
}

TEST(Program, FunctionsWriteTheirCallersLocalMemory) {
  Ptx ptx(module_header() +
          ".func (.param .b32 r) twice(.param .b64 to, .param .b32 x) { .reg .b32 %r<3>;\n"
          " .reg .b64 %rd0; ld.param.u64 %rd0, [to]; ld.param.u32 %r0, [x]; shl.b32 %r1, %r0, 1;\n"
          " st.u32 [%rd0], %r1; mov.u32 %r2, 0; st.param.b32 [r+0], %r2; ret; }\n"
          ".visible .entry k(.param .u64 out) { .local .align 4 .b8 depot[4];\n"
          " .reg .b32 %r<4>; .reg .b64 %rd<5>;\n"
          " mov.u64 %rd0, depot; cvta.local.u64 %rd1, %rd0; mov.u32 %r0, 0;\n"
          " st.local.u32 [%rd0], %r0; mov.u32 %r1, %tid.x;\n"
          " { .param .b64 p; st.param.b64 [p+0], %rd1; .param .b32 q; st.param.b32 [q+0], %r1;\n"
          " .param .b32 r; call (r), twice, (p, q); ld.param.b32 %r2, [r+0]; }\n"
          " ld.local.u32 %r3, [%rd0]; ld.param.u64 %rd2, [out]; mul.wide.u32 %rd3, %r1, 4;\n"
          " add.u64 %rd4, %rd2, %rd3; st.global.u32 [%rd4], %r3; ret; }\n");
  std::vector<uint32_t> out(64);
  Status status = ptx.run("k", Dim3{1}, Dim3{64}, out.data());
  ASSERT_TRUE(status) << status.log;
  for (uint32_t i = 0; i < out.size(); ++i)
    EXPECT_EQ(out[i], 2 * i);
}

TEST(Program, OnlyKernelsThatLaunchKernelsAreRefused) {
  Ptx ptx(module_header() +
          ".extern .func (.param .b32 r) cnpSomething();\n"
          ".func inner() { { .param .b32 r; call (r), cnpSomething, (); } ret; }\n"
          ".visible .entry parent() { call inner, (); ret; }\n"
          ".visible .entry plain(.param .u64 out) { .reg .b64 %rd<2>; ld.param.u64 %rd0, [out];\n"
          " st.global.u32 [%rd0], 7; ret; }\n");
  ASSERT_TRUE(ptx.status) << ptx.status.log;
  EXPECT_EQ(ptx.run("parent", Dim3{1}, Dim3{1}).cu_result, 801);
  uint32_t out = 0;
  EXPECT_TRUE(ptx.run("plain", Dim3{1}, Dim3{1}, &out));
  EXPECT_EQ(out, 7u);
}

TEST(Program, FunctionPointers) {
  Ptx ptx(module_header() +
          ".func (.param .b32 r) inc(.param .b32 x) { .reg .b32 %r<3>; ld.param.u32 %r0, [x]; "
          "add.u32 %r1, %r0, 1; st.param.b32 [r+0], %r1; ret; }\n"
          ".func (.param .b32 r) neg(.param .b32 x) { .reg .b32 %r<3>; ld.param.u32 %r0, [x]; "
          "neg.s32 %r1, %r0; st.param.b32 [r+0], %r1; ret; }\n"
          ".global .align 8 .u64 table[2] = {inc, neg};\n"
          ".visible .entry k(.param .u64 out, .param .u32 which) {\n .reg .b64 %rd<6>; .reg .b32 "
          "%r<6>;\n"
          " ld.param.u64 %rd0, [out]; ld.param.u32 %r0, [which]; mov.u64 %rd1, table; mul.wide.u32 "
          "%rd2, %r0, 8; add.u64 %rd1, %rd1, %rd2;\n"
          " ld.global.u64 %rd3, [%rd1];\n { .param .b32 p; st.param.b32 [p+0], 41; .param .b32 q;\n"
          " proto : .callprototype (.param .b32 _) _ (.param .b32 _);\n call (q), %rd3, (p), "
          "proto; ld.param.b32 %r1, [q+0]; }\n"
          " st.global.u32 [%rd0], %r1; ret; }\n");
  int32_t out = 0;
  Status status = ptx.run("k", Dim3{1}, Dim3{1}, &out, 0u);
  ASSERT_TRUE(status) << status.log;
  EXPECT_EQ(out, 42);
  ASSERT_TRUE(ptx.run("k", Dim3{1}, Dim3{1}, &out, 1u));
  EXPECT_EQ(out, -41);
}

} // namespace
} // namespace softcuda::jit::test
