#include "cuda/occupancy.h"

#include <pthread.h>

#include "cuda/context.h"
#include "cuda/init.h"

// Programs ask the same few questions over and over (libraries before every launch).
enum { GF_OCCUPANCY_CACHE = 64 };

struct answer {
  uint64_t function; ///< 0: empty
  uint64_t dynamic_shared_bytes;
  int block_threads;
  uint32_t flags;
  int blocks;
};

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct answer g_answers[GF_OCCUPANCY_CACHE];

static struct answer *place(const struct answer *question) {
  uint64_t hash =
      question->function * 0x9E3779B97F4A7C15ull ^
      question->dynamic_shared_bytes * 0xC2B2AE3D27D4EB4Full ^
      ((uint64_t)question->block_threads << 8 | question->flags) * 0x165667B19E3779F9ull;
  return &g_answers[(hash >> 32) % GF_OCCUPANCY_CACHE];
}

static int known(struct answer *question) {
  pthread_mutex_lock(&g_mutex);
  const struct answer *at = place(question);
  int found = at->function == question->function && at->flags == question->flags &&
              at->dynamic_shared_bytes == question->dynamic_shared_bytes &&
              at->block_threads == question->block_threads;
  if (found)
    question->blocks = at->blocks;
  pthread_mutex_unlock(&g_mutex);
  return found;
}

void gf_occupancy_forget(uint64_t function) {
  pthread_mutex_lock(&g_mutex);
  for (int i = 0; i < GF_OCCUPANCY_CACHE; i++) {
    if (g_answers[i].function == function)
      g_answers[i].function = 0;
  }
  pthread_mutex_unlock(&g_mutex);
}

CUresult gf_occupancy(uint64_t function, int block_threads, uint64_t dynamic_shared_bytes,
                      uint32_t flags, int *blocks) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct answer question = {function, dynamic_shared_bytes, block_threads, flags, 0};
  if (!known(&question)) {
    struct gf_cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags_args *args =
        gf_begin(lane, GF_OP_cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags, sizeof *args);
    args->function = function;
    args->dynamic_shared_bytes = dynamic_shared_bytes;
    args->block_threads = block_threads;
    args->flags = flags;
    const void *data;
    const struct gf_cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags_reply *reply;
    result = gf_call(lane, &data, sizeof *reply);
    if (result != CUDA_SUCCESS)
      return result;
    reply = data;
    question.blocks = reply->blocks;
    pthread_mutex_lock(&g_mutex);
    *place(&question) = question;
    pthread_mutex_unlock(&g_mutex);
  }
  *blocks = question.blocks;
  return CUDA_SUCCESS;
}

int gf_launch_fits_cooperative(uint64_t function, const struct gf_launch_shape *shape) {
  const uint64_t threads = (uint64_t)shape->block[0] * shape->block[1] * shape->block[2];
  int blocks;
  if (gf_occupancy(function, (int)threads, shape->shared_bytes, 0, &blocks) != CUDA_SUCCESS)
    return 0;
  const int *device = gf_device(gf_context_current()->device)->attributes;
  const uint64_t room =
      (uint64_t)blocks * (uint64_t)device[CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT];
  return (uint64_t)shape->grid[0] * shape->grid[1] * shape->grid[2] <= room;
}

CUresult CUDAAPI cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int *numBlocks, CUfunction func, int blockSize, size_t dynamicSMemSize, unsigned int flags) {
  if (numBlocks == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  return gf_occupancy((uint64_t)func, blockSize, dynamicSMemSize, flags, numBlocks);
}

CUresult CUDAAPI cuOccupancyMaxActiveBlocksPerMultiprocessor(int *numBlocks, CUfunction func,
                                                             int blockSize,
                                                             size_t dynamicSMemSize) {
  return cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(numBlocks, func, blockSize,
                                                              dynamicSMemSize, 0);
}

/// The block size with the most resident threads; among equals the largest, as in CUDA's own
/// cuda_runtime.h.
CUresult CUDAAPI cuOccupancyMaxPotentialBlockSizeWithFlags(
    int *minGridSize, int *blockSize, CUfunction func,
    CUoccupancyB2DSize blockSizeToDynamicSMemSize, size_t dynamicSMemSize, int blockSizeLimit,
    unsigned int flags) {
  const struct gf_context *context = gf_context_current();
  if (minGridSize == NULL || blockSize == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  if (context == NULL)
    return gf_initialised() ? CUDA_ERROR_INVALID_CONTEXT : CUDA_ERROR_NOT_INITIALIZED;
  const struct gf_function *function = gf_function_of((uint64_t)func);
  if (function == NULL)
    return CUDA_ERROR_INVALID_HANDLE;
  const int *device = gf_device(context->device)->attributes;
  const int warp = device[CU_DEVICE_ATTRIBUTE_WARP_SIZE];
  int limit = function->attributes[CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK];
  if (limit <= 0 || limit > device[CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK])
    limit = device[CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK];
  if (blockSizeLimit > 0 && blockSizeLimit < limit)
    limit = blockSizeLimit;
  int best_threads = 0, best_block = 0, best_blocks = 0;
  for (int block = (limit + warp - 1) / warp * warp; block > 0; block -= warp) {
    const int threads = block < limit ? block : limit;
    const size_t shared =
        blockSizeToDynamicSMemSize != NULL ? blockSizeToDynamicSMemSize(threads) : dynamicSMemSize;
    int blocks;
    CUresult result = gf_occupancy((uint64_t)func, threads, shared, flags, &blocks);
    if (result != CUDA_SUCCESS)
      return result;
    if (blocks * threads > best_threads) {
      best_threads = blocks * threads;
      best_block = threads;
      best_blocks = blocks;
    }
    if (best_threads >= device[CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR])
      break; // it cannot get better
  }
  *blockSize = best_block;
  *minGridSize = best_blocks * device[CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT];
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuOccupancyMaxPotentialBlockSize(int *minGridSize, int *blockSize, CUfunction func,
                                                  CUoccupancyB2DSize blockSizeToDynamicSMemSize,
                                                  size_t dynamicSMemSize, int blockSizeLimit) {
  return cuOccupancyMaxPotentialBlockSizeWithFlags(
      minGridSize, blockSize, func, blockSizeToDynamicSMemSize, dynamicSMemSize, blockSizeLimit, 0);
}
