// Waiting for streams and events.
#include "backends/cuda/call.h"

namespace gpuferry::cuda {

CUresult custom_cuEventQuery(Call &call) {
  const auto *args = call.args<gf_cuEventQuery_args>();
  if (!args)
    return call.poisoned();
  CUevent event = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_EVENT, args->event, &event))
    return error;
  if (!event)
    return CUDA_ERROR_INVALID_HANDLE;
  const CUresult result = call.driver().cuEventQuery(event);
  if (result == CUDA_SUCCESS || result == CUDA_ERROR_NOT_READY)
    if (const CUresult error = call.refuse_unsafe())
      return error;
  return result;
}

CUresult custom_cuEventSynchronize(Call &call) {
  const auto *args = call.args<gf_cuEventSynchronize_args>();
  if (!args)
    return call.poisoned();
  CUevent event = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_EVENT, args->event, &event))
    return error;
  if (!event)
    return CUDA_ERROR_INVALID_HANDLE;
  if (call.session().captures.any() &&
      call.driver().cuEventQuery(event) != CUDA_ERROR_CAPTURED_EVENT)
    if (const CUresult error = call.refuse_unsafe())
      return error;
  call.will_block();
  return call.driver().cuEventSynchronize(event);
}

CUresult custom_cuStreamQuery(Call &call) {
  const auto *args = call.args<gf_cuStreamQuery_args>();
  if (!args)
    return call.poisoned();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  return call.driver().cuStreamQuery(stream);
}

CUresult custom_cuStreamSynchronize(Call &call) {
  const auto *args = call.args<gf_cuStreamSynchronize_args>();
  if (!args)
    return call.poisoned();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  call.will_block();
  return call.driver().cuStreamSynchronize(stream);
}

} // namespace gpuferry::cuda
