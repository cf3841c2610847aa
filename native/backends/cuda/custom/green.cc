// Green contexts and the resources that they are made of.
#include "backends/cuda/call.h"

namespace gpuferry::cuda {

namespace {

/// As many groups as one answer has room for, which is more than any device can be split into.
constexpr uint32_t kGroupsMost = (GF_REPLY_DATA_BYTES - 1024) / sizeof(CUdevResource);

template <class Reply> CUresult answer(Call &call, CUresult result, const CUdevResource &native) {
  auto *reply = call.reply<Reply>();
  if (result != CUDA_SUCCESS)
    return result;
  return call.session().resources.give(native, reply->resource) ? CUDA_SUCCESS
                                                                : CUDA_ERROR_OUT_OF_MEMORY;
}

} // namespace

CUresult custom_cuDeviceGetDevResource(Call &call) {
  const auto *args = call.args<gf_cuDeviceGetDevResource_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuDeviceGetDevResource;
  if (!native)
    return call.missing("cuDeviceGetDevResource");
  CUdevice device = 0;
  if (!call.session().device(args->dev, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  CUdevResource resource{};
  const CUresult result = native(device, &resource, static_cast<CUdevResourceType>(args->type));
  return answer<gf_cuDeviceGetDevResource_reply>(call, result, resource);
}

CUresult custom_cuCtxGetDevResource(Call &call) {
  const auto *args = call.args<gf_cuCtxGetDevResource_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuCtxGetDevResource;
  if (!native)
    return call.missing("cuCtxGetDevResource");
  CUcontext context = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_CONTEXT, args->context, &context))
    return error;
  CUdevResource resource{};
  const CUresult result = native(context, &resource, static_cast<CUdevResourceType>(args->type));
  return answer<gf_cuCtxGetDevResource_reply>(call, result, resource);
}

CUresult custom_cuGreenCtxGetDevResource(Call &call) {
  const auto *args = call.args<gf_cuGreenCtxGetDevResource_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuGreenCtxGetDevResource;
  if (!native)
    return call.missing("cuGreenCtxGetDevResource");
  CUgreenCtx green = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GREEN_CONTEXT, args->context, &green))
    return error;
  CUdevResource resource{};
  const CUresult result = native(green, &resource, static_cast<CUdevResourceType>(args->type));
  return answer<gf_cuGreenCtxGetDevResource_reply>(call, result, resource);
}

CUresult custom_cuDevSmResourceSplitByCount(Call &call) {
  const auto *args = call.args<gf_cuDevSmResourceSplitByCount_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuDevSmResourceSplitByCount;
  if (!native)
    return call.missing("cuDevSmResourceSplitByCount");
  const CUdevResource input = call.session().resources.take(args->input);
  unsigned groups = args->groups < kGroupsMost ? args->groups : kGroupsMost;
  std::vector<CUdevResource> made(args->wants_groups ? groups : 0);
  CUdevResource remaining{};
  // A vector of none has no address, by which the driver would take it for the question how many there can be.
  CUdevResource none{};
  CUdevResource *out = !args->wants_groups ? nullptr : made.empty() ? &none : made.data();
  const unsigned asked = groups;
  if (const CUresult error = native(
          out, &groups, &input, args->wants_groups && args->wants_remaining ? &remaining : nullptr,
          args->flags, args->least))
    return error;
  auto *reply = call.reply<gf_cuDevSmResourceSplitByCount_reply>();
  reply->groups = groups;
  if (!args->wants_groups)
    return CUDA_SUCCESS;
  if (groups > asked)
    return CUDA_ERROR_UNKNOWN;
  DeviceResources &resources = call.session().resources;
  if (!resources.give(remaining, reply->remaining))
    return CUDA_ERROR_OUT_OF_MEMORY;
  auto *tail = call.reply_tail_array<DeviceResources::Words>(groups);
  if (!tail)
    return call.poisoned();
  for (unsigned i = 0; i < groups; ++i)
    if (!resources.give(made[i], tail[i]))
      return CUDA_ERROR_OUT_OF_MEMORY;
  return CUDA_SUCCESS;
}

CUresult custom_cuDevResourceGenerateDesc(Call &call) {
  const auto *args = call.args<gf_cuDevResourceGenerateDesc_args>();
  if (!args)
    return call.poisoned();
  const auto *given = call.tail_array<DeviceResources::Words>(args->count);
  if (!given)
    return call.poisoned();
  auto *native = call.driver().cuDevResourceGenerateDesc;
  if (!native)
    return call.missing("cuDevResourceGenerateDesc");
  std::vector<CUdevResource> resources;
  for (uint32_t i = 0; i < args->count; ++i)
    resources.push_back(call.session().resources.take(given[i]));
  CUdevResourceDesc desc = nullptr;
  if (const CUresult error = native(&desc, resources.data(), args->count))
    return error;
  return call.bind(GF_KIND_RESOURCE_DESC, args->desc, desc) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuGreenCtxCreate(Call &call) {
  const auto *args = call.args<gf_cuGreenCtxCreate_args>();
  if (!args)
    return call.poisoned();
  const Driver &driver = call.driver();
  if (!driver.cuGreenCtxCreate || !driver.cuCtxFromGreenCtx || !driver.cuGreenCtxDestroy)
    return call.missing("cuGreenCtxCreate");
  CUdevice device = 0;
  if (!call.session().device(args->dev, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  CUdevResourceDesc desc = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_RESOURCE_DESC, args->desc, &desc))
    return error;
  CUgreenCtx green = nullptr;
  if (const CUresult error = driver.cuGreenCtxCreate(&green, desc, device, args->flags))
    return error;
  CUcontext context = nullptr;
  if (const CUresult error = driver.cuCtxFromGreenCtx(&context, green)) {
    driver.cuGreenCtxDestroy(green);
    return error;
  }
  call.session().green_devices[green] = device;
  return call.bind(GF_KIND_GREEN_CONTEXT, args->green, green) &&
                 call.bind(GF_KIND_CONTEXT, args->context, context)
             ? CUDA_SUCCESS
             : call.poisoned();
}

CUresult custom_cuGreenCtxDestroy(Call &call) {
  const auto *args = call.args<gf_cuGreenCtxDestroy_args>();
  if (!args)
    return call.poisoned();
  CUgreenCtx green = nullptr;
  CUcontext context = nullptr, its = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GREEN_CONTEXT, args->green, &green))
    return error;
  if (const CUresult error = call.resolve(GF_KIND_CONTEXT, args->context, &context))
    return error;
  const Driver &driver = call.driver();
  if (!green || !context || !driver.cuGreenCtxDestroy)
    return CUDA_ERROR_INVALID_CONTEXT;
  // Not the guest's word for it: another context's objects would be forgotten while they live.
  if (driver.cuCtxFromGreenCtx(&its, green) == CUDA_SUCCESS && its != context)
    return call.violate("a green context and a context that is not its own");
  // Of what was made while it was current, its streams go with it; all else is the primary context's.
  Session &session = call.session();
  CUcontext primary = nullptr;
  if (const auto device = session.green_devices.extract(green))
    if (const auto known = session.primary_contexts.find(device.mapped());
        known != session.primary_contexts.end())
      primary = known->second;
  session.meter.forget(context);
  if (const CUresult result = driver.cuGreenCtxDestroy(green))
    return result;
  forget_current_context();
  const auto name = session.objects.name_of(GF_KIND_CONTEXT, reinterpret_cast<uint64_t>(primary));
  session.objects.hand_over(args->context, primary && name ? *name : 0, GF_KIND_STREAM);
  session.ledger.hand_over(context, primary);
  call.unbind(GF_KIND_GREEN_CONTEXT, args->green);
  call.session().forget_context(args->context, context);
  return CUDA_SUCCESS;
}

} // namespace gpuferry::cuda
