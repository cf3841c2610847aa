// The function that the block's scheduler calls: from the site where lanes are to the code of the region there, and on to
// further regions as long as a whole warp stays together and waits for nobody else.
#pragma once

#include "abi.h"

#include <llvm/IR/Module.h>

#include <span>

namespace softcuda::jit {

struct RegionLanes {
  llvm::Function *function; // void(context, slots, frame, i32 first, i32 last)
  int end; // the one site where the region ends, 0 with its thread; -1 where it depends
};

/// Emits kSymbolRegions. `regions` and `sites` are by site: what begins there, and what lanes wait for before.
void emit_dispatch(llvm::Module &module, std::span<const RegionLanes> regions,
                   std::span<const Site> sites);

} // namespace softcuda::jit
