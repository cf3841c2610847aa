#include "run/matrix.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <immintrin.h>
#include <utility>

namespace softcuda::jit {
namespace {

constexpr uint32_t kMaxElements = 16 * 256;

bool is_integer(MatrixType type) { return type >= MatrixType::S8; }

/// Sign, exponent and fraction bits of an 8-bit float.
double small_float(uint32_t byte, int exponent_bits, int fraction_bits, int bias) {
  const uint32_t fraction = byte & ((1u << fraction_bits) - 1);
  const uint32_t exponent = byte >> fraction_bits & ((1u << exponent_bits) - 1);
  const double ones = (1 << fraction_bits) + fraction;
  const double magnitude =
      exponent == 0 ? std::ldexp(fraction, 1 - bias - fraction_bits)
                    : std::ldexp(ones, static_cast<int>(exponent) - bias - fraction_bits);
  return byte & 0x80 ? -magnitude : magnitude;
}

double e4m3(uint32_t byte) { // all ones is its only NaN, and it has no infinity
  return (byte & 0x7f) == 0x7f ? std::nan("") : small_float(byte, 4, 3, 7);
}

double e5m2(uint32_t byte) {
  if ((byte & 0x7c) == 0x7c)
    return byte & 3 ? std::nan("") : byte & 0x80 ? -INFINITY : INFINITY;
  return small_float(byte, 5, 2, 15);
}

/// The bits of element `index`; f64 apart.
uint32_t raw_element(const uint32_t *registers, uint32_t index, uint32_t bits) {
  const uint32_t at = index * bits, word = registers[at / 32] >> at % 32;
  return bits == 32 ? word : word & ((1u << bits) - 1);
}

// f32, tf32 and the small floats are exact in double, and so are all integers here.
double load_element(const uint32_t *registers, uint32_t index, MatrixType type) {
  if (type == MatrixType::F64) {
    double value;
    std::memcpy(&value, registers + 2 * index, sizeof value);
    return value;
  }
  const uint32_t raw = raw_element(registers, index, bits_of(type));
  switch (type) {
  case MatrixType::F16:
    return static_cast<double>(
        static_cast<float>(std::bit_cast<_Float16>(static_cast<uint16_t>(raw))));
  case MatrixType::BF16:
    return std::bit_cast<float>(raw << 16);
  case MatrixType::TF32: // the lowest 13 bits do not count
    return std::bit_cast<float>(raw & ~0x1fffu);
  case MatrixType::F32:
    return std::bit_cast<float>(raw);
  case MatrixType::E4M3:
    return e4m3(raw);
  case MatrixType::E5M2:
    return e5m2(raw);
  case MatrixType::S8:
    return static_cast<int8_t>(raw);
  case MatrixType::S4:
    return static_cast<int32_t>(raw << 28) >> 28;
  case MatrixType::S32:
    return static_cast<int32_t>(raw);
  default:
    return raw; // u8, u4, b1
  }
}

void store_element(uint32_t *registers, uint32_t index, MatrixType type, double value,
                   bool saturate) {
  auto *bytes = reinterpret_cast<std::byte *>(registers) + index * bits_of(type) / 8;
  auto put = [&](auto narrow) { std::memcpy(bytes, &narrow, sizeof narrow); };
  switch (type) {
  case MatrixType::F16:
    return put(static_cast<_Float16>(static_cast<float>(value)));
  case MatrixType::F64:
    return put(value);
  case MatrixType::F32:
    return put(static_cast<float>(value));
  default:
    if (saturate)
      value = std::clamp(value, -2147483648.0, 2147483647.0);
    return put(static_cast<uint32_t>(static_cast<int64_t>(value)));
  }
}

struct Place {
  uint32_t row, column;
};

// PTX's documented layouts of mma fragments. `index` counts a lane's elements.
Place place_a(uint32_t lane, uint32_t index, const MatrixRequest &r) {
  uint32_t per_register = std::max(32 / bits_of(static_cast<MatrixType>(r.a_type)), 1u);
  uint32_t reg = index / per_register, i = index % per_register, group = lane >> 2,
           member = lane & 3;
  if (r.m == 8)
    return {group, member * per_register + 4 * per_register * reg + i};
  return {group + 8 * (reg & 1), member * per_register + 4 * per_register * (reg >> 1) + i};
}

Place place_b(uint32_t lane, uint32_t index, const MatrixRequest &r) {
  uint32_t per_register = std::max(32 / bits_of(static_cast<MatrixType>(r.b_type)), 1u);
  uint32_t reg = index / per_register, i = index % per_register;
  return {(lane & 3) * per_register + 4 * per_register * reg + i, lane >> 2};
}

Place place_c(uint32_t lane, uint32_t index, const MatrixRequest &, MatrixType) {
  return {(lane >> 2) + 8 * (index >> 1), (lane & 3) * 2 + (index & 1)};
}

// wmma's layout is nobody's business but ours: element `index` of a lane is simply the next in row-major order. Where
// the fragment has room for every element more than once (f16 A and B), later lanes repeat the first ones.
Place place_linear(uint32_t lane, uint32_t index, uint32_t per_lane, uint32_t rows,
                   uint32_t columns) {
  uint32_t linear = (lane * per_lane + index) % (rows * columns);
  return {linear / columns, linear % columns};
}

struct Dense {
  double a[kMaxElements], b[kMaxElements], c[kMaxElements];
};

// Products of everything but f64 are exact in double: one rounding is left, of the sum.
void multiply_f64(Dense &x, const MatrixRequest &r) {
  const unsigned before = _mm_getcsr();
  _mm_setcsr((before & ~_MM_ROUND_MASK) | r.rounding);
  for (uint32_t i = 0; i < r.m; ++i)
    for (uint32_t l = 0; l < r.k; ++l)
      for (uint32_t j = 0; j < r.n; ++j) {
        double &sum = x.c[i * r.n + j];
        sum = std::fma(x.a[i * r.k + l], x.b[l * r.n + j], sum);
      }
  _mm_setcsr(before);
}

void multiply(Dense &x, const MatrixRequest &r) {
  if (static_cast<MatrixType>(r.d_type) == MatrixType::F64)
    return multiply_f64(x, r);
  const bool rounds = !is_integer(static_cast<MatrixType>(r.a_type));
  const bool differs = r.bit_product == static_cast<uint32_t>(BitProduct::Xor);
  for (uint32_t i = 0; i < r.m; ++i)
    for (uint32_t l = 0; l < r.k; ++l) {
      const double left = x.a[i * r.k + l];
      const double *right = x.b + l * r.n;
      double *sums = x.c + i * r.n;
      if (rounds)
        for (uint32_t j = 0; j < r.n; ++j)
          sums[j] = static_cast<double>(static_cast<float>(left * right[j] + sums[j]));
      else if (differs)
        for (uint32_t j = 0; j < r.n; ++j)
          sums[j] += left != right[j];
      else
        for (uint32_t j = 0; j < r.n; ++j)
          sums[j] += left * right[j];
    }
}

template <typename PlaceA, typename PlaceB, typename PlaceC>
void run_mma(const uint64_t arguments[kWarpSize], uint32_t group, PlaceA at_a, PlaceB at_b,
             PlaceC at_c) {
  static thread_local Dense dense;
  MatrixRequest *requests[kWarpSize];
  for (uint32_t lane = 0; lane < kWarpSize; ++lane)
    requests[lane] =
        group >> lane & 1 ? reinterpret_cast<MatrixRequest *>(arguments[lane]) : nullptr;
  const MatrixRequest &any =
      **std::find_if(requests, requests + kWarpSize, [](auto *r) { return r != nullptr; });
  for (uint32_t lane = 0; lane < kWarpSize; ++lane) {
    if (!requests[lane])
      continue;
    const MatrixRequest &r = *requests[lane];
    for (uint32_t i = 0; i < r.a_count; ++i) {
      Place p = at_a(lane, i, r);
      dense.a[p.row * r.k + p.column] = load_element(r.a, i, static_cast<MatrixType>(r.a_type));
    }
    for (uint32_t i = 0; i < r.b_count; ++i) {
      Place p = at_b(lane, i, r);
      dense.b[p.row * r.n + p.column] = load_element(r.b, i, static_cast<MatrixType>(r.b_type));
    }
    for (uint32_t i = 0; i < r.c_count; ++i) {
      Place p = at_c(lane, i, r, static_cast<MatrixType>(r.c_type));
      dense.c[p.row * r.n + p.column] = load_element(r.c, i, static_cast<MatrixType>(r.c_type));
    }
  }
  multiply(dense, any);
  for (uint32_t lane = 0; lane < kWarpSize; ++lane)
    if (requests[lane])
      for (uint32_t i = 0; i < any.c_count; ++i) {
        Place p = at_c(lane, i, any, static_cast<MatrixType>(any.d_type));
        store_element(requests[lane]->d, i, static_cast<MatrixType>(any.d_type),
                      dense.c[p.row * any.n + p.column], any.saturate);
      }
}

void rt_mma(const uint64_t arguments[kWarpSize], uint32_t group) {
  run_mma(arguments, group, place_a, place_b, place_c);
}

// m8n8k4 of f16 is four products at once, each of two groups of four lanes: 0…3 with 16…19, and so on.
Place quad_a(uint32_t lane, uint32_t i, const MatrixRequest &r) {
  const uint32_t upper = lane < 16 ? 0 : 4;
  return r.a_by_column ? Place{i % 4 + upper, lane % 4} : Place{lane % 4 + upper, i};
}
Place quad_b(uint32_t lane, uint32_t i, const MatrixRequest &r) {
  const uint32_t upper = lane < 16 ? 0 : 4;
  return r.b_by_column ? Place{i, lane % 4 + upper} : Place{lane % 4, i + upper};
}
/// Sums of f32 are spread over lanes otherwise than those of f16.
Place quad_sum(uint32_t lane, uint32_t i, const MatrixRequest &, MatrixType type) {
  const uint32_t upper = lane < 16 ? 0 : 4;
  if (type == MatrixType::F32)
    return {(lane & 1) + (i & 2) + upper, (i & 4) + (lane & 2) + (i & 1)};
  return {lane % 4 + upper, i};
}

void rt_mma_quads(const uint64_t arguments[kWarpSize], uint32_t group) {
  for (uint32_t quad = 0; quad < 4; ++quad)
    if (const uint32_t members = group & (0x000f000fu << 4 * quad); members)
      run_mma(arguments, members, quad_a, quad_b, quad_sum);
}

void rt_wmma(const uint64_t arguments[kWarpSize], uint32_t group) {
  run_mma(
      arguments, group,
      [](uint32_t lane, uint32_t i, const MatrixRequest &r) {
        return place_linear(lane, i, r.a_count, r.m, r.k);
      },
      [](uint32_t lane, uint32_t i, const MatrixRequest &r) {
        return place_linear(lane, i, r.b_count, r.k, r.n);
      },
      [](uint32_t lane, uint32_t i, const MatrixRequest &r, MatrixType) {
        return place_linear(lane, i, r.c_count, r.m, r.n);
      });
}

// Elements of less than a byte lie in memory as in registers: the first one lowest.
void move_bits(std::byte *to, uint64_t to_bit, const std::byte *from, uint64_t from_bit,
               uint32_t bits) {
  const auto mask = static_cast<uint8_t>((1u << bits) - 1);
  const auto value =
      static_cast<uint8_t>(static_cast<uint8_t>(from[from_bit / 8]) >> from_bit % 8 & mask);
  const uint32_t shift = to_bit % 8;
  auto &byte = reinterpret_cast<uint8_t &>(to[to_bit / 8]);
  byte = static_cast<uint8_t>((byte & ~(mask << shift)) | value << shift);
}

void rt_fragment(FragmentRequest *r) {
  const uint32_t bits = bits_of(static_cast<MatrixType>(r->type)), bytes = bits / 8;
  auto *memory = reinterpret_cast<std::byte *>(r->address);
  auto *registers = reinterpret_cast<std::byte *>(r->registers);
  for (uint32_t i = 0; i < r->count; ++i) {
    Place p = place_linear(r->lane, i, r->count, r->rows, r->columns);
    uint64_t offset = r->column_major ? uint64_t{p.column} * r->stride + p.row
                                      : uint64_t{p.row} * r->stride + p.column;
    if (bytes == 0)
      move_bits(registers, uint64_t{i} * bits, memory, offset * bits, bits); // no store has such
    else if (r->store)
      std::memcpy(memory + offset * bytes, registers + i * bytes, bytes);
    else
      std::memcpy(registers + i * bytes, memory + offset * bytes, bytes);
  }
}

// Lane 8 i + j has the address of row j of matrix i; lane l gets elements 2 (l % 4) and the next of row l / 4.
template <bool Store> void move_tiles(const uint64_t arguments[kWarpSize], uint32_t group) {
  for (uint32_t lane = 0; lane < kWarpSize; ++lane) {
    if (!(group >> lane & 1))
      continue;
    auto &r = *reinterpret_cast<TileRequest *>(arguments[lane]);
    for (uint32_t tile = 0; tile < r.count; ++tile) {
      auto *halves = reinterpret_cast<uint16_t *>(&r.registers[tile]);
      for (uint32_t i = 0; i < 2; ++i) {
        uint32_t row = lane / 4, column = lane % 4 * 2 + i;
        if (r.transpose)
          std::swap(row, column);
        if (uint32_t owner = 8 * tile + row; group >> owner & 1) {
          auto *address = reinterpret_cast<uint16_t *>(
              reinterpret_cast<TileRequest *>(arguments[owner])->address);
          if constexpr (Store)
            address[column] = halves[i];
          else
            halves[i] = address[column];
        }
      }
    }
  }
}

// movmatrix: an 8 × 8 matrix of 16-bit elements, two to a lane, becomes its transpose.
void rt_transpose(const uint64_t arguments[kWarpSize], uint32_t group) {
  uint16_t before[8][8] = {};
  for (uint32_t lane = 0; lane < kWarpSize; ++lane)
    if (group >> lane & 1)
      std::memcpy(&before[lane / 4][lane % 4 * 2],
                  reinterpret_cast<TileRequest *>(arguments[lane])->registers, sizeof(uint32_t));
  for (uint32_t lane = 0; lane < kWarpSize; ++lane) {
    const uint32_t row = lane / 4, column = lane % 4 * 2;
    if (group >> lane & 1)
      reinterpret_cast<TileRequest *>(arguments[lane])->registers[0] =
          before[column][row] | static_cast<uint32_t>(before[column + 1][row]) << 16;
  }
}

template <typename T> void *address(T *function) { return reinterpret_cast<void *>(function); }

} // namespace

void add_matrix_functions(std::unordered_map<std::string_view, void *> &table) {
  table["rt_mma"] = address(rt_mma);
  table["rt_mma_quads"] = address(rt_mma_quads);
  table["rt_transpose"] = address(rt_transpose);
  table["rt_wmma"] = address(rt_wmma);
  table["rt_fragment"] = address(rt_fragment);
  table["rt_load_tiles"] = address(move_tiles<false>);
  table["rt_store_tiles"] = address(move_tiles<true>);
}

} // namespace softcuda::jit
