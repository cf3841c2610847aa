// Calls for profilers and loggers, of which there are none here.
#include "../entry.h"

using namespace softcuda;

GF_API cuProfilerStart() {
  Context *context;
  return enter(&context);
}

GF_API cuProfilerStop() {
  Context *context;
  return enter(&context);
}

GF_API cuFlushGPUDirectRDMAWrites(CUflushGPUDirectRDMAWritesTarget,
                                  CUflushGPUDirectRDMAWritesScope) {
  Context *context;
  GF_TRY(enter(&context));
  return CUDA_ERROR_NOT_SUPPORTED;
}
