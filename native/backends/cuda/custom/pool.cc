// Stream-ordered memory, under the same quota as any other.
#include "backends/cuda/call.h"
#include "backends/cuda/graph_holdings.h"

#include <climits>

namespace gpuferry::cuda {

namespace {

/// Reuse policies are ints, thresholds and statistics 64 bits wide.
bool is_wide(int attribute) {
  switch (static_cast<CUmemPool_attribute>(attribute)) {
  case CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
  case CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
  case CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
    return false;
  default:
    return true;
  }
}

template <class Allocate>
CUresult allocate(Call &call, CUstream stream, uint64_t bytes, uint64_t *address, Allocate from) {
  // In a capture it becomes a node, and the memory the graph's.
  if (CUgraph graph =
          call.session().captures.any() ? captured_graph(call.driver(), stream) : nullptr) {
    GraphHolding holding(call, bytes);
    if (!holding)
      return CUDA_ERROR_OUT_OF_MEMORY;
    CUdeviceptr native = 0;
    const CUresult result = from(&native);
    if (result == CUDA_SUCCESS)
      holding.keep(graph);
    *address = native;
    return result;
  }
  MemoryLedger &ledger = call.session().ledger;
  if (!ledger.reserve(bytes))
    return CUDA_ERROR_OUT_OF_MEMORY;
  CUdeviceptr native = 0;
  const CUresult result = from(&native);
  if (result == CUDA_SUCCESS)
    ledger.record(native, bytes, nullptr); // pools belong to devices
  else
    ledger.cancel(bytes);
  *address = native;
  return result;
}

} // namespace

CUresult custom_cuMemAllocAsync(Call &call) {
  const auto *args = call.args<gf_cuMemAllocAsync_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemAllocAsync;
  if (!native)
    return call.missing("cuMemAllocAsync");
  auto *reply = call.reply<gf_cuMemAllocAsync_reply>();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  return allocate(call, stream, args->size_bytes, &reply->address,
                  [&](CUdeviceptr *address) { return native(address, args->size_bytes, stream); });
}

CUresult custom_cuMemAllocFromPoolAsync(Call &call) {
  const auto *args = call.args<gf_cuMemAllocFromPoolAsync_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemAllocFromPoolAsync;
  if (!native)
    return call.missing("cuMemAllocFromPoolAsync");
  auto *reply = call.reply<gf_cuMemAllocFromPoolAsync_reply>();
  CUmemoryPool pool = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_MEMORY_POOL, args->pool, &pool))
    return error;
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  return allocate(call, stream, args->size_bytes, &reply->address, [&](CUdeviceptr *address) {
    return native(address, args->size_bytes, pool, stream);
  });
}

CUresult custom_cuMemFreeAsync(Call &call) {
  const auto *args = call.args<gf_cuMemFreeAsync_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemFreeAsync;
  if (!native)
    return call.missing("cuMemFreeAsync");
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  const CUresult result = native(args->address, stream);
  if (result == CUDA_SUCCESS)
    call.session().ledger.release(args->address);
  return result;
}

CUresult custom_cuMemPoolSetAttribute(Call &call) {
  const auto *args = call.args<gf_cuMemPoolSetAttribute_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemPoolSetAttribute;
  if (!native)
    return call.missing("cuMemPoolSetAttribute");
  CUmemoryPool pool = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_MEMORY_POOL, args->pool, &pool))
    return error;
  // Little-endian: an int attribute is the first half.
  cuuint64_t value = args->value;
  return native(pool, static_cast<CUmemPool_attribute>(args->attribute), &value);
}

CUresult custom_cuMemPoolGetAttribute(Call &call) {
  const auto *args = call.args<gf_cuMemPoolGetAttribute_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemPoolGetAttribute;
  if (!native)
    return call.missing("cuMemPoolGetAttribute");
  auto *reply = call.reply<gf_cuMemPoolGetAttribute_reply>();
  CUmemoryPool pool = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_MEMORY_POOL, args->pool, &pool))
    return error;
  cuuint64_t value = 0;
  const CUresult result = native(pool, static_cast<CUmemPool_attribute>(args->attribute), &value);
  reply->value = is_wide(args->attribute) ? value : value & UINT_MAX;
  return result;
}

} // namespace gpuferry::cuda
