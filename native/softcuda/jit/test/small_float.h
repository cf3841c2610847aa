// The formats below 32 bits, decoded and rounded by looking through all their values: slow, and certainly right.
#pragma once

#include <cmath>
#include <cstdint>

namespace softcuda::jit::test {

enum class Special { Ieee, OnlyNan, None }; // infinities and NaNs; all ones is NaN; neither

struct SmallFloat {
  int exponent_bits, fraction_bits, bias;
  Special special;

  uint64_t sign_bit() const { return 1ull << (exponent_bits + fraction_bits); }
  /// The code of the largest finite number.
  uint64_t largest() const {
    const uint64_t all = sign_bit() - 1;
    return special == Special::Ieee      ? all - (1ull << fraction_bits)
           : special == Special::OnlyNan ? all - 1
                                         : all;
  }
  double value(uint64_t bits) const {
    const uint64_t code = bits & (sign_bit() - 1);
    double magnitude;
    if (code > largest() && special == Special::Ieee && code == largest() + 1)
      magnitude = INFINITY;
    else if (code > largest())
      magnitude = NAN;
    else if (code >> fraction_bits == 0)
      magnitude = std::ldexp(static_cast<double>(code), 1 - bias - fraction_bits);
    else
      magnitude = std::ldexp(
          static_cast<double>((code & ((1ull << fraction_bits) - 1)) | 1ull << fraction_bits),
          static_cast<int>(code >> fraction_bits) - bias - fraction_bits);
    return bits & sign_bit() ? -magnitude : magnitude;
  }

  /// Rounds `x` as `mode` says: 'n' nearest even, 'a' nearest with ties away from zero, 'z', 'm', 'p'. `tail`'s sign
  /// says whether the exact number is a little above or below. Saturating: the largest instead of infinity.
  uint64_t round(long double x, char mode = 'n', int tail = 0, bool saturate = false) const {
    const uint64_t nan = special == Special::None ? largest() : sign_bit() - 1;
    if (std::isnan(x))
      return nan;
    const bool negative = std::signbit(x);
    const uint64_t sign = negative ? sign_bit() : 0;
    const long double magnitude = std::fabs(x);
    if (negative)
      tail = -tail;
    const uint64_t beyond = saturate || special != Special::Ieee ? largest() : largest() + 1;
    if (std::isinf(x))
      return sign | beyond;
    uint64_t low = 0, high = largest() + 1; // the last code whose value is not above
    while (high - low > 1) {
      const uint64_t middle = (low + high) / 2;
      const long double v = value(middle);
      (v < magnitude || (v == magnitude && tail >= 0) ? low : high) = middle;
    }
    const long double below = value(low);
    // what would follow the largest, had the format another exponent
    const long double above = high <= largest()
                                  ? static_cast<long double>(value(high))
                                  : 2 * below - static_cast<long double>(value(low - 1));
    const long double to_low = magnitude - below, to_high = above - magnitude;
    bool up;
    if (to_low == 0 && tail == 0)
      up = false;
    else if (mode == 'n' || mode == 'a')
      up = to_low > to_high ||
           (to_low == to_high && (tail > 0 || (tail == 0 && (mode == 'a' || low % 2))));
    else
      up = mode == 'p' ? !negative : mode == 'm' ? negative : false;
    const uint64_t code = up ? high : low;
    return sign | (code > largest() ? beyond : code);
  }
};

constexpr SmallFloat kHalf{5, 10, 15, Special::Ieee}, kBrain{8, 7, 127, Special::Ieee},
    kE5m2{5, 2, 15, Special::Ieee}, kE4m3{4, 3, 7, Special::OnlyNan}, kE2m1{2, 1, 1, Special::None},
    kE2m3{2, 3, 1, Special::None}, kE3m2{3, 2, 3, Special::None};

} // namespace softcuda::jit::test
