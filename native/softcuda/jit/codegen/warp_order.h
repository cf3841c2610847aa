// Lanes of a warp take their instructions together, on a GPU: all have loaded before one of them stores.
#pragma once

#include <llvm/IR/Function.h>

namespace softcuda::jit {

/// Programs for one warp count on that without a barrier: `a[rank[i]] = a[i]` in shared memory. Lanes that go one behind the
/// other would load what those before have stored, so that a lane gives way (Wait::Yield) between loading from
/// shared memory and storing there, unless the addresses tell that it need not: both go from lane to lane in the
/// same steps, or differ by a constant.
void keep_warp_order(llvm::Function &thread);

} // namespace softcuda::jit
