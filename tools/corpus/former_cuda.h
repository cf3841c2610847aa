/* What programs of earlier toolkits call and CUDA 13 no longer has. Included before every source that nvcc builds. */
#pragma once

#define cudaThreadSynchronize cudaDeviceSynchronize
#define cudaThreadExit cudaDeviceReset

#if defined(__CUDACC__) && defined(__cplusplus)
#include <cuda_runtime_api.h>

#if CUDART_VERSION >= 13000
static inline cudaMemLocation former_location(int device) {
  cudaMemLocation location = {};
  location.type = device == cudaCpuDeviceId ? cudaMemLocationTypeHost : cudaMemLocationTypeDevice;
  location.id = device == cudaCpuDeviceId ? 0 : device;
  return location;
}

static inline cudaError_t cudaMemPrefetchAsync(const void *address, size_t bytes, int device,
                                               cudaStream_t stream = 0) {
  return cudaMemPrefetchAsync(address, bytes, former_location(device), 0u, stream);
}

static inline cudaError_t cudaMemAdvise(const void *address, size_t bytes, cudaMemoryAdvise advice,
                                        int device) {
  return cudaMemAdvise(address, bytes, advice, former_location(device));
}
#endif
#endif
