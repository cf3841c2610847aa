// Primary contexts: one handle per device, made on the first retain and kept, as the driver keeps it.
#pragma once

#include "cuda_api.h"

/// The primary context's handle whether it is retained or not; 0 when none can be made.
CUcontext gf_primary_handle(CUdevice device);
