// Primary contexts.
#include "../entry.h"

using namespace softcuda;

GF_API cuDevicePrimaryCtxRetain(CUcontext *out, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(out);
  Context *context;
  GF_TRY(device->primary_retain(&context));
  *out = handle_of<CUcontext>(context);
  return CUDA_SUCCESS;
}

GF_API cuDevicePrimaryCtxRelease_v2(CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  return device->primary_release();
}

GF_API cuDevicePrimaryCtxRelease(CUdevice dev) { return cuDevicePrimaryCtxRelease_v2(dev); }

GF_API cuDevicePrimaryCtxReset_v2(CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  return device->primary_reset();
}

GF_API cuDevicePrimaryCtxReset(CUdevice dev) { return cuDevicePrimaryCtxReset_v2(dev); }

GF_API cuDevicePrimaryCtxSetFlags_v2(CUdevice dev, unsigned int flags) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE((flags & ~CU_CTX_FLAGS_MASK) == 0);
  return device->primary_set_flags(flags);
}

GF_API cuDevicePrimaryCtxSetFlags(CUdevice dev, unsigned int flags) {
  return cuDevicePrimaryCtxSetFlags_v2(dev, flags);
}

GF_API cuDevicePrimaryCtxGetState(CUdevice dev, unsigned int *flags, int *active) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(flags && active);
  device->primary_state(flags, active);
  return CUDA_SUCCESS;
}
