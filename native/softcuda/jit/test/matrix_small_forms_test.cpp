// Products of matrices of 8-bit floats, of 4-bit integers and of single bits, m8n8k4's four products of f16, and the
// instructions that move 8 × 8 tiles. Registers are filled at random; the manual's layouts say what they mean.
#include "ptx_harness.h"
#include "small_float.h"

#include <array>
#include <cstring>
#include <random>

namespace softcuda::jit::test {
namespace {

using Words = std::vector<uint32_t>;

std::string list(const char *prefix, uint32_t count) {
  std::string text = "{";
  for (uint32_t i = 0; i < count; ++i)
    text += (i ? ", %" : "%") + std::string(prefix) + std::to_string(i);
  return text + "}";
}

/// Runs an instruction in one warp: `counts` registers of each operand, the first one its result. Each array holds a
/// lane's registers after the other's.
Words run(const std::string &instruction, const std::vector<uint32_t> &counts,
          std::vector<Words> operands, const std::string &prologue = "") {
  const char *names[] = {"d", "a", "b", "c"};
  std::string text = module_header() + ".visible .entry k(";
  for (size_t i = 0; i < counts.size(); ++i)
    text += std::string(i ? ", " : "") + ".param .u64 p" + names[i];
  text += ")\n{\n  .reg .b32 %lane, %r<8>; .reg .b64 %at, %rd<8>; mov.u32 %lane, %laneid;\n";
  for (size_t i = 0; i < counts.size(); ++i)
    text += "  .reg .b32 %" + std::string(names[i]) + "<" + std::to_string(counts[i]) + ">;\n";
  auto at = [&](size_t i) {
    return "  ld.param.u64 %at, [p" + std::string(names[i]) + "]; mad.wide.u32 %at, %lane, " +
           std::to_string(4 * counts[i]) + ", %at;\n";
  };
  for (size_t i = 1; i < counts.size(); ++i) {
    text += at(i);
    for (uint32_t r = 0; r < counts[i]; ++r)
      text += "  ld.global.b32 %" + std::string(names[i]) + std::to_string(r) + ", [%at+" +
              std::to_string(4 * r) + "];\n";
  }
  text += prologue + "  " + instruction + "\n" + at(0);
  for (uint32_t r = 0; r < counts[0]; ++r)
    text += "  st.global.b32 [%at+" + std::to_string(4 * r) + "], %d" + std::to_string(r) + ";\n";
  Ptx ptx(text + "  ret;\n}\n");
  EXPECT_TRUE(ptx.status) << ptx.status.log;
  Words result(32 * counts[0]);
  operands.resize(3);
  Status status = counts.size() == 2
                      ? ptx.run("k", Dim3{1}, Dim3{32}, result.data(), operands[0].data())
                      : ptx.run("k", Dim3{1}, Dim3{32}, result.data(), operands[0].data(),
                                operands[1].data(), operands[2].data());
  EXPECT_TRUE(status) << instruction << ": " << status.cu_result << " " << status.log;
  return result;
}

Words random_words(size_t count, uint32_t mask = ~0u) {
  static std::mt19937 random(11);
  Words words(count);
  for (uint32_t &word : words)
    word = static_cast<uint32_t>(random()) & mask;
  return words;
}

struct Element {
  const char *name;
  uint32_t bits;
  double (*value)(uint32_t raw);
  uint32_t keep = ~0u; // bits of a word that may be random, lest sums round
};

const Element kE4m3Few{"e4m3", 8, [](uint32_t x) { return kE4m3.value(x); }, 0xbfbfbfbf},
    kE5m2Few{"e5m2", 8, [](uint32_t x) { return kE5m2.value(x); }, 0xbfbfbfbf},
    kS4{"s4", 4, [](uint32_t x) -> double { return static_cast<int32_t>(x << 28) >> 28; }},
    kU4{"u4", 4, [](uint32_t x) -> double { return x; }},
    kB1{"b1", 1, [](uint32_t x) -> double { return x; }};

struct Shape {
  uint32_t m, n, k;
  std::string text() const {
    return "m" + std::to_string(m) + "n" + std::to_string(n) + "k" + std::to_string(k);
  }
};

uint32_t raw(const Words &words, size_t element, uint32_t bits) {
  const uint32_t word = words[element * bits / 32] >> element * bits % 32;
  return bits == 32 ? word : word & ((1u << bits) - 1);
}

/// `half_sums`: C and D are f16, else of 32 bits.
void check(const Shape &s, const Element &a, const Element &b, const std::string &sum,
           const std::string &suffix = "", const std::string &before = "") {
  const uint32_t na = s.m * s.k * a.bits / 1024, nb = s.n * s.k * b.bits / 1024;
  const bool half_sums = sum == "f16", real = sum != "s32";
  const uint32_t nc = s.m * s.n / 32 / (half_sums ? 2 : 1);
  Words wa = random_words(32 * na, a.keep), wb = random_words(32 * nb, b.keep), wc(32 * nc);
  const uint32_t sums = s.m * s.n / 32;
  std::vector<double> dense_a(s.m * s.k), dense_b(s.k * s.n);
  const uint32_t pa = 32 / a.bits, pb = 32 / b.bits;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    for (uint32_t i = 0; i < na * pa; ++i) {
      const uint32_t reg = i / pa, rows = s.m / 8;
      const uint32_t row = lane / 4 + 8 * (reg % rows),
                     column = lane % 4 * pa + i % pa + 4 * pa * (reg / rows);
      dense_a[row * s.k + column] = a.value(raw(wa, lane * na * pa + i, a.bits));
    }
    for (uint32_t i = 0; i < nb * pb; ++i)
      dense_b[(lane % 4 * pb + i % pb + 4 * pb * (i / pb)) * s.n + lane / 4] =
          b.value(raw(wb, lane * nb * pb + i, b.bits));
    for (uint32_t i = 0; i < sums; ++i) { // c: lane + i
      const double value = static_cast<double>(lane + i);
      if (half_sums)
        wc[lane * nc + i / 2] |= static_cast<uint32_t>(kHalf.round(value)) << 16 * (i % 2);
      else
        wc[lane * nc + i] = real ? static_cast<uint32_t>(bits_of(static_cast<float>(value)))
                                 : static_cast<uint32_t>(value);
    }
  }
  const Words got =
      run("mma.sync.aligned." + s.text() + ".row.col" + before + "." + sum + "." + a.name + "." +
              b.name + "." + sum + suffix + " " + list("d", nc) + ", " + list("a", na) + ", " +
              list("b", nb) + ", " + list("c", nc) + ";",
          {nc, na, nb, nc}, {wa, wb, wc});
  for (uint32_t lane = 0; lane < 32; ++lane)
    for (uint32_t i = 0; i < sums; ++i) {
      const uint32_t row = lane / 4 + 8 * (i / 2), column = lane % 4 * 2 + i % 2;
      double want = static_cast<double>(lane + i);
      for (uint32_t l = 0; l < s.k; ++l) {
        const double x = dense_a[row * s.k + l], y = dense_b[l * s.n + column];
        want += suffix == ".xor.popc" ? (x != y) : x * y;
      }
      const double have = half_sums ? kHalf.value(raw(got, lane * sums + i, 16))
                          : real    ? as_float(got[lane * nc + i])
                                    : static_cast<int32_t>(got[lane * nc + i]);
      if (real)
        EXPECT_NEAR(have, want,
                    std::fabs(want) * (half_sums ? 0x1p-9 : 0x1p-18) +
                        (half_sums ? 0x1p-6 : 0x1p-11))
            << s.text() << " " << a.name << " " << b.name << " " << sum << " lane " << lane << " "
            << i;
      else
        EXPECT_EQ(have, want) << s.text() << " " << a.name << " " << b.name << suffix << " lane "
                              << lane;
    }
}

TEST(MatrixForms, EightBitFloats) {
  for (const Element &a : {kE4m3Few, kE5m2Few})
    for (const Element &b : {kE4m3Few, kE5m2Few})
      for (uint32_t k : {16u, 32u})
        for (const char *sum : {"f32", "f16"})
          check({16, 8, k}, a, b, sum);
}

TEST(MatrixForms, FourBitIntegers) {
  for (const Element &a : {kS4, kU4})
    for (const Element &b : {kS4, kU4})
      for (const char *saturate : {"", ".satfinite"})
        for (const Shape &shape : {Shape{8, 8, 32}, Shape{16, 8, 32}, Shape{16, 8, 64}})
          check(shape, a, b, "s32", "", saturate);
}

TEST(MatrixForms, SingleBits) {
  for (const char *product : {".xor.popc", ".and.popc"})
    for (const Shape &shape : {Shape{8, 8, 128}, Shape{16, 8, 128}, Shape{16, 8, 256}})
      check(shape, kB1, kB1, "s32", product);
}

TEST(MatrixForms,
     FourProductsAtOnce) { // m8n8k4: lanes 4 q … 4 q + 3 and the same of the warp's upper half
  for (bool a_col : {false, true})
    for (bool b_col : {false, true})
      for (bool d_float : {false, true})
        for (bool c_float : {false, true}) {
          const uint32_t nc = c_float ? 8 : 4, nd = d_float ? 8 : 4;
          Words a(64), b(64), c(32 * nc);
          double da[4][8][4], db[4][4][8], dc[4][8][8];
          auto number = [](uint32_t x) { return static_cast<double>(x % 9) - 4; };
          auto sum_place = [](uint32_t lane, uint32_t i, bool is_float) -> std::array<uint32_t, 2> {
            const uint32_t upper = lane < 16 ? 0 : 4;
            if (is_float)
              return {(lane & 1) + (i & 2) + upper, (i & 4) + (lane & 2) + (i & 1)};
            return {lane % 4 + upper, i};
          };
          const Words noise = random_words(32 * 16);
          for (uint32_t lane = 0; lane < 32; ++lane) {
            const uint32_t q = lane % 16 / 4, upper = lane < 16 ? 0 : 4;
            for (uint32_t i = 0; i < 4; ++i) {
              const double x = number(noise[lane * 16 + i]), y = number(noise[lane * 16 + 4 + i]);
              a[lane * 2 + i / 2] |= static_cast<uint32_t>(kHalf.round(x)) << 16 * (i % 2);
              b[lane * 2 + i / 2] |= static_cast<uint32_t>(kHalf.round(y)) << 16 * (i % 2);
              (a_col ? da[q][i + upper][lane % 4] : da[q][lane % 4 + upper][i]) = x;
              (b_col ? db[q][i][lane % 4 + upper] : db[q][lane % 4][i + upper]) = y;
            }
            for (uint32_t i = 0; i < 8; ++i) {
              const double x = number(noise[lane * 16 + 8 + i]);
              auto [row, column] = sum_place(lane, i, c_float);
              dc[q][row][column] = x;
              if (c_float)
                c[lane * 8 + i] = static_cast<uint32_t>(bits_of(static_cast<float>(x)));
              else
                c[lane * 4 + i / 2] |= static_cast<uint32_t>(kHalf.round(x)) << 16 * (i % 2);
            }
          }
          const std::string code = std::string("mma.sync.aligned.m8n8k4.") +
                                   (a_col ? "col" : "row") + (b_col ? ".col" : ".row") +
                                   (d_float ? ".f32" : ".f16") + ".f16.f16" +
                                   (c_float ? ".f32 " : ".f16 ") + list("d", nd) + ", " +
                                   list("a", 2) + ", " + list("b", 2) + ", " + list("c", nc) + ";";
          const Words got = run(code, {nd, 2, 2, nc}, {a, b, c});
          for (uint32_t lane = 0; lane < 32; ++lane)
            for (uint32_t i = 0; i < 8; ++i) {
              const uint32_t q = lane % 16 / 4;
              auto [row, column] = sum_place(lane, i, d_float);
              double want = dc[q][row][column];
              for (uint32_t l = 0; l < 4; ++l)
                want += da[q][row][l] * db[q][l][column];
              EXPECT_EQ(d_float ? as_float(got[lane * 8 + i])
                                : kHalf.value(raw(got, lane * 8 + i, 16)),
                        want)
                  << code << " lane " << lane << " " << i;
            }
        }
}

TEST(MatrixForms, WmmaOfBitsAndNibbles) {
  struct Case {
    const char *type, *operation, *suffix;
    uint32_t bits, k;
    bool sign;
  };
  for (const Case &x :
       {Case{"b1", ".xor.popc", "", 1, 128, false}, Case{"b1", ".and.popc", "", 1, 128, false},
        Case{"s4", "", "", 4, 32, true}, Case{"u4", "", ".satfinite", 4, 32, false}}) {
    const std::string shape = "m8n8k" + std::to_string(x.k), type = x.type;
    const Words a = random_words(32), b = random_words(32); // 8 rows of A, 8 columns of B
    Ptx ptx(module_header() +
            ".visible .entry k(.param .u64 pa, .param .u64 pb, .param .u64 pd)\n{\n"
            "  .reg .b32 %a, %b, %c<2>, %d<2>; .reg .b64 %rd<3>; ld.param.u64 %rd0, [pa];\n"
            "  ld.param.u64 %rd1, [pb]; ld.param.u64 %rd2, [pd]; mov.b32 %c0, 5; mov.b32 %c1, 5;\n"
            "  wmma.load.a.sync.aligned.row." +
            shape + ".global." + type +
            " {%a}, [%rd0];\n"
            "  wmma.load.b.sync.aligned.col." +
            shape + ".global." + type +
            " {%b}, [%rd1];\n"
            "  wmma.mma" +
            x.operation + ".sync.aligned.row.col." + shape + ".s32." + type + "." + type + ".s32" +
            x.suffix +
            " {%d0, %d1}, {%a}, {%b}, {%c0, %c1};\n"
            "  wmma.store.d.sync.aligned.row." +
            shape + ".global.s32 [%rd2], {%d0, %d1};\n  ret;\n}\n");
    std::vector<int32_t> got(64);
    Status status = ptx.run("k", Dim3{1}, Dim3{32}, a.data(), b.data(), got.data());
    ASSERT_TRUE(status) << status.log;
    for (uint32_t i = 0; i < 8; ++i)
      for (uint32_t j = 0; j < 8; ++j) {
        int32_t want = 5;
        for (uint32_t l = 0; l < x.k; ++l) {
          auto extend = [&](uint32_t v) {
            return x.sign ? static_cast<int32_t>(v << 28) >> 28 : static_cast<int32_t>(v);
          };
          const int32_t p = extend(raw(a, i * x.k + l, x.bits)),
                        q = extend(raw(b, j * x.k + l, x.bits));
          want += *x.operation == '.' && x.operation[1] == 'x' ? p != q : p * q;
        }
        EXPECT_EQ(got[i * 8 + j], want) << type << x.operation << " " << i << " " << j;
      }
  }
}

TEST(MatrixForms, TilesFromAndToSharedMemory) {
  for (uint32_t count : {1u, 2u, 4u})
    for (bool transposed : {false, true})
      for (const char *space : {".shared", ".shared::cta", ""})
        for (bool store : {false, true}) {
          // shared memory: four tiles of 8 rows of 8 halves, each row 16 bytes; lane l gives row l's address
          const std::string address =
              "  .shared .align 16 .b8 s[512]; mov.u32 %r0, s; shl.b32 %r1, %lane, 4;\n"
              "  add.u32 %r1, %r1, %r0; cvt.u64.u32 %rd0, %r1; cvta.shared.u64 %rd1, %rd0;\n";
          const std::string at = *space ? "[%r1]" : "[%rd1]";
          const std::string form = std::string(store ? "st" : "ld") + "matrix.sync.aligned.m8n8.x" +
                                   std::to_string(count) + (transposed ? ".trans" : "") + space +
                                   ".b16 ";
          Words input = random_words(32 * (store ? count : 4));
          std::string code, before = address;
          if (store) {
            code = form + at + ", " + list("a", count) + ";\n  bar.warp.sync -1;\n";
            for (int i = 0; i < 4; ++i) // each lane looks at its row
              code += "  ld.shared.b32 %d" + std::to_string(i) + ", [%r1+" + std::to_string(4 * i) +
                      "];\n";
          } else {
            for (int i = 0; i < 4; ++i)
              before += "  st.shared.b32 [%r1+" + std::to_string(4 * i) + "], %a" +
                        std::to_string(i) + ";\n";
            code = "bar.warp.sync -1;\n  " + form + list("d", count) + ", " + at + ";";
          }
          const Words got = run(code, {store ? 4 : count, store ? count : 4}, {input}, before);
          // of tile t, the half that lane l's register holds at i is element (l / 4, l % 4 * 2 + i), or its mirror
          for (uint32_t tile = 0; tile < count; ++tile)
            for (uint32_t lane = 0; lane < 32; ++lane)
              for (uint32_t i = 0; i < 2; ++i) {
                uint32_t row = lane / 4, column = lane % 4 * 2 + i;
                if (transposed)
                  std::swap(row, column);
                const Words &registers = store ? input : got, &memory = store ? got : input;
                EXPECT_EQ(raw(registers, (lane * count + tile) * 2 + i, 16),
                          raw(memory, (8 * tile + row) * 8 + column, 16))
                    << form << " tile " << tile << " lane " << lane;
              }
        }
}

TEST(MatrixForms, Movmatrix) {
  const Words a = random_words(32);
  const Words d = run("movmatrix.sync.aligned.m8n8.trans.b16 %d0, %a0;", {1, 1}, {a});
  for (uint32_t row = 0; row < 8; ++row)
    for (uint32_t column = 0; column < 8; ++column)
      EXPECT_EQ(raw(d, row * 8 + column, 16), raw(a, column * 8 + row, 16));
}

TEST(MatrixForms, OperandsThatDoNotFitAreRefused) {
  for (const char *code : {"mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f0,%f1,%f2,%f3}, "
                           "{%r0,%r1}, {%r0}, {%f0,%f1,%f2,%f3};",
                           "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r0,%r1}, [%r2];"}) {
    Ptx ptx(module_header() + ".visible .entry k()\n{\n .reg .b32 %r<4>; .reg .f32 %f<4>;\n" +
            code + "\nret;\n}\n");
    Status status = ptx.run("k", Dim3{1}, Dim3{32});
    EXPECT_EQ(status.cu_result, 218) << code;
  }
}

} // namespace
} // namespace softcuda::jit::test
