// What kernels are said to have of registers, which a CPU has not.
#include "ptx_harness.h"

namespace softcuda::jit::test {
namespace {

struct Kernel {
  std::string body;
  std::string tuning = "";
  std::string functions = "";
};

uint32_t registers_of(const Kernel &kernel) {
  Ptx ptx(module_header() + kernel.functions + ".visible .entry k(.param .u64 out)\n" +
          kernel.tuning + "\n{ .reg .b32 %r<200>; .reg .b64 %rd<20>; .reg .pred %p<100>;\n" +
          kernel.body + "}\n");
  EXPECT_TRUE(ptx.status) << ptx.status.log;
  return ptx->register_count(0);
}

/// `count` values that are all there before the first is used. %rd0 keeps the address.
std::string live_at_once(int count) {
  std::string load = "ld.param.u64 %rd0, [out];\n", store;
  for (int i = 0; i < count; ++i) {
    const std::string name = "%r" + std::to_string(i);
    load += "ld.global.u32 " + name + ", [%rd0+" + std::to_string(4 * i) + "];\n";
    store += "st.global.u32 [%rd0], " + name + ";\n";
  }
  return load + store;
}

TEST(RegisterCount, IsWhatIsLiveAtOnce) {
  EXPECT_EQ(registers_of({live_at_once(30) + "ret;"}), 32u);
  // one after the other, in as many names
  std::string body = "ld.param.u64 %rd0, [out];\n";
  for (int i = 0; i < 100; ++i)
    body += "mov.u32 %r" + std::to_string(i) + ", %tid.x; st.global.u32 [%rd0], %r" +
            std::to_string(i) + ";\n";
  EXPECT_EQ(registers_of({body + "ret;"}), 8u);
}

TEST(RegisterCount, CountsNoPredicates) {
  std::string body = "ld.param.u64 %rd0, [out]; mov.u32 %r0, %tid.x;\n";
  for (int i = 0; i < 90; ++i)
    body += "setp.eq.u32 %p" + std::to_string(i) + ", %r0, " + std::to_string(i) + ";\n";
  for (int i = 0; i < 90; ++i)
    body += "@%p" + std::to_string(i) + " st.global.u32 [%rd0], %r0;\n";
  EXPECT_EQ(registers_of({body + "ret;"}), 8u);
}

TEST(RegisterCount, FollowsLoops) {
  // What the loop reads is kept through it, though the last instruction that reads it stands before the most values.
  const std::string loop = "mov.u32 %r199, 0;\nagain: add.u32 %r199, %r199, 1; st.global.u32 "
                           "[%rd10], %r199;\n" +
                           live_at_once(20) + "setp.lt.u32 %p0, %r199, 9; @%p0 bra again; ret;";
  EXPECT_EQ(registers_of({"ld.param.u64 %rd10, [out];\n" + loop}), 20u + 2 + 2 + 1);
}

TEST(RegisterCount, AddsWhatCalleesWant) {
  const std::string callee = ".func f(.param .u64 out)\n{ .reg .b32 %r<50>; .reg .b64 %rd<2>;\n" +
                             live_at_once(40) + "ret; }\n";
  const std::string call = "{ .param .u64 p; st.param.u64 [p], %rd10; call f, (p); }\n";
  const std::string body = "ld.param.u64 %rd10, [out]; mov.u32 %r199, %tid.x;\n" + call +
                           "st.global.u32 [%rd10], %r199; ret;";
  EXPECT_EQ(registers_of({body, "", callee}), 40u + 2 + 2 + 1);
}

TEST(RegisterCount, KeepsToLimits) {
  const std::string body = live_at_once(180) + "ret;";
  EXPECT_EQ(registers_of({body}), 64u); // 1024 threads
  EXPECT_EQ(registers_of({body, ".maxntid 128, 1, 1"}), 182u);
  EXPECT_EQ(registers_of({body, ".maxntid 256, 2, 1"}), 128u);
  EXPECT_EQ(registers_of({body, ".maxntid 128\n.minnctapersm 8"}), 64u);
  EXPECT_EQ(registers_of({body, ".maxntid 128\n.maxnreg 40"}), 40u);
}

TEST(RegisterCount, LimitsResidentBlocks) {
  Ptx ptx(
      module_header() +
      ".visible .entry k(.param .u64 out) .maxntid 256\n{ .reg .b32 %r<200>; .reg .b64 %rd<1>;\n" +
      live_at_once(126) + "ret; }\n");
  ASSERT_EQ(ptx->register_count(0), 128u);
  EXPECT_EQ(resident_blocks(ptx->kernels()[0], 128, 256, 0), 2);
  EXPECT_EQ(resident_blocks(ptx->kernels()[0], 8, 256, 0), 6); // by threads
}

} // namespace
} // namespace softcuda::jit::test
