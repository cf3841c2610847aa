// Occupancy: how many blocks fit, by the rules of the device that we claim to be.
#include "../entry.h"
#include "../launch.h"

#include <algorithm>

using namespace softcuda;

namespace {

constexpr int kThreadsPerMultiprocessor = 1536;

CUresult enter_function(CUfunction handle, Function **function) {
  Context *context;
  GF_TRY(enter(&context));
  return resolve_function(handle, *context, function);
}

int blocks_that_fit(const Function &function, int threads, size_t dynamic_shared_bytes) {
  int most;
  function.attribute(CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, &most);
  if (threads > most ||
      dynamic_shared_bytes + function.info.static_shared_bytes > Device::kSharedOptinBytes)
    return 0;
  return static_cast<int>(function.resident_blocks(static_cast<unsigned>(threads),
                                                   static_cast<unsigned>(dynamic_shared_bytes)));
}

} // namespace

GF_API cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, CUfunction handle,
                                                            int threads, size_t shared_bytes,
                                                            unsigned int flags) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(blocks && threads > 0 && (flags & ~CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE) == 0);
  *blocks = blocks_that_fit(*function, threads, shared_bytes);
  return CUDA_SUCCESS;
}

GF_API cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction handle, int threads,
                                                   size_t shared_bytes) {
  return cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(blocks, handle, threads, shared_bytes,
                                                              0);
}

// The block size that keeps most threads resident; of equals the largest.
GF_API cuOccupancyMaxPotentialBlockSizeWithFlags(int *min_grid, int *block_size, CUfunction handle,
                                                 CUoccupancyB2DSize shared_for_block,
                                                 size_t shared_bytes, int limit,
                                                 unsigned int flags) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(min_grid && block_size && (flags & ~CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE) == 0);
  int most;
  GF_TRY(function->attribute(CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, &most));
  if (limit > 0)
    most = std::min(most, limit);
  int best_threads = 0, best_blocks = 0, best_size = 0;
  for (int size = (most + 31) / 32 * 32; size > 0; size -= 32) {
    int threads = std::min(size, most);
    size_t dynamic = shared_for_block ? shared_for_block(threads) : shared_bytes;
    int blocks = blocks_that_fit(*function, threads, dynamic);
    if (blocks * threads > best_threads) {
      best_threads = blocks * threads;
      best_blocks = blocks;
      best_size = threads;
    }
    if (best_threads >= kThreadsPerMultiprocessor)
      break;
  }
  *block_size = best_size;
  *min_grid = best_blocks * Device::kMultiprocessors;
  return CUDA_SUCCESS;
}

GF_API cuOccupancyMaxPotentialBlockSize(int *min_grid, int *block_size, CUfunction handle,
                                        CUoccupancyB2DSize shared_for_block, size_t shared_bytes,
                                        int limit) {
  return cuOccupancyMaxPotentialBlockSizeWithFlags(min_grid, block_size, handle, shared_for_block,
                                                   shared_bytes, limit, 0);
}

GF_API cuOccupancyAvailableDynamicSMemPerBlock(size_t *bytes, CUfunction handle, int blocks,
                                               int threads) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(bytes && blocks > 0 && threads > 0);
  constexpr size_t kPerMultiprocessor = 100 << 10, kReservedPerBlock = 1 << 10;
  size_t share = kPerMultiprocessor / static_cast<size_t>(blocks);
  size_t taken = kReservedPerBlock + function->info.static_shared_bytes;
  *bytes = share > taken ? std::min<size_t>(share - taken, Device::kSharedPerBlockBytes) : 0;
  return CUDA_SUCCESS;
}

GF_API cuOccupancyMaxPotentialClusterSize(int *size, CUfunction handle,
                                          const CUlaunchConfig *config) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(size && config);
  *size = static_cast<int>(most_cluster_blocks(*function));
  return CUDA_SUCCESS;
}

GF_API cuOccupancyMaxActiveClusters(int *count, CUfunction handle, const CUlaunchConfig *config) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(count && config && (config->attrs || config->numAttrs == 0));
  uint64_t cluster_blocks = function->info.required_cluster.product();
  for (unsigned i = 0; i < config->numAttrs; i++)
    if (config->attrs[i].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) {
      const auto &extents = config->attrs[i].value.clusterDim;
      cluster_blocks = jit::Dim3{extents.x, extents.y, extents.z}.product();
    }
  if (cluster_blocks == 0 || cluster_blocks > most_cluster_blocks(*function))
    return CUDA_ERROR_INVALID_CLUSTER_SIZE;
  const unsigned threads = config->blockDimX * config->blockDimY * config->blockDimZ;
  const uint64_t resident = function->resident_blocks(threads, config->sharedMemBytes);
  *count = static_cast<int>(uint64_t{Device::kMultiprocessors} * resident / cluster_blocks);
  return CUDA_SUCCESS;
}
