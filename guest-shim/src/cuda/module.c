// Modules.
#include <stdlib.h>
#include <string.h>

#include "cuda/allocations.h"
#include "cuda/function.h"
#include "cuda/image.h"
#include "cuda/init.h"
#include "cuda/jit.h"

CUresult CUDAAPI cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int numOptions,
                                    CUjit_option *options, void **optionValues) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (module == NULL || image == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  if (gf_thread.context == 0)
    return CUDA_ERROR_INVALID_CONTEXT;
  struct gf_jit_option wire[GF_JIT_OPTIONS_MAX];
  struct gf_jit_outputs outputs;
  const uint32_t count = gf_jit_pack(numOptions, options, optionValues, wire, &outputs);
  struct gf_image packed;
  result = gf_image_pack(image, &packed);
  if (result != CUDA_SUCCESS) {
    gf_jit_deliver(&outputs, "", 0, 0, 0);
    return result;
  }
  uint64_t handle = gf_code_new(GF_KIND_MODULE);
  if (handle == 0) {
    gf_image_drop(&packed);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  struct gf_cuModuleLoadDataEx_args *args =
      gf_begin(lane, GF_OP_cuModuleLoadDataEx, sizeof *args + count * sizeof *wire);
  args->module = handle;
  args->image = packed.range;
  args->image_kind = packed.kind;
  args->option_count = count;
  args->log_bytes = outputs.info_log_bytes;
  args->error_log_bytes = outputs.error_log_bytes;
  memcpy(args + 1, wire, count * sizeof *wire);
  result = gf_call(lane, NULL, 0);
  gf_image_drop(&packed);
  // The logs come with failures too; that is what they are for.
  uint32_t reply_bytes = gf_reply_bytes(lane);
  const struct gf_cuModuleLoadDataEx_reply *reply = gf_lane_reply(lane);
  if (reply_bytes >= sizeof *reply) {
    gf_jit_deliver(&outputs, reply + 1, reply_bytes - (uint32_t)sizeof *reply, reply->log_used,
                   reply->error_log_used);
    if (outputs.wall_time_ms != NULL)
      memcpy(outputs.wall_time_ms, &reply->wall_time_ms, sizeof(float));
  }
  if (result != CUDA_SUCCESS) {
    gf_code_drop(handle);
    return result;
  }
  *module = (CUmodule)handle;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuModuleLoadData(CUmodule *module, const void *image) {
  return cuModuleLoadDataEx(module, image, 0, NULL, NULL);
}

CUresult CUDAAPI cuModuleLoadFatBinary(CUmodule *module, const void *fatCubin) {
  return cuModuleLoadDataEx(module, fatCubin, 0, NULL, NULL);
}

CUresult CUDAAPI cuModuleLoad(CUmodule *module, const char *fname) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (module == NULL || fname == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  size_t bytes;
  void *image = gf_image_read_file(fname, &bytes);
  if (image == NULL)
    return CUDA_ERROR_FILE_NOT_FOUND;
  result = cuModuleLoadData(module, image);
  free(image);
  return result;
}

CUresult CUDAAPI cuModuleUnload(CUmodule hmod) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuModuleUnload_args *args = gf_begin(lane, GF_OP_cuModuleUnload, sizeof *args);
  args->module = (uint64_t)hmod;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    gf_code_drop((uint64_t)hmod);
  return result;
}

CUresult CUDAAPI cuModuleGetFunction(CUfunction *hfunc, CUmodule hmod, const char *name) {
  if (hfunc == NULL || name == NULL)
    return gf_thread.lane == NULL ? CUDA_ERROR_NOT_INITIALIZED : CUDA_ERROR_INVALID_VALUE;
  struct gf_function *function;
  CUresult result = gf_function_find(GF_KIND_FUNCTION, (uint64_t)hmod, name, &function);
  if (result == CUDA_SUCCESS)
    *hfunc = (CUfunction)function->handle;
  return result;
}

CUresult CUDAAPI cuModuleGetLoadingMode(CUmoduleLoadingMode *mode) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (mode == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  *mode = CU_MODULE_LAZY_LOADING;
  return CUDA_SUCCESS;
}

void gf_observe_cuModuleGetGlobal_v2(CUdeviceptr *dptr, size_t *bytes, CUmodule hmod,
                                     const char *name) {
  size_t size_bytes = bytes != NULL ? *bytes : 0;
  if (dptr == NULL)
    return;
  if (bytes == NULL && cuModuleGetGlobal_v2(NULL, &size_bytes, hmod, name) != CUDA_SUCCESS)
    return;
  gf_allocations_add(*dptr, size_bytes, GF_ALLOCATION_GLOBAL, (uint64_t)hmod);
}
