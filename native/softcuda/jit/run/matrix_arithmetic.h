// What matrices are made of, and their products, on dense arrays in row-major order. With AVX2 where the CPU has it.
#pragma once

#include "run/matrix.h"

#include <cstddef>

namespace softcuda::jit {

/// Widest operand: 16 rows of 256 bits.
inline constexpr uint32_t kMaxFactorElements = 16 * 256;
/// 16 × 16, or 32 × 8.
inline constexpr uint32_t kMaxSumElements = 256;

constexpr bool is_integer(MatrixType type) { return type >= MatrixType::S8; }

/// What elements become: floats (products of the small formats are exact in them), doubles or integers.
void widen(const uint32_t *words, MatrixType type, size_t count, float *to);
void widen(const uint32_t *words, MatrixType type, size_t count, double *to);
void widen(const uint32_t *words, MatrixType type, size_t count, int32_t *to);
void narrow(const float *from, size_t count, MatrixType type, uint32_t *words);
void narrow(const double *from, size_t count, MatrixType type, uint32_t *words);
void narrow(const int32_t *from, size_t count, MatrixType type, uint32_t *words);

struct Shape {
  uint32_t m, n, k; // m a multiple of 8, n too
};

/// c += a b, one fused step after the other along k.
void multiply(const float *a, const float *b, float *c, Shape shape);
/// The same, in the rounding mode of `mxcsr_rounding` (as _MM_SET_ROUNDING_MODE takes it).
void multiply(const double *a, const double *b, double *c, Shape shape, unsigned mxcsr_rounding);
/// c += a b, or with `differs` the count of places where bits differ; wraps, or with `saturate` stops at the ends.
void multiply(const int32_t *a, const int32_t *b, int32_t *c, Shape shape, bool differs,
              bool saturate);

} // namespace softcuda::jit
