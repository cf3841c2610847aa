// Contexts and the stack of current contexts.
#include "../capture.h"
#include "../capture_rules.h"
#include "../entry.h"

using namespace softcuda;

namespace {

// A context argument that may be null for the current one.
CUresult context_argument(CUcontext handle, Context **out) {
  GF_TRY(enter());
  if (!handle)
    return current_context(out);
  *out = Context::from(handle);
  return *out ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

} // namespace

GF_API cuCtxCreate_v2(CUcontext *out, unsigned int flags, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(out && (flags & ~CU_CTX_FLAGS_MASK) == 0);
  auto *context = new Context(*device, flags, false);
  if (!context_stack().push(context)) {
    delete context;
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  *out = handle_of<CUcontext>(context);
  return CUDA_SUCCESS;
}

GF_API cuCtxCreate_v4(CUcontext *out, CUctxCreateParams *params, unsigned int flags, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(out);
  if (params && params->numExecAffinityParams != 0) {
    GF_REQUIRE(params->numExecAffinityParams > 0 && params->execAffinityParams);
    return CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY;
  }
  return cuCtxCreate_v2(out, flags, dev);
}

GF_API cuCtxCreate_v3(CUcontext *out, CUexecAffinityParam *affinities, int count,
                      unsigned int flags, CUdevice dev) {
  CUctxCreateParams params{};
  params.execAffinityParams = affinities;
  params.numExecAffinityParams = count;
  return cuCtxCreate_v4(out, &params, flags, dev);
}

GF_API cuCtxDestroy_v2(CUcontext handle) {
  GF_TRY(enter());
  Context *context = Context::from(handle);
  if (!context || context->primary)
    return CUDA_ERROR_INVALID_CONTEXT;
  auto &stack = context_stack();
  if (!stack.empty() && stack.back() == context)
    stack.pop();
  delete context;
  return CUDA_SUCCESS;
}

GF_API cuCtxDestroy(CUcontext handle) { return cuCtxDestroy_v2(handle); }

GF_API cuCtxAttach(CUcontext *out, unsigned int flags) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out && flags == 0);
  context->users++;
  *out = handle_of<CUcontext>(context);
  return CUDA_SUCCESS;
}

GF_API cuCtxDetach(CUcontext handle) {
  GF_TRY(enter());
  Context *context = Context::from(handle);
  if (!context || context->primary)
    return CUDA_ERROR_INVALID_CONTEXT;
  if (context->users == 0)
    return cuCtxDestroy_v2(handle);
  context->users--;
  return CUDA_SUCCESS;
}

GF_API cuCtxPushCurrent_v2(CUcontext handle) {
  GF_TRY(enter());
  if (!may_be_current(handle))
    return CUDA_ERROR_INVALID_CONTEXT;
  return context_stack().push(reinterpret_cast<Context *>(handle)) ? CUDA_SUCCESS
                                                                   : CUDA_ERROR_OUT_OF_MEMORY;
}

GF_API cuCtxPushCurrent(CUcontext handle) { return cuCtxPushCurrent_v2(handle); }

GF_API cuCtxPopCurrent_v2(CUcontext *out) {
  GF_TRY(enter());
  auto &stack = context_stack();
  if (stack.empty())
    return CUDA_ERROR_INVALID_CONTEXT;
  if (out)
    *out = handle_of<CUcontext>(stack.back());
  stack.pop();
  return CUDA_SUCCESS;
}

GF_API cuCtxPopCurrent(CUcontext *out) { return cuCtxPopCurrent_v2(out); }

// Replaces the top of the stack; null takes it away.
GF_API cuCtxSetCurrent(CUcontext handle) {
  GF_TRY(enter());
  auto &stack = context_stack();
  if (!handle) {
    if (!stack.empty())
      stack.pop();
    return CUDA_SUCCESS;
  }
  if (!may_be_current(handle))
    return CUDA_ERROR_INVALID_CONTEXT;
  if (stack.empty())
    stack.push(nullptr);
  stack.back() = reinterpret_cast<Context *>(handle);
  return CUDA_SUCCESS;
}

GF_API cuCtxGetCurrent(CUcontext *out) {
  GF_TRY(enter());
  GF_REQUIRE(out);
  auto &stack = context_stack();
  *out = stack.empty() ? nullptr : handle_of<CUcontext>(stack.back());
  return CUDA_SUCCESS;
}

GF_API cuCtxGetDevice(CUdevice *device) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(device);
  *device = context->device.ordinal();
  return CUDA_SUCCESS;
}

GF_API cuCtxGetDevice_v2(CUdevice *device, CUcontext handle) {
  Context *context;
  GF_TRY(context_argument(handle, &context));
  GF_REQUIRE(device);
  *device = context->device.ordinal();
  return CUDA_SUCCESS;
}

GF_API cuCtxGetFlags(unsigned int *flags) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(flags);
  *flags = context->flags;
  return CUDA_SUCCESS;
}

GF_API cuCtxSetFlags(unsigned int flags) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE((flags & ~CU_CTX_FLAGS_MASK) == 0);
  context->flags = flags;
  return CUDA_SUCCESS;
}

GF_API cuCtxGetId(CUcontext handle, unsigned long long *id) {
  Context *context;
  GF_TRY(context_argument(handle, &context));
  GF_REQUIRE(id);
  *id = context->id;
  return CUDA_SUCCESS;
}

GF_API cuCtxGetApiVersion(CUcontext handle, unsigned int *version) {
  Context *context;
  GF_TRY(context_argument(handle, &context));
  GF_REQUIRE(version);
  *version = 3020;
  return CUDA_SUCCESS;
}

namespace {
// Waits for streams that are captured, too: that cannot be.
CUresult synchronize(Context &context) {
  GF_TRY(refuse_unsafe());
  if (captures_under_way)
    GF_TRY(refuse_in_captures(context));
  return context.synchronize();
}
} // namespace

GF_API cuCtxSynchronize() {
  Context *context;
  GF_TRY(enter(&context));
  return synchronize(*context);
}

GF_API cuCtxSynchronize_v2(CUcontext handle) {
  Context *context;
  GF_TRY(context_argument(handle, &context));
  return synchronize(*context);
}

GF_API cuCtxGetStreamPriorityRange(int *least, int *greatest) {
  Context *context;
  GF_TRY(enter(&context));
  if (least)
    *least = 0;
  if (greatest)
    *greatest = -5;
  return CUDA_SUCCESS;
}

GF_API cuCtxSetLimit(CUlimit limit, size_t value) {
  Context *context;
  GF_TRY(enter(&context));
  // As unsigned: an enumeration promotes to int, and a caller can pass a negative one.
  if (static_cast<unsigned>(limit) >= CU_LIMIT_MAX)
    return CUDA_ERROR_INVALID_VALUE;
  if (limit > CU_LIMIT_PERSISTING_L2_CACHE_SIZE)
    return CUDA_ERROR_UNSUPPORTED_LIMIT;
  context->limits[limit] = value;
  if (limit == CU_LIMIT_MALLOC_HEAP_SIZE)
    context->grid_host.heap_limit_bytes = value;
  return CUDA_SUCCESS;
}

GF_API cuCtxGetLimit(size_t *value, CUlimit limit) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(value && static_cast<unsigned>(limit) < CU_LIMIT_MAX);
  if (limit > CU_LIMIT_PERSISTING_L2_CACHE_SIZE)
    return CUDA_ERROR_UNSUPPORTED_LIMIT;
  *value = context->limits[limit];
  return CUDA_SUCCESS;
}

GF_API cuCtxGetCacheConfig(CUfunc_cache *config) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(config);
  *config = context->cache_config;
  return CUDA_SUCCESS;
}

GF_API cuCtxSetCacheConfig(CUfunc_cache config) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(config <= CU_FUNC_CACHE_PREFER_EQUAL);
  context->cache_config = config;
  return CUDA_SUCCESS;
}

GF_API cuCtxGetSharedMemConfig(CUsharedconfig *config) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(config);
  *config = context->shared_config;
  return CUDA_SUCCESS;
}

GF_API cuCtxSetSharedMemConfig(CUsharedconfig config) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(config <= CU_SHARED_MEM_CONFIG_EIGHT_BYTE_BANK_SIZE);
  return CUDA_SUCCESS; // as on GPUs since Maxwell, where the banks are what they are
}

GF_API cuCtxResetPersistingL2Cache() {
  Context *context;
  return enter(&context);
}

GF_API cuCtxGetExecAffinity(CUexecAffinityParam *out, CUexecAffinityType) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out);
  return CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY;
}
