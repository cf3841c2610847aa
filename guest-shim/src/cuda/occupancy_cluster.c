// Occupancy of clusters: questions about a whole launch configuration, asked seldom and so not remembered.
#include <string.h>

#include "cuda/stub.h"

_Static_assert(sizeof(struct gf_cuOccupancyMaxActiveClusters_args) ==
                   sizeof(struct gf_cuOccupancyMaxPotentialClusterSize_args),
               "both questions are asked by one structure");

static CUresult ask(uint16_t opcode, int *answer, CUfunction func, const CUlaunchConfig *config) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (answer == NULL || config == NULL || (config->numAttrs > 0 && config->attrs == NULL) ||
      config->numAttrs > 64)
    return CUDA_ERROR_INVALID_VALUE;
  const uint64_t attribute_bytes = config->numAttrs * sizeof *config->attrs;
  struct gf_cuOccupancyMaxActiveClusters_args *args =
      gf_begin(lane, opcode, sizeof *args + attribute_bytes);
  args->function = (uint64_t)func;
  memcpy(args->grid, &config->gridDimX, sizeof args->grid);
  memcpy(args->block, &config->blockDimX, sizeof args->block);
  args->shared_bytes = config->sharedMemBytes;
  args->attribute_count = config->numAttrs;
  if (attribute_bytes > 0)
    memcpy(args + 1, config->attrs, attribute_bytes);
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuOccupancyMaxActiveClusters_reply));
  if (result == CUDA_SUCCESS)
    *answer = ((const struct gf_cuOccupancyMaxActiveClusters_reply *)data)->answer;
  return result;
}

CUresult CUDAAPI cuOccupancyMaxPotentialClusterSize(int *clusterSize, CUfunction func,
                                                    const CUlaunchConfig *config) {
  return ask(GF_OP_cuOccupancyMaxPotentialClusterSize, clusterSize, func, config);
}

CUresult CUDAAPI cuOccupancyMaxActiveClusters(int *numClusters, CUfunction func,
                                              const CUlaunchConfig *config) {
  return ask(GF_OP_cuOccupancyMaxActiveClusters, numClusters, func, config);
}
