// Loops that a warp's lanes go through together: random ones, compared with what each thread by itself would compute.
#include "ptx_harness.h"

#include <algorithm>
#include <random>

namespace softcuda::jit::test {
namespace {

constexpr uint32_t kRegisters = 5;   // of a thread; the round's number is one more
constexpr uint32_t kMostRounds = 24; // of the inner loop
constexpr uint32_t kMostOuter = 4;
constexpr uint32_t kTableWords = 256;

enum class Kind { Add, Multiply, Xor, Least, Shift, Gather, Column, Same, Trace, Count };
enum class Exit { Uniform, ByThread, ByData, InTheMiddle, Count };

struct Step {
  Kind kind;
  uint32_t d, a, b; // registers
  bool guarded;     // only where a's lowest bit is set
};

struct Case {
  std::vector<Step> steps;
  Exit exit;
  bool is_nested, outer_differs, has_barrier;
  Dim3 block;
  uint32_t rounds, outer, limit;
  uint32_t threads() const { return block.x * block.y; }
  const Step *middle() const { return steps.data() + steps.size() / 2; }
};

struct Memory {
  std::vector<uint32_t> out, trace;
  bool operator==(const Memory &) const = default;
};

Memory empty(const Case &c) {
  return {std::vector<uint32_t>(c.threads() * kRegisters),
          std::vector<uint32_t>(static_cast<size_t>(c.threads()) * kMostRounds * kMostOuter)};
}

/// One thread after the other.
Memory expected(const Case &c, const std::vector<uint32_t> &table) {
  Memory memory = empty(c);
  for (uint32_t thread = 0; thread < c.threads(); ++thread) {
    if (thread >= c.limit)
      continue;
    uint32_t r[kRegisters + 1];
    for (uint32_t i = 0; i < kRegisters; ++i)
      r[i] = thread * 2654435761u + i * 40503u;
    const uint32_t outer_rounds = c.is_nested ? c.outer + (c.outer_differs ? thread & 1 : 0) : 1;
    for (uint32_t outer = 0; outer < outer_rounds; ++outer) {
      bool stays = true;
      for (uint32_t round = 0; stays;) {
        r[kRegisters] = round;
        for (const Step &step : c.steps) {
          if (c.exit == Exit::InTheMiddle && &step == c.middle() && (r[0] & 15) == 3) {
            stays = false;
            break;
          }
          const uint32_t a = r[step.a], b = r[step.b];
          if (step.guarded && !(a & 1))
            continue;
          switch (step.kind) {
          case Kind::Add:
            r[step.d] = a + b;
            break;
          case Kind::Multiply:
            r[step.d] = a * b + 1;
            break;
          case Kind::Xor:
            r[step.d] = a ^ b;
            break;
          case Kind::Least:
            r[step.d] = std::min(a, b);
            break;
          case Kind::Shift:
            r[step.d] = a >> 3;
            break;
          case Kind::Gather:
            r[step.d] = table[a & 63];
            break;
          case Kind::Column:
            r[step.d] = table[thread + round];
            break;
          case Kind::Same:
            r[step.d] = table[round];
            break;
          default:
            memory.trace[(outer * kMostRounds + round) * c.threads() + thread] = a;
          }
        }
        if (!stays)
          break;
        ++round;
        const uint32_t most = c.rounds + (c.exit == Exit::ByThread ? thread & 3 : 0);
        stays = round < most && !(c.exit == Exit::ByData && (r[0] & 7) == 0);
      }
      r[1] += outer;
    }
    std::copy_n(r, kRegisters, &memory.out[static_cast<size_t>(thread) * kRegisters]);
  }
  return memory;
}

std::string reg(uint32_t i) { return i == kRegisters ? "%round" : "%v" + std::to_string(i); }

std::string text_of(const Step &step) {
  const std::string d = reg(step.d), a = reg(step.a), b = reg(step.b);
  const std::string guard = step.guarded ? "@%guard " : "";
  const std::string at = "mul.wide.u32 %at, %index, 4; add.u64 %at, %at, ";
  std::string text;
  if (step.guarded)
    text = "  and.b32 %t, " + a + ", 1; setp.ne.u32 %guard, %t, 0;\n";
  auto load = [&](const std::string &index) {
    return index + at + "%table; " + guard + "ld.global.u32 " + d + ", [%at];\n";
  };
  switch (step.kind) {
  case Kind::Add:
    return text + guard + "add.u32 " + d + ", " + a + ", " + b + ";\n";
  case Kind::Multiply:
    return text + guard + "mad.lo.u32 " + d + ", " + a + ", " + b + ", 1;\n";
  case Kind::Xor:
    return text + guard + "xor.b32 " + d + ", " + a + ", " + b + ";\n";
  case Kind::Least:
    return text + guard + "min.u32 " + d + ", " + a + ", " + b + ";\n";
  case Kind::Shift:
    return text + guard + "shr.u32 " + d + ", " + a + ", 3;\n";
  case Kind::Gather:
    return text + load("and.b32 %index, " + a + ", 63; ");
  case Kind::Column:
    return text + load("add.u32 %index, %thread, %round; ");
  case Kind::Same:
    return text + load("mov.u32 %index, %round; ");
  default:
    return text + "  mad.lo.u32 %index, %outer, " + std::to_string(kMostRounds) +
           ", %round; mad.lo.u32 %index, %index, %threads, %thread; " + at + "%trace; " + guard +
           "st.global.u32 [%at], " + a + ";\n";
  }
}

std::string text_of(const Case &c) {
  std::string text =
      module_header() +
      ".visible .entry k(.param .u64 out, .param .u64 table, .param .u64 trace, .param .u32 "
      "rounds, "
      ".param .u32 outer, .param .u32 limit)\n{\n"
      "  .reg .b32 %v<5>; .reg .b32 %t, %index, %thread, %threads, %round, %rounds, %outer, "
      "%outers, "
      "%limit; .reg .b64 %at, %out, %table, %trace; .reg .pred %p, %q, %guard;\n"
      "  ld.param.u64 %out, [out]; ld.param.u64 %table, [table]; ld.param.u64 %trace, [trace];\n"
      "  ld.param.u32 %rounds, [rounds]; ld.param.u32 %outers, [outer]; ld.param.u32 %limit, "
      "[limit];\n"
      "  mov.u32 %thread, %tid.x; mov.u32 %t, %tid.y; mov.u32 %index, %ntid.x;\n"
      "  mov.u32 %threads, %ntid.y; mul.lo.u32 %threads, %threads, %index;\n"
      "  mad.lo.u32 %thread, %t, %index, %thread; setp.ge.u32 %p, %thread, %limit; @%p bra END;\n";
  for (uint32_t i = 0; i < kRegisters; ++i)
    text +=
        "  mad.lo.u32 " + reg(i) + ", %thread, 2654435761, " + std::to_string(i * 40503u) + ";\n";
  if (c.exit == Exit::ByThread)
    text += "  and.b32 %t, %thread, 3; add.u32 %rounds, %rounds, %t;\n";
  if (c.outer_differs)
    text += "  and.b32 %t, %thread, 1; add.u32 %outers, %outers, %t;\n";
  text += "  mov.u32 %outer, 0;\nOUTER:\n  mov.u32 %round, 0;\nROUND:\n";
  for (const Step &step : c.steps) {
    if (c.exit == Exit::InTheMiddle && &step == c.middle())
      text += "  and.b32 %t, %v0, 15; setp.eq.u32 %q, %t, 3; @%q bra BEHIND;\n";
    text += text_of(step);
  }
  text += "  add.u32 %round, %round, 1; setp.lt.u32 %p, %round, %rounds;\n";
  if (c.exit == Exit::ByData)
    text += "  and.b32 %t, %v0, 7; setp.ne.u32 %q, %t, 0; and.pred %p, %p, %q;\n";
  text += "  @%p bra ROUND;\nBEHIND:\n  add.u32 %v1, %v1, %outer;\n";
  if (c.has_barrier)
    text += "  bar.sync 0;\n";
  if (c.is_nested)
    text += "  add.u32 %outer, %outer, 1; setp.lt.u32 %p, %outer, %outers; @%p bra OUTER;\n";
  text += "  mul.wide.u32 %at, %thread, 20; add.u64 %at, %at, %out;\n";
  for (uint32_t i = 0; i < kRegisters; ++i)
    text += "  st.global.u32 [%at+" + std::to_string(4 * i) + "], " + reg(i) + ";\n";
  return text + "END:\n  ret;\n}\n";
}

Case random_case(std::mt19937 &random, uint32_t fewest, uint32_t most, bool in_registers) {
  auto below = [&](uint32_t bound) { return static_cast<uint32_t>(random() % bound); };
  static constexpr Dim3 kBlocks[] = {{1},  {7},     {16},    {31},    {32},   {48},
                                     {77}, {16, 3}, {32, 2}, {24, 2}, {8, 5}, {5, 9}};
  Case c{};
  for (uint32_t count = fewest + below(most - fewest + 1); count > 0; --count)
    c.steps.push_back({static_cast<Kind>(below(static_cast<uint32_t>(Kind::Count))),
                       below(kRegisters), below(kRegisters + 1), below(kRegisters + 1),
                       below(4) == 0});
  if (below(3) != 0) // or hardly any would go in lockstep
    std::erase_if(c.steps, [](const Step &step) { return step.kind == Kind::Gather; });
  if (in_registers)
    std::erase_if(c.steps, [](const Step &step) { return step.kind >= Kind::Gather; });
  c.exit = static_cast<Exit>(below(static_cast<uint32_t>(Exit::Count)));
  c.is_nested = below(2) == 0;
  c.outer_differs = c.is_nested && below(3) == 0;
  c.block = kBlocks[below(std::size(kBlocks))];
  c.rounds = 1 + below(kMostRounds - 4);
  c.outer = 1 + below(kMostOuter - 1);
  c.limit = below(2) == 0 ? c.threads() : below(c.threads() + 1);
  c.has_barrier = !c.outer_differs && below(3) == 0;
  return c;
}

void compare(uint32_t seed, int cases, uint32_t fewest_steps, uint32_t most_steps,
             bool in_registers = false) {
  std::mt19937 random(seed);
  std::vector<uint32_t> table(kTableWords);
  for (uint32_t &word : table)
    word = static_cast<uint32_t>(random());
  for (int number = 0; number < cases; ++number) {
    const Case c = random_case(random, fewest_steps, most_steps, in_registers);
    const std::string text = text_of(c);
    Ptx ptx(text);
    Memory memory = empty(c);
    Status status = ptx.run("k", Dim3{1}, c.block, memory.out.data(), table.data(),
                            memory.trace.data(), c.rounds, c.outer, c.limit);
    ASSERT_TRUE(status) << status.log << text;
    ASSERT_TRUE(memory == expected(c, table))
        << "case " << number << ", block " << c.block.x << "x" << c.block.y << ", " << c.rounds
        << " rounds, outer " << c.outer << ", limit " << c.limit << "\n"
        << text;
  }
}

TEST(Lockstep, RandomLoopsGiveWhatEachThreadWouldByItself) { compare(20, 120, 3, 11); }

// Of hundreds of instructions, and dozens of blocks.
TEST(Lockstep, LongLoopsDoToo) { compare(21, 24, 30, 100); }

// Lanes that leave before others wait for these.
TEST(Lockstep, LoopsWithoutMemoryDoToo) { compare(22, 80, 6, 16, true); }

TEST(Lockstep, LanesTakeTurnsByRounds) {
  // Every round, a thread looks who was the last to store in the round before.
  Ptx ptx(module_header() + R"(
.visible .entry k(.param .u64 out, .param .u64 last)
{
  .reg .b32 %i, %k, %v; .reg .b64 %a, %l, %own; .reg .pred %p;
  mov.u32 %i, %tid.x; ld.param.u64 %a, [out]; ld.param.u64 %l, [last]; mov.u32 %k, 0;
  mul.wide.u32 %own, %i, 4; add.u64 %a, %a, %own;
ROUND:
  ld.global.u32 %v, [%l]; st.global.u32 [%l+4], %i; add.u64 %l, %l, 4; add.u32 %k, %k, 1;
  setp.lt.u32 %p, %k, 20; @%p bra ROUND;
  st.global.u32 [%a], %v; ret;
})");
  std::vector<uint32_t> out(32), last(21);
  Status status = ptx.run("k", Dim3{1}, Dim3{32}, out.data(), last.data());
  ASSERT_TRUE(status) << status.log;
  EXPECT_NE(out[0], 0u) << "lane 0 went through the loop before any other";
}

TEST(Lockstep, StridesByWholeGridsWithAnyCount) {
  Ptx ptx(module_header() + R"(
.visible .entry k(.param .u64 in, .param .u64 out, .param .u32 count)
{
  .reg .b32 %i, %n, %t, %stride; .reg .b64 %in, %out, %at, %from; .reg .f32 %x, %sum; .reg .pred %p;
  ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; ld.param.u32 %n, [count];
  mov.u32 %t, %ctaid.x; mov.u32 %stride, %ntid.x; mov.u32 %i, %tid.x; mad.lo.u32 %i, %t, %stride, %i;
  mul.wide.u32 %at, %i, 4; add.u64 %out, %out, %at; mov.f32 %sum, 0f00000000;
  mov.u32 %t, %nctaid.x; mul.lo.u32 %stride, %stride, %t; setp.ge.u32 %p, %i, %n; @%p bra DONE;
ROUND:
  mul.wide.u32 %at, %i, 4; add.u64 %from, %in, %at; ld.global.f32 %x, [%from]; add.f32 %sum, %sum, %x;
  add.u32 %i, %i, %stride; setp.lt.u32 %p, %i, %n; @%p bra ROUND;
DONE:
  st.global.f32 [%out], %sum; ret;
})");
  constexpr uint32_t kThreads = 3 * 40;
  for (uint32_t count : {0u, 1u, 39u, 119u, 120u, 121u, 1000u, 4097u}) {
    std::vector<float> in(count + 1), out(kThreads), sums(kThreads);
    for (uint32_t i = 0; i < count; ++i) {
      in[i] = static_cast<float>(i % 97) * 0.125F;
      sums[i % kThreads] += in[i];
    }
    Status status = ptx.run("k", Dim3{3}, Dim3{40}, in.data(), out.data(), count);
    ASSERT_TRUE(status) << status.log;
    EXPECT_EQ(out, sums) << count;
  }
}

} // namespace
} // namespace softcuda::jit::test
