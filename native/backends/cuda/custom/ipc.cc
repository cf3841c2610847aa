// Memory and events of other sessions of the tenant.
#include "backends/cuda/call.h"

namespace gpuferry::cuda {

CUresult custom_cuIpcGetMemHandle(Call &call) {
  const auto *args = call.args<gf_cuIpcGetMemHandle_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuIpcGetMemHandle;
  if (!native)
    return call.missing("cuIpcGetMemHandle");
  CUipcMemHandle handle{};
  if (const CUresult error = native(&handle, args->address))
    return error;
  call.session().seal.give(handle, call.reply<gf_cuIpcGetMemHandle_reply>()->handle);
  return CUDA_SUCCESS;
}

CUresult custom_cuIpcOpenMemHandle_v2(Call &call) {
  const auto *args = call.args<gf_cuIpcOpenMemHandle_v2_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuIpcOpenMemHandle_v2;
  if (!native)
    return call.missing("cuIpcOpenMemHandle_v2");
  CUdeviceptr address = 0, base = 0;
  size_t bytes = 0;
  if (const CUresult error =
          native(&address, call.session().seal.take<CUipcMemHandle>(args->handle), args->flags))
    return error;
  call.driver().cuMemGetAddressRange_v2(&base, &bytes, address);
  auto *reply = call.reply<gf_cuIpcOpenMemHandle_v2_reply>();
  reply->address = address;
  reply->size_bytes = base + bytes - address;
  return CUDA_SUCCESS;
}

CUresult custom_cuIpcCloseMemHandle(Call &call) {
  const auto *args = call.args<gf_cuIpcCloseMemHandle_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuIpcCloseMemHandle;
  if (!native)
    return call.missing("cuIpcCloseMemHandle");
  call.will_block();
  return native(args->address);
}

CUresult custom_cuIpcGetEventHandle(Call &call) {
  const auto *args = call.args<gf_cuIpcGetEventHandle_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuIpcGetEventHandle;
  if (!native)
    return call.missing("cuIpcGetEventHandle");
  CUevent event = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_EVENT, args->event, &event))
    return error;
  if (!event)
    return CUDA_ERROR_INVALID_HANDLE;
  CUipcEventHandle handle{};
  if (const CUresult error = native(&handle, event))
    return error;
  call.session().seal.give(handle, call.reply<gf_cuIpcGetEventHandle_reply>()->handle);
  return CUDA_SUCCESS;
}

CUresult custom_cuIpcOpenEventHandle(Call &call) {
  const auto *args = call.args<gf_cuIpcOpenEventHandle_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuIpcOpenEventHandle;
  if (!native)
    return call.missing("cuIpcOpenEventHandle");
  CUevent event = nullptr;
  if (const CUresult error =
          native(&event, call.session().seal.take<CUipcEventHandle>(args->handle)))
    return error;
  return call.bind(GF_KIND_EVENT, args->event, event) ? CUDA_SUCCESS : call.poisoned();
}

} // namespace gpuferry::cuda
