// Libraries and kernels: code that belongs to no context. A kernel's handle is launched as it is.
#include "backends/cuda/call.h"
#include "backends/cuda/image.h"
#include "backends/cuda/jit_options.h"
#include "backends/cuda/kernel_facts.h"
#include "backends/cuda/managed_mirror.h"

#include <cstring>

namespace gpuferry::cuda {

namespace {

/// As the description has it: u32 name, u32 0, u64 value.
constexpr uint64_t kWireOptionBytes = 16;

/// The device whose kernel attributes are asked for: the current one, else the session's first.
CUdevice device_of(Call &call) {
  CUdevice device = 0;
  if (call.lane().context && call.driver().cuCtxGetDevice(&device) == CUDA_SUCCESS)
    return device;
  call.session().device(0, &device);
  return device;
}

/// A kernel's facts may be asked for before there is a context, and cudart does so. A driver that
/// needs one to compile for gets the primary context, retained for as long as the session lasts.
void ensure_context(Call &call) {
  CUcontext current = nullptr;
  call.driver().cuCtxGetCurrent(&current);
  unsigned version = 0;
  if (current && call.driver().cuCtxGetApiVersion(current, &version) == CUDA_SUCCESS)
    return;
  CUdevice device = 0;
  if (call.session().device(0, &device) &&
      call.driver().cuDevicePrimaryCtxRetain(&current, device) == CUDA_SUCCESS)
    call.driver().cuCtxSetCurrent(current);
  forget_current_context();
}

} // namespace

CUresult custom_cuLibraryLoadData(Call &call) {
  const auto *args = call.args<gf_cuLibraryLoadData_args>();
  JitOptions options;
  if (!args || !options.take(call, args->option_count, args->log_bytes, args->error_log_bytes))
    return call.poisoned();
  // Read past, none passed on: one points to a table of the guest's, the other promises that the code
  // stays where it is.
  if (!call.tail_array<std::byte[kWireOptionBytes]>(args->library_option_count))
    return call.poisoned();
  if (!call.driver().cuLibraryLoadData)
    return call.missing("cuLibraryLoadData");
  auto *reply = call.reply<gf_cuLibraryLoadData_reply>();
  Image image;
  if (const CUresult error = image.take(call, args->image))
    return error;
  call.will_block(); // compiling takes its time
  CUlibrary library = nullptr;
  const CUresult result =
      call.driver().cuLibraryLoadData(&library, image.data(), options.names(), options.values(),
                                      options.count(), nullptr, nullptr, 0);
  options.reply_logs(call, &reply->log_used, &reply->error_log_used);
  if (result != CUDA_SUCCESS)
    return result;
  if (call.driver().cuLibraryGetKernelCount)
    call.driver().cuLibraryGetKernelCount(&reply->kernel_count, library);
  return call.bind(GF_KIND_LIBRARY, args->library, library) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuLibraryUnload(Call &call) {
  const auto *args = call.args<gf_cuLibraryUnload_args>();
  if (!args)
    return call.poisoned();
  CUlibrary library = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_LIBRARY, args->library, &library))
    return error;
  if (!library)
    return CUDA_ERROR_INVALID_HANDLE;
  call.will_block();
  ManagedMirror::of_session().forget(library);
  const CUresult result = call.driver().cuLibraryUnload(library);
  if (result == CUDA_SUCCESS)
    call.unbind(GF_KIND_LIBRARY, args->library);
  return result;
}

CUresult custom_cuLibraryGetKernel(Call &call) {
  const auto *args = call.args<gf_cuLibraryGetKernel_args>();
  if (!args)
    return call.poisoned();
  const std::string name = take_name(call, args->name_bytes);
  CUlibrary library = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_LIBRARY, args->library, &library))
    return error;
  if (!library)
    return CUDA_ERROR_INVALID_HANDLE;
  auto *reply = call.reply<gf_cuLibraryGetKernel_reply>();
  const Driver &driver = call.driver();
  call.will_block(); // its attributes may need it compiled
  CUkernel kernel = nullptr;
  if (const CUresult error = driver.cuLibraryGetKernel(&kernel, library, name.c_str()))
    return error;
  ensure_context(call);
  const CUdevice device = device_of(call);
  const CUresult facts = reply_facts(
      call, reply,
      [&](CUfunction_attribute id, int *value) {
        return driver.cuKernelGetAttribute(value, id, kernel, device);
      },
      [&](size_t index, size_t *offset, size_t *size) {
        return driver.cuKernelGetParamInfo
                   ? driver.cuKernelGetParamInfo(kernel, index, offset, size)
                   : CUDA_ERROR_NOT_SUPPORTED;
      });
  if (facts != CUDA_SUCCESS)
    return facts;
  return call.bind(GF_KIND_KERNEL, args->kernel, kernel, args->library) ? CUDA_SUCCESS
                                                                        : call.poisoned();
}

CUresult custom_cuLibraryEnumerateKernels(Call &call) {
  const auto *args = call.args<gf_cuLibraryEnumerateKernels_args>();
  const auto *guests = args ? call.tail_array<uint64_t>(args->count) : nullptr;
  if (!guests)
    return call.poisoned();
  const Driver &driver = call.driver();
  if (!driver.cuLibraryEnumerateKernels || !driver.cuKernelGetName)
    return call.missing("cuLibraryEnumerateKernels");
  CUlibrary library = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_LIBRARY, args->library, &library))
    return error;
  unsigned available = 0;
  if (const CUresult error = driver.cuLibraryGetKernelCount(&available, library))
    return error;
  const unsigned count = std::min(available, args->count);
  std::vector<CUkernel> kernels(count);
  if (const CUresult error = driver.cuLibraryEnumerateKernels(kernels.data(), count, library))
    return error;
  for (unsigned i = 0; i < count; ++i) {
    const char *name = nullptr;
    if (const CUresult error = driver.cuKernelGetName(&name, kernels[i]))
      return error;
    std::byte *out = call.reply_tail(std::strlen(name) + 1);
    if (!out)
      return CUDA_ERROR_INVALID_VALUE;
    std::memcpy(out, name, std::strlen(name) + 1);
    if (!call.bind(GF_KIND_KERNEL, guests[i], kernels[i], args->library))
      return call.poisoned();
  }
  return CUDA_SUCCESS;
}

CUresult custom_cuKernelGetFunction(Call &call) {
  const auto *args = call.args<gf_cuKernelGetFunction_args>();
  if (!args)
    return call.poisoned();
  CUkernel kernel = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_KERNEL, args->kernel, &kernel))
    return error;
  if (!kernel)
    return CUDA_ERROR_INVALID_HANDLE;
  auto *reply = call.reply<gf_cuKernelGetFunction_reply>();
  call.will_block();
  CUfunction function = nullptr;
  if (const CUresult error = call.driver().cuKernelGetFunction(&function, kernel))
    return error;
  // One function a context: asked for again, it has a name already.
  if (const auto known =
          call.session().objects.name_of(GF_KIND_FUNCTION, reinterpret_cast<uint64_t>(function))) {
    reply->function = *known;
    return CUDA_SUCCESS;
  }
  reply->function = args->function;
  return call.bind(GF_KIND_FUNCTION, args->function, function, args->kernel) ? CUDA_SUCCESS
                                                                             : call.poisoned();
}

CUresult custom_cuKernelGetAttribute(Call &call) {
  const auto *args = call.args<gf_cuKernelGetAttribute_args>();
  if (!args)
    return call.poisoned();
  CUkernel kernel = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_KERNEL, args->kernel, &kernel))
    return error;
  CUdevice device = 0;
  if (!call.session().device(args->dev, &device))
    return CUDA_ERROR_INVALID_DEVICE;
  auto *reply = call.reply<gf_cuKernelGetAttribute_reply>();
  return call.driver().cuKernelGetAttribute(
      &reply->value, static_cast<CUfunction_attribute>(args->attribute), kernel, device);
}

} // namespace gpuferry::cuda
