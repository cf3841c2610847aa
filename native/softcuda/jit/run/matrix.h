// mma, wmma.mma, ldmatrix, stmatrix and movmatrix: computed for a whole warp when its lanes have met.
#pragma once

#include "abi.h"

#include <string_view>
#include <unordered_map>

namespace softcuda::jit {

/// Element types of matrix operands.
enum class MatrixType : uint32_t { F16, BF16, TF32, F64, F32, E4M3, E5M2, S8, U8, S32, S4, U4, B1 };

constexpr uint32_t bits_of(MatrixType type) {
  switch (type) {
  case MatrixType::F16:
  case MatrixType::BF16:
    return 16;
  case MatrixType::E4M3:
  case MatrixType::E5M2:
  case MatrixType::S8:
  case MatrixType::U8:
    return 8;
  case MatrixType::S4:
  case MatrixType::U4:
    return 4;
  case MatrixType::B1:
    return 1;
  case MatrixType::F64:
    return 64;
  default:
    return 32;
  }
}

/// How single bits are multiplied; counts of ones are added up.
enum class BitProduct : uint32_t { And, Xor };

/// What one lane hands over; WarpSlots::argument[0] points to it. Registers are 32-bit words (f64: pairs).
struct MatrixRequest {
  uint32_t m, n, k;
  uint32_t a_type, b_type, c_type, d_type; // MatrixType
  uint32_t a_count, b_count, c_count;      // elements that each lane holds
  uint32_t a_by_column, b_by_column;       // the layout that m8n8k4 of f16 has a choice of
  uint32_t saturate;
  uint32_t rounding;    // of f64: 0 to nearest even, else as in the CPU's control register
  uint32_t bit_product; // BitProduct, of b1
  uint32_t a[16], b[8], c[8], d[8];
};

/// How many of its first words say where elements are.
inline constexpr size_t kMatrixFormWords = offsetof(MatrixRequest, saturate) / sizeof(uint32_t);

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
