// cvt between all integer and float types and in all roundings, and the comparisons.
#include "ptx_harness.h"
#include "small_float.h"

#include <cfenv>
#include <cmath>

namespace softcuda::jit::test {
namespace {

struct IntegerType {
  const char *name;
  unsigned bits;
  bool sign;
};
const IntegerType kIntegers[] = {{"u8", 8, false},   {"s8", 8, true},    {"u16", 16, false},
                                 {"s16", 16, true},  {"u32", 32, false}, {"s32", 32, true},
                                 {"u64", 64, false}, {"s64", 64, true}};

__int128 integer_value(const IntegerType &t, uint64_t raw) {
  uint64_t masked = t.bits == 64 ? raw : raw & ((1ull << t.bits) - 1);
  if (!t.sign)
    return masked;
  return static_cast<int64_t>(masked << (64 - t.bits)) >> (64 - t.bits);
}

/// 8-bit values live in 16-bit registers at least.
std::string register_of(const IntegerType &t) {
  return "b" + std::to_string(std::max(t.bits, 16u));
}

uint64_t in_register(const IntegerType &t, __int128 value) {
  auto raw = static_cast<uint64_t>(integer_value(t, static_cast<uint64_t>(value)));
  return t.bits < 16 ? raw & 0xffff : raw;
}

__int128 clamped(const IntegerType &t, __int128 value) {
  __int128 low = t.sign ? -(__int128{1} << (t.bits - 1)) : 0;
  __int128 high = t.sign ? (__int128{1} << (t.bits - 1)) - 1 : (__int128{1} << t.bits) - 1;
  return value < low ? low : value > high ? high : value;
}

TEST(PtxForms, IntegerConversions) {
  std::vector<Form> forms;
  for (const IntegerType &to : kIntegers)
    for (const IntegerType &from : kIntegers)
      for (bool saturate : {false, true}) {
        if (to.name == from.name)
          continue;
        forms.push_back(
            {std::string("cvt") + (saturate ? ".sat." : ".") + to.name + "." + from.name + " d, a;",
             register_of(to), register_of(from), "", "", [=](uint64_t a, uint64_t, uint64_t) {
               __int128 value = integer_value(from, a);
               return in_register(to, saturate ? clamped(to, value) : value);
             }});
      }
  check_forms(forms);
}

struct Mode {
  const char *name;
  int host;
};
const Mode kModes[] = {
    {"rn", FE_TONEAREST}, {"rz", FE_TOWARDZERO}, {"rm", FE_DOWNWARD}, {"rp", FE_UPWARD}};

TEST(PtxForms, FloatToInteger) {
  std::vector<Form> forms;
  for (const IntegerType &to : kIntegers)
    for (const Mode &mode : kModes)
      for (bool wide : {false, true}) {
        std::string from = wide ? "f64" : "f32";
        forms.push_back({std::string("cvt.") + mode.name + "i." + to.name + "." + from + " d, a;",
                         register_of(to), from, "", "",
                         [=](uint64_t a, uint64_t, uint64_t) -> uint64_t {
                           long double value = wide ? as_double(a) : as_float(a);
                           if (std::isnan(value))
                             return 0;
                           std::fesetround(mode.host);
                           long double whole = std::nearbyint(value);
                           std::fesetround(FE_TONEAREST);
                           whole = std::max(-1e20L, std::min(1e20L, whole));
                           return in_register(to, clamped(to, static_cast<__int128>(whole)));
                         }});
      }
  check_forms(forms);
}

TEST(PtxForms, IntegerToFloat) {
  std::vector<Form> forms;
  for (const IntegerType &from : kIntegers)
    for (const Mode &mode : kModes)
      for (bool wide : {false, true})
        forms.push_back(
            {std::string("cvt.") + mode.name + (wide ? ".f64." : ".f32.") + from.name + " d, a;",
             wide ? "f64" : "f32", register_of(from), "", "", [=](uint64_t a, uint64_t, uint64_t) {
               __int128 value = integer_value(from, a);
               std::fesetround(mode.host);
               // both fit the 64 bits of a long double exactly, so that only the last step rounds
               volatile long double exact = static_cast<long double>(value);
               volatile double to_double = static_cast<double>(exact);
               volatile float to_float = static_cast<float>(exact);
               std::fesetround(FE_TONEAREST);
               return wide ? bits_of(static_cast<double>(to_double))
                           : bits_of(static_cast<float>(to_float));
             }});
  check_forms(forms);
}

TEST(PtxForms, FloatToFloat) {
  std::vector<Form> forms;
  for (const Mode &mode : kModes) {
    forms.push_back({std::string("cvt.") + mode.name + ".f32.f64 d, a;", "f32", "f64", "", "",
                     [=](uint64_t a, uint64_t, uint64_t) {
                       std::fesetround(mode.host);
                       volatile double x = as_double(a);
                       volatile float y = static_cast<float>(x);
                       std::fesetround(FE_TONEAREST);
                       return bits_of(static_cast<float>(y));
                     }});
    forms.push_back({std::string("cvt.") + mode.name + "i.f32.f32 d, a;", "f32", "f32", "", "",
                     [=](uint64_t a, uint64_t, uint64_t) {
                       std::fesetround(mode.host);
                       float y = std::nearbyint(as_float(a));
                       std::fesetround(FE_TONEAREST);
                       return bits_of(y);
                     }});
    forms.push_back({std::string("cvt.") + mode.name + "i.f64.f64 d, a;", "f64", "f64", "", "",
                     [=](uint64_t a, uint64_t, uint64_t) {
                       std::fesetround(mode.host);
                       double y = std::nearbyint(as_double(a));
                       std::fesetround(FE_TONEAREST);
                       return bits_of(y);
                     }});
  }
  forms.push_back({"cvt.f64.f32 d, a;", "f64", "f32", "", "", [](uint64_t a, uint64_t, uint64_t) {
                     return bits_of(static_cast<double>(as_float(a)));
                   }});
  forms.push_back(
      {"cvt.sat.f32.f32 d, a;", "f32", "f32", "", "", [](uint64_t a, uint64_t, uint64_t) {
         float x = as_float(a);
         return bits_of(x > 0 ? (x < 1 ? x : 1.0f) : 0.0f);
       }});
  check_forms(forms);
}

template <typename T> bool compare(const std::string &name, T a, T b) {
  std::string base = name.size() == 3 && name.back() == 'u' ? name.substr(0, 2) : name;
  bool unordered = a != a || b != b;
  if (name == "num" || name == "nan")
    return (name == "nan") == unordered;
  if (unordered)
    return name.size() == 3;
  return base == "eq"                   ? a == b
         : base == "ne"                 ? a != b
         : base == "lt" || base == "lo" ? a < b
         : base == "le" || base == "ls" ? a <= b
         : base == "gt" || base == "hi" ? a > b
                                        : a >= b;
}

TEST(PtxForms, Comparisons) {
  std::vector<Form> forms;
  for (const IntegerType &t : kIntegers) {
    if (t.bits == 8)
      continue;
    for (const char *name : {"eq", "ne", "lt", "le", "gt", "ge"})
      forms.push_back({std::string("setp.") + name + "." + t.name + " d, a, b;", "pred", t.name,
                       t.name, "", [=](uint64_t a, uint64_t b, uint64_t) {
                         return compare<__int128>(name, integer_value(t, a), integer_value(t, b));
                       }});
    if (!t.sign)
      for (const char *name : {"lo", "ls", "hi", "hs"})
        forms.push_back(
            {std::string("setp.") + name + "." + t.name + " d, a, b;", "pred", t.name, t.name, "",
             [=](uint64_t a, uint64_t b, uint64_t) { return compare<__int128>(name, a, b); }});
  }
  for (const char *name : {"eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu",
                           "geu", "num", "nan"}) {
    forms.push_back({std::string("setp.") + name + ".f32 d, a, b;", "pred", "f32", "f32", "",
                     [=](uint64_t a, uint64_t b, uint64_t) {
                       return compare(name, as_float(a), as_float(b));
                     }});
    forms.push_back({std::string("setp.") + name + ".f64 d, a, b;", "pred", "f64", "f64", "",
                     [=](uint64_t a, uint64_t b, uint64_t) {
                       return compare(name, as_double(a), as_double(b));
                     }});
    forms.push_back({std::string("set.") + name + ".u32.f32 d, a, b;", "b32", "f32", "f32", "",
                     [=](uint64_t a, uint64_t b, uint64_t) {
                       return compare(name, as_float(a), as_float(b)) ? 0xffffffffull : 0ull;
                     }});
  }
  // of the small floats, one at a time and in pairs; what set writes for "true" depends on its result's type
  const std::pair<const char *, uint64_t> truths[] = {
      {"u16", 0xffff}, {"s16", 0xffff}, {"u32", ~0ull}, {"s32", ~0ull}, {"f16", 0x3c00}};
  for (const char *name :
       {"eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"})
    for (bool brain : {false, true}) {
      const SmallFloat format = brain ? kBrain : kHalf;
      const std::string type = brain ? "bf16" : "f16", n = name;
      auto holds = [=](uint64_t a, uint64_t b) {
        return compare(n, format.value(a & 0xffff), format.value(b & 0xffff));
      };
      forms.push_back({"setp." + n + "." + type + " d, a, b;", "pred", type, type, "",
                       [=](uint64_t a, uint64_t b, uint64_t) { return holds(a, b); }});
      for (bool upper : {false, true})
        forms.push_back(
            {".reg .pred q; setp." + n + "." + type + "x2 " + (upper ? "q|d" : "d|q") + ", a, b;",
             "pred", type + "x2", type + "x2", "", [=](uint64_t a, uint64_t b, uint64_t) {
               return upper ? holds(a >> 16, b >> 16) : holds(a, b);
             }});
      for (auto [to, truth] : truths) {
        const std::string result = brain && std::string(to) == "f16" ? "bf16" : to;
        const uint64_t value = result == "bf16" ? 0x3f80 : truth;
        forms.push_back(
            {"set." + n + "." + result + "." + type + " d, a, b;", result[1] == '3' ? "b32" : "b16",
             type, type, "",
             [=](uint64_t a, uint64_t b, uint64_t) { return holds(a, b) ? value : 0; }});
      }
      const uint64_t one = brain ? 0x3f80 : 0x3c00;
      forms.push_back({"set." + n + "." + type + "x2." + type + "x2 d, a, b;", "b32", type + "x2",
                       type + "x2", "", [=](uint64_t a, uint64_t b, uint64_t) {
                         return (holds(a >> 16, b >> 16) ? one << 16 : 0) | (holds(a, b) ? one : 0);
                       }});
    }
  for (const char *to : {"u32", "s32", "f32"}) {
    const uint64_t truth = to[0] == 'f' ? 0x3f800000 : ~0ull;
    for (const char *name : {"eq", "lt", "geu", "nan"})
      forms.push_back({std::string("set.") + name + ".and." + to + ".f64 d, a, b, c;", "b32", "f64",
                       "f64", "pred", [=](uint64_t a, uint64_t b, uint64_t c) {
                         return c && compare(name, as_double(a), as_double(b)) ? truth : 0;
                       }});
    for (const IntegerType &t : kIntegers)
      if (t.bits > 8)
        for (const char *name : {"eq", "ne", "lt", "ge"})
          forms.push_back(
              {std::string("set.") + name + "." + to + "." + t.name + " d, a, b;", "b32", t.name,
               t.name, "", [=](uint64_t a, uint64_t b, uint64_t) {
                 return compare<__int128>(name, integer_value(t, a), integer_value(t, b)) ? truth
                                                                                          : 0;
               }});
  }
  for (const char *type : {"u16", "s32", "b64", "f32", "f64"}) {
    forms.push_back(
        {std::string("slct.") + type + ".f32 d, a, b, c;", type, type, type, "f32",
         [](uint64_t a, uint64_t b, uint64_t c) { return as_float(c) >= 0 ? a : b; },
         [](uint64_t got, uint64_t wanted, uint64_t, uint64_t) { return got == wanted; }});
    forms.push_back(
        {std::string("slct.") + type + ".s32 d, a, b, c;", type, type, type, "b32",
         [](uint64_t a, uint64_t b, uint64_t c) { return static_cast<int32_t>(c) >= 0 ? a : b; },
         [](uint64_t got, uint64_t wanted, uint64_t, uint64_t) { return got == wanted; }});
  }
  forms.push_back({".reg .pred q; setp.lt.s32 q, c, 0; setp.lt.and.s32 d, a, b, !q;", "pred", "b32",
                   "b32", "b32", [](uint64_t a, uint64_t b, uint64_t c) {
                     return static_cast<int32_t>(a) < static_cast<int32_t>(b) &&
                            static_cast<int32_t>(c) >= 0;
                   }});
  forms.push_back({".reg .pred q; setp.lt.xor.s32 q|d, a, b, c;", "pred", "b32", "b32", "pred",
                   [](uint64_t a, uint64_t b, uint64_t c) {
                     return static_cast<uint64_t>(
                         !(static_cast<int32_t>(a) < static_cast<int32_t>(b)) != (c != 0));
                   }});
  forms.push_back({"selp.b64 d, a, b, c;", "b64", "b64", "b64", "pred",
                   [](uint64_t a, uint64_t b, uint64_t c) { return c ? a : b; }});
  forms.push_back(
      {"slct.u32.s32 d, a, b, c;", "b32", "b32", "b32", "b32",
       [](uint64_t a, uint64_t b, uint64_t c) { return static_cast<int32_t>(c) >= 0 ? a : b; }});
  check_forms(forms);
}

} // namespace
} // namespace softcuda::jit::test
