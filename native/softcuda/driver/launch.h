// Checking a launch, and packing its parameters.
#pragma once

#include "work.h"

namespace softcuda {

struct KernelShape {
  jit::Dim3 grid, block;
  unsigned dynamic_shared_bytes = 0;
  bool cooperative = false;
  jit::Dim3 cluster = {0, 0, 0}; // zeros: what the kernel asks for
};

/// The blocks that a cluster may have.
unsigned most_cluster_blocks(const Function &function);
/// Checks that a grid divides into clusters that the kernel allows.
CUresult set_cluster(KernelWork &work, const jit::Dim3 &wanted);

/// What a launch with these arguments does in `context`, or the error that CUDA gives for them.
/// Parameters come as pointers to values, or through `extra` as CU_LAUNCH_PARAM_BUFFER_POINTER and
/// _SIZE.
CUresult make_kernel_work(Context &context, CUfunction handle, const KernelShape &shape,
                          void **values, void **extra, KernelWork *work);

} // namespace softcuda
