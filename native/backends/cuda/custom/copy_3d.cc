// Copies with pitches and arrays, in the form of CUDA_MEMCPY3D.
#include "backends/cuda/call.h"
#include "backends/cuda/copy_extent.h"

#include <cstring>

namespace gpuferry::cuda {

CUresult custom_gfCopy3D(Call &call) {
  const auto *args = call.args<gf_gfCopy3D_args>();
  if (!args)
    return call.poisoned();
  CUDA_MEMCPY3D copy;
  static_assert(sizeof copy == sizeof args->copy);
  std::memcpy(&copy, args->copy, sizeof copy);
  if (const CUresult error = settle_copy(call, copy, {args->src_memory, args->src_array},
                                         {args->dst_memory, args->dst_array}))
    return error;
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  if (!call.begin_copy(stream, args->is_async))
    return CUDA_ERROR_UNKNOWN;
  gf_fetch_add_relaxed(&call.session().grant->copied_bytes,
                       copy.WidthInBytes * copy.Height * copy.Depth);
  if (args->is_async)
    return call.driver().cuMemcpy3DAsync_v2(&copy, stream);
  call.will_block();
  if (!stream)
    return call.driver().cuMemcpy3D_v2(&copy);
  const CUresult result = call.driver().cuMemcpy3DAsync_v2(&copy, stream);
  return result == CUDA_SUCCESS ? call.driver().cuStreamSynchronize(stream) : result;
}

} // namespace gpuferry::cuda
