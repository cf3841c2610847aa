// Conversions that LLVM has no instruction for: directed rounding of integers and small floats, tf32, 8-bit floats.
#include "helpers.h"

namespace {

enum Mode { Zero, Down, Up };

// An integer's magnitude to a float of `Digits` significant bits, as a double or exact pieces of one.
template <int Digits> double from_magnitude(uint64_t magnitude, bool negative, Mode mode) {
  int width = magnitude ? 64 - __builtin_clzll(magnitude) : 0;
  int drop = width > Digits ? width - Digits : 0;
  uint64_t lost = magnitude & ((1ull << drop) - 1);
  uint64_t kept = magnitude >> drop;
  bool away = lost && ((mode == Up && !negative) || (mode == Down && negative));
  double value = static_cast<double>(kept + away) * static_cast<double>(1ull << drop);
  return negative ? -value : value;
}

uint64_t magnitude_of(int64_t value) {
  return value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

// float to a 16-bit format with `Fraction` fraction bits, `Bias`, rounding as asked.
template <int Fraction, int Bias> uint16_t narrow(float value, Mode mode) {
  constexpr int kExponentBits = 15 - Fraction;
  constexpr uint32_t kInfinity = ((1u << kExponentBits) - 1) << Fraction;
  uint32_t bits = to_bits(value), sign = bits >> 31;
  if (value != value)
    return 0x7fff;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude == 0x7f800000)
    return static_cast<uint16_t>(sign << 15 | kInfinity);
  int exponent = static_cast<int>(magnitude >> 23) - 127;
  uint64_t fraction = magnitude & 0x7fffff;
  if (magnitude >> 23)
    fraction |= 0x800000;
  else
    exponent = -126;
  int target = exponent + Bias;
  int drop = 23 - Fraction + (target < 1 ? 1 - target : 0);
  if (drop > 40)
    drop = 40;
  uint64_t kept = fraction >> drop, lost = fraction & ((1ull << drop) - 1);
  uint64_t result = target < 1 ? kept : (static_cast<uint64_t>(target - 1) << Fraction) + kept;
  bool away = lost && ((mode == Up && !sign) || (mode == Down && sign));
  result += away;
  if (result >= kInfinity) { // beyond the largest: infinity only when rounding away
    bool to_infinity = (mode == Up && !sign) || (mode == Down && sign);
    result = to_infinity ? kInfinity : kInfinity - 1;
  }
  return static_cast<uint16_t>(sign << 15 | result);
}

} // namespace

#define DEFINE_MODE(name, mode)                                                                    \
  HELPER float ptx_cvt_##name##_f32_s64(int64_t a) {                                               \
    return static_cast<float>(from_magnitude<24>(magnitude_of(a), a < 0, mode));                   \
  }                                                                                                \
  HELPER float ptx_cvt_##name##_f32_u64(uint64_t a) {                                              \
    return static_cast<float>(from_magnitude<24>(a, false, mode));                                 \
  }                                                                                                \
  HELPER double ptx_cvt_##name##_f64_s64(int64_t a) {                                              \
    return from_magnitude<53>(magnitude_of(a), a < 0, mode);                                       \
  }                                                                                                \
  HELPER double ptx_cvt_##name##_f64_u64(uint64_t a) {                                             \
    return from_magnitude<53>(a, false, mode);                                                     \
  }                                                                                                \
  HELPER uint16_t ptx_cvt_##name##_f16_f32(float a) { return narrow<10, 15>(a, mode); }            \
  HELPER uint16_t ptx_cvt_##name##_bf16_f32(float a) { return narrow<7, 127>(a, mode); }

DEFINE_MODE(rz, Zero)
DEFINE_MODE(rm, Down)
DEFINE_MODE(rp, Up)

// tf32: a float whose 13 lowest bits are zero. Ties: 0 even, 1 away from zero, 2 truncate.
HELPER uint32_t ptx_cvt_tf32_f32(float value, uint32_t ties) {
  uint32_t bits = to_bits(value);
  if (value != value)
    return 0x7fffffff;
  if ((bits & 0x7f800000) == 0x7f800000 || ties == 2)
    return bits & ~0x1fffu;
  uint32_t half = ties == 1 ? 0x1000 : 0xfff + (bits >> 13 & 1);
  return (bits + half) & ~0x1fffu;
}

// e4m3 (no infinity, largest 448) or e5m2 (largest 57344); always saturating, nearest even.
HELPER uint16_t ptx_cvt_fp8_f32(float value, uint32_t is_e5m2) {
  uint32_t sign = to_bits(value) >> 31 << 7;
  int fraction_bits = is_e5m2 ? 2 : 3, bias = is_e5m2 ? 15 : 7;
  if (value != value)
    return 0x7f;
  float magnitude = __builtin_fabsf(value), largest = is_e5m2 ? 57344.0f : 448.0f;
  if (magnitude >= largest)
    return static_cast<uint16_t>(sign | (is_e5m2 ? 0x7b : 0x7e));
  uint32_t bits = to_bits(magnitude);
  int exponent = static_cast<int>(bits >> 23) - 127, target = exponent + bias;
  uint64_t fraction = (bits & 0x7fffff) | (bits >> 23 ? 0x800000 : 0);
  int drop = 23 - fraction_bits + (target < 1 ? 1 - target : 0);
  if (drop > 40)
    return static_cast<uint16_t>(sign);
  uint64_t kept = fraction >> drop, lost = fraction & ((1ull << drop) - 1),
           half = 1ull << (drop - 1);
  uint64_t result = target < 1 ? kept : (static_cast<uint64_t>(target - 1) << fraction_bits) + kept;
  result += lost > half || (lost == half && (kept & 1));
  uint64_t limit = is_e5m2 ? 0x7b : 0x7e;
  return static_cast<uint16_t>(sign | (result > limit ? limit : result));
}

HELPER uint32_t ptx_cvt_f16x2_fp8x2(uint16_t pair, uint32_t is_e5m2) {
  uint32_t result = 0;
  for (int i = 0; i < 2; ++i) {
    uint32_t byte = pair >> (8 * i) & 0xff, half;
    if (is_e5m2) {
      half = byte << 8;
    } else {
      uint32_t exponent = byte >> 3 & 15, fraction = byte & 7;
      float value =
          exponent ? static_cast<float>(8 + fraction) / 8 : static_cast<float>(fraction) / 8;
      int scale = exponent ? static_cast<int>(exponent) - 7 : -6;
      value *= from_bits(static_cast<uint32_t>(127 + scale) << 23);
      half = half_bits(static_cast<_Float16>(value)) | (byte & 0x80) << 8;
      if ((byte & 0x7f) == 0x7f)
        half = 0x7fff;
    }
    result |= half << (16 * i);
  }
  return result;
}

namespace {

/// The formats of 6 and 4 bits: no infinity, no NaN.
struct Tiny {
  int exponent_bits, fraction_bits, bias;
};
constexpr Tiny kTiny[] = {{2, 1, 1}, {2, 3, 1}, {3, 2, 3}}; // e2m1, e2m3, e3m2

} // namespace

// Nearest even; what is too large, and NaN, becomes the largest.
HELPER uint16_t ptx_cvt_tiny_f32(float value, uint32_t which) {
  const Tiny t = kTiny[which];
  const uint32_t largest = (1u << (t.exponent_bits + t.fraction_bits)) - 1;
  if (value != value)
    return static_cast<uint16_t>(largest);
  const uint32_t bits = to_bits(value), sign = bits >> 31 << (t.exponent_bits + t.fraction_bits);
  const int target = static_cast<int>(bits >> 23 & 0xff) - 127 + t.bias;
  const uint64_t fraction = (bits & 0x7fffff) | (bits & 0x7f800000 ? 0x800000 : 0);
  const int drop = 23 - t.fraction_bits + (target < 1 ? 1 - target : 0);
  if (drop > 40)
    return static_cast<uint16_t>(sign);
  if (target > 30)
    return static_cast<uint16_t>(sign | largest);
  const uint64_t kept = fraction >> drop, lost = fraction & ((1ull << drop) - 1),
                 half = 1ull << (drop - 1);
  uint64_t result =
      target < 1 ? kept : (static_cast<uint64_t>(target - 1) << t.fraction_bits) + kept;
  result += lost > half || (lost == half && (kept & 1));
  return static_cast<uint16_t>(sign | (result > largest ? largest : result));
}

HELPER float ptx_cvt_f32_tiny(uint32_t bits, uint32_t which) {
  const Tiny t = kTiny[which];
  const uint32_t fraction = bits & ((1u << t.fraction_bits) - 1);
  const uint32_t exponent = bits >> t.fraction_bits & ((1u << t.exponent_bits) - 1);
  const uint32_t ones = exponent ? (1u << t.fraction_bits) + fraction : fraction;
  const int scale = (exponent ? static_cast<int>(exponent) : 1) - t.bias - t.fraction_bits;
  const float magnitude =
      static_cast<float>(ones) * from_bits(static_cast<uint32_t>(127 + scale) << 23);
  return bits >> (t.exponent_bits + t.fraction_bits) & 1 ? -magnitude : magnitude;
}

// ue8m0: a power of two from 2^-127 on; 0xff is NaN. The sign is dropped. Rounds down, or up if so asked.
HELPER uint16_t ptx_cvt_ue8m0_f32(float value, uint32_t up, uint32_t finite) {
  const uint32_t bits = to_bits(value) & 0x7fffffff;
  if (value != value)
    return 0xff;
  const uint32_t exponent = bits >> 23, fraction = bits & 0x7fffff;
  if (exponent == 0xff)
    return finite ? 0xfe : 0xff;
  if (exponent == 0) // zero has no power of two: the least one is nearest
    return up && fraction > 0x400000 ? 1 : 0;
  const uint32_t rounded = exponent + (up && fraction != 0);
  return static_cast<uint16_t>(rounded < 0xff ? rounded : finite ? 0xfe : 0xff);
}

HELPER uint16_t ptx_cvt_bf16_ue8m0(uint32_t exponent) {
  return static_cast<uint16_t>(exponent == 0xff ? 0x7fff : exponent == 0 ? 0x40 : exponent << 7);
}
