#include "codegen/lane_steps.h"

#include "codegen/regions.h"

#include <llvm/ADT/PostOrderIterator.h>

namespace softcuda::jit {

using llvm::BasicBlock;
using llvm::Function;
using llvm::Instruction;
using llvm::Value;

static LaneStep from_operands(Instruction &i, llvm::ArrayRef<LaneStep> operands) {
  switch (i.getOpcode()) {
  case Instruction::Or: // an addition without carries
    if (!llvm::cast<llvm::PossiblyDisjointInst>(i).isDisjoint())
      break;
    [[fallthrough]];
  case Instruction::Add:
    return operands[0] && operands[1] ? LaneStep(*operands[0] + *operands[1]) : LaneStep();
  case Instruction::Sub:
    return operands[0] && operands[1] ? LaneStep(*operands[0] - *operands[1]) : LaneStep();
  case Instruction::Mul:
  case Instruction::Shl:
    if (auto *factor = llvm::dyn_cast<llvm::ConstantInt>(i.getOperand(1));
        operands[0] && factor && factor->getValue().isSignedIntN(32))
      return i.getOpcode() == Instruction::Mul
                 ? *operands[0] * factor->getSExtValue()
                 : *operands[0] * (int64_t{1} << (factor->getZExtValue() & 31));
    break;
  case Instruction::ZExt:
  case Instruction::SExt:
  case Instruction::Trunc:
  case Instruction::Freeze:
    return operands[0];
  case Instruction::GetElementPtr: {
    auto &address = llvm::cast<llvm::GetElementPtrInst>(i);
    if (address.getNumIndices() == 1 && address.getSourceElementType()->isIntegerTy(8))
      return operands[0] && operands[1] ? LaneStep(*operands[0] + *operands[1]) : LaneStep();
    break;
  }
  default:
    break;
  }
  return llvm::all_of(operands, [](LaneStep step) { return step == 0; }) ? LaneStep(0) : LaneStep();
}

LaneSteps::LaneSteps(Function &thread) : dominators_(thread) {
  llvm::ReversePostOrderTraversal<Function *> order(&thread);
  for (bool changed = true; changed;) {
    changed = false;
    for (BasicBlock *block : order)
      for (Instruction &instruction : *block)
        if (std::optional<LaneStep> step = compute(instruction)) {
          auto [known, is_new] = steps_.try_emplace(&instruction, *step);
          if (is_new || known->second == *step)
            changed |= is_new;
          else if (known->second) { // only ever from a step to none
            known->second = std::nullopt;
            changed = true;
          }
        }
  }
}

std::optional<LaneStep> LaneSteps::known(Value *value) const {
  if (llvm::isa<llvm::Constant>(value))
    return LaneStep(0);
  if (auto *argument = llvm::dyn_cast<llvm::Argument>(value)) {
    unsigned number = argument->getArgNo();
    return LaneStep(number == ThreadArgument::Lane || number == ThreadArgument::Tid ? 1 : 0);
  }
  if (auto found = steps_.find(value); found != steps_.end())
    return found->second;
  return llvm::isa<Instruction>(value) ? std::nullopt : std::optional<LaneStep>(LaneStep());
}

std::optional<LaneStep> LaneSteps::compute(Instruction &i) const {
  if (auto *phi = llvm::dyn_cast<llvm::PHINode>(&i))
    return of_phi(*phi);
  llvm::SmallVector<LaneStep, 4> operands;
  for (Value *operand : i.operands())
    if (!llvm::isa<llvm::MetadataAsValue>(operand)) {
      std::optional<LaneStep> step = known(operand);
      if (!step)
        return std::nullopt;
      operands.push_back(*step);
    }
  if (i.mayReadOrWriteMemory())
    return i.hasMetadata(llvm::LLVMContext::MD_invariant_load) && operands[0] == 0 ? LaneStep(0)
                                                                                   : LaneStep();
  return from_operands(i, operands);
}

std::optional<LaneStep> LaneSteps::of_phi(llvm::PHINode &phi) const {
  BasicBlock *block = phi.getParent();
  std::optional<LaneStep> all;
  for (Value *incoming : phi.incoming_values())
    if (std::optional<LaneStep> step = known(incoming)) {
      if (all && *all != *step)
        return LaneStep();
      all = step;
    }
  const bool is_loop = llvm::any_of(llvm::predecessors(block), [&](BasicBlock *from) {
    return dominators_.dominates(block, from);
  });
  if (is_loop || phi.getNumIncomingValues() == 1 || !all)
    return all;
  // Lanes may come from different sides.
  auto *branch = llvm::dyn_cast<llvm::BranchInst>(
      dominators_.getNode(block)->getIDom()->getBlock()->getTerminator());
  if (!branch || !branch->isConditional())
    return LaneStep();
  std::optional<LaneStep> condition = known(branch->getCondition());
  return condition && *condition == 0 ? all : condition ? LaneStep() : std::optional<LaneStep>();
}

} // namespace softcuda::jit
