#include "codegen/regions.h"

#include "abi.h"
#include "codegen/lane_loop.h"
#include "codegen/lockstep.h"
#include "codegen/optimise.h"
#include "codegen/spill.h"
#include "program/compiler_interface.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/Local.h>

#include <set>

namespace softcuda::jit {
namespace {

using llvm::BasicBlock;
using llvm::Function;
using llvm::Instruction;
using llvm::Value;

constexpr const char *kMarker = "suspend";
constexpr unsigned kFewestMasked = 4; // lanes that are worth a vector which is not full
constexpr unsigned kMostMasked =
    300; // instructions of a region that is worth another version of its loop for them
constexpr uint64_t kMostVectorised = 60'000; // instructions; more would take too long to compile

bool is_marker(const Instruction &instruction) {
  auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  return call && call->getCalledFunction() && call->getCalledFunction()->getName() == kMarker;
}

/// Registers out of memory, so that what is live is seen; and no more than that, since all of it is optimised again.
void simplify(Function &thread, llvm::TargetMachine &machine) {
  PassContext context(machine);
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass());
  passes.run(thread, context.functions);
}

Value *own_slot(llvm::IRBuilder<> &b, Function *thread, size_t field) {
  Value *lanes =
      b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), thread->getArg(ThreadArgument::Slots), field);
  Value *lane = b.CreateZExt(thread->getArg(ThreadArgument::Lane), b.getInt64Ty());
  return b.CreateInBoundsGEP(b.getInt32Ty(), lanes, lane);
}

/// What the table of sites says of a marker. What is not known before it runs is written into the slot.
Site describe(llvm::CallInst &marker) {
  Site site{};
  auto *key = llvm::dyn_cast<llvm::ConstantInt>(marker.getArgOperand(1));
  auto *mask = llvm::dyn_cast<llvm::ConstantInt>(marker.getArgOperand(2));
  site.wait =
      static_cast<Wait>(llvm::cast<llvm::ConstantInt>(marker.getArgOperand(0))->getZExtValue());
  site.is_fixed = key && mask;
  if (site.is_fixed) {
    site.key = static_cast<uint32_t>(key->getZExtValue());
    site.mask = static_cast<uint32_t>(mask->getZExtValue());
    return site;
  }
  llvm::IRBuilder<> b(&marker);
  Function *thread = marker.getFunction();
  for (auto [operand, field] :
       {std::pair{1u, offsetof(WarpSlots, key)}, std::pair{2u, offsetof(WarpSlots, mask)}})
    set_apart(*b.CreateStore(marker.getArgOperand(operand), own_slot(b, thread, field)),
              kSlotAlias);
  return site;
}

std::vector<Cut> cut(Function &thread, std::vector<Site> &sites) {
  std::vector<llvm::CallInst *> markers;
  for (Instruction &instruction : llvm::instructions(thread))
    if (is_marker(instruction))
      markers.push_back(llvm::cast<llvm::CallInst>(&instruction));
  std::vector<Cut> cuts;
  for (llvm::CallInst *marker : markers) {
    sites.push_back(describe(*marker));
    BasicBlock *suspends = marker->getParent();
    BasicBlock *resumes = llvm::SplitBlock(suspends, marker->getNextNode());
    llvm::SplitBlock(resumes, &resumes->front());
    marker->eraseFromParent();
    const Site &site = sites.back();
    cuts.push_back({suspends, resumes, site.wait == Wait::Pass && site.key == kLockstepKey});
  }
  return cuts;
}

struct Region {
  Function *function;
  int end; // the one site where it ends, 0 with its thread; -1 where it depends
};

class RegionMaker {
public:
  RegionMaker(Function &thread, std::span<const Cut> cuts) : thread_(thread) {
    for (size_t i = 0; i < cuts.size(); ++i)
      site_behind_[cuts[i].suspends] = static_cast<uint32_t>(i + 1);
  }

  Region region(BasicBlock *start, uint32_t number) {
    Function *made = llvm::Function::Create(thread_.getFunctionType(), Function::InternalLinkage,
                                            "region" + std::to_string(number), thread_.getParent());
    made->copyAttributesFrom(&thread_);
    made->addFnAttr(llvm::Attribute::AlwaysInline);
    llvm::ValueToValueMapTy map;
    for (unsigned i = 0; i < ThreadArgument::Count; ++i)
      map[thread_.getArg(i)] = made->getArg(i);
    std::vector<BasicBlock *> blocks = reached_from(start);
    const int end = end_of(blocks);
    std::vector<BasicBlock *> copies;
    for (BasicBlock *block : blocks) {
      BasicBlock *copy = llvm::CloneBasicBlock(block, map, "", made);
      map[block] = copy;
      copies.push_back(copy);
    }
    const llvm::SmallPtrSet<BasicBlock *, 32> inside(blocks.begin(), blocks.end());
    for (size_t i = 0; i < blocks.size(); ++i) {
      if (auto site = site_behind_.find(blocks[i]); site != site_behind_.end())
        end_at(copies[i], site->second, made, end < 0);
      else if (llvm::isa<llvm::ReturnInst>(blocks[i]->getTerminator()))
        end_at(copies[i], 0, made, end < 0);
      for (llvm::PHINode &phi : llvm::make_early_inc_range(copies[i]->phis()))
        for (unsigned incoming = phi.getNumIncomingValues(); incoming-- > 0;) {
          BasicBlock *from = phi.getIncomingBlock(incoming);
          if (!inside.contains(from) || site_behind_.contains(from))
            phi.removeIncomingValue(incoming, false);
        }
      for (Instruction &instruction : *copies[i])
        llvm::RemapInstruction(&instruction, map,
                               llvm::RF_NoModuleLevelChanges | llvm::RF_IgnoreMissingLocals);
    }
    remove_unused(*made); // most of what lies in the frame is for later regions
    return {made, end};
  }

  /// void lanes(context, slots, frame, i32 first, i32 last): runs of lanes that lie next to each other in x.
  Function *lanes(Function *region, uint32_t number, bool vectorise, bool in_lockstep) {
    llvm::LLVMContext &context = thread_.getContext();
    llvm::IRBuilder<> b(context);
    llvm::Type *word = b.getInt32Ty();
    Function *made = Function::Create(lanes_type(b), Function::InternalLinkage,
                                      "lanes" + std::to_string(number), thread_.getParent());
    made->copyAttributesFrom(&thread_);
    made->addFnAttr(llvm::Attribute::NoInline); // one function of all would take longer to compile
    Value *block = made->getArg(0), *slots = made->getArg(1), *frame = made->getArg(2);
    Value *first = made->getArg(3), *last = made->getArg(4);
    auto *entry = BasicBlock::Create(context, "", made);
    auto *run = BasicBlock::Create(context, "", made);
    auto *next_run = BasicBlock::Create(context, "", made);
    auto *done = BasicBlock::Create(context, "", made);

    b.SetInsertPoint(entry);
    Value *run_mask =
        b.CreateSub(invariant(b, word,
                              b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), block,
                                                           offsetof(BlockContext, lane_run))),
                    b.getInt32(1));
    b.CreateBr(run);

    b.SetInsertPoint(run);
    llvm::PHINode *begin = b.CreatePHI(word, 2);
    begin->addIncoming(first, entry);
    Value *end = b.CreateBinaryIntrinsic(
        llvm::Intrinsic::umin, last, b.CreateNUWAdd(b.CreateOr(begin, run_mask), b.getInt32(1)));
    Value *count = b.CreateNUWSub(end, begin);
    Value *tid[3];
    for (unsigned axis = 0; axis < 3; ++axis) {
      Value *field = b.CreateConstInBoundsGEP1_64(
          b.getInt8Ty(), slots, offsetof(WarpSlots, tid) + axis * sizeof(WarpSlots::tid[0]));
      tid[axis] =
          invariant(b, word, b.CreateInBoundsGEP(word, field, b.CreateZExt(begin, b.getInt64Ty())));
    }
    const LaneRun lanes = {block, slots, frame, begin, count, {tid[0], tid[1], tid[2]}};
    if (in_lockstep)
      emit_groups(b, *region, lanes, next_run);
    else
      emit_lane_loop(b, count, *region, vectorise ? LaneVectors::WithRest : LaneVectors::None,
                     [&](Value *i) { b.CreateCall(region, lanes.arguments(b, i)); });
    b.CreateBr(next_run);

    b.SetInsertPoint(next_run);
    begin->addIncoming(end, next_run);
    b.CreateCondBr(b.CreateICmpULT(end, last), run, done);
    b.SetInsertPoint(done);
    b.CreateRetVoid();
    return made;
  }

  /// Takes lanes through a loop together, group by group. Where none are left over, goes to `done`.
  static void emit_groups(llvm::IRBuilder<> &b, Function &region, const LaneRun &lanes,
                          BasicBlock *done) {
    llvm::LLVMContext &context = b.getContext();
    BasicBlock *before = b.GetInsertBlock();
    auto *next_group = BasicBlock::Create(context, "", before->getParent());
    auto *group = BasicBlock::Create(context, "", before->getParent());
    auto *behind = BasicBlock::Create(context, "", before->getParent());
    auto *rest = BasicBlock::Create(context, "", before->getParent());
    // once, for whoever is left over or goes another way
    region.removeFnAttr(llvm::Attribute::AlwaysInline);
    region.addFnAttr(llvm::Attribute::NoInline);
    b.CreateBr(next_group);

    b.SetInsertPoint(next_group);
    llvm::PHINode *start = b.CreatePHI(b.getInt32Ty(), 2);
    start->addIncoming(b.getInt32(0), before);
    LaneRun from = lanes;
    from.first = b.CreateNUWAdd(lanes.first, start);
    from.tid[0] = b.CreateNUWAdd(lanes.tid[0], start);
    from.count = b.CreateNUWSub(lanes.count, start);
    Value *size = b.getInt32(kLanesInLockstep);
    b.CreateCondBr(b.CreateICmpUGE(from.count, size), group, behind);

    b.SetInsertPoint(group);
    LaneRun of_group = from;
    of_group.count = size;
    emit_lockstep(b, region, of_group);
    start->addIncoming(b.CreateNUWAdd(start, size), b.GetInsertBlock());
    b.CreateBr(next_group);

    b.SetInsertPoint(behind);
    b.CreateCondBr(b.CreateICmpEQ(from.count, b.getInt32(0)), done, rest);
    b.SetInsertPoint(rest);
    auto one_by_one = [&] {
      emit_lane_loop(b, from.count, region, LaneVectors::None,
                     [&](Value *i) { b.CreateCall(&region, from.arguments(b, i)); });
    };
    if (region.getInstructionCount() > kMostMasked)
      return one_by_one();
    auto *few = BasicBlock::Create(context, "", before->getParent());
    auto *some = BasicBlock::Create(context, "", before->getParent());
    b.CreateCondBr(b.CreateICmpULT(from.count, b.getInt32(kFewestMasked)), few, some);
    b.SetInsertPoint(few);
    one_by_one();
    b.CreateBr(done);
    b.SetInsertPoint(some);
    LaneRun masked = from;
    masked.count = b.CreateAnd(from.count, kLanesInLockstep - 1); // LLVM has to see that it is less
    emit_lockstep(b, region, masked);
  }

  static llvm::FunctionType *lanes_type(llvm::IRBuilder<> &b) {
    llvm::Type *pointer = b.getPtrTy(), *word = b.getInt32Ty();
    return llvm::FunctionType::get(b.getVoidTy(), {pointer, pointer, pointer, word, word}, false);
  }

private:
  static Value *invariant(llvm::IRBuilder<> &b, llvm::Type *type, Value *pointer) {
    auto *load = b.CreateLoad(type, pointer);
    load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(b.getContext(), {}));
    return load;
  }

  std::vector<BasicBlock *> reached_from(BasicBlock *start) {
    std::vector<BasicBlock *> reached = {start};
    llvm::SmallPtrSet<BasicBlock *, 32> seen = {start};
    for (size_t i = 0; i < reached.size(); ++i)
      if (!site_behind_.contains(reached[i]))
        for (BasicBlock *next : llvm::successors(reached[i]))
          if (seen.insert(next).second)
            reached.push_back(next);
    return reached;
  }

  static void remove_unused(Function &region) {
    llvm::SmallVector<llvm::WeakTrackingVH, 64> unused;
    for (Instruction &instruction : llvm::instructions(region))
      if (llvm::isInstructionTriviallyDead(&instruction))
        unused.push_back(&instruction);
    llvm::RecursivelyDeleteTriviallyDeadInstructions(unused);
  }

  int end_of(const std::vector<BasicBlock *> &blocks) const {
    std::set<int> ends;
    for (BasicBlock *block : blocks)
      if (auto site = site_behind_.find(block); site != site_behind_.end())
        ends.insert(static_cast<int>(site->second));
      else if (llvm::isa<llvm::ReturnInst>(block->getTerminator()))
        ends.insert(0);
    return ends.size() == 1 ? *ends.begin() : -1;
  }

  static void end_at(BasicBlock *block, uint32_t site, Function *region, bool note) {
    block->getTerminator()->eraseFromParent();
    llvm::IRBuilder<> b(block);
    if (note)
      set_apart(*b.CreateStore(b.getInt32(site), own_slot(b, region, offsetof(WarpSlots, site))),
                kSlotAlias);
    b.CreateRetVoid();
  }

  Function &thread_;
  llvm::DenseMap<BasicBlock *, uint32_t> site_behind_;
};

/// i32 kernel(context, slots, frame, i32 site, i32 first, i32 last)
void emit_dispatch(llvm::Module &module, const std::vector<Function *> &lanes,
                   const std::vector<Region> &regions) {
  llvm::LLVMContext &context = module.getContext();
  llvm::IRBuilder<> b(context);
  llvm::Type *pointer = b.getPtrTy(), *word = b.getInt32Ty();
  auto *type = llvm::FunctionType::get(word, {pointer, pointer, pointer, word, word, word}, false);
  Function *kernel = Function::Create(type, Function::ExternalLinkage, kSymbolRegions, module);
  kernel->setDoesNotThrow();
  auto *entry = BasicBlock::Create(context, "", kernel);
  auto *nowhere = BasicBlock::Create(context, "", kernel);
  b.SetInsertPoint(nowhere);
  b.CreateUnreachable();
  b.SetInsertPoint(entry);
  llvm::SwitchInst *choice = b.CreateSwitch(kernel->getArg(3), nowhere, lanes.size());
  for (size_t site = 0; site < lanes.size(); ++site) {
    auto *block = BasicBlock::Create(context, "", kernel);
    choice->addCase(b.getInt32(static_cast<uint32_t>(site)), block);
    b.SetInsertPoint(block);
    b.CreateCall(lanes[site], {kernel->getArg(0), kernel->getArg(1), kernel->getArg(2),
                               kernel->getArg(4), kernel->getArg(5)});
    b.CreateRet(b.getInt32(static_cast<uint32_t>(regions[site].end)));
  }
}

void emit_sites(llvm::Module &module, const std::vector<Site> &sites) {
  static_assert(sizeof(Site) == 4 * sizeof(uint32_t));
  std::vector<uint32_t> words;
  for (const Site &site : sites)
    words.insert(words.end(),
                 {static_cast<uint32_t>(site.wait), site.is_fixed, site.key, site.mask});
  llvm::Constant *table = llvm::ConstantDataArray::get(module.getContext(), words);
  new llvm::GlobalVariable(module, table->getType(), true, llvm::GlobalValue::ExternalLinkage,
                           table, kSymbolSites);
}

void emit_frame_bytes(llvm::Module &module, uint64_t bytes) {
  llvm::IRBuilder<> b(module.getContext());
  auto *type = llvm::FunctionType::get(b.getInt64Ty(), false);
  Function *function = Function::Create(type, Function::ExternalLinkage, kSymbolFrameBytes, module);
  b.SetInsertPoint(BasicBlock::Create(module.getContext(), "", function));
  b.CreateRet(b.getInt64(bytes));
}

} // namespace

void set_apart(Instruction &access, llvm::StringRef name) {
  llvm::MDBuilder metadata(access.getContext());
  llvm::MDNode *type = metadata.createTBAAScalarTypeNode(name, metadata.createTBAARoot(kAliasRoot));
  access.setMetadata(llvm::LLVMContext::MD_tbaa, metadata.createTBAAStructTagNode(type, type, 0));
}

Function *declare_thread(llvm::Module &module) {
  llvm::IRBuilder<> b(module.getContext());
  llvm::Type *pointer = b.getPtrTy(), *word = b.getInt32Ty();
  auto *type = llvm::FunctionType::get(b.getVoidTy(),
                                       {pointer, pointer, pointer, word, word, word, word}, false);
  auto *function = Function::Create(type, Function::InternalLinkage, "thread", module);
  function->addParamAttr(ThreadArgument::Context, llvm::Attribute::NoAlias);
  return function;
}

llvm::FunctionCallee suspension_marker(llvm::Module &module) {
  llvm::Type *nothing = llvm::Type::getVoidTy(module.getContext());
  llvm::Type *word = llvm::Type::getInt32Ty(module.getContext());
  llvm::FunctionCallee marker = module.getOrInsertFunction(
      kMarker, llvm::FunctionType::get(nothing, {word, word, word}, false));
  auto *function = llvm::cast<Function>(marker.getCallee());
  function->setDoesNotThrow();
  function->addFnAttr(llvm::Attribute::NoDuplicate);
  return marker;
}

unsigned prepare_thread(Function &thread, llvm::TargetMachine &machine) {
  simplify(thread, machine);
  llvm::removeUnreachableBlocks(thread);
  return mark_lockstep_loops(thread, machine);
}

void drop_thread(Function &thread) {
  llvm::Module &module = *thread.getParent();
  thread.eraseFromParent();
  if (Function *marker = module.getFunction(kMarker))
    marker->eraseFromParent();
}

void cut_into_regions(Function &thread) {
  llvm::Module &module = *thread.getParent();
  std::vector<Site> sites = {Site{Wait::Exited, 1, 0, 0}};
  std::vector<Cut> cuts = cut(thread, sites);
  if (std::all_of(sites.begin() + 1, sites.end(),
                  [](const Site &site) { return site.wait == Wait::Pass; }))
    sites[0].key = kNobodyWaits;
  uint64_t frame_bytes = spill_into_frame(thread, cuts);
  RegionMaker maker(thread, cuts);
  std::vector<BasicBlock *> starts = {&thread.getEntryBlock()};
  for (const Cut &each : cuts)
    starts.push_back(each.resumes);
  std::vector<Region> regions;
  std::vector<Function *> lanes;
  for (BasicBlock *start : starts)
    regions.push_back(maker.region(start, static_cast<uint32_t>(regions.size())));
  uint64_t instructions = 0;
  for (const Region &region : regions)
    instructions += region.function->getInstructionCount();
  for (size_t i = 0; i < regions.size(); ++i)
    lanes.push_back(maker.lanes(regions[i].function, static_cast<uint32_t>(i),
                                instructions < kMostVectorised, i > 0 && cuts[i - 1].is_lockstep));
  drop_thread(thread);
  emit_dispatch(module, lanes, regions);
  emit_sites(module, sites);
  emit_frame_bytes(module, frame_bytes);
}

} // namespace softcuda::jit
