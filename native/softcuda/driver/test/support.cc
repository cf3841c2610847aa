#include "support.h"

namespace softcuda::test {

const char *const kPtx = R"(
.version 7.5
.target sm_75
.address_size 64

.visible .global .align 4 .u32 counter = 7;
.visible .const .align 4 .b8 table[16] = {1, 2, 3, 4};

.visible .entry fill(.param .u64 out, .param .u32 value, .param .u32 n)
{
  .reg .pred %p;
  .reg .b32 %r<8>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd0, [out];
  ld.param.u32 %r0, [value];
  ld.param.u32 %r1, [n];
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r5, %r2, %r3, %r4;
  setp.ge.u32 %p, %r5, %r1;
  @%p bra done;
  add.u32 %r6, %r0, %r5;
  mul.wide.u32 %rd1, %r5, 4;
  add.s64 %rd2, %rd0, %rd1;
  st.global.u32 [%rd2], %r6;
done:
  ret;
}

.visible .entry twice(.param .u64 data, .param .u32 n)
{
  .reg .pred %p;
  .reg .b32 %r<8>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd0, [data];
  ld.param.u32 %r1, [n];
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r5, %r2, %r3, %r4;
  setp.ge.u32 %p, %r5, %r1;
  @%p bra done;
  mul.wide.u32 %rd1, %r5, 4;
  add.s64 %rd2, %rd0, %rd1;
  ld.global.u32 %r6, [%rd2];
  shl.b32 %r6, %r6, 1;
  st.global.u32 [%rd2], %r6;
done:
  ret;
}

.visible .entry slow(.param .u64 out, .param .u32 turns)
{
  .reg .pred %p;
  .reg .b32 %r<4>;
  .reg .b64 %rd<2>;
  ld.param.u64 %rd0, [out];
  ld.param.u32 %r0, [turns];
  mov.u32 %r1, 0;
again:
  ld.volatile.global.u32 %r2, [%rd0];
  add.u32 %r2, %r2, 1;
  st.volatile.global.u32 [%rd0], %r2;
  add.u32 %r1, %r1, 1;
  setp.lt.u32 %p, %r1, %r0;
  @%p bra again;
  ret;
}

.visible .entry wild()
{
  .reg .b64 %rd<2>;
  mov.u64 %rd0, 0x100800000000;
  st.global.u32 [%rd0], 1;
  ret;
}

.visible .entry limited()
.maxntid 64, 1, 1
{
  ret;
}
)";

void KernelTest::SetUp() {
  ContextTest::SetUp();
  ASSERT_CU(cuModuleLoadData(&module, kPtx));
}

void KernelTest::TearDown() {
  cuModuleUnload(module);
  ContextTest::TearDown();
}

CUfunction KernelTest::function(const char *name) {
  CUfunction found = nullptr;
  EXPECT_CU(CUDA_SUCCESS, cuModuleGetFunction(&found, module, name));
  return found;
}

CUresult KernelTest::fill(CUdeviceptr out, unsigned value, unsigned count, CUstream stream) {
  void *params[] = {&out, &value, &count};
  return cuLaunchKernel(function("fill"), (count + 127) / 128, 1, 1, 128, 1, 1, 0, stream, params,
                        nullptr);
}

CUresult KernelTest::twice(CUdeviceptr data, unsigned count, CUstream stream) {
  void *params[] = {&data, &count};
  return cuLaunchKernel(function("twice"), (count + 127) / 128, 1, 1, 128, 1, 1, 0, stream, params,
                        nullptr);
}

CUresult KernelTest::slow(CUstream stream) {
  CUdeviceptr counter;
  size_t bytes;
  if (CUresult result = cuModuleGetGlobal_v2(&counter, &bytes, module, "counter"))
    return result;
  unsigned turns = 5'000'000;
  void *params[] = {&counter, &turns};
  return cuLaunchKernel(function("slow"), 1, 1, 1, 1, 1, 1, 0, stream, params, nullptr);
}

std::vector<unsigned> KernelTest::read(CUdeviceptr from, size_t count) {
  std::vector<unsigned> values(count);
  EXPECT_CU(CUDA_SUCCESS, cuMemcpyDtoH_v2(values.data(), from, count * sizeof(unsigned)));
  return values;
}

} // namespace softcuda::test
