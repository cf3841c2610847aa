// Host functions: the driver calls us, and we ask the guest to call what the application gave.
#include "backends/cuda/call.h"
#include "backends/cuda/callbacks.h"

namespace gpuferry::cuda {

CUresult custom_cuLaunchHostFunc(Call &call) {
  const auto *args = call.args<gf_cuLaunchHostFunc_args>();
  if (!args)
    return call.poisoned();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  // A capture or a graph may call it any number of times, so it lives as long as the session.
  GuestFunction *function = call.session().callbacks.make(args->callback_id);
  return call.driver().cuLaunchHostFunc(stream, GuestFunction::run, function);
}

CUresult custom_cuStreamAddCallback(Call &call) {
  const auto *args = call.args<gf_cuStreamAddCallback_args>();
  if (!args)
    return call.poisoned();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  GuestFunction *function = call.session().callbacks.make(args->callback_id);
  return call.driver().cuStreamAddCallback(stream, GuestFunction::run_with_status, function, 0);
}

} // namespace gpuferry::cuda
