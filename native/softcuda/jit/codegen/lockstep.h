// Loops that all lanes of a warp go through together: the loop outside, the lanes inside, so that LLVM, which vectorises
// innermost loops, sees the lanes there.
//
//   for lane: { a; loop { b }; c }      becomes      for lane: a;   loop { for lane: b }   for lane: c
//
// What is the same for all lanes (counters, bounds, steps of addresses) stays a scalar of the loop outside, so that
// LLVM sees which accesses are contiguous; what differs lies in arrays, lane beside lane. When lanes want to
// leave the loop before others, those that stay finish it one after the other.
#pragma once

#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Target/TargetMachine.h>

#include <optional>

namespace softcuda::jit {

/// Finds the loops of `thread` (codegen/regions.h) for which it pays, and has a region end (Wait::Pass) in front of each, with
/// key kLockstepKey, and also behind it where much is left to do. Returns how many there are.
unsigned mark_lockstep_loops(llvm::Function &thread, llvm::TargetMachine &machine);

/// Key of a Wait::Yield in a loop through memory, which gives way unless it goes in lockstep.
inline constexpr unsigned kStrideKey = 1;
/// Key of a Wait::Pass in front of a loop that goes in lockstep.
inline constexpr unsigned kLockstepKey = 2;

/// By how much an integer of a thread should differ from that of the lane before. Goes from a value to what is loaded
/// again behind a suspension.
void set_lane_step(llvm::Instruction &instruction, int64_t step);
std::optional<int64_t> lane_step(const llvm::Instruction &instruction);

inline constexpr unsigned kLanesInLockstep = 16;

/// Lanes next to each other in x.
struct LaneRun {
  llvm::Value *context, *slots, *frame;
  llvm::Value *first, *count;
  llvm::Value *tid[3]; // of the first lane

  /// A thread's arguments for the lane `i` places behind the first.
  llvm::SmallVector<llvm::Value *, 16> arguments(llvm::IRBuilder<> &b, llvm::Value *i) const;
};

/// Emits at `b` what runs `region`, which begins with a marked loop, for a run of kLanesInLockstep lanes, or of
/// fewer where their count is no constant.
void emit_lockstep(llvm::IRBuilder<> &b, llvm::Function &region, const LaneRun &run);

} // namespace softcuda::jit
