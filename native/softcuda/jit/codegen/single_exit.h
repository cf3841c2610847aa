// Loops with several ways out, as `break` makes them.
#pragma once

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>

namespace softcuda::jit {

/// Whether a loop touches no memory: then lanes that have left it may go through later rounds in step with the others.
bool keeps_to_registers(llvm::ArrayRef<llvm::BasicBlock *> blocks);

/// Has a loop that keeps to registers end behind its last instruction only: who leaves it before goes there, past the
/// rest of the round. True if it was changed; analyses but for these two are out of date then.
bool leave_at_the_end(llvm::Loop &loop, llvm::LoopInfo &loops, llvm::DominatorTree &dominators);

} // namespace softcuda::jit
