// Which loops go in lockstep.
#include "abi.h"
#include "codegen/lane_steps.h"
#include "codegen/lockstep.h"
#include "codegen/optimise.h"
#include "codegen/regions.h"
#include "codegen/single_exit.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/LCSSA.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>

namespace softcuda::jit {
namespace {

using llvm::BasicBlock;
using llvm::Function;
using llvm::Instruction;
using llvm::Value;

constexpr unsigned kMostInstructions = 800; // of a loop
constexpr unsigned kMostInstructionsOfAll =
    1500;                          // of a kernel's loops: each is there in several versions
constexpr unsigned kShortWay = 60; // instructions
constexpr unsigned kMostBlocks = 64;
constexpr unsigned kWorthOfGather = 4; // operations that have to be there for each
constexpr unsigned kFewRounds = 4;     // what is left over when a loop was unrolled

bool is_stride(Instruction &instruction) {
  llvm::CallInst *marker = as_suspension(instruction);
  if (!marker)
    return false;
  auto *wait = llvm::cast<llvm::ConstantInt>(marker->getArgOperand(0));
  auto *key = llvm::dyn_cast<llvm::ConstantInt>(marker->getArgOperand(1));
  return wait->getZExtValue() == static_cast<uint64_t>(Wait::Yield) && key &&
         key->getZExtValue() == kStrideKey;
}

/// Nothing in it that has an order between lanes, or that LLVM cannot do for many at once.
bool is_vectorisable(Instruction &instruction) {
  if (instruction.isAtomic() || llvm::isa<llvm::AllocaInst>(instruction) ||
      llvm::isa<llvm::SwitchInst>(instruction) || instruction.getType()->isVectorTy())
    return false;
  if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
    return !load->isVolatile();
  if (auto *store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
    return !store->isVolatile() && !store->getValueOperand()->getType()->isVectorTy();
  auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  if (!call)
    return true;
  if (auto *intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(call))
    return llvm::isTriviallyVectorizable(intrinsic->getIntrinsicID());
  return call->doesNotAccessMemory() && call->getCalledFunction() &&
         call->getCalledFunction()->getName().starts_with("ptx_");
}

bool has_form(llvm::Loop &loop) {
  return loop.isInnermost() && loop.isLoopSimplifyForm() && loop.getNumBlocks() <= kMostBlocks &&
         loop.getExitingBlock() == loop.getLoopLatch() && loop.getExitBlock();
}

bool is_candidate(llvm::Loop &loop, bool with_strides) {
  unsigned instructions = 0;
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block)
      if (++instructions > kMostInstructions ||
          !(is_vectorisable(instruction) || (with_strides && is_stride(instruction))))
        return false;
  return true;
}

/// Vectors pay where accesses are to neighbours, or where there is enough to compute besides.
bool pays(llvm::Loop &loop, const LaneSteps &steps, const llvm::DominatorTree &dominators) {
  unsigned work = 0, gathers = 0;
  const llvm::DataLayout &layout = loop.getHeader()->getDataLayout();
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block) {
      if (const Value *pointer = llvm::getLoadStorePointerOperand(&instruction)) {
        LaneStep step = steps.of(const_cast<Value *>(pointer));
        const auto bytes = static_cast<int64_t>(
            layout.getTypeStoreSize(llvm::getLoadStoreType(&instruction)).getFixedValue());
        // One load for all lanes is a gather, too, where not all of them come by.
        const bool always = dominators.dominates(block, loop.getLoopLatch());
        if ((step == 0 && always) || step == bytes)
          ++work;
        else
          ++gathers;
      } else if (instruction.isBinaryOp() || llvm::isa<llvm::CallInst>(instruction)) {
        work += steps.of(&instruction) ? 0 : 1;
      }
    }
  return work >= kWorthOfGather * gathers;
}

void suspend(Instruction *before, unsigned key) {
  llvm::IRBuilder<> b(before);
  mark_suspension(b, Wait::Pass, b.getInt32(key));
}

/// Whether little is left from `block` to the next suspension or the end, and no loop: then it is done with the loop in
/// front. `way`: the blocks that lead here.
bool is_short_way(BasicBlock *block, llvm::SmallPtrSetImpl<BasicBlock *> &way, unsigned &length) {
  if (!way.insert(block).second)
    return false;
  for (Instruction &instruction : *block) {
    if (as_suspension(instruction)) {
      way.erase(block);
      return true;
    }
    if (++length > kShortWay)
      return false;
  }
  for (BasicBlock *next : llvm::successors(block))
    if (!is_short_way(next, way, length))
      return false;
  way.erase(block);
  return true;
}

/// Whether there is a loop that may go in lockstep. Such loops need not give way.
bool has_candidates(Function &thread) {
  llvm::DominatorTree dominators(thread);
  llvm::LoopInfo loops(dominators);
  std::vector<Instruction *> removed;
  bool has = false;
  for (llvm::Loop *loop : loops.getLoopsInPreorder())
    if (loop->isInnermost() && is_candidate(*loop, true)) {
      has = true;
      for (BasicBlock *block : loop->blocks())
        for (Instruction &instruction : *block)
          if (is_stride(instruction))
            removed.push_back(&instruction);
    }
  for (Instruction *marker : removed)
    marker->eraseFromParent();
  return has;
}

void bring_into_form(Function &thread, PassContext &context) {
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::ADCEPass());
  passes.addPass(llvm::LoopSimplifyPass());
  llvm::LoopPassManager loops;
  loops.addPass(llvm::LoopRotatePass());
  loops.addPass(llvm::LICMPass(llvm::LICMOptions()));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(loops), true));
  // What is left over when a loop was unrolled would be a loop in the region behind, which is not vectorised then.
  passes.addPass(llvm::LoopUnrollPass(llvm::LoopUnrollOptions(2)
                                          .setPartial(false)
                                          .setPeeling(false)
                                          .setRuntime(false)
                                          .setUpperBound(true)
                                          .setFullUnrollMaxCount(kFewRounds)));
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::LoopSimplifyPass());
  passes.addPass(llvm::LCSSAPass());
  context.functions.invalidate(thread, passes.run(thread, context.functions));
}

void bring_exits_together(Function &thread, PassContext &context) {
  llvm::LoopInfo &loops = context.functions.getResult<llvm::LoopAnalysis>(thread);
  auto &dominators = context.functions.getResult<llvm::DominatorTreeAnalysis>(thread);
  bool changed = false;
  for (llvm::Loop *loop : loops.getLoopsInPreorder())
    changed |= is_candidate(*loop, false) && leave_at_the_end(*loop, loops, dominators);
  if (changed)
    context.functions.invalidate(thread, llvm::PreservedAnalyses::none());
}

} // namespace

unsigned mark_lockstep_loops(Function &thread, llvm::TargetMachine &machine) {
  if (!has_candidates(thread))
    return 0;
  PassContext context(machine);
  bring_into_form(thread, context);
  bring_exits_together(thread, context);
  llvm::LoopInfo &loops = context.functions.getResult<llvm::LoopAnalysis>(thread);
  auto &dominators = context.functions.getResult<llvm::DominatorTreeAnalysis>(thread);
  auto &evolution = context.functions.getResult<llvm::ScalarEvolutionAnalysis>(thread);
  auto is_short = [&](llvm::Loop *loop) {
    unsigned most = evolution.getSmallConstantMaxTripCount(loop);
    return most > 0 && most < kFewRounds;
  };
  LaneSteps steps(thread);
  size_t instructions = 0;
  std::vector<llvm::Loop *> chosen;
  for (llvm::Loop *loop : loops.getLoopsInPreorder())
    if (has_form(*loop) && is_candidate(*loop, false) && !is_short(loop) &&
        pays(*loop, steps, dominators)) {
      for (BasicBlock *block : loop->blocks())
        instructions += block->size();
      if (instructions > kMostInstructionsOfAll)
        break;
      chosen.push_back(loop);
    }
  for (llvm::Loop *loop : chosen)
    suspend(loop->getLoopPreheader()->getTerminator(), kLockstepKey);
  for (llvm::Loop *loop : chosen) {
    llvm::SmallPtrSet<BasicBlock *, 16> way;
    unsigned length = 0;
    if (!is_short_way(loop->getExitBlock(), way, length))
      suspend(&*loop->getExitBlock()->getFirstInsertionPt(), 0);
  }
  if (!chosen.empty())
    for (Instruction &instruction : llvm::instructions(thread))
      if (instruction.getType()->isIntegerTy())
        if (LaneStep step = steps.of(&instruction))
          set_lane_step(instruction, *step);
  return static_cast<unsigned>(chosen.size());
}

} // namespace softcuda::jit
