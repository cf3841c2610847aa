// Physical memory whose handle may be held several times.
#include "backends/cuda/call.h"

namespace gpuferry::cuda {

CUresult custom_cuMemRelease(Call &call) {
  const auto *args = call.args<gf_cuMemRelease_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemRelease;
  if (!native)
    return call.missing("cuMemRelease");
  auto *reply = call.reply<gf_cuMemRelease_reply>();
  CUmemGenericAllocationHandle memory = 0;
  if (const CUresult error = call.resolve(GF_KIND_ALLOCATION, args->memory, &memory))
    return error;
  if (const CUresult error = native(memory))
    return error;
  uint64_t freed_bytes = 0;
  reply->is_last = call.session().physical.released(memory, &freed_bytes);
  call.session().ledger.cancel(freed_bytes);
  if (reply->is_last)
    call.unbind(GF_KIND_ALLOCATION, args->memory);
  return CUDA_SUCCESS;
}

} // namespace gpuferry::cuda
