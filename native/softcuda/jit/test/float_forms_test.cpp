// Floating point in every rounding mode, against the host's arithmetic in that mode. Compiled with -frounding-math.
#include "ptx_harness.h"

#include <cfenv>
#include <cmath>

namespace softcuda::jit::test {
namespace {

struct Mode {
  const char *name;
  int host;
};
const Mode kModes[] = {
    {".rn", FE_TONEAREST}, {".rz", FE_TOWARDZERO}, {".rm", FE_DOWNWARD}, {".rp", FE_UPWARD}};

template <typename T> T value(uint64_t bits) {
  if constexpr (sizeof(T) == 4)
    return as_float(bits);
  else
    return as_double(bits);
}

/// Evaluates with the host switched to `mode`; the volatile keeps the operation in place.
template <typename T> uint64_t in_mode(int mode, const std::function<T()> &operation) {
  std::fesetround(mode);
  volatile T result = operation();
  std::fesetround(FE_TONEAREST);
  return bits_of(static_cast<T>(result));
}

template <typename T> void add_arithmetic(std::vector<Form> &forms, const std::string &type) {
  for (const Mode &mode : kModes) {
    std::string suffix = std::string(mode.name) + "." + type;
    auto form = [&](const std::string &opcode, int operands, std::function<T(T, T, T)> f) {
      const char *lists[] = {"", " d, a;", " d, a, b;", " d, a, b, c;"};
      forms.push_back({opcode + suffix + lists[operands], type, type, operands > 1 ? type : "",
                       operands > 2 ? type : "",
                       [=, host = mode.host](uint64_t a, uint64_t b, uint64_t c) {
                         volatile T x = value<T>(a), y = value<T>(b), z = value<T>(c);
                         return in_mode<T>(host, [&] { return f(x, y, z); });
                       }});
    };
    form("add", 2, [](T a, T b, T) { return a + b; });
    form("sub", 2, [](T a, T b, T) { return a - b; });
    form("mul", 2, [](T a, T b, T) { return a * b; });
    form("div", 2, [](T a, T b, T) { return a / b; });
    form("fma", 3, [](T a, T b, T c) { return std::fma(a, b, c); });
    form("sqrt", 1, [](T a, T, T) { return std::sqrt(a); });
    form("rcp", 1, [](T a, T, T) { return T{1} / a; });
  }
}

TEST(PtxForms, FloatArithmetic32) {
  std::vector<Form> forms;
  add_arithmetic<float>(forms, "f32");
  check_forms(forms);
}

TEST(PtxForms, FloatArithmetic64) {
  std::vector<Form> forms;
  add_arithmetic<double>(forms, "f64");
  check_forms(forms);
}

float flushed(float x) { return std::fabs(x) < 1.17549435e-38f ? std::copysign(0.0f, x) : x; }
float saturated(float x) { return x > 0 ? (x < 1 ? x : 1.0f) : 0.0f; }

template <typename T> T lesser(T a, T b) {
  if (std::isnan(a))
    return b;
  if (std::isnan(b))
    return a;
  return a == b ? (std::signbit(a) ? a : b) : std::min(a, b);
}

TEST(PtxForms, FlushedAndSaturatedInEveryMode) {
  std::vector<Form> forms;
  for (const Mode &mode : kModes)
    for (bool ftz : {false, true})
      for (bool sat : {false, true}) {
        if (!ftz && !sat)
          continue;
        auto form = [&](const std::string &opcode, int operands,
                        std::function<float(float, float, float)> f) {
          const char *lists[] = {"", " d, a;", " d, a, b;", " d, a, b, c;"};
          forms.push_back({opcode + mode.name + (ftz ? ".ftz" : "") + (sat ? ".sat" : "") + ".f32" +
                               lists[operands],
                           "f32", "f32", operands > 1 ? "f32" : "", operands > 2 ? "f32" : "",
                           [=, host = mode.host](uint64_t a, uint64_t b, uint64_t c) {
                             auto in = [&](uint64_t bits) {
                               return ftz ? flushed(as_float(bits)) : as_float(bits);
                             };
                             volatile float x = in(a), y = in(b), z = in(c);
                             float result =
                                 as_float(in_mode<float>(host, [&] { return f(x, y, z); }));
                             if (ftz)
                               result = flushed(result);
                             return bits_of(sat ? saturated(result) : result);
                           }});
        };
        form("add", 2, [](float a, float b, float) { return a + b; });
        form("sub", 2, [](float a, float b, float) { return a - b; });
        form("mul", 2, [](float a, float b, float) { return a * b; });
        form("fma", 3, [](float a, float b, float c) { return std::fma(a, b, c); });
        if (sat)
          continue;
        form("div", 2, [](float a, float b, float) { return a / b; });
        form("sqrt", 1, [](float a, float, float) { return std::sqrt(a); });
        form("rcp", 1, [](float a, float, float) { return 1 / a; });
      }
  check_forms(forms);
}

TEST(PtxForms, PairsOfFloats) {
  std::vector<Form> forms;
  for (const Mode &mode : kModes)
    for (bool ftz : {false, true}) {
      auto form = [&](const std::string &opcode, int operands,
                      std::function<float(float, float, float)> f) {
        forms.push_back({opcode + mode.name + (ftz ? ".ftz" : "") + ".f32x2" +
                             (operands == 2 ? " d, a, b;" : " d, a, b, c;"),
                         "f32x2", "f32x2", "f32x2", operands == 2 ? "" : "f32x2",
                         [=, host = mode.host](uint64_t a, uint64_t b, uint64_t c) {
                           uint64_t result = 0;
                           for (int shift = 0; shift < 64; shift += 32) {
                             auto in = [&](uint64_t bits) {
                               const float part = as_float(bits >> shift & 0xffffffff);
                               return ftz ? flushed(part) : part;
                             };
                             volatile float x = in(a), y = in(b), z = in(c);
                             const float one =
                                 as_float(in_mode<float>(host, [&] { return f(x, y, z); }));
                             result |= bits_of(ftz ? flushed(one) : one) << shift;
                           }
                           return result;
                         },
                         [](uint64_t got, uint64_t wanted, uint64_t, uint64_t) {
                           for (int i = 0; i < 2; ++i, got >>= 32, wanted >>= 32) {
                             const uint64_t x = got & 0xffffffff, y = wanted & 0xffffffff;
                             if (x != y && !(std::isnan(as_float(x)) && std::isnan(as_float(y))))
                               return false;
                           }
                           return true;
                         }});
      };
      form("add", 2, [](float a, float b, float) { return a + b; });
      form("sub", 2, [](float a, float b, float) { return a - b; });
      form("mul", 2, [](float a, float b, float) { return a * b; });
      form("fma", 3, [](float a, float b, float c) { return std::fma(a, b, c); });
    }
  check_forms(forms);
}

TEST(PtxForms, LeastAndGreatest) {
  std::vector<Form> forms;
  for (bool maximum : {false, true})
    for (bool ftz : {false, true})
      for (bool nan : {false, true})
        for (bool magnitude : {false, true})
          for (bool third : {false, true}) {
            auto pick = [=](float a, float b) {
              if (nan && (std::isnan(a) || std::isnan(b)))
                return NAN;
              return maximum ? -lesser(-a, -b) : lesser(a, b);
            };
            auto in = [=](uint64_t bits) { return ftz ? flushed(as_float(bits)) : as_float(bits); };
            const std::string name =
                std::string(maximum ? "max" : "min") + (ftz ? ".ftz" : "") + (nan ? ".NaN" : "");
            if (third)
              forms.push_back({name + (magnitude ? ".abs" : "") + ".f32 d, a, b, c;", "f32", "f32",
                               "f32", "f32", [=](uint64_t a, uint64_t b, uint64_t c) {
                                 float x = in(a), y = in(b), z = in(c);
                                 if (magnitude)
                                   x = std::fabs(x), y = std::fabs(y), z = std::fabs(z);
                                 return bits_of(pick(pick(x, y), z));
                               }});
            else
              forms.push_back({name + (magnitude ? ".xorsign.abs" : "") + ".f32 d, a, b;", "f32",
                               "f32", "f32", "", [=](uint64_t a, uint64_t b, uint64_t) {
                                 const float x = in(a), y = in(b);
                                 if (!magnitude)
                                   return bits_of(pick(x, y));
                                 const float sign = std::signbit(x) != std::signbit(y) ? -1 : 1;
                                 return bits_of(
                                     std::copysign(pick(std::fabs(x), std::fabs(y)), sign));
                               }});
          }
  check_forms(forms);
}

TEST(PtxForms, ClassesOfFloats) {
  std::vector<Form> forms;
  const std::pair<const char *, bool (*)(double, bool)> tests[] = {
      {"finite", [](double x, bool) { return std::isfinite(x); }},
      {"infinite", [](double x, bool) { return std::isinf(x); }},
      {"number", [](double x, bool) { return !std::isnan(x); }},
      {"notanumber", [](double x, bool) { return std::isnan(x); }},
      {"normal", [](double x, bool subnormal) { return std::isfinite(x) && x != 0 && !subnormal; }},
      {"subnormal", [](double, bool subnormal) { return subnormal; }}};
  for (auto [name, test] : tests) {
    forms.push_back({std::string("testp.") + name + ".f32 d, a;", "pred", "f32", "", "",
                     [=](uint64_t a, uint64_t, uint64_t) -> uint64_t {
                       return test(as_float(a), std::fpclassify(as_float(a)) == FP_SUBNORMAL);
                     }});
    forms.push_back({std::string("testp.") + name + ".f64 d, a;", "pred", "f64", "", "",
                     [=](uint64_t a, uint64_t, uint64_t) -> uint64_t {
                       return test(as_double(a), std::fpclassify(as_double(a)) == FP_SUBNORMAL);
                     }});
  }
  check_forms(forms);
}

TEST(PtxForms, FloatModifiers) {
  std::vector<Form> forms;
  auto two = [&](const char *code, std::function<float(float, float)> f) {
    forms.push_back({code, "f32", "f32", "f32", "", [=](uint64_t a, uint64_t b, uint64_t) {
                       return bits_of(f(as_float(a), as_float(b)));
                     }});
  };
  two("add.ftz.f32 d, a, b;", [](float a, float b) { return flushed(flushed(a) + flushed(b)); });
  two("mul.rn.ftz.f32 d, a, b;", [](float a, float b) { return flushed(flushed(a) * flushed(b)); });
  two("sub.sat.f32 d, a, b;", [](float a, float b) { return saturated(a - b); });
  two("mul.ftz.sat.f32 d, a, b;",
      [](float a, float b) { return saturated(flushed(flushed(a) * flushed(b))); });
  two("min.f32 d, a, b;", [](float a, float b) { return lesser(a, b); });
  two("max.f32 d, a, b;", [](float a, float b) { return -lesser(-a, -b); });
  two("min.NaN.f32 d, a, b;",
      [](float a, float b) { return std::isnan(a) || std::isnan(b) ? NAN : lesser(a, b); });
  two("copysign.f32 d, a, b;", [](float a, float b) { return std::copysign(b, a); });
  two("abs.ftz.f32 d, a;", [](float a, float) { return std::fabs(flushed(a)); });
  two("neg.f32 d, a;", [](float a, float) { return -a; });
  check_forms(forms);
}

/// Within `ulps` of the exact value, or within `absolute`.
std::function<bool(uint64_t, uint64_t, uint64_t, uint64_t)>
near(std::function<double(double)> exact, double relative, double absolute, double domain) {
  return [=](uint64_t got, uint64_t, uint64_t a, uint64_t) {
    double x = as_float(a), y = as_float(got);
    if (!(std::fabs(x) <= domain))
      return true; // the manual promises nothing there
    double want = exact(x);
    if (std::isnan(want))
      return std::isnan(y);
    if (std::isinf(want) || std::fabs(want) > 3.4e38)
      return y == static_cast<double>(static_cast<float>(want)) || std::fabs(y) > 3.4e38;
    return std::fabs(y - want) <= std::max(absolute, relative * std::fabs(want)) ||
           std::fabs(want) < 1.2e-38;
  };
}

TEST(PtxForms, Approximations) {
  std::vector<Form> forms;
  auto one = [&](const char *code, std::function<double(double)> exact, double relative,
                 double absolute, double domain) {
    forms.push_back({code, "f32", "f32", "", "", [](uint64_t, uint64_t, uint64_t) { return 0; },
                     near(exact, relative, absolute, domain)});
  };
  // bounds of the PTX manual
  one("ex2.approx.f32 d, a;", [](double x) { return std::exp2(x); }, std::ldexp(1, -22), 0, 1e30);
  one(
      "lg2.approx.f32 d, a;", [](double x) { return std::log2(x); }, std::ldexp(1, -22),
      std::ldexp(1, -22), 1e38);
  one(
      "sin.approx.f32 d, a;", [](double x) { return std::sin(x); }, 0, std::ldexp(1, -20.5),
      6.2831855);
  one(
      "cos.approx.f32 d, a;", [](double x) { return std::cos(x); }, 0, std::ldexp(1, -20.5),
      6.2831855);
  one(
      "rsqrt.approx.f32 d, a;", [](double x) { return 1 / std::sqrt(x); }, std::ldexp(1, -22.4), 0,
      1e38);
  one("rcp.approx.f32 d, a;", [](double x) { return 1 / x; }, std::ldexp(1, -23), 0, 1e37);
  one("sqrt.approx.f32 d, a;", [](double x) { return std::sqrt(x); }, std::ldexp(1, -23), 0, 1e38);
  one(
      "tanh.approx.f32 d, a;", [](double x) { return std::tanh(x); }, std::ldexp(1, -10.9), 0,
      1e38);
  // in double precision two units of the last place; with .ftz only the upper word counts, and the lower is zero
  auto rsqrt = [](uint64_t a) { return 1 / std::sqrt(as_double(a)); };
  auto close = [rsqrt](double relative, bool coarse) {
    return [=](uint64_t got, uint64_t, uint64_t a, uint64_t) {
      const double exact = rsqrt(a), value = as_double(got);
      if (std::isnan(exact) || std::isinf(exact) || exact == 0 ||
          std::fpclassify(as_double(a)) == FP_SUBNORMAL)
        return coarse || got == bits_of(exact) || (std::isnan(exact) && std::isnan(value)) ||
               std::fabs(value - exact) <= relative * exact;
      return std::fabs(value - exact) <= relative * exact && (!coarse || (got & 0xffffffff) == 0);
    };
  };
  forms.push_back({"rsqrt.approx.f64 d, a;", "f64", "f64", "", "",
                   [=](uint64_t a, uint64_t, uint64_t) { return bits_of(rsqrt(a)); },
                   close(std::ldexp(1, -51), false)});
  forms.push_back({"rsqrt.approx.ftz.f64 d, a;", "f64", "f64", "", "",
                   [=](uint64_t a, uint64_t, uint64_t) { return bits_of(rsqrt(a)); },
                   close(std::ldexp(1, -19), true)});
  check_forms(forms);
}

// --- 16-bit floats, rounded from double by bisection over all values: slow, and certainly right

double half_value(uint64_t bits) {
  int exponent = static_cast<int>(bits >> 10 & 31), fraction = static_cast<int>(bits & 0x3ff);
  double magnitude = exponent == 31  ? (fraction ? NAN : INFINITY)
                     : exponent == 0 ? std::ldexp(fraction, -24)
                                     : std::ldexp(1024 + fraction, exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

uint64_t nearest_half(long double x) {
  if (std::isnan(x))
    return 0x7e00;
  uint64_t sign = std::signbit(x) ? 0x8000 : 0;
  long double magnitude = std::fabs(x);
  if (magnitude >= 65520.0L)
    return sign | 0x7c00;
  uint64_t low = 0, high = 0x7c00; // largest with value <= magnitude
  while (high - low > 1) {
    uint64_t middle = (low + high) / 2;
    (half_value(middle) <= magnitude ? low : high) = middle;
  }
  long double above = high == 0x7c00 ? 65536.0L : static_cast<long double>(half_value(high));
  long double to_low = magnitude - half_value(low), to_high = above - magnitude;
  return sign | (to_low < to_high || (to_low == to_high && low % 2 == 0) ? low : high);
}

TEST(PtxForms, HalfArithmetic) {
  std::vector<Form> forms;
  auto form = [&](const char *code, int operands,
                  std::function<long double(long double, long double, long double)> f) {
    forms.push_back({code, "f16", "f16", operands > 1 ? "f16" : "", operands > 2 ? "f16" : "",
                     [=](uint64_t a, uint64_t b, uint64_t c) {
                       return nearest_half(f(half_value(a), half_value(b), half_value(c)));
                     }});
  };
  form("add.f16 d, a, b;", 2, [](auto a, auto b, auto) { return a + b; });
  form("sub.f16 d, a, b;", 2, [](auto a, auto b, auto) { return a - b; });
  form("mul.f16 d, a, b;", 2, [](auto a, auto b, auto) { return a * b; });
  form("fma.rn.f16 d, a, b, c;", 3, [](auto a, auto b, auto c) { return a * b + c; });
  form("neg.f16 d, a;", 1, [](auto a, auto, auto) { return -a; });
  form("abs.f16 d, a;", 1, [](auto a, auto, auto) { return std::fabs(a); });
  auto pair = [](uint64_t a, uint64_t b, std::function<uint64_t(uint64_t, uint64_t)> f) {
    return f(a & 0xffff, b & 0xffff) | f(a >> 16 & 0xffff, b >> 16 & 0xffff) << 16;
  };
  auto both_nan_or_equal = [](uint64_t got, uint64_t wanted, uint64_t, uint64_t) {
    for (int i = 0; i < 2; ++i, got >>= 16, wanted >>= 16) {
      bool nan = (got & 0x7fff) > 0x7c00 && (wanted & 0x7fff) > 0x7c00;
      if (!nan && (got & 0xffff) != (wanted & 0xffff))
        return false;
    }
    return true;
  };
  forms.push_back({"add.f16x2 d, a, b;", "f16x2", "f16x2", "f16x2", "",
                   [=](uint64_t a, uint64_t b, uint64_t) {
                     return pair(a, b, [](uint64_t x, uint64_t y) {
                       return nearest_half(static_cast<long double>(half_value(x)) + half_value(y));
                     });
                   },
                   both_nan_or_equal});
  forms.push_back({"mul.f16x2 d, a, b;", "f16x2", "f16x2", "f16x2", "",
                   [=](uint64_t a, uint64_t b, uint64_t) {
                     return pair(a, b, [](uint64_t x, uint64_t y) {
                       return nearest_half(static_cast<long double>(half_value(x)) * half_value(y));
                     });
                   },
                   both_nan_or_equal});
  forms.push_back({"cvt.rn.f16.f32 d, a;", "f16", "f32", "", "",
                   [](uint64_t a, uint64_t, uint64_t) { return nearest_half(as_float(a)); }});
  forms.push_back({"cvt.rn.f16.f64 d, a;", "f16", "f64", "", "",
                   [](uint64_t a, uint64_t, uint64_t) { return nearest_half(as_double(a)); }});
  forms.push_back({"cvt.f32.f16 d, a;", "f32", "f16", "", "", [](uint64_t a, uint64_t, uint64_t) {
                     return bits_of(static_cast<float>(half_value(a)));
                   }});
  check_forms(forms);
}

TEST(PtxForms, Bfloat) {
  auto wide = [](uint64_t bits) { return as_float(bits << 16); };
  auto narrow = [](float x) { // round to nearest even on the upper half
    uint64_t bits = bits_of(x);
    if (std::isnan(x))
      return uint64_t{0x7fff};
    uint64_t lost = bits & 0xffff, kept = bits >> 16;
    return kept + (lost > 0x8000 || (lost == 0x8000 && kept % 2));
  };
  std::vector<Form> forms;
  forms.push_back({"add.rn.bf16 d, a, b;", "bf16", "bf16", "bf16", "",
                   [=](uint64_t a, uint64_t b, uint64_t) { return narrow(wide(a) + wide(b)); }});
  forms.push_back({"mul.rn.bf16 d, a, b;", "bf16", "bf16", "bf16", "",
                   [=](uint64_t a, uint64_t b, uint64_t) { return narrow(wide(a) * wide(b)); }});
  forms.push_back({"cvt.rn.bf16.f32 d, a;", "bf16", "f32", "", "",
                   [=](uint64_t a, uint64_t, uint64_t) { return narrow(as_float(a)); }});
  forms.push_back({"cvt.f32.bf16 d, a;", "f32", "bf16", "", "",
                   [=](uint64_t a, uint64_t, uint64_t) { return bits_of(wide(a)); }});
  check_forms(forms);
}

} // namespace
} // namespace softcuda::jit::test
