// What a CUtensorMap holds: how a tensor lies in memory, and which box of it a copy moves. The driver packs it, kernels
// hand its address to copies of tensors.
#pragma once

#include <cstdint>

namespace softcuda::jit {

enum class TensorElement : uint8_t { U8, U16, U32, S32, U64, S64, F16, F32, F64, BF16 };

inline constexpr uint32_t kMostTensorRank = 5;

struct TensorMap {
  uint64_t address;
  uint64_t stride_bytes[kMostTensorRank];  // of the innermost: an element
  uint64_t extent[kMostTensorRank];        // elements, 1 beyond the rank
  uint16_t box[kMostTensorRank];           // elements, 1 beyond the rank
  uint8_t element_stride[kMostTensorRank]; // every n-th element of the box is taken
  TensorElement element;
  uint8_t rank;
  uint8_t swizzle_bytes; // 0, or the span within which pieces of 16 bytes trade places: 32, 64, 128
  uint8_t fills_nan;     // outside of the tensor; else zeros
};
static_assert(sizeof(TensorMap) <= 128);

constexpr uint32_t element_bytes(TensorElement element) {
  switch (element) {
  case TensorElement::U8:
    return 1;
  case TensorElement::U16:
  case TensorElement::F16:
  case TensorElement::BF16:
    return 2;
  case TensorElement::U64:
  case TensorElement::S64:
  case TensorElement::F64:
    return 8;
  default:
    return 4;
  }
}

} // namespace softcuda::jit
