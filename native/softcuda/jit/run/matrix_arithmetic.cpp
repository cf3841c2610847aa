#include "run/matrix_arithmetic.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <immintrin.h>

namespace softcuda::jit {
namespace {

/// Rows that are computed at once: as many sums as hide how long one takes.
constexpr uint32_t kRowsAtOnce = 8;

// --- the small formats

/// Sign, exponent and fraction bits of an 8-bit float.
float small_float(uint32_t byte, int exponent_bits, int fraction_bits, int bias) {
  const uint32_t fraction = byte & ((1u << fraction_bits) - 1);
  const uint32_t exponent = byte >> fraction_bits & ((1u << exponent_bits) - 1);
  const auto ones = static_cast<float>((1u << fraction_bits) + fraction);
  const float magnitude = exponent == 0
                              ? std::ldexp(static_cast<float>(fraction), 1 - bias - fraction_bits)
                              : std::ldexp(ones, static_cast<int>(exponent) - bias - fraction_bits);
  return byte & 0x80 ? -magnitude : magnitude;
}

float e4m3(uint32_t byte) { // all ones is its only NaN, and it has no infinity
  return (byte & 0x7f) == 0x7f ? std::nanf("") : small_float(byte, 4, 3, 7);
}

float e5m2(uint32_t byte) {
  if ((byte & 0x7c) == 0x7c)
    return byte & 3 ? std::nanf("") : byte & 0x80 ? -INFINITY : INFINITY;
  return small_float(byte, 5, 2, 15);
}

using SmallFloats = std::array<float, 256>;

SmallFloats all_of(float (*value_of)(uint32_t)) {
  SmallFloats all;
  for (uint32_t byte = 0; byte < all.size(); ++byte)
    all[byte] = value_of(byte);
  return all;
}

const SmallFloats kE4M3 = all_of(e4m3), kE5M2 = all_of(e5m2);

// --- with and without AVX2, FMA and F16C

struct Arithmetic {
  void (*widen_halves)(const uint16_t *from, size_t count, float *to);
  void (*narrow_to_halves)(const float *from, size_t count, uint16_t *to);
  void (*multiply_floats)(const float *a, const float *b, float *c, Shape shape);
  void (*multiply_doubles)(const double *a, const double *b, double *c, Shape shape);
  void (*multiply_integers)(const int32_t *a, const int32_t *b, int32_t *c, Shape shape,
                            bool differs);
};

void widen_halves(const uint16_t *from, size_t count, float *to) {
  for (size_t i = 0; i < count; ++i)
    to[i] = static_cast<float>(std::bit_cast<_Float16>(from[i]));
}

void narrow_to_halves(const float *from, size_t count, uint16_t *to) {
  for (size_t i = 0; i < count; ++i)
    to[i] = std::bit_cast<uint16_t>(static_cast<_Float16>(from[i]));
}

void multiply_floats(const float *a, const float *b, float *c, Shape shape) {
  for (uint32_t i = 0; i < shape.m; ++i)
    for (uint32_t l = 0; l < shape.k; ++l)
      for (uint32_t j = 0; j < shape.n; ++j) {
        // exact but for the sum: what a fused step gives, without the call that it would be here
        float &sum = c[i * shape.n + j];
        sum = static_cast<float>(double{a[i * shape.k + l]} * double{b[l * shape.n + j]} +
                                 double{sum});
      }
}

void multiply_doubles(const double *a, const double *b, double *c, Shape shape) {
  for (uint32_t i = 0; i < shape.m; ++i)
    for (uint32_t l = 0; l < shape.k; ++l)
      for (uint32_t j = 0; j < shape.n; ++j) {
        double &sum = c[i * shape.n + j];
        sum = std::fma(a[i * shape.k + l], b[l * shape.n + j], sum);
      }
}

using Integers = int32_t __attribute__((vector_size(32), aligned(4), may_alias));

template <bool Differs>
[[gnu::always_inline]] inline void add_products(const int32_t *a, const int32_t *b, int32_t *c,
                                                Shape shape) {
  for (uint32_t i = 0; i < shape.m; ++i)
    for (uint32_t j = 0; j < shape.n; j += 8) {
      auto &sums = reinterpret_cast<Integers &>(c[i * shape.n + j]);
      Integers sum = sums;
      for (uint32_t l = 0; l < shape.k; ++l) {
        const auto &right = reinterpret_cast<const Integers &>(b[l * shape.n + j]);
        const int32_t left = a[i * shape.k + l];
        sum += Differs ? left ^ right : left * right;
      }
      sums = sum;
    }
}

void multiply_integers(const int32_t *a, const int32_t *b, int32_t *c, Shape shape, bool differs) {
  differs ? add_products<true>(a, b, c, shape) : add_products<false>(a, b, c, shape);
}

#define WITH_AVX2 [[gnu::target("avx2,fma,f16c")]]

WITH_AVX2 void widen_halves_avx2(const uint16_t *from, size_t count, float *to) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm256_storeu_ps(to + i,
                     _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from + i))));
  widen_halves(from + i, count - i, to + i);
}

WITH_AVX2 void narrow_to_halves_avx2(const float *from, size_t count, uint16_t *to) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT));
  narrow_to_halves(from + i, count - i, to + i);
}

WITH_AVX2 inline __m256 load(const float *from) { return _mm256_loadu_ps(from); }
WITH_AVX2 inline __m256d load(const double *from) { return _mm256_loadu_pd(from); }
WITH_AVX2 inline void store(float *to, __m256 value) { _mm256_storeu_ps(to, value); }
WITH_AVX2 inline void store(double *to, __m256d value) { _mm256_storeu_pd(to, value); }
WITH_AVX2 inline __m256 add_product(float a, __m256 b, __m256 sum) {
  return _mm256_fmadd_ps(_mm256_set1_ps(a), b, sum);
}
WITH_AVX2 inline __m256d add_product(double a, __m256d b, __m256d sum) {
  return _mm256_fmadd_pd(_mm256_set1_pd(a), b, sum);
}

template <typename T> WITH_AVX2 void multiply_avx2(const T *a, const T *b, T *c, Shape shape) {
  using Vector = decltype(load(a));
  for (uint32_t i = 0; i < shape.m; i += kRowsAtOnce)
    for (uint32_t j = 0; j < shape.n; j += sizeof(Vector) / sizeof(T)) {
      Vector sums[kRowsAtOnce];
      for (uint32_t r = 0; r < kRowsAtOnce; ++r)
        sums[r] = load(c + (i + r) * shape.n + j);
      for (uint32_t l = 0; l < shape.k; ++l) {
        const Vector right = load(b + l * shape.n + j);
        for (uint32_t r = 0; r < kRowsAtOnce; ++r)
          sums[r] = add_product(a[(i + r) * shape.k + l], right, sums[r]);
      }
      for (uint32_t r = 0; r < kRowsAtOnce; ++r)
        store(c + (i + r) * shape.n + j, sums[r]);
    }
}

WITH_AVX2 void multiply_integers_avx2(const int32_t *a, const int32_t *b, int32_t *c, Shape shape,
                                      bool differs) {
  differs ? add_products<true>(a, b, c, shape) : add_products<false>(a, b, c, shape);
}

const Arithmetic kArithmetic =
    __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
            __builtin_cpu_supports("f16c")
        ? Arithmetic{widen_halves_avx2, narrow_to_halves_avx2, multiply_avx2<float>,
                     multiply_avx2<double>, multiply_integers_avx2}
        : Arithmetic{widen_halves, narrow_to_halves, multiply_floats, multiply_doubles,
                     multiply_integers};

template <typename Element> void widen_bytes(const uint32_t *words, size_t count, int32_t *to) {
  const auto *elements = reinterpret_cast<const Element *>(words);
  for (size_t i = 0; i < count; ++i)
    to[i] = elements[i];
}

} // namespace

void widen(const uint32_t *words, MatrixType type, size_t count, float *to) {
  const auto *bytes = reinterpret_cast<const uint8_t *>(words);
  const auto *halves = reinterpret_cast<const uint16_t *>(words);
  switch (type) {
  case MatrixType::F16:
    return kArithmetic.widen_halves(halves, count, to);
  case MatrixType::BF16:
    for (size_t i = 0; i < count; ++i)
      to[i] = std::bit_cast<float>(uint32_t{halves[i]} << 16);
    return;
  case MatrixType::TF32: // the lowest 13 bits do not count
    for (size_t i = 0; i < count; ++i)
      to[i] = std::bit_cast<float>(words[i] & ~0x1fffu);
    return;
  case MatrixType::E4M3:
  case MatrixType::E5M2: {
    const SmallFloats &all = type == MatrixType::E4M3 ? kE4M3 : kE5M2;
    for (size_t i = 0; i < count; ++i)
      to[i] = all[bytes[i]];
    return;
  }
  default:
    std::memcpy(to, words, count * sizeof *to);
  }
}

void widen(const uint32_t *words, MatrixType, size_t count, double *to) {
  std::memcpy(to, words, count * sizeof *to);
}

void widen(const uint32_t *words, MatrixType type, size_t count, int32_t *to) {
  switch (type) {
  case MatrixType::S8:
    return widen_bytes<int8_t>(words, count, to);
  case MatrixType::U8:
    return widen_bytes<uint8_t>(words, count, to);
  case MatrixType::S32:
    std::memcpy(to, words, count * sizeof *to);
    return;
  default: // s4, u4, b1
    const uint32_t bits = bits_of(type);
    for (size_t i = 0; i < count; ++i) {
      const uint32_t raw = words[i * bits / 32] >> i * bits % 32 & ((1u << bits) - 1);
      to[i] = static_cast<int32_t>(type == MatrixType::S4 ? (raw ^ 8) - 8 : raw);
    }
  }
}

void narrow(const float *from, size_t count, MatrixType type, uint32_t *words) {
  if (type == MatrixType::F16)
    kArithmetic.narrow_to_halves(from, count, reinterpret_cast<uint16_t *>(words));
  else
    std::memcpy(words, from, count * sizeof *from);
}

void narrow(const double *from, size_t count, MatrixType, uint32_t *words) {
  std::memcpy(words, from, count * sizeof *from);
}

void narrow(const int32_t *from, size_t count, MatrixType, uint32_t *words) {
  std::memcpy(words, from, count * sizeof *from);
}

void multiply(const float *a, const float *b, float *c, Shape shape) {
  kArithmetic.multiply_floats(a, b, c, shape);
}

void multiply(const double *a, const double *b, double *c, Shape shape, unsigned mxcsr_rounding) {
  const unsigned before = _mm_getcsr();
  _mm_setcsr((before & ~_MM_ROUND_MASK) | mxcsr_rounding);
  kArithmetic.multiply_doubles(a, b, c, shape);
  _mm_setcsr(before);
}

void multiply(const int32_t *a, const int32_t *b, int32_t *c, Shape shape, bool differs,
              bool saturate) {
  int32_t sums[kMaxSumElements];
  const size_t count = size_t{shape.m} * shape.n;
  std::fill_n(sums, count, 0); // what is added to c does not overflow
  kArithmetic.multiply_integers(a, b, sums, shape, differs);
  for (size_t i = 0; i < count; ++i) {
    const int64_t sum = int64_t{c[i]} + sums[i];
    c[i] = static_cast<int32_t>(saturate ? std::clamp<int64_t>(sum, INT32_MIN, INT32_MAX) : sum);
  }
}

} // namespace softcuda::jit
