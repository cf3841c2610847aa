#include "run/matrix.h"

#include "run/matrix_arithmetic.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

namespace softcuda::jit {
namespace {

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

/// Which element of the matrix each lane's elements are, for one form of the instruction.
struct Layout {
  const void *form = nullptr; // nobody's yet
  uint32_t shape_and_types[kMatrixFormWords];
  uint16_t a[kMaxFactorElements], b[kMaxFactorElements];
  uint16_t c[kMaxSumElements], d[kMaxSumElements];
};

/// Of the forms that a thread met last: kernels have few.
constexpr size_t kLayoutsKept = 4;

struct Form {
  Place (*a)(uint32_t lane, uint32_t index, const MatrixRequest &);
  Place (*b)(uint32_t lane, uint32_t index, const MatrixRequest &);
  Place (*sum)(uint32_t lane, uint32_t index, const MatrixRequest &, MatrixType);
};

/// The lanes of a warp that take part, with what each hands over; null of the others.
struct Requests {
  MatrixRequest *of_lane[kWarpSize];
  const MatrixRequest *any;

  Requests(const uint64_t arguments[kWarpSize], uint32_t group) {
    for (uint32_t lane = 0; lane < kWarpSize; ++lane)
      of_lane[lane] =
          group >> lane & 1 ? reinterpret_cast<MatrixRequest *>(arguments[lane]) : nullptr;
    any = of_lane[std::countr_zero(group)];
  }
};

/// Widens the elements of one operand, and puts each at its place. Without `places` they are in order, from the first
/// lane on, as many as there are.
template <typename T, typename Of>
void collect(const Requests &requests, Of registers_of, MatrixType type, uint32_t each,
             const uint16_t *places, size_t count, T *to) {
  alignas(64) T elements[32 * std::extent_v<decltype(MatrixRequest::a)>]; // single bits
  if (!places) {
    for (uint32_t lane = 0; lane * each < count; ++lane)
      if (requests.of_lane[lane])
        widen(registers_of(*requests.of_lane[lane]), type,
              std::min<size_t>(each, count - lane * each), to + lane * each);
    return;
  }
  for (uint32_t lane = 0; lane < kWarpSize; ++lane) {
    if (!requests.of_lane[lane])
      continue;
    widen(registers_of(*requests.of_lane[lane]), type, each, elements);
    for (uint32_t i = 0; i < each; ++i)
      to[places[lane * each + i]] = elements[i];
  }
}

/// Of 16 bits each.
constexpr size_t kMostSumsOfLane = 2 * std::extent_v<decltype(MatrixRequest::d)>;

template <typename T> struct Dense {
  T a[kMaxFactorElements], b[kMaxFactorElements], c[kMaxSumElements];
};

/// What a thread works with.
struct Workspace {
  Layout layouts[kLayoutsKept];
  size_t next_layout = 0;
  std::tuple<Dense<float>, Dense<double>, Dense<int32_t>> dense;
};

[[gnu::noinline]] Workspace &own_workspace() { // asked for once a product: it is not cheap to find
  static thread_local Workspace workspace;
  return workspace;
}

const Layout &layout_of(Workspace &workspace, const Form &form, const MatrixRequest &r) {
  for (const Layout &layout : workspace.layouts)
    if (layout.form == &form &&
        std::memcmp(layout.shape_and_types, &r, sizeof layout.shape_and_types) == 0)
      return layout;
  Layout &layout = workspace.layouts[workspace.next_layout++ % kLayoutsKept];
  layout.form = &form;
  std::memcpy(layout.shape_and_types, &r, sizeof layout.shape_and_types);
  auto fill = [](uint16_t *table, uint32_t each, uint32_t columns, auto place) {
    for (uint32_t lane = 0; lane < kWarpSize; ++lane)
      for (uint32_t i = 0; i < each; ++i) {
        const Place p = place(lane, i);
        *table++ = static_cast<uint16_t>(p.row * columns + p.column);
      }
  };
  auto sum_of = [&](uint32_t type) {
    return [&form, &r, type](uint32_t lane, uint32_t i) {
      return form.sum(lane, i, r, static_cast<MatrixType>(type));
    };
  };
  fill(layout.a, r.a_count, r.k, [&](uint32_t lane, uint32_t i) { return form.a(lane, i, r); });
  fill(layout.b, r.b_count, r.n, [&](uint32_t lane, uint32_t i) { return form.b(lane, i, r); });
  fill(layout.c, r.c_count, r.n, sum_of(r.c_type));
  fill(layout.d, r.c_count, r.n, sum_of(r.d_type));
  return layout;
}

template <typename T>
void run_product(Workspace &workspace, const Requests &requests, const Layout *layout) {
  Dense<T> &dense = std::get<Dense<T>>(workspace.dense);
  const MatrixRequest &r = *requests.any;
  const auto a_type = static_cast<MatrixType>(r.a_type), b_type = static_cast<MatrixType>(r.b_type);
  const auto c_type = static_cast<MatrixType>(r.c_type), d_type = static_cast<MatrixType>(r.d_type);
  collect(
      requests, [](MatrixRequest &each) { return each.a; }, a_type, r.a_count,
      layout ? layout->a : nullptr, size_t{r.m} * r.k, dense.a);
  collect(
      requests, [](MatrixRequest &each) { return each.b; }, b_type, r.b_count,
      layout ? layout->b : nullptr, size_t{r.k} * r.n, dense.b);
  collect(
      requests, [](MatrixRequest &each) { return each.c; }, c_type, r.c_count,
      layout ? layout->c : nullptr, size_t{r.m} * r.n, dense.c);
  const Shape shape = {r.m, r.n, r.k};
  if constexpr (std::is_same_v<T, double>)
    multiply(dense.a, dense.b, dense.c, shape, r.rounding);
  else if constexpr (std::is_same_v<T, int32_t>)
    multiply(dense.a, dense.b, dense.c, shape,
             r.bit_product == static_cast<uint32_t>(BitProduct::Xor), r.saturate);
  else
    multiply(dense.a, dense.b, dense.c, shape);
  for (uint32_t lane = 0; lane < kWarpSize; ++lane) {
    if (!requests.of_lane[lane])
      continue;
    T elements[kMostSumsOfLane];
    for (uint32_t i = 0; i < r.c_count; ++i)
      elements[i] = dense.c[layout ? layout->d[lane * r.c_count + i] : lane * r.c_count + i];
    narrow(elements, r.c_count, d_type, requests.of_lane[lane]->d);
  }
}

/// `form`: null where elements are in order.
void run_mma(const uint64_t arguments[kWarpSize], uint32_t group, const Form *form) {
  const Requests requests(arguments, group);
  Workspace &workspace = own_workspace();
  const Layout *layout = form ? &layout_of(workspace, *form, *requests.any) : nullptr;
  if (static_cast<MatrixType>(requests.any->d_type) == MatrixType::F64)
    run_product<double>(workspace, requests, layout);
  else if (is_integer(static_cast<MatrixType>(requests.any->a_type)))
    run_product<int32_t>(workspace, requests, layout);
  else
    run_product<float>(workspace, requests, layout);
}

void rt_mma(const uint64_t arguments[kWarpSize], uint32_t group) {
  static const Form form = {place_a, place_b, place_c};
  run_mma(arguments, group, &form);
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
  static const Form form = {quad_a, quad_b, quad_sum};
  for (uint32_t quad = 0; quad < 4; ++quad)
    if (const uint32_t members = group & (0x000f000fu << 4 * quad); members)
      run_mma(arguments, members, &form);
}

// wmma's layout is nobody's business but ours: element `index` of a lane is simply the next in row-major order. Where
// the fragment has room for every element more than once (f16 A and B), later lanes repeat the first ones.
void rt_wmma(const uint64_t arguments[kWarpSize], uint32_t group) {
  run_mma(arguments, group, nullptr);
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
  const uint32_t first = r->lane * r->count % (r->rows * r->columns);
  Place p = {first / r->columns, first % r->columns};
  for (uint32_t i = 0, run; i < r->count; i += run) {
    // neighbours in a row are neighbours in the registers
    run = r->column_major || bytes == 0 ? 1 : std::min(r->count - i, r->columns - p.column);
    uint64_t offset = r->column_major ? uint64_t{p.column} * r->stride + p.row
                                      : uint64_t{p.row} * r->stride + p.column;
    if (bytes == 0)
      move_bits(registers, uint64_t{i} * bits, memory, offset * bits, bits); // no store has such
    else if (r->store)
      std::memcpy(memory + offset * bytes, registers + i * bytes, run * bytes);
    else
      std::memcpy(registers + i * bytes, memory + offset * bytes, run * bytes);
    p.column += run;
    if (p.column == r->columns)
      p = {p.row + 1 == r->rows ? 0 : p.row + 1, 0};
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
