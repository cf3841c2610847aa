// Directed rounding in float. The exact result, or a double so close that only its last bit is in doubt, is
// computed in double together with the sign of what is missing; then one float is chosen. No rounding mode is
// switched, so that loops over these still vectorise. (expf of libdevice contains fma.rm.f32.)
#include "helpers.h"

namespace {

// `value` + something of the sign of `rest` (tiny, or zero), rounded to float. Mode: 0 zero, 1 down, 2 up.
template <int Mode> inline float round_directed(double value, double rest) {
  float nearest = static_cast<float>(value);
  double error = static_cast<double>(nearest) - value; // exact
  // is the float above, below or at the exact value?
  bool above = error > 0 || (error == 0 && rest < 0);
  bool below = error < 0 || (error == 0 && rest > 0);
  uint32_t bits = to_bits(nearest);
  bool negative = bits >> 31;
  bool toward_zero, away;
  if constexpr (Mode == 0) {
    toward_zero = negative ? below : above;
    away = false;
  } else if constexpr (Mode == 1) {
    toward_zero = !negative && above;
    away = negative && above;
  } else {
    toward_zero = negative && below;
    away = !negative && below;
  }
  bool finite_value = __builtin_fabs(value) < __builtin_inf();
  if (!finite_value || value != value)
    return nearest;
  if ((bits & 0x7fffffff) == 0) { // the neighbours of zero
    if (Mode == 1 && above)
      return from_bits(0x80000001u);
    if (Mode == 2 && below)
      return from_bits(1u);
    return nearest;
  }
  if (toward_zero)
    bits -= 1;
  if (away)
    bits += (bits & 0x7fffffff) < 0x7f800000 ? 1 : 0;
  return from_bits(bits);
}

struct Sum {
  double value, rest;
};

inline Sum two_sum(double a, double b) {
  double s = a + b, t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

// -0 where an exact zero results from different signs and rounding is down.
template <int Mode> inline float finish_sum(double a, double b) {
  Sum sum = two_sum(a, b);
  if (sum.value == 0 && sum.rest == 0 && Mode == 1 && !(a == 0 && b == 0))
    return -0.0f;
  if (sum.value == 0 && a == 0 && b == 0 && Mode == 1)
    return to_bits64(a) >> 63 || to_bits64(b) >> 63 ? -0.0f : 0.0f;
  return round_directed<Mode>(sum.value, sum.rest);
}

} // namespace

#define DEFINE_MODE(name, mode)                                                                    \
  HELPER float ptx_add_##name##_f32(float a, float b) { return finish_sum<mode>(a, b); }           \
  HELPER float ptx_sub_##name##_f32(float a, float b) {                                            \
    return finish_sum<mode>(a, -static_cast<double>(b));                                           \
  }                                                                                                \
  HELPER float ptx_mul_##name##_f32(float a, float b) {                                            \
    return round_directed<mode>(static_cast<double>(a) * b, 0);                                    \
  }                                                                                                \
  HELPER float ptx_fma_##name##_f32(float a, float b, float c) {                                   \
    return finish_sum<mode>(static_cast<double>(a) * b, c);                                        \
  }                                                                                                \
  HELPER float ptx_cvt_##name##_f32_f64(double a) { return round_directed<mode>(a, 0); }

DEFINE_MODE(rz, 0)
DEFINE_MODE(rm, 1)
DEFINE_MODE(rp, 2)

namespace {

// Rounds to odd: a following rounding to fewer bits is then the only one that counts.
inline float round_to_odd(double value, double rest) {
  float toward_zero = round_directed<0>(value, rest);
  bool exact = static_cast<double>(toward_zero) == value && rest == 0;
  uint32_t bits = to_bits(toward_zero);
  bool finite_value = (bits & 0x7f800000) != 0x7f800000;
  return exact || !finite_value ? toward_zero : from_bits(bits | 1);
}

} // namespace

HELPER float ptx_cvt_odd_f32_f64(double a) {
  return a != a ? from_bits(0x7fffffff) : round_to_odd(a, 0);
}

HELPER float ptx_fma_odd_f32(float a, float b, float c) {
  Sum sum = two_sum(static_cast<double>(a) * b, c);
  return sum.value != sum.value ? from_bits(0x7fffffff)
                                : round_to_odd(sum.value, sum.rest == sum.rest ? sum.rest : 0);
}

HELPER uint16_t ptx_fma_f16(float a, float b, float c) {
  return half_bits(static_cast<_Float16>(ptx_fma_odd_f32(a, b, c)));
}
