// Kernels whose threads meet. The body of one thread is cut wherever it suspends; what lies between two suspensions is a
// region. Each region becomes a loop over the lanes of a warp that are there, which LLVM vectorises as it does a
// kernel's in which threads never meet.
//
//   thread:  A; barrier; loop { B; shuffle; C }; D        regions:  0: A    1: B or D    2: C, then B or D
//
// What a thread still needs behind a suspension lies in its warp's frame, value by value, lane beside lane, unless it is
// cheap to compute again (codegen/spill.h).
#pragma once

#include "abi.h"
#include "codegen/alike_threads.h"

#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

namespace softcuda::jit {

inline constexpr const char *kAliasRoot = "ptx"; // of type-based alias information

/// Says of a load or store that only accesses with the same `name` may touch the same memory.
void set_apart(llvm::Instruction &access, llvm::StringRef name);
inline constexpr const char *kSlotAlias = "slot";

/// void thread(BlockContext *, WarpSlots *, frame, i32 lane, i32 tid.x, i32 tid.y, i32 tid.z)
struct ThreadArgument {
  enum : unsigned { Context, Slots, Frame, Lane, Tid, Count = Tid + 3 };
};

/// An empty function of that type.
llvm::Function *declare_thread(llvm::Module &module);

/// Says at `b`: the thread suspends here. Operands are in its slot, but for a shuffle's b and c; what is null is 0.
void mark_suspension(llvm::IRBuilder<> &b, Wait wait, llvm::Value *key = nullptr,
                     llvm::Value *mask = nullptr, llvm::Value *shuffle_b = nullptr,
                     llvm::Value *shuffle_c = nullptr);
/// The call that says so, which is none of the program's; null if `instruction` is another.
llvm::CallInst *as_suspension(llvm::Instruction &instruction);

/// Simplifies what was emitted into `thread`, before it is cut. Returns how many of its loops are to go in lockstep
/// (codegen/lockstep.h).
unsigned prepare_thread(llvm::Function &thread, llvm::TargetMachine &machine);

/// For a kernel that is better off as one loop.
void drop_thread(llvm::Function &thread);

/// Replaces `thread` by kSymbolRegions, kSymbolSites and kSymbolFrameBytes. Along the axes `alike` one thread stands for all.
void cut_into_regions(llvm::Function &thread, llvm::TargetMachine &machine, Axes alike);

} // namespace softcuda::jit
