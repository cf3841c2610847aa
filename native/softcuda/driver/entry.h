// How every `cu*` function begins.
#pragma once

#include "context.h"
#include "cuda_api.h"
#include "process.h"
#include "stream.h"

/// An entry point: C linkage, and one of the few symbols that the library exports.
#define GF_API extern "C" __attribute__((visibility("default"))) CUresult

/// Returns what `expression` gives unless it is CUDA_SUCCESS.
#define GF_TRY(expression)                                                                         \
  do {                                                                                             \
    if (CUresult gf_result = (expression)) [[unlikely]]                                            \
      return gf_result;                                                                            \
  } while (0)

/// Returns CUDA_ERROR_INVALID_VALUE unless `condition` holds.
#define GF_REQUIRE(condition)                                                                      \
  do {                                                                                             \
    if (!(condition)) [[unlikely]]                                                                 \
      return CUDA_ERROR_INVALID_VALUE;                                                             \
  } while (0)

namespace softcuda {

/// For calls that need cuInit only.
inline CUresult enter() { return Process::instance().check(); }

/// For calls that need a usable current context.
inline CUresult enter(Context **context) {
  GF_TRY(enter());
  return current_context(context);
}

/// For calls on a stream. The stream's context need not be the current one, but one must be current
/// for the default streams.
inline CUresult enter(CUstream handle, Stream **stream) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(resolve_stream(handle, *context, stream));
  return static_cast<CUresult>((*stream)->context.sticky());
}

/// For calls on a device.
inline CUresult enter(CUdevice ordinal, Device **device) {
  GF_TRY(enter());
  *device = Process::instance().device(ordinal);
  return *device ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

template <class Handle, class T> Handle handle_of(T *object) {
  return reinterpret_cast<Handle>(object);
}

} // namespace softcuda
