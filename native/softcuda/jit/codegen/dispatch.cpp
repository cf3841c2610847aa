#include "codegen/dispatch.h"

#include "codegen/meetings.h"
#include "program/compiler_interface.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/IRBuilder.h>

#include <vector>

namespace softcuda::jit {
namespace {

using llvm::BasicBlock;
using llvm::Function;
using llvm::Value;

class Dispatch {
public:
  Dispatch(llvm::Module &module, std::span<const RegionLanes> regions, std::span<const Site> sites)
      : b_(module.getContext()), regions_(regions), sites_(sites) {
    llvm::Type *pointer = b_.getPtrTy(), *word = b_.getInt32Ty();
    auto *type =
        llvm::FunctionType::get(word, {pointer, pointer, pointer, word, word, word}, false);
    kernel_ = Function::Create(type, Function::ExternalLinkage, kSymbolRegions, module);
    kernel_->setDoesNotThrow();
  }

  void emit() {
    BasicBlock *entry = block(), *nowhere = block();
    for (size_t site = 0; site < sites_.size(); ++site)
      starts_.push_back(block());
    b_.SetInsertPoint(nowhere);
    b_.CreateUnreachable();

    b_.SetInsertPoint(entry);
    is_whole_warp_ = b_.CreateAnd(b_.CreateICmpEQ(kernel_->getArg(4), b_.getInt32(0)),
                                  b_.CreateICmpEQ(kernel_->getArg(5), b_.getInt32(kWarpSize)));
    Value *is_brief = b_.CreateLoad(
        b_.getInt32Ty(), b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), kernel_->getArg(0),
                                                       offsetof(BlockContext, is_brief)));
    may_meet_ = b_.CreateAnd(is_whole_warp_, b_.CreateICmpEQ(is_brief, b_.getInt32(0)));
    llvm::SwitchInst *choice = b_.CreateSwitch(kernel_->getArg(3), nowhere, starts_.size());
    for (uint32_t site = 0; site < starts_.size(); ++site)
      choice->addCase(b_.getInt32(site), starts_[site]);
    for (size_t site = 0; site < starts_.size(); ++site) {
      b_.SetInsertPoint(starts_[site]);
      b_.CreateCall(regions_[site].function,
                    {kernel_->getArg(0), kernel_->getArg(1), kernel_->getArg(2), kernel_->getArg(4),
                     kernel_->getArg(5)});
      if (regions_[site].end >= 0)
        go_on_from(static_cast<uint32_t>(regions_[site].end));
      else
        go_on_from_where_they_are();
    }
  }

private:
  BasicBlock *block() { return BasicBlock::Create(b_.getContext(), "", kernel_); }

  /// Whether a whole warp that has come to `site` goes on, and the condition for that.
  Value *condition_of(uint32_t site) {
    return sites_[site].wait == Wait::Pass ? is_whole_warp_
           : is_held_in_step(sites_[site]) ? may_meet_
                                           : nullptr;
  }

  /// What comes behind `site`, where the lanes are.
  BasicBlock *behind(uint32_t site) {
    if (sites_[site].wait == Wait::Pass)
      return starts_[site];
    BasicBlock *&meeting = meetings_[site];
    if (!meeting) {
      llvm::IRBuilder<>::InsertPointGuard keep(b_);
      meeting = block();
      b_.SetInsertPoint(meeting);
      emit_meeting(b_, kernel_->getArg(1), sites_[site]);
      b_.CreateBr(starts_[site]);
    }
    return meeting;
  }

  void go_on_from(uint32_t site) {
    if (Value *condition = condition_of(site)) {
      BasicBlock *returns = block();
      b_.CreateCondBr(condition, behind(site), returns);
      b_.SetInsertPoint(returns);
    }
    b_.CreateRet(b_.getInt32(site));
  }

  void go_on_from_where_they_are() {
    if (!scattered_)
      emit_where_they_are();
    b_.CreateCondBr(is_whole_warp_, together_, scattered_);
  }

  /// For all regions: a whole warp goes on from the place in its slots if all lanes are there.
  void emit_where_they_are() {
    llvm::IRBuilder<>::InsertPointGuard keep(b_);
    together_ = block();
    scattered_ = block();
    b_.SetInsertPoint(scattered_);
    b_.CreateRet(b_.getInt32(static_cast<uint32_t>(-1)));

    b_.SetInsertPoint(together_);
    Value *slots = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), kernel_->getArg(1),
                                                 offsetof(WarpSlots, site));
    Value *places = b_.CreateAlignedLoad(llvm::FixedVectorType::get(b_.getInt32Ty(), kWarpSize),
                                         slots, llvm::Align(alignof(WarpSlots)));
    Value *place = b_.CreateExtractElement(places, uint64_t{0});
    Value *differ = b_.CreateICmpNE(places, b_.CreateVectorSplat(kWarpSize, place));
    BasicBlock *at_one_place = block(), *returns = block();
    b_.CreateCondBr(b_.CreateICmpEQ(b_.CreateBitCast(differ, b_.getInt32Ty()), b_.getInt32(0)),
                    at_one_place, scattered_);
    b_.SetInsertPoint(at_one_place);
    llvm::SwitchInst *choice = b_.CreateSwitch(place, returns);
    for (uint32_t site = 1; site < sites_.size(); ++site)
      if (Value *condition = condition_of(site)) {
        BasicBlock *case_of_site = block();
        choice->addCase(b_.getInt32(site), case_of_site);
        b_.SetInsertPoint(case_of_site);
        b_.CreateCondBr(condition, behind(site), returns);
      }
    b_.SetInsertPoint(returns);
    b_.CreateRet(place);
  }

  llvm::IRBuilder<> b_;
  Function *kernel_;
  std::span<const RegionLanes> regions_;
  std::span<const Site> sites_;
  std::vector<BasicBlock *> starts_; // of the regions, by site
  llvm::DenseMap<uint32_t, BasicBlock *> meetings_;
  BasicBlock *together_ = nullptr, *scattered_ = nullptr; // behind regions with several ends
  Value *is_whole_warp_ = nullptr, *may_meet_ = nullptr;
};

} // namespace

void emit_dispatch(llvm::Module &module, std::span<const RegionLanes> regions,
                   std::span<const Site> sites) {
  Dispatch(module, regions, sites).emit();
}

} // namespace softcuda::jit
