// Threads that nothing tells apart: one stands for all, as if all had gone at the same time.
#include "ptx_harness.h"

namespace softcuda::jit::test {
namespace {

/// A kernel that adds 1 to a word `rounds` times, in memory each time; `index` makes %r1 of it, `add` is what is done.
std::string adding(const std::string &index, const std::string &add, uint32_t rounds,
                   const std::string &functions = "") {
  return module_header() + functions + R"(
.visible .entry kernel(.param .u64 out) {
  .reg .pred %p<2>;
  .reg .b32 %r<8>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [out];
  cvta.to.global.u64 %rd1, %rd1;
)" + index +
         R"(
  mul.wide.u32 %rd2, %r1, 4;
  add.s64 %rd1, %rd1, %rd2;
  mov.u32 %r3, 0;
again:
)" + add +
         R"(
  add.u32 %r3, %r3, 1;
  setp.lt.u32 %p1, %r3, )" +
         std::to_string(rounds) + R"(;
  @%p1 bra again;
  ret;
})";
}

const std::string kAdd =
    "ld.global.u32 %r2, [%rd1]; add.u32 %r2, %r2, 1; st.global.u32 [%rd1], %r2;";
const std::string kByX = "mov.u32 %r1, %tid.x;";

uint32_t last_of(const std::string &text, Dim3 block) {
  Ptx ptx(text);
  EXPECT_TRUE(ptx.status) << ptx.status.log;
  std::vector<uint32_t> out(block.x);
  Status status = ptx.run("kernel", Dim3{1, 1, 1}, block, reinterpret_cast<uint64_t>(out.data()));
  EXPECT_TRUE(status) << status.log;
  return out.back();
}

TEST(AlikeThreads, OneStandsForAllThatDifferInAnUnreadCoordinate) {
  for (uint32_t rounds : {1u, 10u}) {
    EXPECT_EQ(last_of(adding(kByX, kAdd, rounds), {32, 8, 1}), rounds);
    EXPECT_EQ(last_of(adding(kByX, kAdd, rounds), {5, 2, 3}), rounds);
    EXPECT_EQ(last_of(adding("mov.u32 %r1, 0;", kAdd, rounds), {1, 64, 1}), rounds);
  }
  EXPECT_EQ(last_of(adding("mov.u32 %r1, %ntid.y; sub.u32 %r1, %r1, 8;", kAdd, 1), {1, 8, 1}), 1u);
}

TEST(AlikeThreads, WhatCountsIsDoneByEach) {
  EXPECT_EQ(last_of(adding(kByX, "red.global.add.u32 [%rd1], 1;", 10), {32, 8, 1}), 80u);
  EXPECT_EQ(last_of(adding(kByX, "atom.global.add.u32 %r2, [%rd1], 1;", 10), {32, 8, 1}), 80u);
}

TEST(AlikeThreads, AFunctionMayReadTheCoordinate) {
  const std::string row = R"(
.func (.reg .b32 %row) row() {
  mov.u32 %row, %tid.y;
  ret;
}
)";
  const std::string index = "call (%r1), row;"; // each its own word
  EXPECT_EQ(last_of(adding(index, kAdd, 10, row), {8, 8, 1}), 10u);
}

} // namespace
} // namespace softcuda::jit::test
