// NVML without a device: begin and end, versions, texts of errors.
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "cuda_api.h"
#include "nvml/nvml.h"

static pthread_mutex_t g_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned g_inits;

nvmlReturn_t gf_nvml_ready(void) {
  pthread_mutex_lock(&g_lock);
  const unsigned inits = g_inits;
  pthread_mutex_unlock(&g_lock);
  return inits > 0 ? NVML_SUCCESS : NVML_ERROR_UNINITIALIZED;
}

/// The session opens with cuInit: whoever only manages wants to know what it was given.
NVML_API nvmlReturn_t nvmlInitWithFlags(unsigned flags) {
  (void)flags;
  const CUresult result = cuInit(0);
  // NVML counts devices even where there are none.
  if (result != CUDA_SUCCESS && result != CUDA_ERROR_NO_DEVICE)
    return NVML_ERROR_DRIVER_NOT_LOADED;
  pthread_mutex_lock(&g_lock);
  g_inits++;
  pthread_mutex_unlock(&g_lock);
  return NVML_SUCCESS;
}

NVML_API nvmlReturn_t nvmlInit_v2(void) { return nvmlInitWithFlags(0); }
NVML_API nvmlReturn_t nvmlInit(void) { return nvmlInitWithFlags(0); }

NVML_API nvmlReturn_t nvmlShutdown(void) {
  pthread_mutex_lock(&g_lock);
  const nvmlReturn_t result = g_inits > 0 ? NVML_SUCCESS : NVML_ERROR_UNINITIALIZED;
  if (g_inits > 0)
    g_inits--;
  pthread_mutex_unlock(&g_lock);
  return result;
}

NVML_API const char *nvmlErrorString(nvmlReturn_t result) {
  switch (result) {
  case NVML_SUCCESS:
    return "Success";
  case NVML_ERROR_UNINITIALIZED:
    return "Uninitialized";
  case NVML_ERROR_INVALID_ARGUMENT:
    return "Invalid Argument";
  case NVML_ERROR_NOT_SUPPORTED:
    return "Not Supported";
  case NVML_ERROR_NOT_FOUND:
    return "Not Found";
  case NVML_ERROR_INSUFFICIENT_SIZE:
    return "Insufficient Size";
  case NVML_ERROR_DRIVER_NOT_LOADED:
    return "Driver Not Loaded";
  case NVML_ERROR_ARGUMENT_VERSION_MISMATCH:
    return "Argument version mismatch";
  default:
    return "Unknown Error";
  }
}

static nvmlReturn_t answer_text(char *out, unsigned capacity_bytes, const char *text) {
  if (out == NULL)
    return NVML_ERROR_INVALID_ARGUMENT;
  if (strlen(text) >= capacity_bytes)
    return NVML_ERROR_INSUFFICIENT_SIZE;
  strcpy(out, text);
  return NVML_SUCCESS;
}

/// The host's driver is none of the guest's: what stands between them is named.
NVML_API nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned length_bytes) {
  const nvmlReturn_t ready = gf_nvml_ready();
  return ready != NVML_SUCCESS ? ready : answer_text(version, length_bytes, "gpuferry " GF_VERSION);
}

NVML_API nvmlReturn_t nvmlSystemGetNVMLVersion(char *version, unsigned length_bytes) {
  return answer_text(version, length_bytes, "gpuferry " GF_VERSION);
}

NVML_API nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int *version) {
  if (version == NULL)
    return NVML_ERROR_INVALID_ARGUMENT;
  return cuDriverGetVersion(version) == CUDA_SUCCESS ? NVML_SUCCESS : NVML_ERROR_UNKNOWN;
}

NVML_API nvmlReturn_t nvmlSystemGetCudaDriverVersion(int *version) {
  return nvmlSystemGetCudaDriverVersion_v2(version);
}
