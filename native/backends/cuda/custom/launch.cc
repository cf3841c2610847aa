// Kernel launches. Parameters come packed, as the guest took them from the application, and go to the
// driver as a parameter buffer: neither side needs to know where one ends and the next begins.
#include "backends/cuda/call.h"

#include <cstring>

namespace gpuferry::cuda {

namespace {

struct ParamBuffer {
  ParamBuffer(const std::byte *bytes, size_t size) : size_bytes(size) {
    extra[0] = CU_LAUNCH_PARAM_BUFFER_POINTER;
    extra[1] = const_cast<std::byte *>(bytes);
    extra[2] = CU_LAUNCH_PARAM_BUFFER_SIZE;
    extra[3] = &size_bytes;
    extra[4] = CU_LAUNCH_PARAM_END;
  }
  size_t size_bytes;
  void *extra[5];
};

void count_launch(Call &call) { gf_fetch_add_relaxed(&call.session().grant->launches, 1); }

/// Puts native handles in place of guest ones. False for what only an NVIDIA process of its own can use.
CUresult settle_attribute(Call &call, CUlaunchAttribute &attribute) {
  switch (attribute.id) {
  case CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_EVENT:
    return call.resolve(GF_KIND_EVENT,
                        reinterpret_cast<uint64_t>(attribute.value.programmaticEvent.event),
                        &attribute.value.programmaticEvent.event);
  case CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT:
    return call.resolve(GF_KIND_EVENT,
                        reinterpret_cast<uint64_t>(attribute.value.launchCompletionEvent.event),
                        &attribute.value.launchCompletionEvent.event);
  case CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE:
    return CUDA_ERROR_NOT_SUPPORTED;
  default: // numbers and device addresses
    return CUDA_SUCCESS;
  }
}

} // namespace

CUresult custom_cuLaunchKernel(Call &call) {
  const auto *args = call.args<gf_cuLaunchKernel_args>();
  const std::byte *params = args ? call.tail(args->param_bytes) : nullptr;
  if (!params)
    return call.poisoned();
  CUfunction function = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_FUNCTION, args->function, &function))
    return error;
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  if (!function)
    return CUDA_ERROR_INVALID_HANDLE;
  if (!call.begin_work(stream))
    return CUDA_ERROR_UNKNOWN;
  count_launch(call);
  ParamBuffer buffer(params, args->param_bytes);
  return call.driver().cuLaunchKernel(function, args->grid[0], args->grid[1], args->grid[2],
                                      args->block[0], args->block[1], args->block[2],
                                      args->shared_bytes, stream, nullptr, buffer.extra);
}

CUresult custom_cuLaunchKernelEx(Call &call) {
  const auto *args = call.args<gf_cuLaunchKernelEx_args>();
  if (!args)
    return call.poisoned();
  const auto *sent = call.tail_array<CUlaunchAttribute>(args->attribute_count);
  const std::byte *params = sent ? call.tail(args->param_bytes) : nullptr;
  if (!params)
    return call.poisoned();
  if (!call.driver().cuLaunchKernelEx)
    return call.missing("cuLaunchKernelEx");
  CUfunction function = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_FUNCTION, args->function, &function))
    return error;
  CUlaunchConfig config{};
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &config.hStream))
    return error;
  if (!function)
    return CUDA_ERROR_INVALID_HANDLE;
  std::vector<CUlaunchAttribute> attributes(sent, sent + args->attribute_count);
  for (CUlaunchAttribute &attribute : attributes)
    if (const CUresult error = settle_attribute(call, attribute))
      return error;
  config.gridDimX = args->grid[0];
  config.gridDimY = args->grid[1];
  config.gridDimZ = args->grid[2];
  config.blockDimX = args->block[0];
  config.blockDimY = args->block[1];
  config.blockDimZ = args->block[2];
  config.sharedMemBytes = args->shared_bytes;
  config.attrs = attributes.data();
  config.numAttrs = args->attribute_count;
  if (!call.begin_work(config.hStream))
    return CUDA_ERROR_UNKNOWN;
  count_launch(call);
  ParamBuffer buffer(params, args->param_bytes);
  return call.driver().cuLaunchKernelEx(&config, function, nullptr, buffer.extra);
}

CUresult custom_cuLaunchCooperativeKernel(Call &call) {
  const auto *args = call.args<gf_cuLaunchCooperativeKernel_args>();
  const std::byte *params = args ? call.tail(args->param_bytes) : nullptr;
  if (!params)
    return call.poisoned();
  CUfunction function = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_FUNCTION, args->function, &function))
    return error;
  CUlaunchConfig config{};
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &config.hStream))
    return error;
  if (!function)
    return CUDA_ERROR_INVALID_HANDLE;
  if (!call.driver().cuLaunchKernelEx)
    return call.missing("cuLaunchKernelEx");
  // cuLaunchCooperativeKernel takes no parameter buffer; the attribute means the same.
  CUlaunchAttribute cooperative{};
  cooperative.id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE;
  cooperative.value.cooperative = 1;
  config.gridDimX = args->grid[0];
  config.gridDimY = args->grid[1];
  config.gridDimZ = args->grid[2];
  config.blockDimX = args->block[0];
  config.blockDimY = args->block[1];
  config.blockDimZ = args->block[2];
  config.sharedMemBytes = args->shared_bytes;
  config.attrs = &cooperative;
  config.numAttrs = 1;
  if (!call.begin_work(config.hStream))
    return CUDA_ERROR_UNKNOWN;
  count_launch(call);
  ParamBuffer buffer(params, args->param_bytes);
  return call.driver().cuLaunchKernelEx(&config, function, nullptr, buffer.extra);
}

} // namespace gpuferry::cuda
