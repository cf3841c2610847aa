// mma, wmma.mma, ldmatrix and stmatrix: computed for a whole warp when its lanes have met.
#pragma once

#include "abi.h"

#include <string_view>
#include <unordered_map>

namespace softcuda::jit {

/// Element types of matrix operands.
enum class MatrixType : uint32_t { F16, BF16, TF32, F64, F32, S8, U8, S32 };

/// What one lane hands over; WarpSlots::argument[0] points to it. Registers are 32-bit words (f64: pairs).
struct MatrixRequest {
  uint32_t m, n, k;
  uint32_t a_type, b_type, c_type, d_type; // MatrixType
  uint32_t a_count, b_count, c_count;      // elements that each lane holds
  uint32_t saturate;
  uint32_t rounding; // of f64: 0 to nearest even, else as in the CPU's control register
  uint32_t a[8], b[8], c[8], d[8];
};

/// ldmatrix, stmatrix: `address` of this lane's row of eight 16-bit elements.
struct TileRequest {
  uint64_t address;
  uint32_t count;     // matrices
  uint32_t transpose; // 0 or 1
  uint32_t registers[4];
};

/// wmma.load and wmma.store of one lane's fragment.
struct FragmentRequest {
  uint64_t address;
  uint32_t lane, rows, columns;
  uint32_t stride;       // elements between rows, or columns
  uint32_t column_major; // of the matrix in memory
  uint32_t type;         // MatrixType
  uint32_t count;        // elements per lane
  uint32_t store;        // else load
  uint32_t registers[8];
};

void add_matrix_functions(std::unordered_map<std::string_view, void *> &table);

} // namespace softcuda::jit
