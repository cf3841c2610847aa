// f16, bf16 and their pairs under every modifier, sums of both kinds, and the conversions between small formats.
#include "ptx_harness.h"
#include "small_float.h"

#include <algorithm>
#include <cfenv>

namespace softcuda::jit::test {
namespace {

struct Kind {
  const char *name; // f16
  SmallFloat format;
};
const Kind kKinds[] = {{"f16", kHalf}, {"bf16", kBrain}};

/// Whether both halves are equal, any NaN being equal to any other.
std::function<bool(uint64_t, uint64_t, uint64_t, uint64_t)> both_same(SmallFloat format) {
  return [=](uint64_t got, uint64_t wanted, uint64_t, uint64_t) {
    for (int shift = 0; shift < 32; shift += 16) {
      const uint64_t x = got >> shift & 0xffff, y = wanted >> shift & 0xffff;
      if (x != y && !(std::isnan(format.value(x)) && std::isnan(format.value(y))))
        return false;
    }
    return true;
  };
}

using Scalar = std::function<uint64_t(uint64_t a, uint64_t b, uint64_t c)>;

/// Adds the form on single values and the one on pairs, whose halves do the same.
void add_both(std::vector<Form> &forms, const Kind &kind, const std::string &opcode, int operands,
              Scalar scalar) {
  const char *lists[] = {"", " d, a;", " d, a, b;", " d, a, b, c;"};
  for (bool pair : {false, true}) {
    const std::string type = std::string(kind.name) + (pair ? "x2" : "");
    auto whole = [=](uint64_t a, uint64_t b, uint64_t c) {
      uint64_t result = 0;
      for (int shift = 0; shift < (pair ? 32 : 16); shift += 16)
        result |= (scalar(a >> shift & 0xffff, b >> shift & 0xffff, c >> shift & 0xffff) & 0xffff)
                  << shift;
      return result;
    };
    forms.push_back({opcode + "." + type + lists[operands], type, type, operands > 1 ? type : "",
                     operands > 2 ? type : "", whole, both_same(kind.format)});
  }
}

/// The sum, exact as a pair of numbers, so that it is rounded once.
uint64_t rounded_sum(const SmallFloat &format, double a, double b) {
  const long double x = a, y = b, sum = x + y;
  if (!std::isfinite(sum))
    return format.round(sum);
  const long double back = sum - x, error = (x - (sum - back)) + (y - back);
  return format.round(sum, 'n', error > 0 ? 1 : error < 0 ? -1 : 0);
}

uint64_t flush(const SmallFloat &f, uint64_t bits) {
  const uint64_t magnitude = bits & (f.sign_bit() - 1);
  return magnitude >> f.fraction_bits == 0 ? bits & f.sign_bit() : bits;
}
uint64_t saturate(const SmallFloat &f, uint64_t bits) {
  const double x = f.value(bits);
  return x > 0 ? (x < 1 ? bits : f.round(1)) : 0; // of NaN: +0
}
uint64_t relu(const SmallFloat &f, uint64_t bits) {
  return f.value(bits) <= 0 ? 0 : bits; // NaN stays
}

TEST(SmallFloatForms, Arithmetic) {
  std::vector<Form> forms;
  for (const Kind &kind : kKinds) {
    const SmallFloat f = kind.format;
    const bool half = kind.name[0] == 'f';
    for (const char *rounding : {"", ".rn"})
      for (bool ftz : {false, true})
        for (bool sat : {false, true}) {
          if (!half && (ftz || sat))
            continue;
          auto form = [&](const std::string &opcode, int operands, Scalar exact) {
            add_both(forms, kind, opcode + rounding + (ftz ? ".ftz" : "") + (sat ? ".sat" : ""),
                     operands, [=](uint64_t a, uint64_t b, uint64_t c) {
                       if (ftz)
                         a = flush(f, a), b = flush(f, b), c = flush(f, c);
                       uint64_t result = exact(a, b, c);
                       if (ftz)
                         result = flush(f, result);
                       return sat ? saturate(f, result) : result;
                     });
          };
          auto v = [f](uint64_t bits) { return f.value(bits); };
          form("add", 2,
               [=](uint64_t a, uint64_t b, uint64_t) { return rounded_sum(f, v(a), v(b)); });
          form("sub", 2,
               [=](uint64_t a, uint64_t b, uint64_t) { return rounded_sum(f, v(a), -v(b)); });
          form("mul", 2, [=](uint64_t a, uint64_t b, uint64_t) { return f.round(v(a) * v(b)); });
          auto fused = [=](uint64_t a, uint64_t b, uint64_t c) {
            return rounded_sum(f, v(a) * v(b), v(c)); // the product is exact in double
          };
          if (*rounding)
            form("fma", 3, fused);
          if (*rounding && !sat)
            add_both(forms, kind, std::string("fma.rn") + (ftz ? ".ftz" : "") + ".relu", 3,
                     [=](uint64_t a, uint64_t b, uint64_t c) {
                       if (ftz)
                         a = flush(f, a), b = flush(f, b), c = flush(f, c);
                       const uint64_t result = fused(a, b, c);
                       return relu(f, ftz ? flush(f, result) : result);
                     });
        }
    for (const char *ftz : {"", ".ftz"}) {
      if (*ftz && !half)
        continue;
      auto in = [=](uint64_t x) { return *ftz ? flush(f, x) : x; };
      add_both(forms, kind, std::string("neg") + ftz, 1,
               [=](uint64_t a, uint64_t, uint64_t) { return in(a) ^ f.sign_bit(); });
      add_both(forms, kind, std::string("abs") + ftz, 1,
               [=](uint64_t a, uint64_t, uint64_t) { return in(a) & ~f.sign_bit(); });
      for (bool nan : {false, true})
        for (bool xorsign : {false, true})
          for (bool maximum : {false, true})
            add_both(forms, kind,
                     std::string(maximum ? "max" : "min") + ftz + (nan ? ".NaN" : "") +
                         (xorsign ? ".xorsign.abs" : ""),
                     2, [=](uint64_t a, uint64_t b, uint64_t) {
                       a = in(a), b = in(b);
                       const uint64_t sign = (a ^ b) & f.sign_bit();
                       if (xorsign)
                         a &= ~f.sign_bit(), b &= ~f.sign_bit();
                       const double x = f.value(a), y = f.value(b);
                       uint64_t result;
                       if (std::isnan(x) || std::isnan(y))
                         result = nan || (std::isnan(x) && std::isnan(y)) ? f.sign_bit() - 1
                                  : std::isnan(x)                         ? b
                                                                          : a;
                       else if (x == y) // zeros of different sign
                         result = maximum == ((a & f.sign_bit()) != 0) ? b : a;
                       else
                         result = (x < y) == maximum ? b : a;
                       return xorsign ? (result & ~f.sign_bit()) | sign : result;
                     });
    }
  }
  check_forms(forms);
}

TEST(SmallFloatForms, Approximations) {
  std::vector<Form> forms;
  auto add = [&](const char *code, const char *type, const SmallFloat &format,
                 double (*exact)(double), double relative, double absolute) {
    forms.push_back({code, type, type, "", "", [](uint64_t, uint64_t, uint64_t) { return 0; },
                     [=](uint64_t got, uint64_t, uint64_t a, uint64_t) {
                       const double want = exact(format.value(a)), have = format.value(got);
                       if (std::isnan(want))
                         return std::isnan(have);
                       if (std::fabs(want) > format.value(format.largest()))
                         return std::isinf(have) || have == format.value(format.largest());
                       return std::fabs(have - want) <=
                              std::max(absolute, relative * std::fabs(want));
                     }});
  };
  // the manual's bounds: 2^-9.9 and 2^-7 relative for ex2, 2^-10.987 and 2^-8 absolute for tanh
  add("ex2.approx.f16 d, a;", "f16", kHalf, std::exp2, std::exp2(-9.9), std::exp2(-24));
  add("ex2.approx.ftz.bf16 d, a;", "bf16", kBrain, std::exp2, std::exp2(-7), 1.2e-38);
  add("tanh.approx.f16 d, a;", "f16", kHalf, std::tanh, 0, std::exp2(-10.987));
  add("tanh.approx.bf16 d, a;", "bf16", kBrain, std::tanh, 0, std::exp2(-8));
  check_forms(forms);
}

TEST(SmallFloatForms, MixedSums) {
  std::vector<Form> forms;
  const std::pair<const char *, int> modes[] = {
      {".rn", FE_TONEAREST}, {".rz", FE_TOWARDZERO}, {".rm", FE_DOWNWARD}, {".rp", FE_UPWARD}};
  for (const Kind &kind : kKinds)
    for (auto [name, mode] : modes)
      for (bool sat : {false, true}) {
        const std::string suffix = std::string(name) + (sat ? ".sat" : "") + ".f32." + kind.name;
        auto form = [&, mode](const char *opcode, int operands,
                              float (*compute)(float, float, float)) {
          forms.push_back(
              {opcode + suffix + (operands == 2 ? " d, a, b;" : " d, a, b, c;"), "f32", kind.name,
               operands == 2 ? "f32" : kind.name, operands == 2 ? "" : "f32",
               [=, f = kind.format](uint64_t a, uint64_t b, uint64_t c) {
                 volatile float x = static_cast<float>(f.value(a));
                 volatile float y = operands == 2 ? as_float(b) : static_cast<float>(f.value(b));
                 volatile float z = as_float(c);
                 std::fesetround(mode);
                 volatile float r = compute(x, y, z);
                 std::fesetround(FE_TONEAREST);
                 const float result = r;
                 return bits_of(!sat ? result : result > 0 ? std::min(result, 1.0f) : 0.0f);
               }});
        };
        form("add", 2, [](float x, float y, float) { return x + y; });
        form("sub", 2, [](float x, float y, float) { return x - y; });
        form("fma", 3, [](float x, float y, float z) { return std::fma(x, y, z); });
      }
  check_forms(forms);
}

TEST(SmallFloatForms, Narrowing) {
  std::vector<Form> forms;
  for (const Kind &kind : kKinds)
    for (char mode : {'n', 'z', 'm', 'p'})
      for (bool positive : {false, true})
        for (bool finite : {false, true}) {
          const bool directed = mode == 'm' || mode == 'p';
          if (directed && (positive || finite || kind.name[0] == 'b'))
            continue; // no such forms
          const std::string suffix = std::string(".r") + mode + (positive ? ".relu" : "") +
                                     (finite ? ".satfinite" : "") + "." + kind.name;
          auto narrow = [=, f = kind.format](float x) -> uint64_t {
            if (positive && x <= 0)
              return 0;
            return f.round(x, mode, 0, finite);
          };
          forms.push_back({"cvt" + suffix + ".f32 d, a;", kind.name, "f32", "", "",
                           [=](uint64_t a, uint64_t, uint64_t) { return narrow(as_float(a)); }});
          if (!directed)
            forms.push_back({"cvt" + suffix + "x2.f32 d, a, b;", "b32", "f32", "f32", "",
                             [=](uint64_t a, uint64_t b, uint64_t) {
                               return narrow(as_float(a)) << 16 | narrow(as_float(b));
                             },
                             both_same(kind.format)});
        }
  check_forms(forms);
}

TEST(SmallFloatForms, EightSixAndFourBits) {
  struct Tiny {
    const char *name;
    SmallFloat format;
    int shift;
    const char *reg;
  };
  const Tiny kinds[] = {{"e4m3x2", kE4m3, 8, "b16"},
                        {"e5m2x2", kE5m2, 8, "b16"},
                        {"e2m3x2", kE2m3, 8, "b16"},
                        {"e3m2x2", kE3m2, 8, "b16"},
                        {"e2m1x2", kE2m1, 4, "b8"}};
  std::vector<Form> forms;
  for (const Tiny &t : kinds)
    for (bool positive : {false, true}) {
      const std::string relu = positive ? ".relu" : "";
      auto narrow = [=](double x) -> uint64_t {
        const uint64_t bits = positive && x <= 0 ? 0 : t.format.round(x, 'n', 0, true);
        return std::isnan(x) ? bits & (t.format.sign_bit() - 1) : bits;
      };
      auto pair = [=](double high, double low) { return narrow(high) << t.shift | narrow(low); };
      forms.push_back(
          {"cvt.rn.satfinite" + relu + "." + t.name + ".f32 d, a, b;", t.reg, "f32", "f32", "",
           [=](uint64_t a, uint64_t b, uint64_t) { return pair(as_float(a), as_float(b)); }});
      for (const Kind &kind : kKinds) {
        if (kind.name[0] == 'b' && t.name[1] != '2' && t.name[1] != '3')
          continue; // e4m3 and e5m2 have no such forms
        forms.push_back({"cvt.rn.satfinite" + relu + "." + t.name + "." + kind.name + "x2 d, a;",
                         t.reg, "b32", "", "",
                         [=, f = kind.format](uint64_t a, uint64_t, uint64_t) {
                           return pair(f.value(a >> 16 & 0xffff), f.value(a & 0xffff));
                         }});
        forms.push_back({"cvt.rn" + relu + "." + kind.name + "x2." + t.name + " d, a;", "b32",
                         t.reg, "", "",
                         [=, f = kind.format](uint64_t a, uint64_t, uint64_t) {
                           uint64_t result = 0;
                           for (int i = 0; i < 2; ++i) {
                             const double x =
                                 t.format.value(a >> (i * t.shift) & (2 * t.format.sign_bit() - 1));
                             result |= (positive && x <= 0 ? 0 : f.round(x)) << (16 * i);
                           }
                           return result;
                         },
                         both_same(kind.format)});
      }
    }
  check_forms(forms);
}

TEST(SmallFloatForms, PowersOfTwo) {
  std::vector<Form> forms;
  for (bool up : {false, true})
    for (bool finite : {false, true}) {
      auto narrow = [=](float x) -> uint64_t {
        if (std::isnan(x))
          return 0xff;
        x = std::fabs(x);
        if (std::isinf(x))
          return finite ? 0xfe : 0xff;
        for (int e = 0; e < 255; ++e)
          if (std::ldexp(1.0, e - 127) >= x)
            return up || std::ldexp(1.0, e - 127) == x || e == 0 ? e : e - 1;
        return !up || finite ? 0xfe : 0xff;
      };
      const std::string code =
          std::string("cvt.") + (up ? "rp" : "rz") + (finite ? ".satfinite" : "") + ".ue8m0x2.";
      forms.push_back(
          {code + "f32 d, a, b;", "b16", "f32", "f32", "", [=](uint64_t a, uint64_t b, uint64_t) {
             return narrow(as_float(a)) << 8 | narrow(as_float(b));
           }});
      forms.push_back(
          {code + "bf16x2 d, a;", "b16", "b32", "", "", [=](uint64_t a, uint64_t, uint64_t) {
             return narrow(as_float(a & 0xffff0000)) << 8 | narrow(as_float(a << 16));
           }});
    }
  forms.push_back(
      {"cvt.rn.bf16x2.ue8m0x2 d, a;", "b32", "b16", "", "", [](uint64_t a, uint64_t, uint64_t) {
         uint64_t result = 0;
         for (int i = 0; i < 2; ++i) {
           const int e = static_cast<int>(a >> (8 * i) & 0xff);
           result |= (e == 255 ? 0x7fff : kBrain.round(std::ldexp(1.0L, e - 127))) << (16 * i);
         }
         return result;
       }});
  check_forms(forms);
}

TEST(SmallFloatForms, Tf32) {
  std::vector<Form> forms;
  for (const char *rounding : {"rn", "rna", "rz"})
    for (bool positive : {false, true}) {
      if (positive && std::string(rounding) == "rna")
        continue;
      const char mode = rounding[1] == 'z' ? 'z' : rounding[2] == 'a' ? 'a' : 'n';
      forms.push_back(
          {std::string("cvt.") + rounding + (positive ? ".relu" : "") + ".tf32.f32 d, a;", "b32",
           "f32", "", "", [=](uint64_t a, uint64_t, uint64_t) -> uint64_t {
             const float x = as_float(a);
             if (positive && x <= 0)
               return 0;
             constexpr SmallFloat kTf32{8, 10, 127, Special::Ieee};
             if (std::isnan(x))
               return 0x7fffffff;
             return kTf32.round(x, mode) << 13;
           }});
    }
  check_forms(forms);
}

TEST(SmallFloatForms, PackedIntegers) {
  std::vector<Form> forms;
  struct Kind8 {
    const char *name;
    int bits;
    bool sign, third;
  };
  for (const Kind8 &k :
       {Kind8{"u16", 16, false, false}, Kind8{"s16", 16, true, false}, Kind8{"u8", 8, false, true},
        Kind8{"s8", 8, true, true}, Kind8{"u4", 4, false, true}, Kind8{"s4", 4, true, true},
        Kind8{"u2", 2, false, true}, Kind8{"s2", 2, true, true}}) {
    auto clamp = [=](uint64_t raw) {
      const int64_t low = k.sign ? -(1ll << (k.bits - 1)) : 0;
      const int64_t high = k.sign ? (1ll << (k.bits - 1)) - 1 : (1ll << k.bits) - 1;
      return static_cast<uint64_t>(std::clamp<int64_t>(static_cast<int32_t>(raw), low, high)) &
             ((1ull << k.bits) - 1);
    };
    forms.push_back({std::string("cvt.pack.sat.") + k.name + ".s32" +
                         (k.third ? ".b32 d, a, b, c;" : " d, a, b;"),
                     "b32", "b32", "b32", k.third ? "b32" : "",
                     [=](uint64_t a, uint64_t b, uint64_t c) {
                       return (k.third ? c << (2 * k.bits) : 0) | clamp(a) << k.bits | clamp(b);
                     }});
  }
  check_forms(forms);
}

} // namespace
} // namespace softcuda::jit::test
