// Copies that end on mbarriers, and mbarriers themselves. All within one block of two warps.
#include "ptx_harness.h"

#include <numeric>

namespace softcuda::jit::test {
namespace {

std::string kernel(const std::string &body) {
  return module_header() +
         ".visible .entry k(.param .u64 in, .param .u64 out)\n{\n"
         "  .shared .align 16 .b8 s[256]; .shared .align 8 .b8 m[8]; .reg .b64 %in, %out, %rd<8>;\n"
         "  .reg .b32 %s, %m, %tid, %r<8>; .reg .pred %p<4>; .reg .b16 %h<2>; .reg .f32 %f<4>;\n"
         "  ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; mov.u32 %s, s; mov.u32 %m, m; "
         "mov.u32 %tid, %tid.x;\n" +
         body + "\n}\n";
}

const char *kInit =
    "  setp.ne.u32 %p0, %tid, 0; @!%p0 mbarrier.init.shared.b64 [%m], 1; bar.sync 0;\n";
const char *kWait =
    "WAIT: mbarrier.try_wait.parity.shared::cta.b64 %p1, [%m], 0; @!%p1 bra WAIT;\n";
/// Each thread writes its word of shared memory.
const char *kShow = "  shl.b32 %r0, %tid, 2; add.u32 %r1, %s, %r0; ld.shared.u32 %r2, [%r1]; "
                    "cvt.u64.u32 %rd0, %r0;\n"
                    "  add.u64 %rd0, %out, %rd0; st.global.u32 [%rd0], %r2; ret;";

std::vector<uint32_t> run(const std::string &body) {
  Ptx ptx(kernel(body));
  EXPECT_TRUE(ptx.status) << ptx.status.log;
  alignas(16) static uint32_t in[64];
  std::iota(in, in + 64, 1000u);
  std::vector<uint32_t> out(64);
  Status status = ptx.run("k", Dim3{1}, Dim3{64}, in, out.data());
  EXPECT_TRUE(status) << status.cu_result << " " << status.log;
  return out;
}

void expect_input(const std::vector<uint32_t> &out, const std::string &why) {
  for (uint32_t i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], 1000 + i) << why;
}

TEST(AsyncForms, CopiesOfAWord) {
  const std::string address = "  shl.b32 %r0, %tid, 2; add.u32 %r1, %s, %r0; cvt.u64.u32 %rd0, "
                              "%r0; add.u64 %rd1, %in, %rd0;\n";
  const std::string end = "  cp.async.commit_group; cp.async.wait_group 0; bar.sync 0;\n";
  expect_input(run(address + "  cp.async.ca.shared.global [%r1], [%rd1], 4;\n" + end + kShow),
               "4 bytes");
  expect_input(run(address +
                   "  cp.async.ca.shared::cta.global.L2::128B [%r1], [%rd1], 4;\n  "
                   "cp.async.wait_all; bar.sync 0;\n" +
                   kShow),
               "hint");
  for (uint32_t bytes : {8u, 16u}) { // by those threads whose word begins so many bytes
    const std::string size = std::to_string(bytes);
    expect_input(run(address + "  and.b32 %r3, %tid, " + std::to_string(bytes / 4 - 1) +
                     "; setp.eq.u32 %p0, %r3, 0;\n  @%p0 cp.async." + (bytes == 16 ? "cg" : "ca") +
                     ".shared.global [%r1], [%rd1], " + size + ";\n" + end + kShow),
                 size);
  }
  // fewer bytes than the copy's size: zeros follow; and none at all where the predicate says so
  auto out = run(address +
                 "  and.b32 %r3, %tid, 3;\n  cp.async.ca.shared.global [%r1], [%rd1], 4, %r3;\n" +
                 end + kShow);
  for (uint32_t i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], (1000 + i) & ((1ull << 8 * (i % 4)) - 1));
  out = run(address +
            "  setp.gt.u32 %p0, %tid, 9;\n  cp.async.ca.shared.global [%r1], [%rd1], 4, %p0;\n" +
            end + kShow);
  for (uint32_t i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], i > 9 ? 0 : 1000 + i);
}

TEST(AsyncForms,
     CopiesThatArrive) { // every thread's copy counts down the barrier that all wait for
  for (bool noinc : {false, true})
    expect_input(
        run(std::string("  setp.ne.u32 %p0, %tid, 0; @!%p0 mbarrier.init.shared.b64 [%m], ") +
            "64" +
            "; bar.sync 0;\n"
            "  shl.b32 %r0, %tid, 2; add.u32 %r1, %s, %r0; cvt.u64.u32 %rd0, %r0; add.u64 %rd1, "
            "%in, %rd0;\n"
            "  cp.async.ca.shared.global [%r1], [%rd1], 4;\n  cp.async.mbarrier.arrive" +
            (noinc ? ".noinc" : "") + ".shared.b64 [%m];\n" +
            (noinc ? "" : "  mbarrier.arrive.shared.b64 _, [%m];\n") + kWait + kShow),
        noinc ? "noinc" : "arrive");
}

TEST(AsyncForms, BulkCopies) {
  for (const char *to : {"shared::cluster", "shared::cta"})
    expect_input(run(std::string(kInit) +
                     "  @%p0 bra WAIT;\n  mbarrier.arrive.expect_tx.shared.b64 _, [%m], 256;\n  "
                     "cp.async.bulk." +
                     to + ".global.mbarrier::complete_tx::bytes [%s], [%in], 256, [%m];\n" + kWait +
                     kShow),
                 to);
  // out of shared memory, by way of another place in it
  const auto out =
      run(std::string(kInit) +
          "  shl.b32 %r0, %tid, 2; add.u32 %r1, %s, %r0; add.u32 %r2, %tid, 7; st.shared.u32 "
          "[%r1], %r2;\n"
          "  bar.sync 0;\n  @%p0 bra WAIT;\n  mbarrier.arrive.expect_tx.shared.b64 _, [%m], 128; "
          "add.u32 %r3, %s, 128;\n"
          "  cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes [%s], [%r3], "
          "128, [%m];\n" +
          kWait +
          "  @%p0 ret;\n  cp.async.bulk.global.shared::cta.bulk_group [%out], [%s], 256;\n"
          "  cp.async.bulk.commit_group; cp.async.bulk.wait_group.read 0; cp.async.bulk.wait_group "
          "0; ret;");
  for (uint32_t i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], 7 + (i < 32 ? i + 32 : i));
}

TEST(AsyncForms, StoresAndReductionsThatComplete) {
  auto out = run(std::string(kInit) +
                 "  st.bulk.weak.shared::cta [%s], 256, 0; bar.sync 0;\n"
                 "  @%p0 bra WAIT;\n  mbarrier.arrive.expect_tx.shared.b64 _, [%m], 32; mov.u64 "
                 "%rd2, 0x500000004; mov.f32 %f0, 0f3F800000;\n"
                 "  st.async.weak.shared::cluster.mbarrier::complete_tx::bytes.u32 [%s], 3, [%m];\n"
                 "  st.async.shared::cluster.mbarrier::complete_tx::bytes.b64 [%s+8], %rd2, [%m];\n"
                 "  st.async.shared::cluster.mbarrier::complete_tx::bytes.v4.f32 [%s+16], {%f0, "
                 "%f0, %f0, %f0}, [%m];\n"
                 "  red.async.relaxed.cluster.shared::cluster.mbarrier::complete_tx::bytes.add.u32 "
                 "[%s+8], 10, [%m];\n" +
                 kWait + kShow);
  const uint32_t one = 0x3f800000;
  const uint32_t wanted[] = {3, 0, 14, 5, one, one, one, one};
  for (uint32_t i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], i < 8 ? wanted[i] : 0) << i;
}

TEST(AsyncForms, BarriersCountArrivalsAndPhases) {
  // one thread: a barrier of three arrivals
  const auto out =
      run("  setp.ne.u32 %p0, %tid, 0; @%p0 ret;\n  mbarrier.init.shared.b64 [%m], 3;\n"
          "  mbarrier.arrive.shared.b64 %rd0, [%m]; mbarrier.pending_count.b64 %r0, %rd0; "
          "st.global.u32 [%out], %r0;\n"
          "  mbarrier.test_wait.shared.b64 %p1, [%m], %rd0; selp.u32 %r0, 1, 0, %p1; st.global.u32 "
          "[%out+4], %r0;\n"
          "  mbarrier.arrive.shared.b64 %rd1, [%m], 2; mbarrier.pending_count.b64 %r0, %rd1; "
          "st.global.u32 [%out+8], %r0;\n"
          "  mbarrier.test_wait.shared.b64 %p1, [%m], %rd0; selp.u32 %r0, 1, 0, %p1; st.global.u32 "
          "[%out+12], %r0;\n"
          "  mbarrier.test_wait.parity.shared.b64 %p1, [%m], 0; selp.u32 %r0, 1, 0, %p1; "
          "st.global.u32 [%out+16], %r0;\n"
          "  mbarrier.test_wait.parity.shared.b64 %p1, [%m], 1; selp.u32 %r0, 1, 0, %p1; "
          "st.global.u32 [%out+20], %r0;\n"
          // one leaves for good: two arrivals are left in this phase, and in each that follows
          "  mbarrier.arrive_drop.shared.b64 _, [%m]; mbarrier.arrive.shared.b64 _, [%m], 2;\n"
          "  mbarrier.test_wait.parity.shared.b64 %p1, [%m], 1; selp.u32 %r0, 1, 0, %p1; "
          "st.global.u32 [%out+24], %r0;\n"
          "  mbarrier.arrive.shared.b64 %rd1, [%m]; mbarrier.pending_count.b64 %r0, %rd1; "
          "st.global.u32 [%out+28], %r0;\n"
          // bytes that are expected hold the phase up
          "  mbarrier.expect_tx.relaxed.cta.shared::cta.b64 [%m], 8; mbarrier.arrive.shared.b64 _, "
          "[%m];\n"
          "  mbarrier.test_wait.parity.shared.b64 %p1, [%m], 0; selp.u32 %r0, 1, 0, %p1; "
          "st.global.u32 [%out+32], %r0;\n"
          "  mbarrier.complete_tx.relaxed.cta.shared::cta.b64 [%m], 8;\n"
          "  mbarrier.test_wait.parity.shared.b64 %p1, [%m], 0; selp.u32 %r0, 1, 0, %p1; "
          "st.global.u32 [%out+36], %r0;\n"
          "  mbarrier.inval.shared.b64 [%m]; ret;");
  const uint32_t wanted[] = {3, 0, 2, 1, 1, 0, 1, 2, 0, 1};
  for (uint32_t i = 0; i < 10; ++i)
    EXPECT_EQ(out[i], wanted[i]) << i;
}

} // namespace
} // namespace softcuda::jit::test
