// PTX comes from guests: damaged text must end in an error, never in a crash or a hang.
#include "ptx_harness.h"

#include <random>

namespace softcuda::jit::test {
namespace {

const char *const kKernel = R"(
.global .align 4 .b8 table[8] = {1, 2, 3, 4, 5, 6, 7, 8};
.func (.param .b32 r) twice(.param .b32 x) { .reg .b32 %r<3>; ld.param.u32 %r0, [x+0]; shl.b32 %r1, %r0, 1; st.param.b32 [r+0], %r1; ret; }
.visible .entry k(.param .u64 out, .param .align 8 .b8 both[16])
.maxntid 256, 1, 1
{
  .local .align 8 .b8 depot[16]; .shared .align 8 .b8 tile[256];
  .reg .pred %p<4>; .reg .b32 %r<20>; .reg .b64 %rd<8>; .reg .f32 %f<6>; .reg .f64 %fd<4>; .reg .b16 %rs<4>;
  ld.param.u64 %rd0, [out]; ld.param.u32 %r0, [both+4]; mov.u32 %r1, %tid.x; mov.u64 %rd1, depot;
  cvta.local.u64 %rd2, %rd1; st.local.v2.u32 [%rd1], {%r0, %r1}; ld.local.u64 %rd3, [%rd1];
  mov.b64 {%r2, %r3}, %rd3; setp.lt.s32 %p0|%p1, %r2, 5; @!%p0 bra $L1;
  mad.lo.s32 %r4, %r1, 4, %r0; cvt.rn.f32.s32 %f0, %r4; fma.rn.f32 %f1, %f0, 0f3F800000, %f0; cvt.rzi.s32.f32 %r5, %f1;
$L1: mov.u32 %r6, tile; st.shared.u32 [%r6+16], %r5; bar.sync 0;
  shfl.sync.bfly.b32 %r7|%p2, %r5, 1, 31, -1; atom.global.add.u32 %r8, [%rd0], %r7;
  { .reg .b32 t; .param .b32 a; st.param.b32 [a+0], %r8; .param .b32 b; call.uni (b), twice, (a); ld.param.b32 t, [b+0]; add.s32 %r9, t, 1; }
  sqrt.rn.f64 %fd0, 0d4000000000000000; selp.b32 %r10, %r9, %r8, %p2; prmt.b32 %r11, %r10, %r9, 0x5410;
  st.global.u32 [%rd0], %r11; ret;
}
)";

TEST(Fuzz, DamagedTextIsRefusedOrRuns) {
  std::mt19937 random(7);
  const std::string original = module_header() + kKernel;
  ASSERT_TRUE(Ptx(original).status);
  const std::string pieces[] = {"{",
                                "}",
                                "[",
                                "]",
                                ",",
                                ";",
                                "%r1",
                                "%p9",
                                ".f64",
                                ".v4",
                                "-1",
                                "0x",
                                "0f",
                                "bra ",
                                "\"",
                                "/*",
                                "99999999999999999999",
                                ".reg",
                                "@",
                                "|",
                                "!",
                                "(",
                                ")",
                                "$L1",
                                "\0",
                                "tile",
                                ".param"};
  for (int round = 0; round < 1500; ++round) {
    std::string text = original;
    for (int change = 0, changes = 1 + static_cast<int>(random() % 3); change < changes; ++change) {
      size_t at = random() % text.size();
      switch (random() % 4) {
      case 0:
        text.erase(at, random() % 12);
        break;
      case 1:
        text.insert(at, pieces[random() % std::size(pieces)]);
        break;
      case 2:
        text[at] = static_cast<char>(random() % 128);
        break;
      default: // move a stretch somewhere else
        text.insert(random() % text.size(), text.substr(at, random() % 20));
      }
    }
    HostMemory memory;
    std::unique_ptr<Program> program;
    PtxSource source{"fuzz", text};
    Status status = load({&source, 1}, memory, true, program); // compiles every kernel
    if (!status)
      EXPECT_FALSE(status.log.empty()) << text;
  }
}

TEST(Fuzz, NestingIsBounded) {
  std::string deep(100000, '[');
  EXPECT_EQ(Ptx(module_header() + ".global .u32 x = " + std::string(100000, '{')).status.cu_result,
            218);
  Ptx operands(module_header() + ".visible .entry k() { ld.u32 " + deep + "; }");
  EXPECT_EQ(operands.run("k", Dim3{1}, Dim3{1}).cu_result, 218);
}

} // namespace
} // namespace softcuda::jit::test
