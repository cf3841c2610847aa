#include "codegen/single_exit.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/IRBuilder.h>

namespace softcuda::jit {
namespace {

using llvm::BasicBlock;
using llvm::Instruction;
using llvm::PHINode;
using llvm::Value;

/// The one condition of `block`, which ends with a choice between `exit` and another place.
llvm::BranchInst *choice_to_leave(BasicBlock *block, BasicBlock *exit) {
  auto *branch = llvm::dyn_cast<llvm::BranchInst>(block->getTerminator());
  const bool is_choice =
      branch && branch->isConditional() && branch->getSuccessor(0) != branch->getSuccessor(1);
  return is_choice && llvm::is_contained(branch->successors(), exit) ? branch : nullptr;
}

/// Counters and their like, so that they are at hand wherever the loop is left.
void hoist_next_values(llvm::Loop &loop) {
  BasicBlock *header = loop.getHeader();
  for (PHINode &phi : header->phis()) {
    auto *next = llvm::dyn_cast<Instruction>(phi.getIncomingValueForBlock(loop.getLoopLatch()));
    if (!next || !loop.contains(next) || llvm::isa<PHINode>(next) ||
        !llvm::isSafeToSpeculativelyExecute(next))
      continue;
    const bool has_operands = llvm::all_of(next->operands(), [&](Value *operand) {
      auto *made = llvm::dyn_cast<Instruction>(operand);
      return !made || !loop.contains(made) ||
             (llvm::isa<PHINode>(made) && made->getParent() == header);
    });
    if (has_operands)
      next->moveBefore(&*header->getFirstInsertionPt());
  }
}

} // namespace

// A division counts as if it did: LLVM may know of those who are still in the loop that they do not divide by zero.
bool keeps_to_registers(llvm::ArrayRef<BasicBlock *> blocks) {
  return llvm::none_of(blocks, [](BasicBlock *block) {
    return llvm::any_of(*block, [](Instruction &each) {
      return each.mayReadOrWriteMemory() ||
             (each.isIntDivRem() && !llvm::isa<llvm::Constant>(each.getOperand(1)));
    });
  });
}

bool leave_at_the_end(llvm::Loop &loop, llvm::LoopInfo &loops, llvm::DominatorTree &dominators) {
  BasicBlock *header = loop.getHeader(), *latch = loop.getLoopLatch();
  BasicBlock *exit = loop.getUniqueExitBlock();
  if (!loop.isInnermost() || !loop.isLoopSimplifyForm() || !exit || loop.getExitingBlock() == latch)
    return false;
  llvm::SmallVector<BasicBlock *> leaving;
  loop.getExitingBlocks(leaving);
  if (!keeps_to_registers(loop.getBlocks()) || !llvm::all_of(leaving, [&](BasicBlock *block) {
        return choice_to_leave(block, exit) != nullptr;
      }))
    return false;
  hoist_next_values(loop);

  llvm::IRBuilder<> b(header->getContext());
  auto *end = BasicBlock::Create(header->getContext(), "", header->getParent(), exit);
  b.SetInsertPoint(end);
  llvm::SmallVector<BasicBlock *> ways = leaving; // to `end`
  if (!loop.isLoopExiting(latch))
    ways.push_back(latch);
  /// What `of` says for each way.
  auto gather = [&](llvm::Type *type, llvm::function_ref<Value *(BasicBlock *)> of) {
    PHINode *phi = b.CreatePHI(type, static_cast<unsigned>(ways.size()));
    for (BasicBlock *way : ways)
      phi->addIncoming(of(way), way);
    return phi;
  };
  PHINode *leaves = gather(b.getInt1Ty(), [&](BasicBlock *way) -> Value * {
    if (way != latch)
      return b.getTrue();
    llvm::BranchInst *choice = choice_to_leave(latch, exit);
    if (!choice)
      return b.getFalse();
    llvm::IRBuilder<> at_latch(choice);
    return choice->getSuccessor(0) == exit ? choice->getCondition()
                                           : at_latch.CreateNot(choice->getCondition());
  });
  for (PHINode &phi : header->phis()) {
    Value *next = phi.getIncomingValueForBlock(latch);
    auto *made = llvm::dyn_cast<Instruction>(next);
    if (made && loop.contains(made) && made->getParent() != header)
      next = gather(phi.getType(),
                    [&](BasicBlock *way) -> Value * { return way == latch ? next : &phi; });
    phi.removeIncomingValue(latch, false);
    phi.addIncoming(next, end);
  }
  for (PHINode &phi : exit->phis()) {
    Value *last = gather(phi.getType(), [&](BasicBlock *way) -> Value * {
      return llvm::is_contained(leaving, way) ? phi.getIncomingValueForBlock(way)
                                              : llvm::PoisonValue::get(phi.getType());
    });
    for (BasicBlock *block : leaving)
      phi.removeIncomingValue(block, false);
    phi.addIncoming(last, end);
  }
  for (BasicBlock *block : leaving)
    if (block != latch)
      block->getTerminator()->replaceSuccessorWith(exit, end);
  latch->getTerminator()->eraseFromParent();
  llvm::BranchInst::Create(end, latch);
  b.CreateCondBr(leaves, exit, header);
  loop.addBasicBlockToLoop(end, loops);
  dominators.recalculate(*header->getParent());
  return true;
}

} // namespace softcuda::jit
