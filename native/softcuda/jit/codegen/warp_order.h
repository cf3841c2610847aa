// Lanes of a warp take their instructions together, on a GPU: all have loaded before one of them stores.
#pragma once

#include <llvm/IR/Function.h>
#include <llvm/IR/Instruction.h>

namespace softcuda::jit {

/// Says that `access` is a plain load or store of the program's in shared memory, and not half of an atomic, which is
/// a load and a store there, too, and must not be taken apart.
void note_plain_in_shared(llvm::Instruction &access);

/// Programs for one warp count on that without a barrier: `a[rank[i]] = a[i]` in shared memory. Lanes that go one behind the
/// other would load what those before have stored, so that a lane gives way (Wait::Yield) between loading from
/// shared memory and storing there, unless the addresses tell that it need not: both go from lane to lane in the
/// same steps, or differ by a constant.
void keep_warp_order(llvm::Function &thread);

} // namespace softcuda::jit
