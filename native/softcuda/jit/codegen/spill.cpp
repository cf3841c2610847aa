#include "codegen/spill.h"

#include "abi.h"
#include "codegen/lockstep.h"
#include "codegen/regions.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/SSAUpdater.h>

namespace softcuda::jit {
namespace {

using llvm::BasicBlock;
using llvm::Instruction;
using llvm::Value;

constexpr uint64_t kCellAlignBytes = 64;
constexpr unsigned kMostRecomputed = 12; // instructions, instead of a load
constexpr unsigned kMostRecomputedForLockstep =
    48; // of an address they show what lanes have in common

class Spiller {
public:
  Spiller(llvm::Function &thread, std::span<const Cut> cuts)
      : thread_(thread), context_(thread.getContext()), layout_(thread.getDataLayout()),
        cuts_(cuts), frame_(thread.getArg(ThreadArgument::Frame)),
        lane_(thread.getArg(ThreadArgument::Lane)) {
    for (size_t i = 0; i < cuts.size(); ++i)
      cut_of_[cuts[i].resumes] = i;
    recomputed_.resize(cuts.size());
  }

  uint64_t run() {
    move_local_memory();
    std::vector<Instruction *> values;
    for (Instruction &instruction : llvm::instructions(thread_))
      if (!instruction.getType()->isVoidTy())
        values.push_back(&instruction);
    for (Instruction *value : values)
      keep(*value);
    return bytes_;
  }

private:
  uint64_t reserve(uint64_t bytes, uint64_t align) {
    uint64_t offset = llvm::alignTo(bytes_, align);
    bytes_ = offset + bytes;
    return offset;
  }

  // A thread's own memory stays in one piece: its address may be anywhere.
  void move_local_memory() {
    std::vector<llvm::AllocaInst *> allocas;
    for (Instruction &instruction : thread_.getEntryBlock())
      if (auto *storage = llvm::dyn_cast<llvm::AllocaInst>(&instruction))
        allocas.push_back(storage);
    for (llvm::AllocaInst *storage : allocas) {
      const uint64_t align = std::max<uint64_t>(storage->getAlign().value(), 8);
      const uint64_t coarse = std::max(align, kCellAlignBytes);
      uint64_t stride = llvm::alignTo(storage->getAllocationSize(layout_)->getFixedValue(), align);
      if (stride >= 512) // lanes that go in step would meet in the same few sets of the cache
        stride = llvm::alignTo(stride, coarse) | coarse;
      // The frame itself is aligned as a cell is.
      const uint64_t slack = coarse - kCellAlignBytes;
      uint64_t offset = reserve(stride * kWarpSize + slack, kCellAlignBytes);
      for (llvm::User *user : llvm::make_early_inc_range(storage->users()))
        if (auto *mark = llvm::dyn_cast<llvm::LifetimeIntrinsic>(user))
          mark->eraseFromParent();
      llvm::IRBuilder<> b(storage);
      Value *start = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), frame_, offset + slack);
      if (slack > 0)
        start = b.CreateIntrinsic(llvm::Intrinsic::ptrmask, {start->getType(), b.getInt64Ty()},
                                  {start, b.getInt64(0 - coarse)});
      Value *own = b.CreateInBoundsGEP(llvm::ArrayType::get(b.getInt8Ty(), stride), start,
                                       b.CreateZExt(lane_, b.getInt64Ty()));
      storage->replaceAllUsesWith(own);
      storage->eraseFromParent();
    }
  }

  /// The cuts behind which `value` is used before the next one. What it only passes needs nothing of it.
  std::vector<size_t> crossed_by(Instruction &value) {
    llvm::SmallPtrSet<BasicBlock *, 16> live_in;
    std::vector<BasicBlock *> pending;
    auto need_in = [&](BasicBlock *block) {
      if (live_in.insert(block).second)
        pending.push_back(block);
    };
    BasicBlock *home = value.getParent();
    for (llvm::Use &use : value.uses()) {
      auto *user = llvm::cast<Instruction>(use.getUser());
      BasicBlock *where = user->getParent();
      if (auto *phi = llvm::dyn_cast<llvm::PHINode>(user))
        where = phi->getIncomingBlock(use);
      if (where != home)
        need_in(where);
    }
    std::vector<size_t> crossed;
    while (!pending.empty()) {
      BasicBlock *block = pending.back();
      pending.pop_back();
      if (auto cut = cut_of_.find(block); cut != cut_of_.end()) {
        crossed.push_back(cut->second);
        continue;
      }
      for (BasicBlock *before : llvm::predecessors(block))
        if (before != home)
          need_in(before);
    }
    return crossed;
  }

  void keep(Instruction &value) {
    std::vector<size_t> crossed = crossed_by(value);
    if (crossed.empty())
      return;
    std::vector<llvm::Use *> uses;
    for (llvm::Use &use : value.uses()) {
      auto *user = llvm::cast<Instruction>(use.getUser());
      if (llvm::isa<llvm::PHINode>(user) || user->getParent() != value.getParent())
        uses.push_back(&use);
    }
    llvm::SSAUpdater updater;
    updater.Initialize(value.getType(), "");
    updater.AddAvailableValue(value.getParent(), &value);
    const bool for_lockstep =
        llvm::any_of(crossed, [&](size_t cut) { return cuts_[cut].is_lockstep; });
    unsigned cost = 0;
    if (is_recomputable(&value, cost) &&
        cost <= (for_lockstep ? kMostRecomputedForLockstep : kMostRecomputed)) {
      for (size_t cut : crossed)
        updater.AddAvailableValue(cuts_[cut].resumes, recompute(&value, cut));
    } else {
      uint64_t cell = new_cell(value.getType());
      store(value, cell);
      for (size_t cut : crossed)
        updater.AddAvailableValue(cuts_[cut].resumes, load(value, cell, cuts_[cut].resumes));
    }
    for (llvm::Use *use : uses)
      updater.RewriteUse(*use);
  }

  // --- cheap values

  /// Depends on nothing but arguments and what does not change while a grid runs.
  bool is_recomputable(Value *value, unsigned &cost) {
    if (llvm::isa<llvm::Constant>(value) || llvm::isa<llvm::Argument>(value))
      return true;
    auto *instruction = llvm::dyn_cast<Instruction>(value);
    if (!instruction || ++cost > kMostRecomputedForLockstep)
      return false;
    switch (instruction->getOpcode()) {
    case Instruction::Load: {
      auto &load = *llvm::cast<llvm::LoadInst>(instruction);
      if (!load.hasMetadata(llvm::LLVMContext::MD_invariant_load) || load.isVolatile())
        return false;
      // of the block's context or the parameters, not of tables in memory
      const Value *base = load.getPointerOperand()->stripInBoundsConstantOffsets();
      if (!llvm::isa<llvm::Argument>(base) && !llvm::isa<llvm::LoadInst>(base))
        return false;
      break;
    }
    case Instruction::UDiv:
    case Instruction::SDiv:
    case Instruction::URem:
    case Instruction::SRem:
    case Instruction::FDiv:
    case Instruction::FRem:
      return false;
    default:
      if (!llvm::isa<llvm::BinaryOperator>(instruction) &&
          !llvm::isa<llvm::CastInst>(instruction) &&
          !llvm::isa<llvm::GetElementPtrInst>(instruction) &&
          !llvm::isa<llvm::CmpInst>(instruction) && !llvm::isa<llvm::SelectInst>(instruction) &&
          !llvm::isa<llvm::FreezeInst>(instruction))
        return false;
    }
    for (Value *operand : instruction->operands())
      if (!is_recomputable(operand, cost))
        return false;
    return true;
  }

  Value *recompute(Value *value, size_t cut) {
    auto *original = llvm::dyn_cast<Instruction>(value);
    if (!original)
      return value;
    Instruction *&copy = recomputed_[cut][original];
    if (copy)
      return copy;
    Instruction *made = original->clone();
    for (llvm::Use &operand : made->operands())
      operand.set(recompute(operand.get(), cut));
    made->insertBefore(cuts_[cut].resumes->getTerminator());
    return recomputed_[cut][original] = made;
  }

  // --- cells of the frame: one value of all lanes

  llvm::Type *stored_type(llvm::Type *type) {
    return type->isIntegerTy(1) ? llvm::Type::getInt8Ty(context_) : type;
  }

  uint64_t new_cell(llvm::Type *type) {
    return reserve(layout_.getTypeAllocSize(stored_type(type)).getFixedValue() * kWarpSize,
                   kCellAlignBytes);
  }

  Value *cell_pointer(llvm::IRBuilder<> &b, llvm::Type *type, uint64_t cell) {
    Value *start = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), frame_, cell);
    return b.CreateInBoundsGEP(stored_type(type), start, b.CreateZExt(lane_, b.getInt64Ty()));
  }

  static void tag(Instruction *access, uint64_t cell) {
    set_apart(*access, "cell " + std::to_string(cell));
  }

  void store(Instruction &value, uint64_t cell) {
    llvm::IRBuilder<> b(context_);
    b.SetInsertPoint(*value.getInsertionPointAfterDef());
    Value *stored = &value;
    if (value.getType()->isIntegerTy(1))
      stored = b.CreateZExt(stored, b.getInt8Ty());
    tag(b.CreateStore(stored, cell_pointer(b, value.getType(), cell)), cell);
  }

  Value *load(const Instruction &value, uint64_t cell, BasicBlock *resumes) {
    llvm::IRBuilder<> b(resumes->getTerminator());
    llvm::Type *type = value.getType();
    auto *loaded = b.CreateLoad(stored_type(type), cell_pointer(b, type, cell));
    tag(loaded, cell);
    if (std::optional<int64_t> step = lane_step(value))
      set_lane_step(*loaded, *step);
    return type->isIntegerTy(1) ? b.CreateTrunc(loaded, type) : loaded;
  }

  llvm::Function &thread_;
  llvm::LLVMContext &context_;
  const llvm::DataLayout &layout_;
  std::span<const Cut> cuts_;
  Value *frame_, *lane_;
  llvm::DenseMap<BasicBlock *, size_t> cut_of_;
  std::vector<llvm::DenseMap<Instruction *, Instruction *>> recomputed_; // per cut
  uint64_t bytes_ = 0;
};

} // namespace

uint64_t spill_into_frame(llvm::Function &thread, std::span<const Cut> cuts) {
  return Spiller(thread, cuts).run();
}

} // namespace softcuda::jit
