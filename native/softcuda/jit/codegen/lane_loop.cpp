#include "codegen/lane_loop.h"

#include "codegen/lockstep.h"
#include "codegen/optimise.h"

#include <llvm/IR/InstIterator.h>

namespace softcuda::jit {
namespace {

using llvm::BasicBlock;
using llvm::Instruction;
using llvm::Value;

/// Vectors, but no more than one at a time: bodies are long and rounds few.
llvm::MDNode *loop_properties(llvm::MDNode *independent, LaneVectors vectors, bool wide) {
  llvm::LLVMContext &context = independent->getContext();
  auto property = [&](const char *name, llvm::Metadata *value) {
    llvm::SmallVector<llvm::Metadata *, 2> parts = {llvm::MDString::get(context, name)};
    if (value)
      parts.push_back(value);
    return llvm::MDNode::get(context, parts);
  };
  auto number = [&](unsigned value) {
    return llvm::ConstantAsMetadata::get(
        llvm::ConstantInt::get(llvm::Type::getInt32Ty(context), value));
  };
  llvm::SmallVector<llvm::Metadata *> properties = {
      nullptr, property("llvm.loop.parallel_accesses", independent),
      property("llvm.loop.interleave.count", number(1)),
      property("llvm.loop.unroll.disable", nullptr)};
  if (vectors == LaneVectors::None)
    properties.push_back(property("llvm.loop.vectorize.width", number(1)));
  // Where not all lanes of a run are there, there are often half of them.
  if (vectors == LaneVectors::Masked && wide)
    properties.push_back(property("llvm.loop.vectorize.width", number(kLanesInLockstep / 2)));
  if (vectors == LaneVectors::Masked)
    properties.push_back(
        property("llvm.loop.vectorize.predicate.enable",
                 llvm::ConstantAsMetadata::get(llvm::ConstantInt::getTrue(context))));
  llvm::MDNode *id = llvm::MDNode::getDistinct(context, properties);
  id->replaceOperandWith(0, id);
  return id;
}

// Threads that do not meet have no order.
llvm::MDNode *mark_independent(llvm::Function &callee) {
  llvm::MDNode *group = llvm::MDNode::getDistinct(callee.getContext(), {});
  for (Instruction &instruction : llvm::instructions(callee))
    if (instruction.mayReadOrWriteMemory())
      instruction.setMetadata(llvm::LLVMContext::MD_access_group, group);
  return group;
}

} // namespace

void emit_lane_loop(llvm::IRBuilder<> &b, Value *count, llvm::Function &callee, LaneVectors vectors,
                    llvm::function_ref<void(Value *i)> round) {
  BasicBlock *before = b.GetInsertBlock();
  auto *loop = BasicBlock::Create(b.getContext(), "", before->getParent());
  auto *behind = BasicBlock::Create(b.getContext(), "", before->getParent());
  b.CreateBr(loop);
  b.SetInsertPoint(loop);
  llvm::PHINode *i = b.CreatePHI(b.getInt32Ty(), 2);
  i->addIncoming(b.getInt32(0), before);
  round(i);
  Value *next = b.CreateAdd(i, b.getInt32(1), "", true, true);
  i->addIncoming(next, b.GetInsertBlock());
  auto *back = b.CreateCondBr(b.CreateICmpULT(next, count), loop, behind);
  const bool wide = before->getParent()->hasFnAttribute(kVectorWidth);
  back->setMetadata(llvm::LLVMContext::MD_loop,
                    loop_properties(mark_independent(callee), vectors, wide));
  b.SetInsertPoint(behind);
}

} // namespace softcuda::jit
