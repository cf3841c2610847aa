// Tensor maps: 128 bytes that the driver makes for the copy engine of GPUs, and kernels get as they are.
#include <string.h>

#include "cuda/stub.h"

enum { RANK_MAX = 5, CORNERS_MAX = 3 };

_Static_assert(sizeof(struct gf_cuTensorMapEncodeTiled_args) ==
                       sizeof(struct gf_cuTensorMapEncodeIm2col_args) &&
                   sizeof(struct gf_cuTensorMapEncodeTiled_args) ==
                       sizeof(struct gf_cuTensorMapEncodeIm2colWide_args),
               "all three are told the same");
_Static_assert(sizeof(CUtensorMap) == sizeof(struct gf_cuTensorMapEncodeTiled_reply) &&
                   sizeof(CUtensorMap) == sizeof(struct gf_cuTensorMapReplaceAddress_reply),
               "an answer is a map");

typedef struct gf_cuTensorMapEncodeTiled_args tensor;

/// A frame with what every map has. NULL, and the code to return, where nothing is to be sent.
static tensor *begin(uint16_t opcode, struct gf_lane_client **lane, CUresult *result,
                     const CUtensorMap *map, CUtensorMapDataType type, cuuint32_t rank,
                     const void *address, const cuuint64_t *extents, const cuuint64_t *strides,
                     const cuuint32_t *element_strides) {
  *result = gf_enter(lane);
  if (*result != CUDA_SUCCESS)
    return NULL;
  *result = CUDA_ERROR_INVALID_VALUE;
  if (map == NULL || rank == 0 || rank > RANK_MAX || extents == NULL || element_strides == NULL ||
      (strides == NULL && rank > 1))
    return NULL;
  tensor *args = gf_begin(*lane, opcode, sizeof *args);
  memset(args, 0, sizeof *args);
  args->address = (uint64_t)address;
  args->rank = rank;
  args->type = (uint32_t)type;
  memcpy(args->extents, extents, rank * sizeof *extents);
  if (rank > 1)
    memcpy(args->strides, strides, (rank - 1) * sizeof *strides);
  memcpy(args->element_strides, element_strides, rank * sizeof *element_strides);
  return args;
}

static CUresult finish(struct gf_lane_client *lane, CUtensorMap *map) {
  const void *data;
  const CUresult result = gf_call(lane, &data, sizeof(struct gf_cuTensorMapEncodeTiled_reply));
  if (result == CUDA_SUCCESS)
    memcpy(map, data, sizeof *map);
  return result;
}

CUresult CUDAAPI cuTensorMapEncodeTiled(
    CUtensorMap *tensorMap, CUtensorMapDataType tensorDataType, cuuint32_t tensorRank,
    void *globalAddress, const cuuint64_t *globalDim, const cuuint64_t *globalStrides,
    const cuuint32_t *boxDim, const cuuint32_t *elementStrides, CUtensorMapInterleave interleave,
    CUtensorMapSwizzle swizzle, CUtensorMapL2promotion l2Promotion,
    CUtensorMapFloatOOBfill oobFill) {
  struct gf_lane_client *lane;
  CUresult result;
  if (boxDim == NULL)
    tensorRank = 0; // as invalid as that
  tensor *args = begin(GF_OP_cuTensorMapEncodeTiled, &lane, &result, tensorMap, tensorDataType,
                       tensorRank, globalAddress, globalDim, globalStrides, elementStrides);
  if (args == NULL)
    return result;
  memcpy(args->box, boxDim, tensorRank * sizeof *boxDim);
  args->interleave = (uint32_t)interleave;
  args->swizzle = (uint32_t)swizzle;
  args->promotion = (uint32_t)l2Promotion;
  args->fill = (uint32_t)oobFill;
  return finish(lane, tensorMap);
}

CUresult CUDAAPI cuTensorMapEncodeIm2col(
    CUtensorMap *tensorMap, CUtensorMapDataType tensorDataType, cuuint32_t tensorRank,
    void *globalAddress, const cuuint64_t *globalDim, const cuuint64_t *globalStrides,
    const int *pixelBoxLowerCorner, const int *pixelBoxUpperCorner, cuuint32_t channelsPerPixel,
    cuuint32_t pixelsPerColumn, const cuuint32_t *elementStrides, CUtensorMapInterleave interleave,
    CUtensorMapSwizzle swizzle, CUtensorMapL2promotion l2Promotion,
    CUtensorMapFloatOOBfill oobFill) {
  struct gf_lane_client *lane;
  CUresult result;
  // The corners lie in the dimensions of space: all but the channels and the batch.
  if (pixelBoxLowerCorner == NULL || pixelBoxUpperCorner == NULL || tensorRank < 3)
    tensorRank = 0;
  tensor *args = begin(GF_OP_cuTensorMapEncodeIm2col, &lane, &result, tensorMap, tensorDataType,
                       tensorRank, globalAddress, globalDim, globalStrides, elementStrides);
  if (args == NULL)
    return result;
  memcpy(args->lower, pixelBoxLowerCorner, (tensorRank - 2) * sizeof *pixelBoxLowerCorner);
  memcpy(args->upper, pixelBoxUpperCorner, (tensorRank - 2) * sizeof *pixelBoxUpperCorner);
  args->channels = channelsPerPixel;
  args->pixels = pixelsPerColumn;
  args->interleave = (uint32_t)interleave;
  args->swizzle = (uint32_t)swizzle;
  args->promotion = (uint32_t)l2Promotion;
  args->fill = (uint32_t)oobFill;
  return finish(lane, tensorMap);
}

CUresult CUDAAPI cuTensorMapEncodeIm2colWide(
    CUtensorMap *tensorMap, CUtensorMapDataType tensorDataType, cuuint32_t tensorRank,
    void *globalAddress, const cuuint64_t *globalDim, const cuuint64_t *globalStrides,
    int pixelBoxLowerCornerWidth, int pixelBoxUpperCornerWidth, cuuint32_t channelsPerPixel,
    cuuint32_t pixelsPerColumn, const cuuint32_t *elementStrides, CUtensorMapInterleave interleave,
    CUtensorMapIm2ColWideMode mode, CUtensorMapSwizzle swizzle, CUtensorMapL2promotion l2Promotion,
    CUtensorMapFloatOOBfill oobFill) {
  struct gf_lane_client *lane;
  CUresult result;
  tensor *args = begin(GF_OP_cuTensorMapEncodeIm2colWide, &lane, &result, tensorMap, tensorDataType,
                       tensorRank, globalAddress, globalDim, globalStrides, elementStrides);
  if (args == NULL)
    return result;
  args->lower[0] = (uint32_t)pixelBoxLowerCornerWidth;
  args->upper[0] = (uint32_t)pixelBoxUpperCornerWidth;
  args->channels = channelsPerPixel;
  args->pixels = pixelsPerColumn;
  args->interleave = (uint32_t)interleave;
  args->mode = (uint32_t)mode;
  args->swizzle = (uint32_t)swizzle;
  args->promotion = (uint32_t)l2Promotion;
  args->fill = (uint32_t)oobFill;
  return finish(lane, tensorMap);
}

CUresult CUDAAPI cuTensorMapReplaceAddress(CUtensorMap *tensorMap, void *globalAddress) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (tensorMap == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuTensorMapReplaceAddress_args *args =
      gf_begin(lane, GF_OP_cuTensorMapReplaceAddress, sizeof *args);
  memcpy(args->map, tensorMap, sizeof args->map);
  args->address = (uint64_t)globalAddress;
  return finish(lane, tensorMap);
}
