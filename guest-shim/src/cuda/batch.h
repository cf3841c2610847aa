// What batches ask of other files.
#pragma once

#include "cuda/init.h"
#include "cuda/stub.h"

/// Does the range lie in managed memory? The code to return.
CUresult gf_managed_range(CUdeviceptr address, size_t bytes);
