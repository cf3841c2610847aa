// Shuffles, votes, matches and reductions of a warp, in every mode, against loops over the lanes.
#include "ptx_harness.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace softcuda::jit::test {
namespace {

using Lanes = std::vector<uint64_t>;

/// Runs `code` in one warp, with 64-bit %x and %y per lane and results in 64-bit %v and predicate %p. Lanes outside
/// `members` leave before.
std::pair<Lanes, Lanes> run(const std::string &code, const Lanes &x, const Lanes &y,
                            uint32_t members) {
  Ptx ptx(module_header() +
          ".visible .entry k(.param .u64 px, .param .u64 py, .param .u64 pv, .param .u64 pp, "
          ".param .u32 pm)\n{\n"
          "  .reg .b64 %x, %y, %v, %at, %i; .reg .b32 %lane, %m, %bit, %a, %b, %r, %s; .reg .f32 "
          "%f, %g;\n"
          "  .reg .pred %p, %q, %out; mov.u32 %lane, %laneid; cvt.u64.u32 %i, %lane; shl.b64 %i, "
          "%i, 3;\n"
          "  ld.param.u64 %at, [px]; add.u64 %at, %at, %i; ld.global.u64 %x, [%at]; cvt.u32.u64 "
          "%a, %x;\n"
          "  ld.param.u64 %at, [py]; add.u64 %at, %at, %i; ld.global.u64 %y, [%at]; cvt.u32.u64 "
          "%b, %y;\n"
          "  setp.ne.u64 %q, %y, 0; mov.b32 %f, %a; mov.u64 %v, 0; setp.ne.u32 %p, 0, 0; "
          "ld.param.u32 %m, [pm];\n"
          "  shr.u32 %bit, %m, %lane; and.b32 %bit, %bit, 1; setp.eq.u32 %out, %bit, 0; @%out "
          "ret;\n  " +
          code +
          "\n  ld.param.u64 %at, [pv]; add.u64 %at, %at, %i; st.global.u64 [%at], %v; selp.u64 %v, "
          "1, 0, %p;\n"
          "  ld.param.u64 %at, [pp]; add.u64 %at, %at, %i; st.global.u64 [%at], %v; ret;\n}\n");
  EXPECT_TRUE(ptx.status) << ptx.status.log;
  Lanes v(32), p(32);
  Status status = ptx.run("k", Dim3{1}, Dim3{32}, x.data(), y.data(), v.data(), p.data(), members);
  EXPECT_TRUE(status) << code << " " << status.cu_result << " " << status.log;
  return {v, p};
}

constexpr uint32_t kMembers[] = {0xffffffff, 0x0000ffff, 0xa5a5a5a5, 0x80000000, 0x00010001};

Lanes random_lanes(uint64_t modulus) {
  static std::mt19937_64 random(3);
  Lanes lanes(32);
  for (uint64_t &lane : lanes)
    lane = modulus ? random() % modulus : random();
  return lanes;
}

TEST(WarpForms, Shuffles) {
  for (const char *mode : {"up", "down", "bfly", "idx"})
    for (bool pair : {false, true})
      for (auto [width, constant] :
           {std::pair{32u, false}, std::pair{32u, true}, std::pair{16u, false},
            std::pair{16u, true}, std::pair{8u, true}, std::pair{2u, false}}) {
        const Lanes x = random_lanes(0);
        const Lanes y = constant ? Lanes(32, random_lanes(32)[0]) : random_lanes(32);
        const bool up = std::string(mode) == "up";
        const uint32_t c = (32 - width) << 8 | (up ? 0 : 31);
        auto [v, p] = run(std::string("shfl.sync.") + mode + ".b32 %r" + (pair ? "|%p" : "") +
                              ", %a, " + (constant ? std::to_string(y[0]) : "%b") + ", " +
                              std::to_string(c) + ", -1; cvt.u64.u32 %v, %r;",
                          x, y, ~0u);
        for (uint32_t lane = 0; lane < 32; ++lane) { // the manual's text
          const uint32_t b = static_cast<uint32_t>(y[lane]) & 31, segment = (c >> 8) & 31,
                         clamp = c & 31;
          const uint32_t most = (lane & segment) | (clamp & ~segment), least = lane & segment;
          int j;
          bool inside;
          if (up) {
            j = static_cast<int>(lane) - static_cast<int>(b);
            inside = j >= static_cast<int>(most);
          } else {
            j = static_cast<int>(std::string(mode) == "down"   ? lane + b
                                 : std::string(mode) == "bfly" ? lane ^ b
                                                               : least | (b & ~segment));
            inside = j <= static_cast<int>(most);
          }
          const uint32_t source = inside ? static_cast<uint32_t>(j) : lane;
          EXPECT_EQ(v[lane], x[source] & 0xffffffff)
              << mode << " width " << width << " lane " << lane;
          EXPECT_EQ(p[lane], pair && inside) << mode << " width " << width << " lane " << lane;
        }
      }
}

TEST(WarpForms, ShufflesOfLanesAtDifferentPlacesMeet) {
  const Lanes x = random_lanes(0);
  auto [v, p] = run("and.b32 %s, %lane, 1; setp.eq.u32 %q, %s, 0; @%q bra EVEN; "
                    "shfl.sync.bfly.b32 %r, %a, 2, 31, -1; bra DONE; "
                    "EVEN: shfl.sync.bfly.b32 %r, %a, 4, 31, -1; DONE: cvt.u64.u32 %v, %r;",
                    x, x, ~0u);
  for (uint32_t lane = 0; lane < 32; ++lane)
    EXPECT_EQ(v[lane], x[lane ^ (lane % 2 ? 2 : 4)] & 0xffffffff) << lane;
}

TEST(WarpForms, Votes) {
  for (uint32_t members : kMembers)
    for (int kind = 0; kind < 3; ++kind) { // nobody, everybody, some
      Lanes y = random_lanes(2);
      for (uint64_t &lane : y)
        lane = kind == 2 ? lane : static_cast<uint64_t>(kind);
      uint32_t ballot = 0;
      for (uint32_t lane = 0; lane < 32; ++lane)
        ballot |= static_cast<uint32_t>(y[lane] != 0) << lane;
      ballot &= members;
      auto each = [&](const char *code, auto wanted) {
        auto [v, p] = run(code, random_lanes(0), y, members);
        for (uint32_t lane = 0; lane < 32; ++lane)
          if (members >> lane & 1)
            EXPECT_EQ(v[lane] | p[lane], static_cast<uint64_t>(wanted))
                << code << std::hex << members;
      };
      each("vote.sync.all.pred %p, %q, %m;", ballot == members);
      each("vote.sync.any.pred %p, %q, %m;", ballot != 0);
      each("vote.sync.uni.pred %p, %q, %m;", ballot == members || ballot == 0);
      each("vote.sync.all.pred %p, !%q, %m;", ballot == 0);
      each("vote.sync.ballot.b32 %r, %q, %m; cvt.u64.u32 %v, %r;", ballot);
      each("activemask.b32 %r; cvt.u64.u32 %v, %r;", members);
      if (members != ~0u)
        continue;
      each("vote.sync.all.pred %p, %q, -1;", ballot == members);
      each("vote.sync.any.pred %p, %q, -1;", ballot != 0);
      each("vote.sync.uni.pred %p, %q, -1;", ballot == members || ballot == 0);
      each("vote.sync.ballot.b32 %r, %q, -1; bar.warp.sync -1; cvt.u64.u32 %v, %r;", ballot);
    }
}

TEST(WarpForms, Matches) {
  for (uint32_t members : kMembers)
    for (uint32_t bits : {32u, 64u})
      for (uint64_t modulus : {1ull, 3ull}) {
        Lanes x = random_lanes(modulus);
        if (bits == 64)
          for (uint64_t &lane : x) // differ in the upper half
            lane = lane << 40 | 5;
        const std::string operand = bits == 64 ? "%x" : "%a", type = ".b" + std::to_string(bits);
        auto [v, p] = run("match.any.sync" + type + " %r, " + operand + ", %m; cvt.u64.u32 %v, %r;",
                          x, x, members);
        auto [all, same] =
            run("match.all.sync" + type + " %r|%p, " + operand + ", %m; cvt.u64.u32 %v, %r;", x, x,
                members);
        for (uint32_t lane = 0; lane < 32; ++lane) {
          if (!(members >> lane & 1))
            continue;
          uint32_t equal = 0;
          for (uint32_t other = 0; other < 32; ++other)
            equal |= static_cast<uint32_t>((members >> other & 1) && x[other] == x[lane]) << other;
          EXPECT_EQ(v[lane], equal);
          EXPECT_EQ(all[lane], equal == members ? members : 0);
          EXPECT_EQ(same[lane], equal == members);
        }
      }
}

TEST(WarpForms, Reductions) {
  struct Operation {
    const char *name;
    uint32_t (*combine)(uint32_t, uint32_t);
  };
  const Operation operations[] = {
      {"add.u32", [](uint32_t a, uint32_t b) { return a + b; }},
      {"add.s32", [](uint32_t a, uint32_t b) { return a + b; }},
      {"min.u32", [](uint32_t a, uint32_t b) { return std::min(a, b); }},
      {"max.u32", [](uint32_t a, uint32_t b) { return std::max(a, b); }},
      {"min.s32",
       [](uint32_t a, uint32_t b) {
         return static_cast<int32_t>(a) < static_cast<int32_t>(b) ? a : b;
       }},
      {"max.s32",
       [](uint32_t a, uint32_t b) {
         return static_cast<int32_t>(a) > static_cast<int32_t>(b) ? a : b;
       }},
      {"and.b32", [](uint32_t a, uint32_t b) { return a & b; }},
      {"or.b32", [](uint32_t a, uint32_t b) { return a | b; }},
      {"xor.b32", [](uint32_t a, uint32_t b) { return a ^ b; }},
  };
  for (const Operation &operation : operations)
    for (uint32_t members : kMembers) {
      const Lanes x = random_lanes(0);
      bool first = true;
      uint32_t want = 0;
      for (uint32_t lane = 0; lane < 32; ++lane)
        if (members >> lane & 1) {
          want = first ? static_cast<uint32_t>(x[lane])
                       : operation.combine(want, static_cast<uint32_t>(x[lane]));
          first = false;
        }
      auto [v, p] =
          run(std::string("redux.sync.") + operation.name + " %r, %a, %m; cvt.u64.u32 %v, %r;", x,
              x, members);
      for (uint32_t lane = 0; lane < 32; ++lane)
        if (members >> lane & 1)
          EXPECT_EQ(v[lane], want) << operation.name << std::hex << " " << members;
    }
}

TEST(WarpForms, ReductionsOfFloats) {
  for (bool maximum : {false, true})
    for (bool magnitude : {false, true})
      for (bool nan : {false, true})
        for (bool with_nan : {false, true}) {
          Lanes x(32);
          for (uint32_t lane = 0; lane < 32; ++lane)
            x[lane] = bits_of(lane == 7 && with_nan ? NAN : (static_cast<float>(lane) - 12.5f) * 3);
          float want = maximum ? -INFINITY : INFINITY;
          for (uint64_t bits : x) {
            const float value = magnitude ? std::fabs(as_float(bits)) : as_float(bits);
            if (!std::isnan(value))
              want = maximum ? std::max(want, value) : std::min(want, value);
          }
          const std::string code = std::string("redux.sync.") + (maximum ? "max" : "min") +
                                   (magnitude ? ".abs" : "") + (nan ? ".NaN" : "") +
                                   ".f32 %g, %f, -1; mov.b32 %r, %g; cvt.u64.u32 %v, %r;";
          auto [v, p] = run(code, x, x, ~0u);
          for (uint64_t bits : v)
            EXPECT_TRUE(with_nan && nan ? std::isnan(as_float(bits)) : as_float(bits) == want)
                << code;
        }
}

TEST(WarpForms, Elections) {
  for (uint32_t members : kMembers) {
    auto [v, p] =
        run("elect.sync %r|%p, %m; cvt.u64.u32 %v, %r;", random_lanes(0), random_lanes(0), members);
    uint32_t elected = 0;
    for (uint32_t lane = 0; lane < 32; ++lane)
      if (members >> lane & 1) {
        elected += p[lane] != 0;
        EXPECT_EQ(p[lane] != 0, v[lane] == lane);
      }
    EXPECT_EQ(elected, 1u);
  }
}

} // namespace
} // namespace softcuda::jit::test
