// Chains of float instructions with and without .ftz, around a loop, on numbers at the edge of the subnormal ones.
#include "ptx_harness.h"

#include <cmath>
#include <random>

namespace softcuda::jit::test {
namespace {

constexpr uint32_t kRegisters = 4, kThreads = 64, kRounds = 5;

struct Step {
  const char *code; // of d, a, b
  float (*expected)(float a, float b);
};

float flushed(float value) {
  return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0F, value) : value;
}

constexpr Step kSteps[] = {
    {"add.ftz.f32 d, a, b", [](float a, float b) { return flushed(flushed(a) + flushed(b)); }},
    {"sub.ftz.f32 d, a, b", [](float a, float b) { return flushed(flushed(a) - flushed(b)); }},
    {"mul.ftz.f32 d, a, b", [](float a, float b) { return flushed(flushed(a) * flushed(b)); }},
    {"add.f32 d, a, b", [](float a, float b) { return a + b; }},
    {"mul.f32 d, a, b", [](float a, float b) { return a * b; }},
    {"mul.f32 d, a, 0f3F000000", [](float a, float) { return a * 0.5F; }},
    {"mul.f32 d, a, 0f40800000", [](float a, float) { return a * 4; }},
    {"neg.f32 d, a", [](float a, float) { return -a; }},
    {"abs.ftz.f32 d, a", [](float a, float) { return std::fabs(flushed(a)); }},
    {"mov.f32 d, a", [](float a, float) { return a; }},
    {"shr.u32 d, a, 4", [](float a, float) { return as_float(bits_of(a) >> 4); }},
    {"selp.f32 d, a, b, %turn", [](float a, float) { return a; }}, // of odd rounds; else b
};
constexpr size_t kSelect = std::size(kSteps) - 1;

struct Use {
  size_t step;
  uint32_t d, a, b;
};

std::string text_of(const std::vector<Use> &uses, const char *type) {
  std::string text = module_header() + ".visible .entry k(.param .u64 data)\n{\n  .reg ." + type +
                     " %v<4>; .reg .b32 %i, %k; .reg .b64 %at, %own; .reg .pred %p, %turn;\n"
                     "  mov.u32 %i, %tid.x; ld.param.u64 %at, [data]; mul.wide.u32 %own, %i, 16; "
                     "add.u64 %at, %at, %own; mov.u32 %k, 0;\n";
  for (uint32_t i = 0; i < kRegisters; ++i)
    text += "  ld.global.b32 %v" + std::to_string(i) + ", [%at+" + std::to_string(4 * i) + "];\n";
  text += "ROUND:\n  and.b32 %i, %k, 1; setp.ne.u32 %turn, %i, 0;\n";
  for (const Use &use : uses) {
    text += "  ";
    for (const char *c = kSteps[use.step].code; *c; ++c) {
      const bool alone = c[1] == ',' || c[1] == '\0';
      if (alone && *c == 'd')
        text += "%v" + std::to_string(use.d);
      else if (alone && *c == 'a')
        text += "%v" + std::to_string(use.a);
      else if (alone && *c == 'b')
        text += "%v" + std::to_string(use.b);
      else
        text += *c;
    }
    text += ";\n";
  }
  text +=
      "  add.u32 %k, %k, 1; setp.lt.u32 %p, %k, " + std::to_string(kRounds) + "; @%p bra ROUND;\n";
  for (uint32_t i = 0; i < kRegisters; ++i)
    text += "  st.global.b32 [%at+" + std::to_string(4 * i) + "], %v" + std::to_string(i) + ";\n";
  return text + "  ret;\n}\n";
}

TEST(Flushes, ChainsGiveWhatEachInstructionSays) {
  std::mt19937 random(5);
  auto below = [&](size_t bound) { return static_cast<uint32_t>(random() % bound); };
  for (int number = 0; number < 60; ++number) {
    std::vector<Use> uses;
    for (uint32_t count = 3 + below(8); count > 0; --count)
      uses.push_back(
          {below(std::size(kSteps)), below(kRegisters), below(kRegisters), below(kRegisters)});
    std::vector<uint32_t> data(kThreads * kRegisters), wanted;
    for (uint32_t &word : data) // exponents 0 to 7: subnormal, or soon
      word = static_cast<uint32_t>(random()) & 0x83ffffff;
    wanted = data;
    for (uint32_t thread = 0; thread < kThreads; ++thread) {
      uint32_t *v = &wanted[thread * kRegisters];
      for (uint32_t round = 0; round < kRounds; ++round)
        for (const Use &use : uses) {
          const bool other = use.step == kSelect && round % 2 == 0;
          const uint32_t a = other ? v[use.b] : v[use.a];
          v[use.d] = static_cast<uint32_t>(
              bits_of(kSteps[use.step].expected(as_float(a), as_float(v[use.b]))));
        }
    }
    const std::string text = text_of(uses, number % 2 ? "f32" : "b32");
    Ptx ptx(text);
    Status status = ptx.run("k", Dim3{1}, Dim3{kThreads}, data.data());
    ASSERT_TRUE(status) << status.log << text;
    ASSERT_EQ(data, wanted) << text;
  }
}

} // namespace
} // namespace softcuda::jit::test
