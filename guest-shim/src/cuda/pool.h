// Which memory pool an allocation is from.
#pragma once

#include "cuda_api.h"

/// The pool that cuMemAllocAsync takes from on the current context's device; 0: the one that the device was born with.
uint64_t gf_pool_in_use(void);

/// The handle of the pool that a device was born with; NULL if the host does not say.
CUmemoryPool gf_pool_first(CUdevice device);
