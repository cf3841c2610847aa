// Access from one device to another's memory. Software devices share an address space, so all of it
// works; what is kept is who has enabled what, since programs are told off for doing it twice.
#include "../entry.h"

using namespace softcuda;

GF_API cuDeviceCanAccessPeer(int *can, CUdevice dev, CUdevice peer_dev) {
  Device *device, *peer;
  GF_TRY(enter(dev, &device));
  GF_TRY(enter(peer_dev, &peer));
  GF_REQUIRE(can);
  *can = device != peer;
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetP2PAttribute(int *value, CUdevice_P2PAttribute which, CUdevice from,
                               CUdevice to) {
  Device *device, *peer;
  GF_TRY(enter(from, &device));
  GF_TRY(enter(to, &peer));
  GF_REQUIRE(value);
  if (device == peer)
    return CUDA_ERROR_INVALID_DEVICE;
  switch (which) {
  case CU_DEVICE_P2P_ATTRIBUTE_PERFORMANCE_RANK:
    *value = 0;
    return CUDA_SUCCESS;
  case CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED:
  case CU_DEVICE_P2P_ATTRIBUTE_NATIVE_ATOMIC_SUPPORTED:
  case CU_DEVICE_P2P_ATTRIBUTE_CUDA_ARRAY_ACCESS_SUPPORTED:
    *value = 1;
    return CUDA_SUCCESS;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

GF_API cuCtxEnablePeerAccess(CUcontext handle, unsigned int flags) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(flags == 0);
  Context *peer = Context::from(handle);
  if (!peer || peer == context)
    return CUDA_ERROR_INVALID_CONTEXT;
  if (&peer->device == &context->device)
    return CUDA_ERROR_PEER_ACCESS_UNSUPPORTED;
  std::lock_guard lock(context->mutex);
  return context->peers.insert(peer).second ? CUDA_SUCCESS : CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED;
}

GF_API cuCtxDisablePeerAccess(CUcontext handle) {
  Context *context;
  GF_TRY(enter(&context));
  Context *peer = Context::from(handle);
  if (!peer)
    return CUDA_ERROR_INVALID_CONTEXT;
  std::lock_guard lock(context->mutex);
  return context->peers.erase(peer) ? CUDA_SUCCESS : CUDA_ERROR_PEER_ACCESS_NOT_ENABLED;
}
