// .ftz flushes operands and result of every instruction. What was flushed as a result need not be as an operand again.
#pragma once

#include <llvm/IR/Function.h>
#include <llvm/IR/Instruction.h>

namespace softcuda::jit {

/// Says that `select` gives a float with subnormals flushed to zero, its last operand otherwise.
void note_flush(llvm::Instruction &select);

/// Removes the flushes of values that are never subnormal; registers leave memory for that, where there is one.
void drop_repeated_flushes(llvm::Function &function);

} // namespace softcuda::jit
