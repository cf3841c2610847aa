// Modules and their functions.
#include "backends/cuda/call.h"
#include "backends/cuda/image.h"
#include "backends/cuda/jit_options.h"
#include "backends/cuda/kernel_facts.h"

#include <cstring>

namespace gpuferry::cuda {

CUresult custom_cuModuleLoadDataEx(Call &call) {
  const auto *args = call.args<gf_cuModuleLoadDataEx_args>();
  JitOptions options;
  if (!args || !options.take(call, args->option_count, args->log_bytes, args->error_log_bytes))
    return call.poisoned();
  auto *reply = call.reply<gf_cuModuleLoadDataEx_reply>();
  Image image;
  if (const CUresult error = image.take(call, args->image))
    return error;
  call.will_block(); // compiling takes its time
  CUmodule module = nullptr;
  const CUresult result = call.driver().cuModuleLoadDataEx(&module, image.data(), options.count(),
                                                           options.names(), options.values());
  options.reply_logs(call, &reply->log_used, &reply->error_log_used);
  reply->wall_time_ms = options.wall_time_ms();
  if (result != CUDA_SUCCESS)
    return result;
  if (call.driver().cuModuleGetFunctionCount)
    call.driver().cuModuleGetFunctionCount(&reply->kernel_count, module);
  return call.bind(GF_KIND_MODULE, args->module, module) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuModuleUnload(Call &call) {
  const auto *args = call.args<gf_cuModuleUnload_args>();
  if (!args)
    return call.poisoned();
  CUmodule module = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_MODULE, args->module, &module))
    return error;
  if (!module)
    return CUDA_ERROR_INVALID_HANDLE;
  call.will_block();
  const CUresult result = call.driver().cuModuleUnload(module);
  if (result == CUDA_SUCCESS)
    call.unbind(GF_KIND_MODULE, args->module);
  return result;
}

CUresult custom_cuModuleGetFunction(Call &call) {
  const auto *args = call.args<gf_cuModuleGetFunction_args>();
  if (!args)
    return call.poisoned();
  const std::string name = take_name(call, args->name_bytes);
  CUmodule module = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_MODULE, args->module, &module))
    return error;
  if (!module)
    return CUDA_ERROR_INVALID_HANDLE;
  auto *reply = call.reply<gf_cuModuleGetFunction_reply>();
  CUfunction function = nullptr;
  if (const CUresult error = call.driver().cuModuleGetFunction(&function, module, name.c_str()))
    return error;
  if (const CUresult error = reply_function(call, reply, function))
    return error;
  return call.bind(GF_KIND_FUNCTION, args->function, function, args->module) ? CUDA_SUCCESS
                                                                             : call.poisoned();
}

CUresult custom_cuModuleEnumerateFunctions(Call &call) {
  const auto *args = call.args<gf_cuModuleEnumerateFunctions_args>();
  const auto *guests = args ? call.tail_array<uint64_t>(args->count) : nullptr;
  if (!guests)
    return call.poisoned();
  const Driver &driver = call.driver();
  if (!driver.cuModuleEnumerateFunctions || !driver.cuFuncGetName)
    return call.missing("cuModuleEnumerateFunctions");
  CUmodule module = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_MODULE, args->module, &module))
    return error;
  unsigned available = 0;
  if (const CUresult error = driver.cuModuleGetFunctionCount(&available, module))
    return error;
  const unsigned count = std::min(available, args->count);
  std::vector<CUfunction> functions(count);
  if (const CUresult error = driver.cuModuleEnumerateFunctions(functions.data(), count, module))
    return error;
  for (unsigned i = 0; i < count; ++i) {
    const char *name = nullptr;
    if (const CUresult error = driver.cuFuncGetName(&name, functions[i]))
      return error;
    std::byte *out = call.reply_tail(std::strlen(name) + 1);
    if (!out)
      return CUDA_ERROR_INVALID_VALUE;
    std::memcpy(out, name, std::strlen(name) + 1);
    if (!call.bind(GF_KIND_FUNCTION, guests[i], functions[i], args->module))
      return call.poisoned();
  }
  return CUDA_SUCCESS;
}

} // namespace gpuferry::cuda
