#include "codegen/lockstep_loop.h"

#include "codegen/lockstep.h"
#include "codegen/regions.h"
#include "codegen/single_exit.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Dominators.h>

namespace softcuda::jit {

using llvm::BasicBlock;
using llvm::Function;
using llvm::Instruction;
using llvm::Value;

std::optional<LockstepLoop> LockstepLoop::find(Function &region) {
  LockstepLoop loop;
  if (!loop.find_blocks(region))
    return std::nullopt;
  loop.find_expected(region);
  loop.classify();
  return loop;
}

bool LockstepLoop::find_blocks(Function &region) {
  llvm::DominatorTree dominators(region);
  llvm::LoopInfo loops(dominators);
  if (loops.getTopLevelLoops().size() != 1)
    return false;
  llvm::Loop *loop = loops.getTopLevelLoops().front();
  header = loop->getHeader();
  latch = loop->getLoopLatch();
  exit = loop->getExitBlock();
  before = loop->getLoopPreheader();
  if (!loop->isInnermost() || !latch || !exit || !before || loop->getExitingBlock() != latch ||
      exit->getSinglePredecessor() != latch)
    return false;
  // The way to the loop must be straight: it is run again in every round.
  for (BasicBlock *block = before; block != &region.getEntryBlock();) {
    block = block->getSinglePredecessor();
    if (!block || !block->getSingleSuccessor())
      return false;
  }
  auto *branch = llvm::dyn_cast<llvm::BranchInst>(latch->getTerminator());
  if (!branch || !branch->isConditional())
    return false;
  stays_if = branch->getSuccessor(0) == header;
  condition = branch->getCondition();
  for (BasicBlock *block : loop->blocks())
    inside_.insert(block);
  return true;
}

bool LockstepLoop::is_scalar(Value *value, unsigned depth) {
  if (llvm::isa<llvm::Constant>(value))
    return true;
  if (auto *argument = llvm::dyn_cast<llvm::Argument>(value))
    return argument->getArgNo() != ThreadArgument::Lane &&
           argument->getArgNo() != ThreadArgument::Tid;
  auto *instruction = llvm::dyn_cast<Instruction>(value);
  if (!instruction || depth > 64)
    return false;
  if (auto known = scalar_.find(instruction); known != scalar_.end())
    return known->second;
  bool is = is_expected_same(instruction);
  if (is)
    ;
  else if (auto *load = llvm::dyn_cast<llvm::LoadInst>(instruction))
    is = load->hasMetadata(llvm::LLVMContext::MD_invariant_load) &&
         llvm::isa<llvm::LoadInst, llvm::Argument>(
             load->getPointerOperand()->stripInBoundsConstantOffsets()) &&
         is_scalar(load->getPointerOperand(), depth + 1);
  else if (!llvm::isa<llvm::PHINode>(instruction) && !instruction->mayReadOrWriteMemory() &&
           llvm::isSafeToSpeculativelyExecute(instruction))
    is = llvm::all_of(instruction->operands(), [&](Value *operand) {
      return llvm::isa<llvm::MetadataAsValue>(operand) || llvm::isa<Function>(operand) ||
             is_scalar(operand, depth + 1);
    });
  scalar_[instruction] = is;
  return is;
}

bool LockstepLoop::touches_memory() const { return !keeps_to_registers(llvm::to_vector(inside_)); }

void LockstepLoop::find_expected(Function &region) {
  for (BasicBlock *block = &region.getEntryBlock();; block = block->getSingleSuccessor()) {
    for (Instruction &instruction : *block)
      if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
        if (std::optional<int64_t> step = lane_step(*load))
          expected.push_back({load, *step});
    if (block == before)
      break;
  }
}

bool LockstepLoop::is_expected_same(Instruction *instruction) const {
  return llvm::any_of(expected, [&](const ExpectedLoad &each) {
    return each.load == instruction && each.step == 0;
  });
}

void LockstepLoop::classify() {
  for (llvm::PHINode &phi : header->phis())
    carried.push_back({&phi, phi.getIncomingValueForBlock(before),
                       phi.getIncomingValueForBlock(latch), Carried::Scalar});
  // All are taken for scalars until one turns out not to be.
  for (bool changed = true; changed;) {
    changed = false;
    scalar_.clear();
    for (const CarriedValue &value : carried)
      scalar_[value.phi] = value.how == Carried::Scalar;
    for (CarriedValue &value : carried)
      if (value.how == Carried::Scalar && !(is_scalar(value.first) && is_scalar(value.next))) {
        value.how = Carried::Array;
        changed = true;
      }
  }
  for (CarriedValue &value : carried)
    if (value.how == Carried::Array)
      find_steps(value);
  for (llvm::PHINode &phi : exit->phis())
    results.push_back(&phi);
}

/// first, first + s, first + s + t, …
void LockstepLoop::find_steps(CarriedValue &value) {
  llvm::SmallVector<Value *> steps;
  for (Value *at = value.next; at != value.phi;) {
    auto *add = llvm::dyn_cast<llvm::BinaryOperator>(at);
    if (!add || add->getOpcode() != Instruction::Add)
      return;
    const unsigned scalar = is_scalar(add->getOperand(1)) ? 1 : 0;
    if (!is_scalar(add->getOperand(scalar)))
      return;
    steps.push_back(add->getOperand(scalar));
    at = add->getOperand(1 - scalar);
  }
  value.how = Carried::Offset;
  value.steps = steps;
}

std::optional<size_t> LockstepLoop::carried_as_next(Value *value) const {
  for (size_t i = 0; i < carried.size(); ++i)
    if (carried[i].next == value)
      return i;
  return std::nullopt;
}

bool LockstepLoop::is_inside(Value *value) const {
  auto *instruction = llvm::dyn_cast<Instruction>(value);
  return instruction && inside_.contains(instruction->getParent());
}

} // namespace softcuda::jit
