// Libraries and kernels: what cudart loads code with since CUDA 12.
#include <stdlib.h>
#include <string.h>

#include "cuda/allocations.h"
#include "cuda/context.h"
#include "cuda/function.h"
#include "cuda/image.h"
#include "cuda/init.h"
#include "cuda/jit.h"

static CUresult load(CUlibrary *library, const struct gf_image *packed, struct gf_lane_client *lane,
                     const struct gf_jit_option *wire, uint32_t jit_count, uint32_t library_count,
                     const struct gf_jit_outputs *outputs) {
  uint64_t handle = gf_code_new(GF_KIND_LIBRARY);
  if (handle == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  const uint64_t options_bytes = (uint64_t)(jit_count + library_count) * sizeof *wire;
  struct gf_cuLibraryLoadData_args *args =
      gf_begin(lane, GF_OP_cuLibraryLoadData, sizeof *args + options_bytes);
  args->library = handle;
  args->image = packed->range;
  args->image_kind = packed->kind;
  args->option_count = jit_count;
  args->log_bytes = outputs->info_log_bytes;
  args->error_log_bytes = outputs->error_log_bytes;
  args->library_option_count = library_count;
  args->pad = 0;
  memcpy(args + 1, wire, options_bytes);
  CUresult result = gf_call(lane, NULL, 0);
  uint32_t reply_bytes = gf_reply_bytes(lane);
  const struct gf_cuLibraryLoadData_reply *reply = gf_lane_reply(lane);
  if (reply_bytes >= sizeof *reply)
    gf_jit_deliver(outputs, reply + 1, reply_bytes - (uint32_t)sizeof *reply, reply->log_used,
                   reply->error_log_used);
  if (result != CUDA_SUCCESS) {
    gf_code_drop(handle);
    return result;
  }
  *library = (CUlibrary)handle;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuLibraryLoadData(CUlibrary *library, const void *code, CUjit_option *jitOptions,
                                   void **jitOptionsValues, unsigned int numJitOptions,
                                   CUlibraryOption *libraryOptions, void **libraryOptionValues,
                                   unsigned int numLibraryOptions) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (library == NULL || code == NULL || (numLibraryOptions > 0 && libraryOptions == NULL) ||
      (numJitOptions > 0 && jitOptions == NULL))
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_jit_option wire[2 * GF_JIT_OPTIONS_MAX];
  struct gf_jit_outputs outputs;
  uint32_t jit_count = gf_jit_pack(numJitOptions, jitOptions, jitOptionsValues, wire, &outputs);
  uint32_t library_count = 0;
  for (unsigned i = 0; i < numLibraryOptions && library_count < GF_JIT_OPTIONS_MAX; i++) {
    // The host has a copy of its own in any case, so "the code is preserved" needs no telling; the
    // table of host functions is pointers of the guest.
    if (libraryOptions[i] == CU_LIBRARY_HOST_UNIVERSAL_FUNCTION_AND_DATA_TABLE ||
        libraryOptions[i] == CU_LIBRARY_BINARY_IS_PRESERVED)
      continue;
    wire[jit_count + library_count++] = (struct gf_jit_option){
        (uint32_t)libraryOptions[i], 0,
        libraryOptionValues != NULL ? (uint64_t)(uintptr_t)libraryOptionValues[i] : 0};
  }
  struct gf_image packed;
  result = gf_image_pack(code, &packed);
  if (result != CUDA_SUCCESS) {
    gf_jit_deliver(&outputs, "", 0, 0, 0);
    return result;
  }
  result = load(library, &packed, lane, wire, jit_count, library_count, &outputs);
  gf_image_drop(&packed);
  return result;
}

CUresult CUDAAPI cuLibraryLoadFromFile(CUlibrary *library, const char *fileName,
                                       CUjit_option *jitOptions, void **jitOptionsValues,
                                       unsigned int numJitOptions, CUlibraryOption *libraryOptions,
                                       void **libraryOptionValues, unsigned int numLibraryOptions) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (library == NULL || fileName == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  size_t bytes;
  void *code = gf_image_read_file(fileName, &bytes);
  if (code == NULL)
    return CUDA_ERROR_FILE_NOT_FOUND;
  result = cuLibraryLoadData(library, code, jitOptions, jitOptionsValues, numJitOptions,
                             libraryOptions, libraryOptionValues, numLibraryOptions);
  free(code);
  return result;
}

CUresult CUDAAPI cuLibraryUnload(CUlibrary library) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuLibraryUnload_args *args = gf_begin(lane, GF_OP_cuLibraryUnload, sizeof *args);
  args->library = (uint64_t)library;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    gf_code_drop((uint64_t)library);
  return result;
}

CUresult CUDAAPI cuLibraryGetKernel(CUkernel *pKernel, CUlibrary library, const char *name) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pKernel == NULL || name == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_function *kernel;
  result = gf_function_find(GF_KIND_KERNEL, (uint64_t)library, name, &kernel);
  if (result == CUDA_SUCCESS)
    *pKernel = (CUkernel)kernel->handle;
  return result;
}

CUresult CUDAAPI cuKernelGetFunction(CUfunction *pFunc, CUkernel kernel) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pFunc == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_function *known = gf_function_of((uint64_t)kernel);
  if (known == NULL)
    return CUDA_ERROR_INVALID_HANDLE;
  if (known->as_function == 0 || known->as_function_context != gf_thread.context) {
    uint64_t handle = gf_mint(GF_KIND_FUNCTION);
    struct gf_function *copy = handle != 0 ? gf_function_copy(handle, known) : NULL;
    if (copy == NULL) {
      gf_drop(handle);
      return CUDA_ERROR_OUT_OF_MEMORY;
    }
    struct gf_cuKernelGetFunction_args *args =
        gf_begin(lane, GF_OP_cuKernelGetFunction, sizeof *args);
    args->function = handle;
    args->kernel = (uint64_t)kernel;
    const void *data;
    result = gf_call(lane, &data, sizeof(struct gf_cuKernelGetFunction_reply));
    // Asked for in this context before: the function has its name already.
    const uint64_t named =
        result == CUDA_SUCCESS ? ((const struct gf_cuKernelGetFunction_reply *)data)->function : 0;
    if (named != handle) {
      gf_drop(handle);
      free(copy->params);
      free(copy->name);
      free(copy);
      if (result != CUDA_SUCCESS)
        return result;
      handle = named;
    } else {
      copy->context = gf_thread.context;
      gf_slot(handle, GF_KIND_FUNCTION)->meta = copy;
    }
    known->as_function = handle;
    known->as_function_context = gf_thread.context;
  }
  *pFunc = (CUfunction)known->as_function;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuKernelGetLibrary(CUlibrary *pLib, CUkernel kernel) {
  struct gf_function *known = gf_function_of((uint64_t)kernel);
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (pLib == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  if (known == NULL)
    return CUDA_ERROR_INVALID_HANDLE;
  *pLib = (CUlibrary)known->owner;
  return CUDA_SUCCESS;
}

// Copies by unified address must know a variable's address for the device's, even where the program
// asked for no more than the address.
void gf_observe_cuLibraryGetGlobal(CUdeviceptr *dptr, size_t *bytes, CUlibrary library,
                                   const char *name) {
  size_t size_bytes = bytes != NULL ? *bytes : 0;
  if (dptr == NULL)
    return;
  if (bytes == NULL && cuLibraryGetGlobal(NULL, &size_bytes, library, name) != CUDA_SUCCESS)
    return;
  gf_allocations_add(*dptr, size_bytes, GF_ALLOCATION_GLOBAL, (uint64_t)library);
}

// A function that host and device both call has an address in the host's process, where the guest cannot jump; none is ever
// offered, as on every machine where CPU and GPU share no page table.
CUresult CUDAAPI cuLibraryGetUnifiedFunction(void **fptr, CUlibrary library, const char *symbol) {
  (void)fptr;
  (void)symbol;
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  return gf_slot((uint64_t)library, GF_KIND_LIBRARY) != NULL ? CUDA_ERROR_NOT_FOUND
                                                             : CUDA_ERROR_INVALID_HANDLE;
}
