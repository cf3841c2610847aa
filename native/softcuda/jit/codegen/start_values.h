// Registers begin as zero, so that none carries over what the loop's previous thread had in it. Nearly all are written before
// they are read, and LLVM need not hear of their first value: it takes quadratic time to find out by itself.
#pragma once

#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>

namespace softcuda::jit {

/// Says that `store` gives a register its start value.
void note_start_value(llvm::StoreInst &store);

/// Removes the start values of which some store makes sure that nobody reads them.
void drop_start_values(llvm::Function &function);

} // namespace softcuda::jit
