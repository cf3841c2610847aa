// Contexts: which one a lane has current, making and destroying them.
#include "backends/cuda/call.h"

namespace gpuferry::cuda {

CUresult custom_gfSetCurrent(Call &call) {
  const auto *args = call.args<gf_gfSetCurrent_args>();
  if (!args)
    return call.poisoned();
  // cudart makes a primary context current before it retains it: the handle may come to life later.
  // Whichever thread issues this lane's next call looks it up and puts it in place.
  call.lane().context_handle = args->context;
  call.lane().context = nullptr;
  return CUDA_SUCCESS;
}

CUresult custom_cuCtxCreate_v4(Call &call) {
  const auto *args = call.args<gf_cuCtxCreate_v4_args>();
  if (!args)
    return call.poisoned();
  CUdevice device = 0;
  if (!call.session().device(args->dev, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  const Driver &driver = call.driver();
  CUcontext context = nullptr;
  CUresult result;
  constexpr int kMostAffinities = sizeof args->affinity / sizeof args->affinity[0] / 2;
  if (args->affinity_count > 0 && driver.cuCtxCreate_v3) {
    if (args->affinity_count > kMostAffinities)
      return CUDA_ERROR_INVALID_VALUE;
    CUexecAffinityParam params[kMostAffinities] = {};
    for (int i = 0; i < args->affinity_count; ++i) {
      params[i].type = static_cast<CUexecAffinityType>(args->affinity[2 * i]);
      params[i].param.smCount.val = args->affinity[2 * i + 1];
    }
    result = driver.cuCtxCreate_v3(&context, params, args->affinity_count, args->flags, device);
  } else {
    result = driver.cuCtxCreate_v2(&context, args->flags, device);
  }
  if (result != CUDA_SUCCESS)
    return result;
  // The driver made it current on this thread; which lane has it current is the guest's word.
  CUcontext popped = nullptr;
  driver.cuCtxPopCurrent_v2(&popped);
  forget_current_context();
  return call.bind(GF_KIND_CONTEXT, args->context, context) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuCtxDestroy_v2(Call &call) {
  const auto *args = call.args<gf_cuCtxDestroy_v2_args>();
  if (!args)
    return call.poisoned();
  CUcontext context = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_CONTEXT, args->context, &context))
    return error;
  if (!context)
    return CUDA_ERROR_INVALID_CONTEXT;
  call.session().meter.forget(context);
  if (const CUresult result = call.driver().cuCtxDestroy_v2(context))
    return result;
  forget_current_context();
  call.session().forget_context(args->context, context);
  return CUDA_SUCCESS;
}

CUresult custom_cuCtxSynchronize_v2(Call &call) {
  const auto *args = call.args<gf_cuCtxSynchronize_v2_args>();
  if (!args)
    return call.poisoned();
  CUcontext context = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_CONTEXT, args->context, &context))
    return error;
  if (!context)
    context = call.lane().context;
  if (!context)
    return CUDA_ERROR_INVALID_CONTEXT;
  call.will_block();
  if (context == call.lane().context)
    return call.driver().cuCtxSynchronize();
  if (!call.driver().cuCtxSynchronize_v2)
    return call.missing("cuCtxSynchronize_v2");
  return call.driver().cuCtxSynchronize_v2(context);
}

CUresult custom_cuDevicePrimaryCtxRetain(Call &call) {
  const auto *args = call.args<gf_cuDevicePrimaryCtxRetain_args>();
  if (!args)
    return call.poisoned();
  CUdevice device = 0;
  if (!call.session().device(args->dev, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  auto *reply = call.reply<gf_cuDevicePrimaryCtxRetain_reply>();
  CUcontext context = nullptr;
  if (const CUresult error = call.driver().cuDevicePrimaryCtxRetain(&context, device))
    return error;
  call.session().primary_contexts[device] = context;
  // Retained again, it keeps the name it has.
  if (const auto known =
          call.session().objects.name_of(GF_KIND_CONTEXT, reinterpret_cast<uint64_t>(context))) {
    reply->context = *known;
    return CUDA_SUCCESS;
  }
  reply->context = args->context;
  return call.bind(GF_KIND_CONTEXT, args->context, context) ? CUDA_SUCCESS : call.poisoned();
}

namespace {

/// The meter must have no events in a primary context that may be about to end, be it broken.
void forget_primary(Call &call, CUdevice device) {
  const auto retained = call.session().primary_contexts.find(device);
  if (retained != call.session().primary_contexts.end())
    call.session().meter.forget(retained->second);
}

/// Resetting or releasing the last reference ends what lives in a primary context, but not its name.
void drop_contents(Call &call, CUdevice device) {
  unsigned flags = 0;
  int active = 1;
  if (call.driver().cuDevicePrimaryCtxGetState(device, &flags, &active) == CUDA_SUCCESS && !active)
    call.session().forget_contents(call.session().primary_contexts[device]);
}

} // namespace

CUresult custom_cuDevicePrimaryCtxRelease_v2(Call &call) {
  const auto *args = call.args<gf_cuDevicePrimaryCtxRelease_v2_args>();
  if (!args)
    return call.poisoned();
  CUdevice device = 0;
  if (!call.session().device(args->dev, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  forget_primary(call, device);
  const CUresult result = call.driver().cuDevicePrimaryCtxRelease_v2(device);
  drop_contents(call, device);
  return result;
}

CUresult custom_cuDevicePrimaryCtxReset_v2(Call &call) {
  const auto *args = call.args<gf_cuDevicePrimaryCtxReset_v2_args>();
  if (!args)
    return call.poisoned();
  CUdevice device = 0;
  if (!call.session().device(args->dev, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  forget_primary(call, device);
  const CUresult result = call.driver().cuDevicePrimaryCtxReset_v2(device);
  drop_contents(call, device);
  return result;
}

} // namespace gpuferry::cuda
