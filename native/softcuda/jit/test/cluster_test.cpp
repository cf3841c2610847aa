// Clusters of blocks: who is where, memory of other blocks, the cluster's barrier, copies to several blocks.
#include "ptx_harness.h"

#include <numeric>

namespace softcuda::jit::test {
namespace {

std::string kernel(const std::string &body) {
  return module_header() +
         ".visible .entry k(.param .u64 in, .param .u64 out)\n{\n"
         "  .shared .align 16 .b8 s[256]; .shared .align 8 .b8 m[8]; .reg .b64 %in, %out, %at, "
         "%rd<8>;\n"
         "  .reg .b32 %r<16>, %tid, %rank, %n; .reg .pred %p<4>; .reg .b16 %h;\n"
         "  ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; mov.u32 %tid, %tid.x;\n"
         "  mov.u32 %rank, %cluster_ctarank; mov.u32 %n, %cluster_nctarank;\n" +
         body + "\n}\n";
}

LaunchConfig clusters(Dim3 grid, Dim3 cluster, uint32_t threads) {
  LaunchConfig config;
  config.grid = grid;
  config.cluster = cluster;
  config.is_explicit_cluster = true;
  config.block = {threads};
  return config;
}

TEST(Cluster, BlocksKnowTheirPlace) {
  // a row of sixteen words per block, in the order of the grid
  std::string body =
      "  mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ctaid.y; mov.u32 %r2, %nctaid.x;\n"
      "  mad.lo.u32 %r0, %r1, %r2, %r0; mul.wide.u32 %at, %r0, 64; add.u64 %at, %out, "
      "%at;\n";
  const char *registers[] = {"%clusterid.x",      "%clusterid.y",      "%nclusterid.x",
                             "%nclusterid.y",     "%cluster_ctaid.x",  "%cluster_ctaid.y",
                             "%cluster_nctaid.x", "%cluster_nctaid.y", "%cluster_nctaid.z",
                             "%cluster_ctarank",  "%cluster_nctarank"};
  for (size_t i = 0; i < std::size(registers); ++i)
    body += std::string("  mov.u32 %r3, ") + registers[i] + "; st.global.u32 [%at+" +
            std::to_string(4 * i) + "], %r3;\n";
  body += "  mov.pred %p0, %is_explicit_cluster; selp.u32 %r3, 1, 0, %p0; st.global.u32 [%at+44], "
          "%r3; ret;";
  Ptx ptx(kernel(body));
  std::vector<uint32_t> out(16 * 24);
  Status status = ptx.run("k", clusters({6, 4}, {2, 4}, 1), 0ull, out.data());
  ASSERT_TRUE(status) << status.log;
  for (uint32_t y = 0; y < 4; ++y)
    for (uint32_t x = 0; x < 6; ++x) {
      const uint32_t wanted[] = {x / 2, 0, 3, 1, x % 2, y, 2, 4, 1, y * 2 + x % 2, 8, 1};
      for (uint32_t i = 0; i < std::size(wanted); ++i)
        EXPECT_EQ(out[(y * 6 + x) * 16 + i], wanted[i]) << x << " " << y << " " << i;
    }
}

TEST(Cluster, BlocksReadEachOthersMemory) {
  // Each thread leaves a word; behind the barrier it reads that of the next block, and of the one before by a generic address.
  Ptx ptx(kernel(
      "  mov.u32 %r0, %ctaid.x; mad.lo.u32 %r1, %r0, 100, %tid; shl.b32 %r2, %tid, 2; mov.u32 %r3, "
      "s; "
      "add.u32 %r2, %r3, %r2;\n"
      "  st.shared.u32 [%r2], %r1; barrier.cluster.arrive.release.aligned; "
      "barrier.cluster.wait.acquire.aligned;\n"
      "  add.u32 %r4, %rank, 1; rem.u32 %r4, %r4, %n; mapa.shared::cluster.u32 %r5, %r2, %r4; "
      "ld.shared::cluster.u32 %r6, [%r5];\n"
      "  getctarank.shared::cluster.u32 %r7, %r5;\n"
      "  add.u32 %r8, %rank, %n; sub.u32 %r8, %r8, 1; rem.u32 %r8, %r8, %n; cvt.u64.u32 %rd0, %r2; "
      "cvta.shared.u64 %rd0, %rd0; mapa.u64 %rd1, %rd0, %r8;\n"
      "  ld.u32 %r9, [%rd1]; getctarank.u64 %r10, %rd1; isspacep.shared::cluster %p0, %rd1; "
      "isspacep.shared::cta %p1, %rd1; isspacep.global %p2, %rd1;\n"
      "  selp.u32 %r11, 1, 0, %p0; selp.u32 %r12, 2, 0, %p1; or.b32 %r11, %r11, %r12; selp.u32 "
      "%r12, "
      "4, 0, %p2; or.b32 %r11, %r11, %r12;\n"
      "  barrier.cluster.arrive; barrier.cluster.wait;\n"
      "  mov.u32 %r13, %ntid.x; mad.lo.u32 %r13, %r0, %r13, %tid; mul.wide.u32 %at, %r13, 32; "
      "add.u64 "
      "%at, %out, %at;\n"
      "  st.global.v4.u32 [%at], {%r6, %r7, %r9, %r10}; st.global.u32 [%at+16], %r11; ret;"));
  for (uint32_t size : {1u, 2u, 3u, 8u, 16u}) {
    const uint32_t blocks = size * 3, threads = 40;
    std::vector<uint32_t> out(8 * blocks * threads);
    Status status = ptx.run("k", clusters({blocks}, {size}, threads), 0ull, out.data());
    ASSERT_TRUE(status) << status.log;
    for (uint32_t block = 0; block < blocks; ++block)
      for (uint32_t t = 0; t < threads; ++t) {
        const uint32_t rank = block % size, first = block - rank;
        const uint32_t next = (rank + 1) % size, before = (rank + size - 1) % size;
        const uint32_t *got = &out[8 * (block * threads + t)];
        EXPECT_EQ(got[0], (first + next) * 100 + t) << size;
        EXPECT_EQ(got[1], next);
        EXPECT_EQ(got[2], (first + before) * 100 + t) << size;
        EXPECT_EQ(got[3], before);
        EXPECT_EQ(got[4], size == 1 ? 3u : 1u) << size;
      }
  }
}

TEST(Cluster, OneBlockCopiesToSeveral) {
  // the first block of four fills those with ranks 0, 2 and 3, whose barriers wait for the bytes
  Ptx ptx(kernel(
      "  mov.u32 %r0, m; mov.u32 %r1, s; shl.b32 %r2, %tid, 2; add.u32 %r2, %r1, %r2; "
      "st.shared.u32 "
      "[%r2], 7;\n"
      "  setp.ne.u32 %p0, %tid, 0; @!%p0 mbarrier.init.shared::cta.b64 [%r0], 1; @!%p0 "
      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%r0], 256;\n"
      "  barrier.cluster.arrive; barrier.cluster.wait;\n"
      "  setp.eq.u32 %p1, %rank, 0; setp.eq.and.u32 %p2, %tid, 0, %p1; mov.b16 %h, 13;\n"
      "  @%p2 cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster "
      "[%r1], [%in], 256, [%r0], %h;\n"
      "  setp.eq.u32 %p1, %rank, 1; @%p1 bra DONE;\n"
      "WAIT: mbarrier.try_wait.parity.shared::cta.b64 %p1, [%r0], 0; @!%p1 bra WAIT;\n"
      "DONE: ld.shared.u32 %r3, [%r2]; mov.u32 %r4, %ctaid.x; mad.lo.u32 %r4, %r4, 64, %tid; "
      "mul.wide.u32 %at, %r4, 4; add.u64 %at, %out, %at; st.global.u32 [%at], %r3;\n"
      "  barrier.cluster.arrive; barrier.cluster.wait; ret;"));
  alignas(16) static uint32_t in[64];
  std::iota(in, in + 64, 500u);
  std::vector<uint32_t> out(64 * 8);
  Status status = ptx.run("k", clusters({8}, {4}, 64), in, out.data());
  ASSERT_TRUE(status) << status.log;
  for (uint32_t i = 0; i < out.size(); ++i)
    EXPECT_EQ(out[i], i / 64 % 4 == 1 ? 7 : 500 + i % 64) << i;
}

TEST(Cluster, BlocksSignalEachOther) {
  // a ring: each block waits for an arrival of the one before, and passes it on with a sum that it stores remotely
  Ptx ptx(kernel(
      "  setp.ne.u32 %p0, %tid, 0; @%p0 bra MEET; mov.u32 %r0, m; mbarrier.init.shared.b64 [%r0], "
      "1;\n"
      "MEET: barrier.cluster.arrive; barrier.cluster.wait; @%p0 bra END; mov.u32 %r0, m; mov.u32 "
      "%r1, "
      "s; mov.u32 %r2, 0;\n"
      "  setp.eq.u32 %p1, %rank, 0; @%p1 bra PASS;\n"
      "WAIT: mbarrier.test_wait.parity.acquire.cluster.shared::cta.b64 %p1, [%r0], 0; @!%p1 bra "
      "WAIT; "
      "ld.shared.u32 %r2, [%r1];\n"
      "PASS: add.u32 %r2, %r2, 5; mov.u32 %r3, %ctaid.x; mul.wide.u32 %at, %r3, 4; add.u64 %at, "
      "%out, "
      "%at; st.global.u32 [%at], %r2;\n"
      "  add.u32 %r4, %rank, 1; setp.eq.u32 %p1, %r4, %n; @%p1 bra END; mapa.shared::cluster.u32 "
      "%r5, "
      "%r1, %r4; mapa.shared::cluster.u32 %r6, %r0, %r4;\n"
      "  st.shared::cluster.u32 [%r5], %r2; mbarrier.arrive.release.cluster.shared::cluster.b64 _, "
      "[%r6];\n"
      "END: barrier.cluster.arrive; barrier.cluster.wait; ret;"));
  std::vector<uint32_t> out(16);
  Status status = ptx.run("k", clusters({16}, {8}, 32), 0ull, out.data());
  ASSERT_TRUE(status) << status.log;
  for (uint32_t i = 0; i < out.size(); ++i)
    EXPECT_EQ(out[i], 5 * (i % 8 + 1));
}

TEST(Cluster, BlocksThatWaitForEverFail) {
  // one of two waits at a barrier of its own that the other threads never reach
  Ptx ptx(kernel("  setp.ne.u32 %p0, %rank, 0; @%p0 bra OTHER; barrier.cluster.arrive; "
                 "barrier.cluster.wait; ret;\n"
                 "OTHER: setp.eq.u32 %p1, %tid, 0; @%p1 bra LONE; bar.sync 2, 64; ret;\n"
                 "LONE: barrier.cluster.arrive; barrier.cluster.wait; ret;"));
  Status status = ptx.run("k", clusters({2}, {2}, 64), 0ull, 0ull);
  EXPECT_EQ(status.cu_result, 719);
}

} // namespace
} // namespace softcuda::jit::test
