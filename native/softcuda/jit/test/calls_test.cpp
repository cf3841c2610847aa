// Calls into other units and into the runtime, and arrays by index.
#include "ptx_harness.h"

namespace softcuda::jit::test {
namespace {

std::string kernel(const std::string &body) {
  return R"(
.visible .entry k(.param .u64 out)
{
  .reg .b32 %r<10>; .reg .b64 %rd<8>; .reg .pred %p<2>;
  ld.param.u64 %rd0, [out];
)" + body +
         "}\n";
}

// As Numba and libcudadevrt have it. Three times, each block takes its neighbour's word.
TEST(Calls, GridGroupsSynchroniseByHandle) {
  const std::string declarations = R"(
.extern .func (.param .b64 h) cudaCGGetIntrinsicHandle(.param .b32 s);
.extern .func (.param .b32 r) cudaCGSynchronize(.param .b64 h, .param .b32 f);
)",
                    begin = R"(
  {
    .param .b32 s; .param .b64 h;
    st.param.b32 [s], 1; call.uni (h), cudaCGGetIntrinsicHandle, (s); ld.param.b64 %rd5, [h];
  }
  mov.u32 %r1, %ctaid.x; mov.u32 %r2, %nctaid.x; mov.u32 %r0, %tid.x; setp.eq.u32 %p0, %r0, 5;
  mul.wide.u32 %rd1, %r1, 4; add.u64 %rd1, %rd0, %rd1;
  add.u32 %r3, %r1, 1; rem.u32 %r3, %r3, %r2; mul.wide.u32 %rd2, %r3, 4; add.u64 %rd2, %rd0, %rd2;
)",
                    meet = R"(
  {
    .param .b64 h; .param .b32 f; .param .b32 r; st.param.b64 [h], %rd5; st.param.b32 [f], 0;
    call.uni (r), cudaCGSynchronize, (h, f); ld.param.b32 %r9, [r];
  }
)",
                    take = "  ld.volatile.global.u32 %r4, [%rd2];\n" + meet +
                           "  add.u32 %r4, %r4, 1; @%p0 st.volatile.global.u32 [%rd1], %r4;\n" +
                           meet;
  Ptx ptx(module_header() + declarations +
          kernel(begin + take + take + take + "  st.global.u32 [%rd0+64], %r9; ret;\n"));
  ASSERT_TRUE(ptx.status) << ptx.status.log;
  std::vector<uint32_t> out(17);
  for (uint32_t i = 0; i < 8; ++i)
    out[i] = 10 * i;
  LaunchConfig config;
  config.grid = Dim3{8};
  config.block = Dim3{64};
  config.cooperative = true;
  const Status status = ptx.run("k", config, out.data());
  ASSERT_TRUE(status) << status.cu_result << status.log;
  for (uint32_t i = 0; i < 8; ++i)
    EXPECT_EQ(out[i], (i + 3) % 8 * 10 + 3) << i;
  EXPECT_EQ(out[16], 0u);
  config.cooperative = false;
  ASSERT_TRUE(ptx.run("k", config, out.data()));
  EXPECT_EQ(out[16], 800u); // nothing to wait with
}

TEST(Calls, UnitsMayDisagreeOnWhetherAFunctionReturns) {
  const std::string caller = module_header() + R"(
.extern .func (.param .b32 r) gives_nothing(.param .b64 p);
.extern .func gives_one(.param .b64 p);
)" + kernel(R"(
  { .param .b64 a; .param .b32 r; st.param.b64 [a], %rd0; call.uni (r), gives_nothing, (a); }
  add.u64 %rd1, %rd0, 4;
  { .param .b64 a; st.param.b64 [a], %rd1; call.uni gives_one, (a); }
  ret;
)"),
                    callee = module_header() + R"(
.visible .func gives_nothing(.param .b64 p)
{
  .reg .b64 %p; ld.param.u64 %p, [p]; st.global.u32 [%p], 6; ret;
}
.visible .func (.param .b32 r) gives_one(.param .b64 p)
{
  .reg .b64 %p; ld.param.u64 %p, [p]; st.global.u32 [%p], 7; st.param.b32 [r], 9; ret;
}
)";
  const PtxSource units[] = {{"caller.ptx", caller}, {"callee.ptx", callee}};
  HostMemory memory;
  std::unique_ptr<Program> program;
  Status status = load(units, memory, false, program);
  ASSERT_TRUE(status) << status.log;
  uint32_t out[2] = {}, *where = out;
  LaunchConfig config;
  config.params = std::as_bytes(std::span(&where, 1));
  Services services;
  status = program->run(0, config, services);
  ASSERT_TRUE(status) << status.log;
  EXPECT_EQ(out[0], 6u);
  EXPECT_EQ(out[1], 7u);
}

TEST(Calls, ArraysMayBeIndexed) {
  Ptx ptx(module_header() + ".global .align 4 .u32 g[2] = {7, 8};\n" + kernel(R"(
  .shared .align 4 .u32 s[4]; .local .align 8 .b8 l[16];
  mov.u32 %r1, s[1]; mov.u32 %r2, s; sub.u32 %r1, %r1, %r2; st.global.u32 [%rd0], %r1;
  mov.u64 %rd2, l[3]; mov.u64 %rd3, l; sub.u64 %rd2, %rd2, %rd3; st.global.u32 [%rd0+4], %rd2;
  st.shared.u32 s[2], 5; ld.shared.u32 %r3, [%r2+8]; st.global.u32 [%rd0+8], %r3;
  mov.u64 %rd4, g[0]; ld.global.u32 %r4, g[0]; st.global.u32 [%rd0+12], %r4; ret;
)"));
  std::vector<uint32_t> out(4);
  const Status status = ptx.run("k", Dim3{1}, Dim3{1}, out.data());
  ASSERT_TRUE(status) << status.log;
  EXPECT_EQ(out, (std::vector<uint32_t>{4, 3, 5, 7}));
}

} // namespace
} // namespace softcuda::jit::test
