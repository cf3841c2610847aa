// Copies of boxes: from the argument structures of cuMemcpy2D and cuMemcpy3D to a CopyWork.
#pragma once

#include "work.h"

namespace softcuda {

/// CUDA_MEMCPY3D says all that the other structures do.
CUDA_MEMCPY3D widen(const CUDA_MEMCPY2D &copy);
CUDA_MEMCPY3D widen(const CUDA_MEMCPY3D_PEER &copy);

/// Checks both ends. `pageable`: an end is host memory of which the driver does not know, so that
/// an asynchronous copy must be over when the call returns.
CUresult describe_copy(const CUDA_MEMCPY3D &copy, CopyWork *work, bool *pageable);

} // namespace softcuda
