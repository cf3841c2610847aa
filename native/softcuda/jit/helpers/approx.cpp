// The .approx functions. PTX bounds their error; these polynomials stay well within: ex2, lg2, tanh to about 2 ulp,
// sin and cos to 2^-21 absolute in [-2π, 2π]. Branch-free, so that loops vectorise.
#include "helpers.h"

namespace {

// 2^f for |f| <= 0.5: Taylor coefficients of exp(f ln 2)
inline float exp2_fraction(float f) {
  float p = 1.5403530e-4f;
  p = __builtin_fmaf(p, f, 1.3333558e-3f);
  p = __builtin_fmaf(p, f, 9.6181291e-3f);
  p = __builtin_fmaf(p, f, 5.5504109e-2f);
  p = __builtin_fmaf(p, f, 2.4022651e-1f);
  p = __builtin_fmaf(p, f, 6.9314718e-1f);
  return __builtin_fmaf(p, f, 1.0f);
}

inline float exp2_any(float x) {
  float clamped = x < -160.0f ? -160.0f : x > 130.0f ? 130.0f : x;
  float whole = __builtin_rintf(clamped);
  int exponent = static_cast<int>(whole);
  float value = exp2_fraction(clamped - whole);
  // two steps, because 2^exponent alone may be subnormal or overflow
  int first = exponent / 2, second = exponent - first;
  value *= from_bits(static_cast<uint32_t>(first + 127) << 23);
  value *= from_bits(static_cast<uint32_t>(second + 127) << 23);
  return x != x ? from_bits(0x7fffffff) : value;
}

// sin and cos of r in [-π/4, π/4]
inline float sin_core(float r) {
  float r2 = r * r;
  float p = __builtin_fmaf(r2, 2.7183114e-6f, -1.9839335e-4f);
  p = __builtin_fmaf(p, r2, 8.3333293e-3f);
  p = __builtin_fmaf(p, r2, -1.6666667e-1f);
  return __builtin_fmaf(p * r2, r, r);
}

inline float cos_core(float r) {
  float r2 = r * r;
  float p = __builtin_fmaf(r2, 2.4390450e-5f, -1.3887316e-3f);
  p = __builtin_fmaf(p, r2, 4.1666646e-2f);
  p = __builtin_fmaf(p, r2, -0.5f);
  return __builtin_fmaf(p, r2, 1.0f);
}

// Reduction in double: good for every argument below 2^30, far beyond where .approx promises anything.
inline float sin_quadrant(float x, int shift) {
  double quadrant = __builtin_rint(static_cast<double>(x) * 0.63661977236758134);
  float r = static_cast<float>(static_cast<double>(x) - quadrant * 1.5707963267948966);
  int q = static_cast<int>(static_cast<long long>(quadrant)) + shift;
  float value = q & 1 ? cos_core(r) : sin_core(r);
  value = q & 2 ? -value : value;
  bool usable = __builtin_fabsf(x) < 1073741824.0f;
  return usable ? value : from_bits(0x7fffffff);
}

} // namespace

HELPER float ptx_ex2(float x) { return exp2_any(x); }
HELPER float ptx_sin(float x) { return sin_quadrant(x, 0); }
HELPER float ptx_cos(float x) { return sin_quadrant(x, 1); }

HELPER float ptx_lg2(float x) {
  bool subnormal = x < 1.17549435e-38f;
  float scaled = subnormal ? x * 16777216.0f : x;
  uint32_t bits = to_bits(scaled);
  // mantissa in [sqrt(1/2), sqrt(2))
  int32_t exponent = static_cast<int32_t>(bits - 0x3f3504f3u) >> 23;
  float m = from_bits(bits - (static_cast<uint32_t>(exponent) << 23));
  float s = (m - 1.0f) / (m + 1.0f), s2 = s * s;
  float p = __builtin_fmaf(s2, 0.4121985831f, 0.5770780164f);
  p = __builtin_fmaf(p, s2, 0.9617966939f);
  p = __builtin_fmaf(p * s2, s, 2.8853900818f * s);
  float result = p + static_cast<float>(exponent - (subnormal ? 24 : 0));
  result = x == 0.0f ? -__builtin_inff() : result;
  result = x < 0.0f || x != x ? from_bits(0x7fffffff) : result;
  return x == __builtin_inff() ? x : result;
}

HELPER float ptx_tanh(float x) {
  float a = __builtin_fabsf(x);
  float e = exp2_any(a * 2.8853900818f); // e^(2a)
  float large = 1.0f - 2.0f / (e + 1.0f);
  float x2 = x * x;
  float p = __builtin_fmaf(x2, 2.1869488e-2f, -5.3968254e-2f);
  p = __builtin_fmaf(p, x2, 1.3333333e-1f);
  p = __builtin_fmaf(p, x2, -3.3333333e-1f);
  float small = __builtin_fmaf(p * x2, a, a);
  float result = a < 0.3f ? small : large;
  return __builtin_copysignf(x != x ? x : result, x);
}

// Only the upper 32 bits of the f64 forms with .ftz are significant on NVIDIA's hardware; libdevice refines them, and
// relies on the lower half being zero.
HELPER double ptx_rcp_approx_f64(double x) {
  double magnitude = __builtin_fabs(x);
  if (magnitude < 2.2250738585072014e-308)
    return __builtin_copysign(__builtin_inf(), x);
  return from_bits64(to_bits64(1.0 / x) & 0xffffffff00000000ull);
}

HELPER double ptx_rsqrt_approx_f64(double x) {
  if (__builtin_fabs(x) < 2.2250738585072014e-308)
    return __builtin_copysign(__builtin_inf(), x);
  return from_bits64(to_bits64(1.0 / __builtin_sqrt(x)) & 0xffffffff00000000ull);
}
