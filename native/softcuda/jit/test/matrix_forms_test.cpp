// Matrix instructions against plain sums over matrices of small whole numbers, which every type holds exactly.
#include "ptx_harness.h"

#include <array>
#include <cstdio>
#include <cstring>
#include <random>

namespace softcuda::jit::test {
namespace {

using Numbers = std::vector<double>;

/// A PTX element type: its bits for a number, and back.
struct Element {
  const char *name;
  uint32_t bytes;
  uint64_t (*encode)(double);
  double (*decode)(uint64_t);
};

template <typename T> T from_bits(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
template <typename T> uint64_t to_bits(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}
template <typename T> Element plain(const char *name) {
  return {name, sizeof(T), [](double x) { return to_bits(static_cast<T>(x)); },
          [](uint64_t bits) { return static_cast<double>(from_bits<T>(bits)); }};
}

const Element kF16 = plain<_Float16>("f16"), kF32 = plain<float>("f32"),
              kTf32 = plain<float>("tf32"), kF64 = plain<double>("f64"), kS8 = plain<int8_t>("s8"),
              kU8 = plain<uint8_t>("u8"), kS32 = plain<int32_t>("s32");
const Element kBf16 = {
    "bf16", 2, [](double x) { return to_bits(static_cast<float>(x)) >> 16; },
    [](uint64_t bits) { return static_cast<double>(from_bits<float>(bits << 16)); }};

std::vector<std::byte> pack(const Numbers &numbers, const Element &type) {
  std::vector<std::byte> bytes(numbers.size() * type.bytes);
  for (size_t i = 0; i < numbers.size(); ++i) {
    const uint64_t bits = type.encode(numbers[i]);
    std::memcpy(&bytes[i * type.bytes], &bits, type.bytes);
  }
  return bytes;
}

double element(const std::vector<std::byte> &bytes, size_t i, const Element &type) {
  uint64_t bits = 0;
  std::memcpy(&bits, &bytes[i * type.bytes], type.bytes);
  return type.decode(bits);
}

Numbers random_numbers(size_t count, bool negative) {
  static std::mt19937 random(7);
  std::uniform_int_distribution<int> any(negative ? -4 : 0, 4);
  Numbers numbers(count);
  for (double &number : numbers)
    number = any(random);
  return numbers;
}

struct Case {
  const char *shape; ///< m16n16k16
  Element a, b, c;   ///< c is also d
  const char *suffix = "";
  uint32_t m() const { return sizes()[0]; }
  uint32_t n() const { return sizes()[1]; }
  uint32_t k() const { return sizes()[2]; }
  std::array<uint32_t, 3> sizes() const {
    std::array<uint32_t, 3> s{};
    EXPECT_EQ(std::sscanf(shape, "m%un%uk%u", &s[0], &s[1], &s[2]), 3);
    return s;
  }
};

/// Row-major matrices and what their product plus c is.
struct Problem {
  Numbers a, b, c, d;
  explicit Problem(const Case &x)
      : a(random_numbers(x.m() * x.k(), x.a.name[0] != 'u')),
        b(random_numbers(x.k() * x.n(), x.b.name[0] != 'u')),
        c(random_numbers(x.m() * x.n(), true)), d(c) {
    for (uint32_t i = 0; i < x.m(); ++i)
      for (uint32_t j = 0; j < x.n(); ++j)
        for (uint32_t l = 0; l < x.k(); ++l)
          d[i * x.n() + j] += a[i * x.k() + l] * b[l * x.n() + j];
  }
};

/// "{%a0, %a1}" of registers, and how they are declared.
std::string registers(const char *prefix, uint32_t count) {
  std::string list;
  for (uint32_t i = 0; i < count; ++i)
    list += (i ? ", %" : "{%") + std::string(prefix) + std::to_string(i);
  return list + "}";
}
std::string declare(const char *prefix, uint32_t count, const Element &type) {
  const char *kind = type.bytes == 8 ? ".f64" : std::string(type.name) == "f32" ? ".f32" : ".b32";
  return "  .reg " + std::string(kind) + " %" + prefix + "<" + std::to_string(count) + ">;\n";
}

const char *kHead = ".visible .entry k(.param .u64 pa, .param .u64 pb, .param .u64 pc, .param .u64 "
                    "pd)\n{\n  .reg .b64 %rd<8>;\n  .reg .b32 %r<4>;\n"
                    "  ld.param.u64 %rd0, [pa]; ld.param.u64 %rd1, [pb];\n"
                    "  ld.param.u64 %rd2, [pc]; ld.param.u64 %rd3, [pd];\n";

// wmma's fragments are opaque: only a load, a product and a store together mean something.
void check_wmma(const Case &x) {
  auto held = [](const Element &type, uint32_t elements) {
    if (std::string(type.name) == "f16")
      return 8u; // whatever the shape: elements are there once, twice or four times
    return std::max(elements * type.bytes / 32 / std::max(4u, type.bytes), 1u);
  };
  const uint32_t na = held(x.a, x.m() * x.k()), nb = held(x.b, x.k() * x.n()),
                 nc = x.m() * x.n() * x.c.bytes / 32 / std::max(4u, x.c.bytes);
  const std::string shape = x.shape, c = x.c.name;
  const std::string types = std::string(x.a.name) == "f16"
                                ? "." + c + "." + c
                                : "." + c + "." + x.a.name + "." + x.b.name + "." + c;
  Ptx ptx(module_header() + kHead + declare("a", na, x.a) + declare("b", nb, x.b) +
          declare("c", nc, x.c) + declare("d", nc, x.c) + "  wmma.load.a.sync.aligned.row." +
          shape + ".global." + x.a.name + " " + registers("a", na) + ", [%rd0];\n" +
          "  wmma.load.b.sync.aligned.row." + shape + ".global." + x.b.name + " " +
          registers("b", nb) + ", [%rd1];\n" + "  wmma.load.c.sync.aligned.row." + shape +
          ".global." + c + " " + registers("c", nc) + ", [%rd2];\n" +
          "  wmma.mma.sync.aligned.row.row." + shape + types + x.suffix + " " + registers("d", nc) +
          ", " + registers("a", na) + ", " + registers("b", nb) + ", " + registers("c", nc) +
          ";\n  wmma.store.d.sync.aligned.row." + shape + ".global." + c + " [%rd3], " +
          registers("d", nc) + ";\n  ret;\n}\n");
  ASSERT_TRUE(ptx.status) << ptx.status.log;
  const Problem problem(x);
  auto a = pack(problem.a, x.a), b = pack(problem.b, x.b), cs = pack(problem.c, x.c);
  std::vector<std::byte> d(cs.size());
  Status status = ptx.run("k", Dim3{1}, Dim3{32}, a.data(), b.data(), cs.data(), d.data());
  ASSERT_TRUE(status) << x.shape << types << ": " << status.cu_result << status.log;
  for (size_t i = 0; i < problem.d.size(); ++i)
    EXPECT_EQ(element(d, i, x.c), problem.d[i]) << x.shape << types << " at " << i;
}

TEST(MatrixForms, Wmma) {
  for (const char *shape : {"m16n16k16", "m32n8k16", "m8n32k16"}) {
    check_wmma({shape, kF16, kF16, kF32});
    check_wmma({shape, kF16, kF16, kF16});
    check_wmma({shape, kBf16, kBf16, kF32});
    check_wmma({shape, kS8, kS8, kS32});
    check_wmma({shape, kU8, kU8, kS32, ".satfinite"});
  }
  check_wmma({"m16n16k8", kTf32, kTf32, kF32});
  for (const char *rounding : {"", ".rn", ".rz", ".rm", ".rp"})
    check_wmma({"m8n8k4", kF64, kF64, kF64, rounding});
}

TEST(MatrixForms, WmmaRoundsF64AsTold) {
  for (auto [rounding, wanted] : {std::pair{".rn", 1.0}, std::pair{".rz", 1.0},
                                  std::pair{".rm", 1.0}, std::pair{".rp", 1.0 + 0x4p-52}}) {
    Ptx ptx(
        module_header() + kHead + "  .reg .f64 %a, %c<2>, %d<2>;\n" +
        "  mov.f64 %a, 0d3C30000000000000; mov.f64 %c0, 0d3FF0000000000000; mov.f64 %c1, %c0;\n" +
        "  wmma.mma.sync.aligned.row.col.m8n8k4.f64.f64.f64.f64" + rounding +
        " {%d0, %d1}, {%a}, {%a}, {%c0, %c1};\n  st.global.f64 [%rd3], %d0; ret;\n}\n");
    double out = 0;
    Status status = ptx.run("k", Dim3{1}, Dim3{32}, nullptr, nullptr, nullptr, &out);
    ASSERT_TRUE(status) << status.log;
    EXPECT_EQ(out, wanted) << rounding;
  }
}

struct Place {
  uint32_t row, column;
};

// The manual's layouts: `per` elements share a register, each group of four lanes has a row.
Place place_a(const Case &x, uint32_t lane, uint32_t i, uint32_t per) {
  const uint32_t reg = i / per, rows = x.m() / 8;
  return {lane / 4 + 8 * (reg % rows), lane % 4 * per + i % per + 4 * per * (reg / rows)};
}
Place place_b(uint32_t lane, uint32_t i, uint32_t per) {
  return {lane % 4 * per + i % per + 4 * per * (i / per), lane / 4};
}
Place place_c(uint32_t lane, uint32_t i) { return {lane / 4 + 8 * (i / 2), lane % 4 * 2 + i % 2}; }

void check_mma(const Case &x) {
  const uint32_t ea = x.m() * x.k() / 32, eb = x.k() * x.n() / 32, ec = x.m() * x.n() / 32;
  auto count = [](const Element &type, uint32_t elements) {
    return elements * type.bytes / std::max(4u, type.bytes);
  };
  const uint32_t na = count(x.a, ea), nb = count(x.b, eb), nc = count(x.c, ec);
  std::string moves = "  mov.u32 %r0, %laneid;\n";
  auto move = [&](const char *prefix, uint32_t n, const Element &type, int base, bool store) {
    const uint32_t bytes = std::max(4u, type.bytes);
    moves += "  mad.wide.u32 %rd4, %r0, " + std::to_string(n * bytes) + ", %rd" +
             std::to_string(base) + ";\n";
    const std::string kind = type.bytes == 8                   ? ".f64 "
                             : std::string(type.name) == "f32" ? ".f32 "
                                                               : ".b32 ";
    for (uint32_t i = 0; i < n; ++i) {
      const std::string name = "%" + std::string(prefix) + std::to_string(i);
      const std::string place = "[%rd4+" + std::to_string(i * bytes) + "]";
      moves += store ? "  st.global" + kind + place + ", " + name + ";\n"
                     : "  ld.global" + kind + name + ", " + place + ";\n";
    }
  };
  move("a", na, x.a, 0, false);
  move("b", nb, x.b, 1, false);
  move("c", nc, x.c, 2, false);
  moves += "  mma.sync.aligned." + std::string(x.shape) + ".row.col." + x.c.name + "." + x.a.name +
           "." + x.b.name + "." + x.c.name + x.suffix + " " + registers("d", nc) + ", " +
           registers("a", na) + ", " + registers("b", nb) + ", " + registers("c", nc) + ";\n";
  move("d", nc, x.c, 3, true);
  Ptx ptx(module_header() + kHead + declare("a", na, x.a) + declare("b", nb, x.b) +
          declare("c", nc, x.c) + declare("d", nc, x.c) + moves + "  ret;\n}\n");
  ASSERT_TRUE(ptx.status) << ptx.status.log;

  const Problem problem(x);
  Numbers a, b, c;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    for (uint32_t i = 0; i < ea; ++i) {
      const Place p = place_a(x, lane, i, std::max(4 / x.a.bytes, 1u));
      a.push_back(problem.a[p.row * x.k() + p.column]);
    }
    for (uint32_t i = 0; i < eb; ++i) {
      const Place p = place_b(lane, i, std::max(4 / x.b.bytes, 1u));
      b.push_back(problem.b[p.row * x.n() + p.column]);
    }
    for (uint32_t i = 0; i < ec; ++i) {
      const Place p = place_c(lane, i);
      c.push_back(problem.c[p.row * x.n() + p.column]);
    }
  }
  auto pa = pack(a, x.a), pb = pack(b, x.b), pc = pack(c, x.c);
  std::vector<std::byte> d(pc.size());
  Status status = ptx.run("k", Dim3{1}, Dim3{32}, pa.data(), pb.data(), pc.data(), d.data());
  ASSERT_TRUE(status) << status.log;
  for (uint32_t lane = 0; lane < 32; ++lane)
    for (uint32_t i = 0; i < ec; ++i) {
      const Place p = place_c(lane, i);
      EXPECT_EQ(element(d, lane * ec + i, x.c), problem.d[p.row * x.n() + p.column])
          << x.shape << " " << x.a.name << " lane " << lane << " element " << i;
    }
}

TEST(MatrixForms, Mma) {
  for (const char *shape : {"m16n8k8", "m16n8k16"}) {
    check_mma({shape, kF16, kF16, kF32});
    check_mma({shape, kF16, kF16, kF16});
    check_mma({shape, kBf16, kBf16, kF32});
  }
  for (const char *shape : {"m16n8k4", "m16n8k8"})
    check_mma({shape, kTf32, kTf32, kF32});
  for (const char *shape : {"m8n8k16", "m16n8k16", "m16n8k32"}) {
    check_mma({shape, kS8, kS8, kS32});
    check_mma({shape, kU8, kS8, kS32, ".satfinite"});
  }
  for (const char *shape : {"m8n8k4", "m16n8k4", "m16n8k8", "m16n8k16"})
    check_mma({shape, kF64, kF64, kF64});
}

} // namespace
} // namespace softcuda::jit::test
