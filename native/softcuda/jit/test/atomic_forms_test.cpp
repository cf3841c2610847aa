// atom and red of every operation, type and state space, against what one thread's arithmetic gives.
#include "ptx_harness.h"
#include "small_float.h"

#include <algorithm>
#include <cstring>

namespace softcuda::jit::test {
namespace {

struct Type {
  const char *name;
  uint32_t bytes;
  bool sign;
};

uint64_t mask_of(uint32_t bytes) { return bytes == 8 ? ~0ull : (1ull << 8 * bytes) - 1; }

using Combine = std::function<uint64_t(uint64_t old, uint64_t value, const Type &)>;

int64_t extend(uint64_t value, const Type &type) {
  return static_cast<int64_t>(value << (64 - 8 * type.bytes)) >> (64 - 8 * type.bytes);
}

uint64_t lesser(uint64_t a, uint64_t b, const Type &type) {
  return type.sign ? (extend(a, type) < extend(b, type) ? a : b) : std::min(a, b);
}

struct Operation {
  const char *name;
  std::vector<Type> types;
  Combine combine;
};

const Type kU32{"u32", 4, false}, kS32{"s32", 4, true}, kU64{"u64", 8, false}, kS64{"s64", 8, true},
    kB32{"b32", 4, false}, kB64{"b64", 8, false}, kF32{"f32", 4, false}, kF64{"f64", 8, false};

std::vector<Operation> operations() {
  return {
      {"add", {kU32, kS32, kU64}, [](uint64_t a, uint64_t b, auto &) { return a + b; }},
      {"add",
       {kF32},
       [](uint64_t a, uint64_t b, auto &) { return bits_of(as_float(a) + as_float(b)); }},
      {"add",
       {kF64},
       [](uint64_t a, uint64_t b, auto &) { return bits_of(as_double(a) + as_double(b)); }},
      {"min", {kU32, kS32, kU64, kS64}, lesser},
      {"max",
       {kU32, kS32, kU64, kS64},
       [](uint64_t a, uint64_t b, auto &t) { return lesser(a, b, t) == a ? b : a; }},
      {"and", {kB32, kB64}, [](uint64_t a, uint64_t b, auto &) { return a & b; }},
      {"or", {kB32, kB64}, [](uint64_t a, uint64_t b, auto &) { return a | b; }},
      {"xor", {kB32, kB64}, [](uint64_t a, uint64_t b, auto &) { return a ^ b; }},
      {"exch", {kB32, kB64}, [](uint64_t, uint64_t b, auto &) { return b; }},
      {"inc", {kU32}, [](uint64_t a, uint64_t b, auto &) { return a >= b ? 0 : a + 1; }},
      {"dec", {kU32}, [](uint64_t a, uint64_t b, auto &) { return a == 0 || a > b ? b : a - 1; }},
  };
}

/// Bits that also make sense as floats.
const uint64_t kValues[] = {
    0,          1,          7,          0x80000000, 0xffffffff,         0x3fc00000,
    0xc0200000, 0x7fffffff, 0x12345678, 0xfedcba98, 0x3ff8000000000000, 0xc004000000000000,
    ~0ull,      1ull << 63};

/// One thread applies `instruction` ("… [%at], value" on %a, and %b for cas) to memory in `space`, for each pair.
std::string kernel(const std::string &instruction, uint32_t bytes, bool shared, bool generic) {
  const std::string width = std::to_string(8 * bytes), reg = bytes == 8   ? ".b64"
                                                             : bytes == 2 ? ".b16"
                                                                          : ".b32";
  std::string text =
      module_header() +
      ".visible .entry k(.param .u64 pm, .param .u64 po, .param .u64 pa, .param .u64 pb)\n{\n"
      "  .shared .align 16 .b8 s[16]; .reg .b64 %m, %o, %p, %g; .reg .b32 %at32;\n  .reg " +
      reg +
      " %a, %b, %d;\n  .reg .b64 %at;\n"
      "  ld.param.u64 %m, [pm]; ld.param.u64 %o, [po];\n"
      "  ld.param.u64 %p, [pa]; ld.global.b" +
      width +
      " %a, [%p];\n"
      "  ld.param.u64 %p, [pb]; ld.global.b" +
      width + " %b, [%p];\n";
  if (shared)
    text += "  mov.u32 %at32, s; cvt.u64.u32 %at, %at32; ld.global.b" + width +
            " %d, [%m]; st.shared.b" + width + " [%at32], %d;\n" +
            (generic ? "  cvta.shared.u64 %at, %at;\n" : "");
  else
    text += "  mov.u64 %at, %m;\n";
  text += "  mov.b" + width + " %d, %a;\n  " + instruction + "\n";
  if (shared)
    text += "  ld.shared.b" + width + " %b, [%at32]; st.global.b" + width + " [%m], %b;\n";
  return text + "  st.global.b" + width + " [%o], %d;\n  ret;\n}\n";
}

void check(const std::string &instruction, uint32_t bytes, bool shared, bool generic, bool returns,
           const std::function<uint64_t(uint64_t old, uint64_t a, uint64_t b)> &expected,
           const std::function<bool(uint64_t, uint64_t)> &same = nullptr) {
  Ptx ptx(kernel(instruction, bytes, shared, generic));
  ASSERT_TRUE(ptx.status) << instruction << ptx.status.log;
  for (uint64_t first : kValues)
    for (uint64_t a : kValues) {
      const uint64_t b = first * 3 + 1, old = first & mask_of(bytes);
      uint64_t memory = old, out = 0;
      Status status = ptx.run("k", Dim3{1}, Dim3{1}, &memory, &out, &a, &b);
      ASSERT_TRUE(status) << instruction << " " << status.log;
      const uint64_t want = expected(old, a & mask_of(bytes), b & mask_of(bytes)) & mask_of(bytes);
      EXPECT_TRUE(memory == want || (same && same(memory, want)))
          << instruction << std::hex << " of " << old << ", " << a << ": " << memory << ", wanted "
          << want;
      EXPECT_EQ(out, returns ? old : a & mask_of(bytes)) << instruction;
    }
}

struct Place {
  const char *suffix;
  bool shared, generic;
};
const Place kPlaces[] = {{"", false, false},
                         {".global", false, false},
                         {".shared", true, false},
                         {"", true, true},
                         {".shared::cta", true, false}};

TEST(AtomicForms, EveryOperation) {
  for (const Operation &operation : operations())
    for (const Type &type : operation.types)
      for (const Place &place : kPlaces)
        for (bool returns : {true, false}) {
          if (!returns && std::string(operation.name) == "exch")
            continue;
          const bool real = type.name[0] == 'f';
          auto same = [=](uint64_t x, uint64_t y) {
            return real && (type.bytes == 4 ? std::isnan(as_float(x)) && std::isnan(as_float(y))
                                            : std::isnan(as_double(x)) && std::isnan(as_double(y)));
          };
          check(
              std::string(returns ? "atom" : "red") + place.suffix + "." + operation.name + "." +
                  type.name + (returns ? " %d" : "") + (returns ? ", [%at], %a;" : " [%at], %a;"),
              type.bytes, place.shared, place.generic, returns,
              [&](uint64_t old, uint64_t a, uint64_t) { return operation.combine(old, a, type); },
              same);
        }
}

TEST(AtomicForms, OrdersAndScopes) {
  for (const char *order : {"", ".relaxed", ".acquire", ".release", ".acq_rel"})
    for (const char *scope : {"", ".cta", ".cluster", ".gpu", ".sys"}) {
      if (*order && !*scope)
        continue;
      check(std::string("atom") + order + scope + ".global.add.u32 %d, [%at], %a;", 4, false, false,
            true, [](uint64_t old, uint64_t a, uint64_t) { return old + a; });
      check(std::string("atom") + order + scope + ".shared.cas.b64 %d, [%at], %a, %b;", 8, true,
            false, true, [](uint64_t old, uint64_t a, uint64_t b) { return old == a ? b : old; });
    }
}

TEST(AtomicForms, CompareAndSwap) {
  for (const Place &place : kPlaces)
    for (uint32_t bytes : {2u, 4u, 8u})
      check(std::string("atom") + place.suffix + ".cas.b" + std::to_string(8 * bytes) +
                " %d, [%at], %a, %b;",
            bytes, place.shared, place.generic, true,
            [](uint64_t old, uint64_t a, uint64_t b) { return old == a ? b : old; });
}

TEST(AtomicForms, SixteenBytes) {
  for (const char *space : {".global", ""})
    for (bool swap : {false, true})
      for (bool equal : {false, true}) {
        Ptx ptx(module_header() +
                ".visible .entry k(.param .u64 pm, .param .u64 po)\n{\n"
                "  .reg .b64 %m, %o, %x<6>; .reg .b128 %q<4>; ld.param.u64 %m, [pm]; ld.param.u64 "
                "%o, [po];\n"
                "  mov.u64 %x0, " +
                std::to_string(equal ? 11 : 12) +
                "; mov.u64 %x1, 22; mov.b128 %q1, {%x0, %x1};\n"
                "  mov.u64 %x2, 33; mov.u64 %x3, 44; mov.b128 %q2, {%x2, %x3};\n  atom" +
                space + (swap ? ".exch.b128 %q0, [%m], %q2;" : ".cas.b128 %q0, [%m], %q1, %q2;") +
                "\n  mov.b128 {%x4, %x5}, %q0; st.global.v2.u64 [%o], {%x4, %x5};\n  ret;\n}\n");
        alignas(16) uint64_t memory[2] = {11, 22}, out[2] = {};
        Status status = ptx.run("k", Dim3{1}, Dim3{1}, memory, out);
        ASSERT_TRUE(status) << status.log;
        EXPECT_EQ(out[0], 11u);
        EXPECT_EQ(out[1], 22u);
        EXPECT_EQ(memory[0], swap || equal ? 33u : 11u);
        EXPECT_EQ(memory[1], swap || equal ? 44u : 22u);
      }
}

TEST(AtomicForms, SmallFloats) {
  for (const auto &[name, format] : {std::pair{"f16", kHalf}, std::pair{"bf16", kBrain}})
    for (bool pair : {false, true})
      for (const Place &place : kPlaces)
        for (bool returns : {true, false}) {
          auto sum = [=, f = format](uint64_t old, uint64_t a, uint64_t) {
            uint64_t result = 0;
            for (int shift = 0; shift < (pair ? 32 : 16); shift += 16)
              result |= f.round(static_cast<long double>(f.value(old >> shift & 0xffff)) +
                                f.value(a >> shift & 0xffff))
                        << shift;
            return result;
          };
          auto same = [=, f = format](uint64_t got, uint64_t wanted) {
            for (int shift = 0; shift < 32; shift += 16)
              if ((got >> shift & 0xffff) != (wanted >> shift & 0xffff) &&
                  !(std::isnan(f.value(got >> shift & 0xffff)) &&
                    std::isnan(f.value(wanted >> shift & 0xffff))))
                return false;
            return true;
          };
          check(std::string(returns ? "atom" : "red") + place.suffix + ".add.noftz." + name +
                    (pair ? "x2" : "") + (returns ? " %d, [%at], %a;" : " [%at], %a;"),
                pair ? 4 : 2, place.shared, place.generic, returns, sum, same);
        }
}

TEST(AtomicForms, Vectors) { // of f32, and of small floats by min and max, too
  Ptx ptx(module_header() +
          ".visible .entry k(.param .u64 pm, .param .u64 po)\n{\n"
          "  .reg .b64 %m, %o; .reg .f32 %f<4>; .reg .b16 %h<8>; ld.param.u64 %m, [pm]; "
          "ld.param.u64 %o, [po];\n"
          "  mov.f32 %f0, 0f3F800000; mov.f32 %f1, 0f40000000; mov.f32 %f2, 0f40400000; mov.f32 "
          "%f3, 0f40800000;\n"
          "  atom.global.v4.f32.add {%f0, %f1, %f2, %f3}, [%m], {%f0, %f1, %f2, %f3};\n"
          "  st.global.v4.f32 [%o], {%f0, %f1, %f2, %f3};\n"
          "  red.global.v2.f32.add [%m], {%f1, %f0};\n"
          "  mov.b16 %h0, 0xc000; mov.b16 %h1, 0x4000; mov.b16 %h2, 0x8000; mov.b16 %h3, 0x7e00;\n"
          "  atom.global.v4.f16.min.noftz {%h4, %h5, %h6, %h7}, [%m+16], {%h0, %h1, %h2, %h3};\n"
          "  red.global.v4.f16.max.noftz [%m+24], {%h0, %h1, %h2, %h3};\n"
          "  st.global.v4.b16 [%o+16], {%h4, %h5, %h6, %h7};\n  ret;\n}\n");
  struct alignas(16) {
    float f[4] = {10, 20, 30, 40};
    uint16_t least[4] = {0x3c00, 0x3c00, 0x0000, 0x3c00},
             most[4] = {0x3c00, 0x3c00, 0x8000, 0x3c00};
  } memory, out;
  Status status = ptx.run("k", Dim3{1}, Dim3{1}, &memory, &out);
  ASSERT_TRUE(status) << status.log;
  const float sums[] = {11 + 20, 22 + 10, 33, 44}, before[] = {10, 20, 30, 40};
  const uint16_t least[] = {0xc000, 0x3c00, 0x8000, 0x3c00},
                 most[] = {0x3c00, 0x4000, 0x8000, 0x3c00},
                 ones[] = {0x3c00, 0x3c00, 0x0000, 0x3c00};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(memory.f[i], sums[i]) << i;
    EXPECT_EQ(out.f[i], before[i]) << i;
    EXPECT_EQ(memory.least[i], least[i]) << i;
    EXPECT_EQ(memory.most[i], most[i]) << i;
    EXPECT_EQ(out.least[i], ones[i]) << i;
  }
}

TEST(AtomicForms, ManyThreadsLoseNothing) {
  Ptx ptx(
      module_header() +
      ".visible .entry k(.param .u64 pm)\n{\n  .reg .b64 %m; .reg .b32 %r<3>; .reg .f32 %f;\n"
      "  .reg .b16 %h; ld.param.u64 %m, [pm]; mov.f32 %f, 0f3F800000; mov.b32 %r1, 0x3c003c00;\n"
      "  atom.global.add.u32 %r0, [%m], 1; red.global.add.f32 [%m+4], %f;\n"
      "  atom.global.add.noftz.f16x2 %r2, [%m+8], %r1; red.global.inc.u32 [%m+12], 1000000;\n  "
      "ret;\n}\n");
  uint32_t memory[4] = {};
  ASSERT_TRUE(ptx.run("k", Dim3{8}, Dim3{128}, memory));
  EXPECT_EQ(memory[0], 1024u);
  EXPECT_EQ(as_float(memory[1]), 1024.0f);
  EXPECT_EQ(memory[2], 0x64006400u); // 1024 as f16
  EXPECT_EQ(memory[3], 1024u);
}

} // namespace
} // namespace softcuda::jit::test
