// Tensor maps, which serve the copy engine that GPUs have since compute capability 9.0: this device has none.
#include "../complain.h"
#include "../entry.h"

#include <atomic>

using namespace softcuda;

namespace {

CUresult refuse(const char *symbol) {
  GF_TRY(enter());
  static std::atomic<bool> has_complained{false};
  if (!has_complained.exchange(true))
    complain("%s: tensor maps need compute capability 9.0, and this device is %d.%d", symbol,
             Device::kMajor, Device::kMinor);
  return CUDA_ERROR_NOT_SUPPORTED;
}

// Arguments that are wrong on every device.
bool is_sound(const void *map, cuuint32_t rank, const void *extents, const void *strides,
              const void *element_strides) {
  return map && rank >= 1 && rank <= 5 && extents && element_strides && (strides || rank == 1);
}

} // namespace

GF_API cuTensorMapEncodeTiled(CUtensorMap *map, CUtensorMapDataType, cuuint32_t rank, void *,
                              const cuuint64_t *extents, const cuuint64_t *strides,
                              const cuuint32_t *box, const cuuint32_t *element_strides,
                              CUtensorMapInterleave, CUtensorMapSwizzle, CUtensorMapL2promotion,
                              CUtensorMapFloatOOBfill) {
  GF_TRY(enter());
  GF_REQUIRE(box && is_sound(map, rank, extents, strides, element_strides));
  return refuse("cuTensorMapEncodeTiled");
}

GF_API cuTensorMapEncodeIm2col(CUtensorMap *map, CUtensorMapDataType, cuuint32_t rank, void *,
                               const cuuint64_t *extents, const cuuint64_t *strides,
                               const int *lower, const int *upper, cuuint32_t, cuuint32_t,
                               const cuuint32_t *element_strides, CUtensorMapInterleave,
                               CUtensorMapSwizzle, CUtensorMapL2promotion,
                               CUtensorMapFloatOOBfill) {
  GF_TRY(enter());
  GF_REQUIRE(lower && upper && rank >= 3 && is_sound(map, rank, extents, strides, element_strides));
  return refuse("cuTensorMapEncodeIm2col");
}

GF_API cuTensorMapEncodeIm2colWide(CUtensorMap *map, CUtensorMapDataType, cuuint32_t rank, void *,
                                   const cuuint64_t *extents, const cuuint64_t *strides, int, int,
                                   cuuint32_t, cuuint32_t, const cuuint32_t *element_strides,
                                   CUtensorMapInterleave, CUtensorMapIm2ColWideMode,
                                   CUtensorMapSwizzle, CUtensorMapL2promotion,
                                   CUtensorMapFloatOOBfill) {
  GF_TRY(enter());
  GF_REQUIRE(is_sound(map, rank, extents, strides, element_strides));
  return refuse("cuTensorMapEncodeIm2colWide");
}

GF_API cuTensorMapReplaceAddress(CUtensorMap *map, void *) {
  GF_TRY(enter());
  GF_REQUIRE(map);
  return refuse("cuTensorMapReplaceAddress");
}
