// Enumerating what an image holds: the handles are the guest's, made or known.
#include <stdlib.h>
#include <string.h>

#include "cuda/function.h"

/// Asks for the names of the first `count` kernels: text to free(), each name ended by at least one
/// zero byte. The host binds a handle to each; they are not used, since every name is looked up
/// afterwards, so that a kernel has one handle however it was found.
static CUresult ask_names(uint16_t opcode, enum gf_handle_kind kind, uint64_t owner, uint32_t count,
                          char **names, uint32_t *names_bytes) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuLibraryEnumerateKernels_args *args =
      gf_begin(lane, opcode, sizeof *args + (uint64_t)count * 8);
  args->library = owner;
  args->count = count;
  args->pad = 0;
  uint64_t *handles = (uint64_t *)(args + 1);
  for (uint32_t i = 0; i < count; i++)
    handles[i] = gf_mint(kind);
  const void *data;
  result = gf_call(lane, &data, 0);
  if (result != CUDA_SUCCESS)
    return result;
  *names_bytes = gf_reply_bytes(lane);
  *names = malloc(*names_bytes + 1u);
  if (*names == NULL)
    return CUDA_ERROR_OUT_OF_MEMORY;
  memcpy(*names, data, *names_bytes);
  (*names)[*names_bytes] = '\0';
  return CUDA_SUCCESS;
}

static CUresult enumerate(uint16_t opcode, enum gf_handle_kind kind, uint64_t owner, uint64_t *out,
                          uint32_t count) {
  if (out == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  if (count > GF_TAIL_MAX_BYTES / 8) // more than there are: only so many are filled in
    count = GF_TAIL_MAX_BYTES / 8;
  char *names = NULL;
  uint32_t names_bytes = 0;
  CUresult result = ask_names(opcode, kind, owner, count, &names, &names_bytes);
  const char *const end = names + names_bytes;
  uint32_t found = 0;
  for (char *name = names; result == CUDA_SUCCESS && found < count && name < end;
       name += strlen(name) + 1) {
    if (*name == '\0')
      continue; // padding
    struct gf_function *function;
    result = gf_function_find(kind, owner, name, &function);
    if (result == CUDA_SUCCESS)
      out[found++] = function->handle;
  }
  free(names);
  return result;
}

_Static_assert(sizeof(struct gf_cuLibraryEnumerateKernels_args) ==
                   sizeof(struct gf_cuModuleEnumerateFunctions_args),
               "kernels and functions are enumerated alike");

CUresult CUDAAPI cuLibraryEnumerateKernels(CUkernel *kernels, unsigned int numKernels,
                                           CUlibrary lib) {
  return enumerate(GF_OP_cuLibraryEnumerateKernels, GF_KIND_KERNEL, (uint64_t)lib,
                   (uint64_t *)kernels, numKernels);
}

CUresult CUDAAPI cuModuleEnumerateFunctions(CUfunction *functions, unsigned int numFunctions,
                                            CUmodule mod) {
  return enumerate(GF_OP_cuModuleEnumerateFunctions, GF_KIND_FUNCTION, (uint64_t)mod,
                   (uint64_t *)functions, numFunctions);
}
