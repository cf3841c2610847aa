// cvt to and from f16 and bf16 in every rounding, and cvt with .sat and .ftz between all floats.
#include "ptx_harness.h"
#include "small_float.h"

#include <algorithm>
#include <cmath>

namespace softcuda::jit::test {
namespace {

struct IntegerType {
  const char *name;
  unsigned bits;
  bool sign;

  std::string reg() const { return "b" + std::to_string(std::max(bits, 16u)); }
  long double value(uint64_t raw) const {
    const uint64_t masked = bits == 64 ? raw : raw & ((1ull << bits) - 1);
    if (!sign)
      return static_cast<long double>(masked);
    return static_cast<long double>(static_cast<int64_t>(masked << (64 - bits)) >> (64 - bits));
  }
  /// As it lies in a register, the nearest that there is.
  uint64_t clamped(long double whole) const {
    const long double low = sign ? -std::ldexp(1.0L, static_cast<int>(bits) - 1) : 0;
    const long double high = std::ldexp(1.0L, static_cast<int>(sign ? bits - 1 : bits)) - 1;
    const long double inside = std::clamp(whole, low, high);
    const uint64_t raw = inside < 0 ? static_cast<uint64_t>(static_cast<int64_t>(inside))
                                    : static_cast<uint64_t>(inside);
    return bits < 16 ? raw & 0xffff : raw;
  }
};
const IntegerType kIntegers[] = {{"u8", 8, false},   {"s8", 8, true},    {"u16", 16, false},
                                 {"s16", 16, true},  {"u32", 32, false}, {"s32", 32, true},
                                 {"u64", 64, false}, {"s64", 64, true}};

/// A float format: how its registers are read, and how a number is rounded to it.
struct FloatType {
  const char *name;
  SmallFloat format;
  double value(uint64_t bits) const {
    return name == std::string("f64")   ? as_double(bits)
           : name == std::string("f32") ? static_cast<double>(as_float(bits))
                                        : format.value(bits);
  }
  bool is_wide() const { return name[1] == '3' || name[1] == '6'; }
};
const FloatType kFloats[] = {{"f16", kHalf}, {"bf16", kBrain}, {"f32", kHalf}, {"f64", kHalf}};

/// To a whole number.
long double whole(long double x, char mode) {
  if (std::isnan(x) || std::isinf(x))
    return x;
  const long double below = std::floor(x), up = x - below;
  switch (mode) {
  case 'z':
    return std::trunc(x);
  case 'm':
    return below;
  case 'p':
    return std::ceil(x);
  default: // to the nearest, of two the even one
    return up < 0.5L || (up == 0.5L && std::fmod(below, 2.0L) == 0) ? below : below + 1;
  }
}

uint64_t round_to(const FloatType &to, long double x, char mode) {
  if (!to.is_wide())
    return to.format.round(x, mode);
  return to.name == std::string("f64") ? bits_of(static_cast<double>(x))
                                       : bits_of(static_cast<float>(x));
}

double within_unit(double x) { return x > 0 ? std::min(x, 1.0) : 0; } // of NaN: 0

TEST(HalfConversions, ToIntegers) {
  std::vector<Form> forms;
  for (const FloatType &from : {kFloats[0], kFloats[1]})
    for (const IntegerType &to : kIntegers)
      for (char mode : {'n', 'z', 'm', 'p'})
        for (const char *sat : {"", ".sat"}) // which they do anyway
          forms.push_back(
              {std::string("cvt.r") + mode + "i" + sat + "." + to.name + "." + from.name + " d, a;",
               to.reg(), from.name, "", "", [=](uint64_t a, uint64_t, uint64_t) {
                 const double x = from.value(a);
                 return std::isnan(x) ? 0 : to.clamped(whole(x, mode));
               }});
  check_forms(forms);
}

TEST(HalfConversions, FromIntegers) {
  std::vector<Form> forms;
  for (const FloatType &to : {kFloats[0], kFloats[1]})
    for (const IntegerType &from : kIntegers)
      for (char mode : {'n', 'z', 'm', 'p'})
        forms.push_back({std::string("cvt.r") + mode + "." + to.name + "." + from.name + " d, a;",
                         to.name, from.reg(), "", "", [=](uint64_t a, uint64_t, uint64_t) {
                           return round_to(to, from.value(a), mode);
                         }});
  check_forms(forms);
}

TEST(HalfConversions, BetweenFloats) {
  std::vector<Form> forms;
  for (const FloatType &from : kFloats)
    for (const FloatType &to : {kFloats[0], kFloats[1]}) {
      if (from.name == to.name)
        continue;
      for (char mode : {'n', 'z', 'm', 'p'})
        forms.push_back({std::string("cvt.r") + mode + "." + to.name + "." + from.name + " d, a;",
                         to.name, from.name, "", "", [=](uint64_t a, uint64_t, uint64_t) {
                           return round_to(to, from.value(a), mode);
                         }});
    }
  for (const FloatType &from : {kFloats[0], kFloats[1]})
    for (const FloatType &to : {kFloats[2], kFloats[3]})
      forms.push_back(
          {std::string("cvt.") + to.name + "." + from.name + " d, a;", to.name, from.name, "", "",
           [=](uint64_t a, uint64_t, uint64_t) { return round_to(to, from.value(a), 'n'); }});
  for (const FloatType &both : kFloats)
    for (char mode : {'n', 'z', 'm', 'p'})
      forms.push_back({std::string("cvt.r") + mode + "i." + both.name + "." + both.name + " d, a;",
                       both.name, both.name, "", "", [=](uint64_t a, uint64_t, uint64_t) {
                         const double x = both.value(a);
                         return round_to(
                             both, std::copysign(whole(x, mode), static_cast<long double>(x)), 'n');
                       }});
  check_forms(forms);
}

TEST(HalfConversions, Saturated) {
  std::vector<Form> forms;
  for (const FloatType &from : kFloats)
    for (const FloatType &to : kFloats) {
      if (from.name[0] == 'b' || to.name[0] == 'b')
        continue;
      const bool narrows = std::string(from.name).substr(1) > std::string(to.name).substr(1);
      for (char mode : narrows ? std::string("nzmp") : std::string("n")) {
        const bool exact = from.name == to.name || !narrows;
        if (narrows && to.is_wide() && mode != 'n')
          continue; // f32 of f64 in other modes: in another test
        const std::string rounding = exact ? "" : std::string(".r") + mode;
        forms.push_back({"cvt" + rounding + ".sat." + to.name + "." + from.name + " d, a;", to.name,
                         from.name, "", "", [=](uint64_t a, uint64_t, uint64_t) {
                           return round_to(to, within_unit(from.value(a)), mode);
                         }});
      }
    }
  for (const FloatType &to : {kFloats[0], kFloats[2], kFloats[3]})
    for (const IntegerType &from : kIntegers)
      forms.push_back({std::string("cvt.rn.sat.") + to.name + "." + from.name + " d, a;", to.name,
                       from.reg(), "", "", [=](uint64_t a, uint64_t, uint64_t) {
                         return round_to(to, within_unit(static_cast<double>(from.value(a))), 'n');
                       }});
  check_forms(forms);
}

TEST(HalfConversions, Flushed) { // subnormal f32 are zeros, before and behind
  auto flushed = [](float x) {
    return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0f, x) : x;
  };
  std::vector<Form> forms;
  auto from_f32 = [&](const std::string &code, const std::string &reg, auto of) {
    forms.push_back({"cvt." + code + ".f32 d, a;", reg, "f32", "", "",
                     [=](uint64_t a, uint64_t, uint64_t) { return of(flushed(as_float(a))); }});
  };
  from_f32("ftz.f64", "f64", [](float x) { return bits_of(static_cast<double>(x)); });
  from_f32("rn.ftz.f16", "f16", [](float x) { return kHalf.round(x); });
  from_f32("ftz.f32", "f32", [](float x) { return bits_of(x); });
  from_f32("ftz.sat.f32", "f32",
           [](float x) { return bits_of(static_cast<float>(within_unit(x))); });
  for (char mode : {'n', 'z', 'm', 'p'}) {
    from_f32(std::string("r") + mode + "i.ftz.f32", "f32", [=](float x) {
      return bits_of(std::copysign(static_cast<float>(whole(x, mode)), x));
    });
    for (const IntegerType &to : kIntegers)
      from_f32(std::string("r") + mode + "i.ftz." + to.name, to.reg(),
               [=](float x) { return std::isnan(x) ? 0 : to.clamped(whole(x, mode)); });
  }
  forms.push_back(
      {"cvt.rn.ftz.f32.f64 d, a;", "f32", "f64", "", "", [=](uint64_t a, uint64_t, uint64_t) {
         return bits_of(flushed(static_cast<float>(as_double(a))));
       }});
  forms.push_back(
      {"cvt.ftz.f32.f16 d, a;", "f32", "f16", "", "",
       [](uint64_t a, uint64_t, uint64_t) { return bits_of(static_cast<float>(kHalf.value(a))); }});
  check_forms(forms);
}

} // namespace
} // namespace softcuda::jit::test
