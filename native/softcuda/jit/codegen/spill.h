// What a thread keeps over a suspension.
#pragma once

#include <llvm/IR/BasicBlock.h>
#include <llvm/IR/Function.h>

#include <span>

namespace softcuda::jit {

/// Where a thread suspends: at the end of `suspends`; `resumes` is empty but for its branch.
struct Cut {
  llvm::BasicBlock *suspends;
  llvm::BasicBlock *resumes;
  bool is_lockstep; // in front of a loop that goes in lockstep
};

/// Makes local memory and every value that is live in a `resumes` block part of the frame, so that no value reaches over
/// a cut any more. Returns the bytes of a warp's frame.
uint64_t spill_into_frame(llvm::Function &thread, std::span<const Cut> cuts);

} // namespace softcuda::jit
