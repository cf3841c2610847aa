#include "run/bulk.h"

#include "tensor_map.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace softcuda::jit {
namespace {

// --- the elements of a box

/// Where a piece of shared memory lies instead: pieces of 16 bytes trade places by the number of their 128 bytes.
std::byte *swizzled(std::byte *place, uint32_t span_bytes) {
  const auto address = reinterpret_cast<uint64_t>(place);
  const uint64_t pieces = span_bytes / 16;
  const uint64_t turn = pieces > 1 ? (address >> 7) & (pieces - 1) : 0;
  return reinterpret_cast<std::byte *>(address ^ turn << 4);
}

/// Calls visit(shared place, global place or null outside of the tensor) for each element that a copy moves.
template <typename Visit>
uint32_t for_box(const TensorMap &map, const int32_t *start, std::byte *shared, Visit visit) {
  const uint32_t bytes = element_bytes(map.element);
  uint32_t count[kMostTensorRank], index[kMostTensorRank] = {}, total = 1;
  for (uint32_t d = 0; d < kMostTensorRank; ++d) {
    count[d] = (map.box[d] + map.element_stride[d] - 1u) / map.element_stride[d];
    total *= count[d];
  }
  for (uint32_t i = 0; i < total; ++i) {
    bool inside = true;
    uint64_t offset = 0;
    for (uint32_t d = 0; d < map.rank; ++d) {
      const int64_t at = start[d] + int64_t{index[d]} * map.element_stride[d];
      inside &= at >= 0 && static_cast<uint64_t>(at) < map.extent[d];
      offset += static_cast<uint64_t>(at) * map.stride_bytes[d];
    }
    auto *global = reinterpret_cast<std::byte *>(map.address + offset);
    visit(swizzled(shared + uint64_t{i} * bytes, map.swizzle_bytes), inside ? global : nullptr);
    for (uint32_t d = 0; d < kMostTensorRank && ++index[d] == count[d]; ++d)
      index[d] = 0;
  }
  return total * bytes;
}

/// A NaN with all bits set but the sign, in each of the formats.
uint64_t nan_bits(TensorElement element) {
  return ~uint64_t{0} >> (64 - 8 * element_bytes(element)) >> 1;
}

/// Returns how many bytes the copy counts for.
uint32_t rt_tensor_load(const TensorMap *map, const int32_t *start, std::byte *shared) {
  const uint32_t bytes = element_bytes(map->element);
  const uint64_t outside = map->fills_nan ? nan_bits(map->element) : 0;
  return for_box(*map, start, shared, [&](std::byte *to, const std::byte *from) {
    std::memcpy(to, from ? from : reinterpret_cast<const std::byte *>(&outside), bytes);
  });
}

void rt_tensor_store(const TensorMap *map, const int32_t *start, std::byte *shared) {
  const uint32_t bytes = element_bytes(map->element);
  for_box(*map, start, shared, [&](const std::byte *from, std::byte *to) {
    if (to)
      std::memcpy(to, from, bytes);
  });
}

// --- reductions

struct Half {
  uint16_t bits;
};
struct Bfloat {
  uint16_t bits;
};

float value_of(Half h) { return static_cast<float>(std::bit_cast<_Float16>(h.bits)); }
float value_of(Bfloat b) { return std::bit_cast<float>(uint32_t{b.bits} << 16); }
void set(Half &h, float value) { h.bits = std::bit_cast<uint16_t>(static_cast<_Float16>(value)); }
void set(Bfloat &b, float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  b.bits =
      std::isnan(value) ? 0x7fff : static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

template <typename T> T reduce_integer(BulkReduction how, T before, T operand) {
  using Unsigned = std::make_unsigned_t<T>;
  const auto a = static_cast<Unsigned>(before), b = static_cast<Unsigned>(operand);
  switch (how) {
  case BulkReduction::Add:
    return static_cast<T>(a + b);
  case BulkReduction::Min:
    return std::min(before, operand);
  case BulkReduction::Max:
    return std::max(before, operand);
  case BulkReduction::Inc:
    return static_cast<T>(a >= b ? 0 : a + 1);
  case BulkReduction::Dec:
    return static_cast<T>(a == 0 || a > b ? b : a - 1);
  case BulkReduction::And:
    return static_cast<T>(a & b);
  case BulkReduction::Or:
    return static_cast<T>(a | b);
  case BulkReduction::Xor:
    return static_cast<T>(a ^ b);
  }
  return before;
}

template <typename F> F reduce_float(BulkReduction how, F a, F b) {
  return how == BulkReduction::Add   ? a + b
         : how == BulkReduction::Min ? std::fmin(a, b)
                                     : std::fmax(a, b);
}

template <typename T> T reduce(BulkReduction how, T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return reduce_integer(how, a, b);
  } else if constexpr (std::is_floating_point_v<T>) {
    return reduce_float(how, a, b);
  } else {
    T result;
    set(result, reduce_float(how, value_of(a), value_of(b)));
    return result;
  }
}

// Each element by itself is atomic, as on a GPU.
template <typename T> void reduce_into(std::byte *to, const std::byte *from, BulkReduction how) {
  T operand;
  std::memcpy(&operand, from, sizeof operand);
  auto *place = reinterpret_cast<T *>(to);
  T before, after;
  __atomic_load(place, &before, __ATOMIC_RELAXED);
  do
    after = reduce(how, before, operand);
  while (
      !__atomic_compare_exchange(place, &before, &after, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

void reduce_element(TensorElement element, std::byte *to, const std::byte *from,
                    BulkReduction how) {
  switch (element) {
  case TensorElement::U8:
    return reduce_into<uint8_t>(to, from, how);
  case TensorElement::U16:
    return reduce_into<uint16_t>(to, from, how);
  case TensorElement::U32:
    return reduce_into<uint32_t>(to, from, how);
  case TensorElement::S32:
    return reduce_into<int32_t>(to, from, how);
  case TensorElement::U64:
    return reduce_into<uint64_t>(to, from, how);
  case TensorElement::S64:
    return reduce_into<int64_t>(to, from, how);
  case TensorElement::F16:
    return reduce_into<Half>(to, from, how);
  case TensorElement::F32:
    return reduce_into<float>(to, from, how);
  case TensorElement::F64:
    return reduce_into<double>(to, from, how);
  case TensorElement::BF16:
    return reduce_into<Bfloat>(to, from, how);
  }
}

void rt_tensor_reduce(const TensorMap *map, const int32_t *start, std::byte *shared, uint32_t how) {
  for_box(*map, start, shared, [&](const std::byte *from, std::byte *to) {
    if (to)
      reduce_element(map->element, to, from, static_cast<BulkReduction>(how));
  });
}

void rt_bulk_reduce(std::byte *to, const std::byte *from, uint32_t bytes, uint32_t element,
                    uint32_t how) {
  const auto type = static_cast<TensorElement>(element);
  for (uint32_t at = 0; at < bytes; at += element_bytes(type))
    reduce_element(type, to + at, from + at, static_cast<BulkReduction>(how));
}

} // namespace

void add_bulk_functions(std::unordered_map<std::string_view, void *> &table) {
  table["rt_tensor_load"] = reinterpret_cast<void *>(rt_tensor_load);
  table["rt_tensor_store"] = reinterpret_cast<void *>(rt_tensor_store);
  table["rt_tensor_reduce"] = reinterpret_cast<void *>(rt_tensor_reduce);
  table["rt_bulk_reduce"] = reinterpret_cast<void *>(rt_bulk_reduce);
}

} // namespace softcuda::jit
