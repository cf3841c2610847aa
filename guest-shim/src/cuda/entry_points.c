// cuGetProcAddress: entry points by name, version and kind of default stream.
#include <string.h>

#include "base/log.h"
#include "cuda/asked.h"
#include "cuda/gl_interop.h"
#include "cuda/stub.h"

struct proc {
  const char *name; ///< without version suffix
  void *address;
  int since; ///< the first CUDA version with this form
  int per_thread;
};

// Ordered by name, then version; every form that exists, refused ones included.
static const struct proc g_procs[] = {
#define GF_PROC(name, symbol, since, per_thread) {name, (void *)(symbol), since, per_thread},
#include "cuda_procs.inc"
#undef GF_PROC
};
#define GF_PROC_COUNT (sizeof g_procs / sizeof g_procs[0])

/// The first row of that name; GF_PROC_COUNT if there is none.
static size_t first_of(const char *name) {
  size_t low = 0, high = GF_PROC_COUNT;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (strcmp(g_procs[middle].name, name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low < GF_PROC_COUNT && strcmp(g_procs[low].name, name) == 0 ? low : GF_PROC_COUNT;
}

/// The newest form that `version` knows; the per-thread one if asked for and there is one.
static void *find(const char *name, int version, int per_thread,
                  CUdriverProcAddressQueryResult *status) {
  size_t i = first_of(name);
  *status = i < GF_PROC_COUNT ? CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT
                              : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  const struct proc *best = NULL;
  for (; i < GF_PROC_COUNT && strcmp(g_procs[i].name, name) == 0; i++) {
    const struct proc *row = &g_procs[i];
    if (row->since > version || (row->per_thread && !per_thread))
      continue;
    if (best == NULL || row->per_thread > best->per_thread ||
        (row->per_thread == best->per_thread && row->since > best->since))
      best = row;
  }
  if (best == NULL)
    return NULL;
  *status = CU_GET_PROC_ADDRESS_SUCCESS;
  return best->address;
}

CUresult CUDAAPI cuGetProcAddress_v2(const char *symbol, void **pfn, int cudaVersion,
                                     cuuint64_t flags,
                                     CUdriverProcAddressQueryResult *symbolStatus) {
  if (symbol == NULL || pfn == NULL ||
      (flags & ~(cuuint64_t)(CU_GET_PROC_ADDRESS_LEGACY_STREAM |
                             CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM)))
    return CUDA_ERROR_INVALID_VALUE;
  CUdriverProcAddressQueryResult status;
  *pfn = find(symbol, cudaVersion, (flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM) != 0,
              &status);
  if (status == CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND &&
      (*pfn = gf_gl_interop_entry(symbol)) != NULL)
    status = CU_GET_PROC_ADDRESS_SUCCESS;
  if (symbolStatus != NULL)
    *symbolStatus = status;
  if (gf_log_wants(GF_LOG_DEBUG))
    gf_asked(symbol, cudaVersion, (unsigned)flags, *pfn != NULL ? "found" : "not found");
  // cudart begins by asking for the name "", to see how an answer of no looks.
  if (*pfn == NULL && symbol[0] != '\0')
    gf_asked_in_vain("entry point", symbol, cudaVersion);
  return *pfn != NULL ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

CUresult CUDAAPI cuGetProcAddress(const char *symbol, void **pfn, int cudaVersion,
                                  cuuint64_t flags) {
  return cuGetProcAddress_v2(symbol, pfn, cudaVersion, flags, NULL);
}
