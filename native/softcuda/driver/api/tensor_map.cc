// Tensor maps: descriptions of tensors that kernels copy boxes of. Boxes are cut in tiles; the modes for convolutions (im2col)
// and interleaved layouts are not supported.
#include "../complain.h"
#include "../entry.h"
#include "jit.h"

#include <atomic>
#include <cstring>
#include <optional>

using namespace softcuda;
using jit::TensorElement;
using jit::TensorMap;

namespace {

constexpr uint64_t kMostExtent = 1ull << 32, kMostStrideBytes = 1ull << 40;
constexpr uint32_t kMostBox = 256, kMostElementStride = 8, kAlignBytes = 16;

CUresult refuse(const char *what) {
  static std::atomic<bool> has_complained{false};
  if (!has_complained.exchange(true))
    complain("tensor maps: %s not supported", what);
  return CUDA_ERROR_NOT_SUPPORTED;
}

// Arguments that are wrong on every device.
bool is_sound(const void *map, cuuint32_t rank, const void *extents, const void *strides,
              const void *element_strides) {
  return map && rank >= 1 && rank <= jit::kMostTensorRank && extents && element_strides &&
         (strides || rank == 1);
}

std::optional<TensorElement> element_of(CUtensorMapDataType type) {
  switch (static_cast<int>(type)) {
  case CU_TENSOR_MAP_DATA_TYPE_UINT8:
    return TensorElement::U8;
  case CU_TENSOR_MAP_DATA_TYPE_UINT16:
    return TensorElement::U16;
  case CU_TENSOR_MAP_DATA_TYPE_UINT32:
    return TensorElement::U32;
  case CU_TENSOR_MAP_DATA_TYPE_INT32:
    return TensorElement::S32;
  case CU_TENSOR_MAP_DATA_TYPE_UINT64:
    return TensorElement::U64;
  case CU_TENSOR_MAP_DATA_TYPE_INT64:
    return TensorElement::S64;
  case CU_TENSOR_MAP_DATA_TYPE_FLOAT16:
    return TensorElement::F16;
  case CU_TENSOR_MAP_DATA_TYPE_FLOAT32:
    return TensorElement::F32;
  case CU_TENSOR_MAP_DATA_TYPE_FLOAT64:
    return TensorElement::F64;
  case CU_TENSOR_MAP_DATA_TYPE_BFLOAT16:
    return TensorElement::BF16;
  default:
    return std::nullopt;
  }
}

bool is_float(TensorElement element) { return element >= TensorElement::F16; }

/// The span of a swizzle in bytes; none for those that are not supported.
std::optional<uint32_t> swizzle_span(CUtensorMapSwizzle swizzle) {
  switch (static_cast<int>(swizzle)) {
  case CU_TENSOR_MAP_SWIZZLE_NONE:
    return 0;
  case CU_TENSOR_MAP_SWIZZLE_32B:
    return 32;
  case CU_TENSOR_MAP_SWIZZLE_64B:
    return 64;
  case CU_TENSOR_MAP_SWIZZLE_128B:
    return 128;
  default:
    return std::nullopt;
  }
}

/// Extents, strides and box, as the manual bounds them.
bool set_shape(TensorMap &map, const cuuint64_t *extents, const cuuint64_t *strides,
               const cuuint32_t *box, const cuuint32_t *element_strides) {
  for (uint32_t d = 0; d < jit::kMostTensorRank; d++) {
    const bool is_there = d < map.rank;
    map.extent[d] = is_there ? extents[d] : 1;
    map.box[d] = static_cast<uint16_t>(is_there ? box[d] : 1);
    // of the innermost it is ignored where nothing is interleaved
    map.element_stride[d] = static_cast<uint8_t>(is_there && d > 0 ? element_strides[d] : 1);
    map.stride_bytes[d] = d == 0 ? jit::element_bytes(map.element) : is_there ? strides[d - 1] : 0;
    if (!is_there)
      continue;
    if (extents[d] == 0 || extents[d] > kMostExtent || box[d] == 0 || box[d] > kMostBox ||
        element_strides[d] == 0 || element_strides[d] > kMostElementStride)
      return false;
    if (d > 0 && (strides[d - 1] % kAlignBytes || strides[d - 1] >= kMostStrideBytes))
      return false;
  }
  return true;
}

} // namespace

GF_API cuTensorMapEncodeTiled(CUtensorMap *out, CUtensorMapDataType type, cuuint32_t rank,
                              void *address, const cuuint64_t *extents, const cuuint64_t *strides,
                              const cuuint32_t *box, const cuuint32_t *element_strides,
                              CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle,
                              CUtensorMapL2promotion, CUtensorMapFloatOOBfill fill) {
  GF_TRY(enter());
  GF_REQUIRE(box && is_sound(out, rank, extents, strides, element_strides));
  GF_REQUIRE(reinterpret_cast<uint64_t>(out) % alignof(CUtensorMap) == 0);
  if (interleave != CU_TENSOR_MAP_INTERLEAVE_NONE)
    return refuse("interleaved layouts are");
  const auto element = element_of(type);
  const auto span = swizzle_span(swizzle);
  if (!element || !span)
    return refuse("this type of elements or this swizzle is");
  TensorMap map{};
  map.address = reinterpret_cast<uint64_t>(address);
  map.element = *element;
  map.rank = static_cast<uint8_t>(rank);
  map.swizzle_bytes = static_cast<uint8_t>(*span);
  map.fills_nan = fill == CU_TENSOR_MAP_FLOAT_OOB_FILL_NAN_REQUEST_ZERO_FMA;
  GF_REQUIRE(map.address % kAlignBytes == 0 && (!map.fills_nan || is_float(*element)));
  GF_REQUIRE(set_shape(map, extents, strides, box, element_strides));
  const uint32_t row_bytes = map.box[0] * jit::element_bytes(*element);
  GF_REQUIRE(row_bytes % kAlignBytes == 0 && (*span == 0 || row_bytes <= *span));
  *out = {};
  std::memcpy(out, &map, sizeof map);
  return CUDA_SUCCESS;
}

GF_API cuTensorMapEncodeIm2col(CUtensorMap *map, CUtensorMapDataType, cuuint32_t rank, void *,
                               const cuuint64_t *extents, const cuuint64_t *strides,
                               const int *lower, const int *upper, cuuint32_t, cuuint32_t,
                               const cuuint32_t *element_strides, CUtensorMapInterleave,
                               CUtensorMapSwizzle, CUtensorMapL2promotion,
                               CUtensorMapFloatOOBfill) {
  GF_TRY(enter());
  GF_REQUIRE(lower && upper && rank >= 3 && is_sound(map, rank, extents, strides, element_strides));
  return refuse("im2col is");
}

GF_API cuTensorMapEncodeIm2colWide(CUtensorMap *map, CUtensorMapDataType, cuuint32_t rank, void *,
                                   const cuuint64_t *extents, const cuuint64_t *strides, int, int,
                                   cuuint32_t, cuuint32_t, const cuuint32_t *element_strides,
                                   CUtensorMapInterleave, CUtensorMapIm2ColWideMode,
                                   CUtensorMapSwizzle, CUtensorMapL2promotion,
                                   CUtensorMapFloatOOBfill) {
  GF_TRY(enter());
  GF_REQUIRE(is_sound(map, rank, extents, strides, element_strides));
  return refuse("im2col is");
}

GF_API cuTensorMapReplaceAddress(CUtensorMap *out, void *address) {
  GF_TRY(enter());
  GF_REQUIRE(out && address && reinterpret_cast<uint64_t>(address) % kAlignBytes == 0);
  TensorMap map;
  std::memcpy(&map, out, sizeof map);
  GF_REQUIRE(map.rank != 0);
  map.address = reinterpret_cast<uint64_t>(address);
  std::memcpy(out, &map, sizeof map);
  return CUDA_SUCCESS;
}
