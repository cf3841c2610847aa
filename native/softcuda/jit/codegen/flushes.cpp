#include "codegen/flushes.h"

#include <llvm/IR/Dominators.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/PromoteMemToReg.h>

namespace softcuda::jit {
namespace {

using llvm::Function;
using llvm::Instruction;
using llvm::Value;

constexpr const char *kFlush = "ptx.flush";

bool is_flush(const Instruction &instruction) { return instruction.hasMetadata(kFlush); }

void promote_registers(Function &function) {
  std::vector<llvm::AllocaInst *> registers;
  for (Instruction &instruction : function.getEntryBlock())
    if (auto *alloca = llvm::dyn_cast<llvm::AllocaInst>(&instruction))
      if (llvm::isAllocaPromotable(alloca))
        registers.push_back(alloca);
  llvm::DominatorTree dominators(function);
  llvm::PromoteMemToReg(registers, dominators);
}

/// Floats, and words that hold some, which are zero or normal whenever the values of `known` are.
class NeverSubnormal {
public:
  explicit NeverSubnormal(Function &function) {
    // Of all that may be, those go that depend on what is not: what is left holds each other up around loops.
    for (Instruction &instruction : llvm::instructions(function))
      if (instruction.getType()->isFloatTy() || instruction.getType()->isIntegerTy(32))
        known_.insert(&instruction);
    for (bool changed = true; changed;) {
      changed = false;
      for (Instruction &instruction : llvm::instructions(function))
        if (known_.contains(&instruction) && !follows(instruction))
          changed |= known_.erase(&instruction);
    }
  }

  bool contains(const Value *value) const {
    if (auto *constant = llvm::dyn_cast<llvm::ConstantFP>(value))
      return !constant->getValueAPF().isDenormal();
    if (auto *word = llvm::dyn_cast<llvm::ConstantInt>(value)) // a float's
      return word->getBitWidth() == 32 &&
             !llvm::APFloat(llvm::APFloat::IEEEsingle(), word->getValue()).isDenormal();
    return known_.contains(value);
  }

private:
  bool follows(const Instruction &instruction) const {
    if (is_flush(instruction))
      return true;
    auto of = [&](unsigned operand) { return contains(instruction.getOperand(operand)); };
    switch (instruction.getOpcode()) {
    case Instruction::PHI:
      return llvm::all_of(llvm::cast<llvm::PHINode>(instruction).incoming_values(),
                          [&](const llvm::Use &value) { return contains(value.get()); });
    case Instruction::Select:
      return of(1) && of(2);
    case Instruction::BitCast:
    case Instruction::FNeg:
      return of(0);
    case Instruction::SIToFP:
    case Instruction::UIToFP:
      return true;
    case Instruction::Call:
      break;
    default:
      return false;
    }
    auto *intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
    if (!intrinsic)
      return false;
    switch (intrinsic->getIntrinsicID()) {
    case llvm::Intrinsic::sqrt: // of the least subnormal is about 1e-23
      return true;
    case llvm::Intrinsic::fabs:
    case llvm::Intrinsic::copysign:
      return of(0);
    case llvm::Intrinsic::minnum:
    case llvm::Intrinsic::maxnum:
    case llvm::Intrinsic::minimum:
    case llvm::Intrinsic::maximum:
      return of(0) && of(1);
    default:
      return false;
    }
  }

  llvm::DenseSet<const Value *> known_;
};

} // namespace

void note_flush(Instruction &select) {
  select.setMetadata(kFlush, llvm::MDNode::get(select.getContext(), {}));
}

void drop_repeated_flushes(Function &function) {
  auto instructions = llvm::instructions(function);
  if (llvm::none_of(instructions, is_flush))
    return;
  promote_registers(function);
  const NeverSubnormal never_subnormal(function);
  std::vector<Instruction *> repeated;
  for (Instruction &instruction : llvm::instructions(function))
    if (is_flush(instruction) && never_subnormal.contains(instruction.getOperand(2)))
      repeated.push_back(&instruction);
  for (Instruction *flush : repeated) {
    flush->replaceAllUsesWith(flush->getOperand(2));
    flush->eraseFromParent();
  }
}

} // namespace softcuda::jit
