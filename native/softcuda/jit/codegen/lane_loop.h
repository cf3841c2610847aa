// The loop over lanes next to each other that LLVM vectorises.
#pragma once

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/IRBuilder.h>

namespace softcuda::jit {

enum class LaneVectors {
  None,
  WithRest, // whole vectors, and what is left over one by one
  Masked,   // what is left over as a vector with a mask
};

/// for (i = 0; i < count; ++i) round(i), count > 0; `b` is behind it afterwards. Rounds call `callee` and nothing else
/// that reaches memory; they have no order. `callee` belongs to this loop alone.
void emit_lane_loop(llvm::IRBuilder<> &b, llvm::Value *count, llvm::Function &callee,
                    LaneVectors vectors, llvm::function_ref<void(llvm::Value *i)> round);

} // namespace softcuda::jit
