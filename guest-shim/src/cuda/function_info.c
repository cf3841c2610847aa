// Questions about functions and kernels, answered from what came with their handles.
#include "cuda/function.h"
#include "cuda/init.h"
#include "cuda/occupancy.h"

/// The record, or the code to return.
static CUresult look_up(uint64_t handle, struct gf_function **function) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  *function = gf_function_of(handle);
  return *function != NULL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

/// Whether the answer is known here.
static int knows(const struct gf_function *function, CUfunction_attribute attribute) {
  return function != NULL && attribute >= 0 && (unsigned)attribute < GF_FUNCTION_ATTRIBUTES &&
         function->attributes[attribute] != INT32_MIN;
}

CUresult CUDAAPI cuFuncGetAttribute(int *pi, CUfunction_attribute attrib, CUfunction hfunc) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pi == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const struct gf_function *function = gf_function_of((uint64_t)hfunc);
  if (knows(function, attrib)) {
    *pi = function->attributes[attrib];
    return CUDA_SUCCESS;
  }
  struct gf_cuFuncGetAttribute_args *args = gf_begin(lane, GF_OP_cuFuncGetAttribute, sizeof *args);
  args->function = (uint64_t)hfunc;
  args->attribute = (int32_t)attrib;
  args->pad = 0;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuFuncGetAttribute_reply));
  if (result == CUDA_SUCCESS)
    *pi = ((const struct gf_cuFuncGetAttribute_reply *)data)->value;
  return result;
}

CUresult CUDAAPI cuKernelGetAttribute(int *pi, CUfunction_attribute attrib, CUkernel kernel,
                                      CUdevice dev) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pi == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const struct gf_function *function = gf_function_of((uint64_t)kernel);
  // What came with the handle is about the device that was current then.
  if (gf_device_count() == 1 && dev == 0 && knows(function, attrib)) {
    *pi = function->attributes[attrib];
    return CUDA_SUCCESS;
  }
  struct gf_cuKernelGetAttribute_args *args =
      gf_begin(lane, GF_OP_cuKernelGetAttribute, sizeof *args);
  args->kernel = (uint64_t)kernel;
  args->attribute = (int32_t)attrib;
  args->dev = dev;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuKernelGetAttribute_reply));
  if (result == CUDA_SUCCESS)
    *pi = ((const struct gf_cuKernelGetAttribute_reply *)data)->value;
  return result;
}

static void note_attribute(struct gf_function *function, CUfunction_attribute attribute,
                           int value) {
  if (function == NULL || attribute < 0 || (unsigned)attribute >= GF_FUNCTION_ATTRIBUTES)
    return;
  function->attributes[attribute] = value;
  gf_occupancy_forget(function->handle);
}

CUresult CUDAAPI cuFuncSetAttribute(CUfunction hfunc, CUfunction_attribute attrib, int value) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuFuncSetAttribute_args *args = gf_begin(lane, GF_OP_cuFuncSetAttribute, sizeof *args);
  args->function = (uint64_t)hfunc;
  args->attribute = (int32_t)attrib;
  args->value = value;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    note_attribute(gf_function_of((uint64_t)hfunc), attrib, value);
  return result;
}

void gf_observe_cuKernelSetAttribute(CUfunction_attribute attrib, int val, CUkernel kernel,
                                     CUdevice dev) {
  (void)dev;
  struct gf_function *function = gf_function_of((uint64_t)kernel);
  note_attribute(function, attrib, val);
  if (function != NULL && function->as_function != 0)
    note_attribute(gf_function_of(function->as_function), attrib, val);
}

static CUresult name_of(const char **name, uint64_t handle) {
  struct gf_function *function;
  CUresult result = look_up(handle, &function);
  if (result != CUDA_SUCCESS)
    return result;
  if (name == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  *name = function->name;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuFuncGetName(const char **name, CUfunction hfunc) {
  return name_of(name, (uint64_t)hfunc);
}
CUresult CUDAAPI cuKernelGetName(const char **name, CUkernel hfunc) {
  return name_of(name, (uint64_t)hfunc);
}

static CUresult param_of(uint64_t handle, size_t index, size_t *offset, size_t *size) {
  struct gf_function *function;
  CUresult result = look_up(handle, &function);
  if (result != CUDA_SUCCESS)
    return result;
  if (offset == NULL || index >= function->param_count)
    return CUDA_ERROR_INVALID_VALUE;
  *offset = function->params[index].offset_bytes;
  if (size != NULL)
    *size = function->params[index].size_bytes;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuFuncGetParamInfo(CUfunction func, size_t paramIndex, size_t *paramOffset,
                                    size_t *paramSize) {
  return param_of((uint64_t)func, paramIndex, paramOffset, paramSize);
}
CUresult CUDAAPI cuKernelGetParamInfo(CUkernel kernel, size_t paramIndex, size_t *paramOffset,
                                      size_t *paramSize) {
  return param_of((uint64_t)kernel, paramIndex, paramOffset, paramSize);
}

CUresult CUDAAPI cuFuncGetModule(CUmodule *hmod, CUfunction hfunc) {
  struct gf_lane_client *lane;
  struct gf_function *function;
  CUresult result = gf_enter_current(&lane);
  if (result == CUDA_SUCCESS)
    result = look_up((uint64_t)hfunc, &function);
  if (result != CUDA_SUCCESS)
    return result;
  if (hmod == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  // A kernel's function belongs to the module that the library became in this context.
  if (gf_handle_is(function->owner, GF_KIND_LIBRARY))
    return cuLibraryGetModule(hmod, (CUlibrary)function->owner);
  *hmod = (CUmodule)function->owner;
  return CUDA_SUCCESS;
}
