// alloca, stacksave and stackrestore, where threads run one after another and where they meet.
#include "ptx_harness.h"

namespace softcuda::jit::test {
namespace {

/// Each thread fills 8 (tid % 7 + 1) bytes, meets the others or not, and adds them up again.
std::string kernel(bool meet) {
  return module_header() +
         ".func (.reg .b64 %sum) total(.reg .b64 %base, .reg .b32 %count)\n{\n"
         "  .reg .b64 %own, %at, %v, %bytes; .reg .b32 %i; .reg .pred %p;\n"
         "  mul.wide.u32 %bytes, %count, 8; alloca.u64 %own, %bytes, 32; mov.u64 %sum, 0; mov.u32 "
         "%i, "
         "0;\n"
         "COPY: mul.wide.u32 %at, %i, 8; add.u64 %v, %base, %at; ld.local.u64 %v, [%v]; add.u64 "
         "%at, "
         "%own, %at; st.local.u64 [%at], %v; add.u32 %i, %i, 1; setp.lt.u32 %p, %i, %count; @%p "
         "bra "
         "COPY;\n"
         "ADD: sub.u32 %i, %i, 1; mul.wide.u32 %at, %i, 8; add.u64 %at, %own, %at; ld.local.u64 "
         "%v, "
         "[%at]; add.u64 %sum, %sum, %v; setp.ne.u32 %p, %i, 0; @%p bra ADD; ret;\n}\n"
         ".visible .entry k(.param .u64 out, .param .u32 rounds)\n{\n"
         "  .reg .b64 %out, %base, %large, %at, %v, %bytes, %sum, %saved, %mis; .reg .b32 %tid, "
         "%n, %i, "
         "%round, %rounds, %last; .reg .pred %p;\n"
         "  ld.param.u64 %out, [out]; ld.param.u32 %rounds, [rounds]; mov.u32 %tid, %tid.x; "
         "mov.u32 "
         "%round, 0; mov.u64 %mis, 0;\n"
         "ROUND: stacksave.u64 %saved; add.u32 %n, %tid, %round; rem.u32 %n, %n, 7; add.u32 %n, "
         "%n, 1;\n"
         "  mul.wide.u32 %bytes, %n, 8; alloca.u64 %base, %bytes; alloca.u64 %large, 100000, 64; "
         "and.b64 "
         "%v, %large, 63; or.b64 %mis, %mis, %v;\n"
         "  mul.wide.u32 %v, %tid, 1000003; st.local.u64 [%large+99992], %v; st.local.u64 "
         "[%large], "
         "%v; mov.u32 %i, 0;\n"
         "FILL: mul.wide.u32 %at, %i, 8; add.u64 %at, %base, %at; mad.lo.u32 %last, %tid, 100, %i; "
         "cvt.u64.u32 %v, %last; st.local.u64 [%at], %v; add.u32 %i, %i, 1; setp.lt.u32 %p, %i, "
         "%n; @%p "
         "bra FILL;\n" +
         std::string(meet ? "  bar.sync 0;\n" : "") +
         "  call (%sum), total, (%base, %n); ld.local.u64 %v, [%large+99992]; add.u64 %sum, %sum, "
         "%v;\n" +
         (meet ? "  bar.sync 0;\n" : "") +
         "  stackrestore.u64 %saved; add.u32 %round, %round, 1; setp.lt.u32 %p, %round, %rounds; "
         "@%p bra "
         "ROUND;\n"
         "  add.u64 %sum, %sum, %mis; mul.wide.u32 %at, %tid, 8; add.u64 %at, %out, %at; "
         "st.global.u64 "
         "[%at], %sum; ret;\n}\n";
}

TEST(StackForms, AllocaSaveAndRestore) {
  for (bool meet : {false, true}) {
    Ptx ptx(kernel(meet));
    ASSERT_TRUE(ptx.status) << ptx.status.log;
    const uint32_t rounds =
        meet ? 20 : 2000; // more than a thread's stack would hold without giving back
    std::vector<uint64_t> out(100);
    Status status = ptx.run("k", Dim3{1}, Dim3{100}, out.data(), rounds);
    ASSERT_TRUE(status) << status.log;
    for (uint64_t t = 0; t < out.size(); ++t) {
      uint64_t sum = t * 1000003;
      for (uint64_t i = 0; i < (t + rounds - 1) % 7 + 1; ++i)
        sum += t * 100 + i;
      EXPECT_EQ(out[t], sum) << t << (meet ? " in regions" : " in a loop");
    }
  }
}

TEST(StackForms,
     ManySmallPieces) { // that a thread keeps: a list of a hundred, each with the one before
  for (bool meet : {false, true}) {
    Ptx ptx(
        module_header() +
        ".visible .entry k(.param .u64 out)\n{\n"
        "  .reg .b64 %out, %head, %node, %at, %sum, %v; .reg .b32 %tid, %i; .reg .pred %p;\n"
        "  ld.param.u64 %out, [out]; mov.u32 %tid, %tid.x; mov.u64 %head, 0; mov.u32 %i, 0;\n"
        "MORE: alloca.u64 %node, 16; st.local.u64 [%node], %head; mad.lo.u32 %i, %i, 1, 1; "
        "mul.wide.u32 "
        "%v, %i, %tid; st.local.u64 [%node+8], %v; mov.u64 %head, %node;\n" +
        std::string(meet ? "  bar.warp.sync 0xffffffff;\n" : "") +
        "  setp.lt.u32 %p, %i, 100; @%p bra MORE; mov.u64 %sum, 0;\n"
        "WALK: ld.local.u64 %v, [%head+8]; add.u64 %sum, %sum, %v; ld.local.u64 %head, [%head]; "
        "setp.ne.u64 %p, %head, 0; @%p bra WALK;\n"
        "  mul.wide.u32 %at, %tid, 8; add.u64 %at, %out, %at; st.global.u64 [%at], %sum; "
        "ret;\n}\n");
    ASSERT_TRUE(ptx.status) << ptx.status.log;
    std::vector<uint64_t> out(64);
    Status status = ptx.run("k", Dim3{1}, Dim3{64}, out.data());
    ASSERT_TRUE(status) << status.log;
    for (uint64_t t = 0; t < out.size(); ++t)
      EXPECT_EQ(out[t], t * 5050);
  }
}

} // namespace
} // namespace softcuda::jit::test
