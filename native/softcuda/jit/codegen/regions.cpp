#include "codegen/regions.h"

#include "abi.h"
#include "codegen/dispatch.h"
#include "codegen/lane_loop.h"
#include "codegen/lockstep.h"
#include "codegen/optimise.h"
#include "codegen/spill.h"
#include "codegen/warp_order.h"
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
    900; // instructions of a region that is worth another version of its loop for them
constexpr uint64_t kMostVectorised = 60'000; // instructions; more would take too long to compile

/// What a marker is called with.
struct MarkerArgument {
  enum : unsigned { Wait, Key, Mask, ShuffleB, ShuffleC, Count };
};

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

void store_in_slot(llvm::IRBuilder<> &b, Function *thread, size_t field, Value *value) {
  Value *lanes =
      b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), thread->getArg(ThreadArgument::Slots), field);
  Value *lane = b.CreateZExt(thread->getArg(ThreadArgument::Lane), b.getInt64Ty());
  Value *own = b.CreateInBoundsGEP(value->getType(), lanes, lane);
  set_apart(*b.CreateStore(value, own), kSlotAlias);
}

/// What the table of sites says of a marker. What is not known before it runs is written into the slot.
Site describe(llvm::CallInst &marker) {
  Site site{};
  llvm::IRBuilder<> b(&marker);
  Function *thread = marker.getFunction();
  auto operand = [&](unsigned argument) { return marker.getArgOperand(argument); };
  auto constant = [&](unsigned argument) -> std::optional<uint32_t> {
    if (auto *value = llvm::dyn_cast<llvm::ConstantInt>(operand(argument)))
      return static_cast<uint32_t>(value->getZExtValue());
    return std::nullopt;
  };
  site.wait = static_cast<Wait>(*constant(MarkerArgument::Wait));
  auto key = constant(MarkerArgument::Key), mask = constant(MarkerArgument::Mask);
  site.is_fixed = key && mask;
  if (site.is_fixed) {
    site.key = *key;
    site.mask = *mask;
  } else {
    store_in_slot(b, thread, offsetof(WarpSlots, key), operand(MarkerArgument::Key));
    store_in_slot(b, thread, offsetof(WarpSlots, mask), operand(MarkerArgument::Mask));
  }
  if (site.wait != Wait::Shuffle)
    return site;
  auto shuffle_b = constant(MarkerArgument::ShuffleB);
  auto shuffle_c = constant(MarkerArgument::ShuffleC);
  if (shuffle_b && shuffle_c) {
    site.shuffle = constant_shuffle(*shuffle_b, *shuffle_c);
    return site;
  }
  for (unsigned i : {1, 2})
    store_in_slot(b, thread, offsetof(WarpSlots, argument) + i * sizeof(WarpSlots::argument[0]),
                  b.CreateZExt(operand(MarkerArgument::ShuffleB + i - 1), b.getInt64Ty()));
  return site;
}

std::vector<Cut> cut(Function &thread, std::vector<Site> &sites) {
  std::vector<llvm::CallInst *> markers;
  for (Instruction &instruction : llvm::instructions(thread))
    if (llvm::CallInst *marker = as_suspension(instruction))
      markers.push_back(marker);
  std::vector<Cut> cuts(markers.size());
  for (size_t i = markers.size(); i-- > 0;) { // from behind: splitting moves what follows
    BasicBlock *resumes = llvm::SplitBlock(markers[i]->getParent(), markers[i]->getNextNode());
    llvm::SplitBlock(resumes, &resumes->front());
    cuts[i].resumes = resumes;
  }
  for (size_t i = 0; i < markers.size(); ++i) {
    const Site site = describe(*markers[i]);
    cuts[i].suspends = markers[i]->getParent();
    cuts[i].is_lockstep = site.wait == Wait::Pass && site.key == kLockstepKey;
    sites.push_back(site);
    markers[i]->eraseFromParent();
  }
  return cuts;
}

struct Region {
  Function *function;
  int end; // the one site where it ends, 0 with its thread; -1 where it depends
};

class RegionMaker {
public:
  RegionMaker(Function &thread, std::span<const Cut> cuts, bool wide_vectors)
      : thread_(thread), wide_vectors_(wide_vectors) {
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
    if (in_lockstep && wide_vectors_)
      made->addFnAttr(kVectorWidth, "512");
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
      store_in_slot(b, region, offsetof(WarpSlots, site), b.getInt32(site));
    b.CreateRetVoid();
  }

  Function &thread_;
  bool wide_vectors_;
  llvm::DenseMap<BasicBlock *, uint32_t> site_behind_;
};

void emit_sites(llvm::Module &module, const std::vector<Site> &sites) {
  static_assert(sizeof(Site) == 5 * sizeof(uint32_t));
  std::vector<uint32_t> words;
  for (const Site &site : sites)
    words.insert(words.end(), {static_cast<uint32_t>(site.wait), site.is_fixed, site.key, site.mask,
                               site.shuffle});
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

void mark_suspension(llvm::IRBuilder<> &b, Wait wait, Value *key, Value *mask, Value *shuffle_b,
                     Value *shuffle_c) {
  const std::vector<llvm::Type *> words(MarkerArgument::Count, b.getInt32Ty());
  llvm::FunctionCallee marker = b.GetInsertBlock()->getModule()->getOrInsertFunction(
      kMarker, llvm::FunctionType::get(b.getVoidTy(), words, false));
  auto *function = llvm::cast<Function>(marker.getCallee());
  function->setDoesNotThrow();
  function->addFnAttr(llvm::Attribute::NoDuplicate);
  auto given = [&](Value *value) { return value ? value : b.getInt32(0); };
  b.CreateCall(marker, {b.getInt32(static_cast<uint32_t>(wait)), given(key), given(mask),
                        given(shuffle_b), given(shuffle_c)});
}

llvm::CallInst *as_suspension(Instruction &instruction) {
  auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  return call && call->getCalledFunction() && call->getCalledFunction()->getName() == kMarker
             ? call
             : nullptr;
}

unsigned prepare_thread(Function &thread, llvm::TargetMachine &machine) {
  simplify(thread, machine);
  llvm::removeUnreachableBlocks(thread);
  keep_warp_order(thread);
  return mark_lockstep_loops(thread, machine);
}

void drop_thread(Function &thread) {
  llvm::Module &module = *thread.getParent();
  thread.eraseFromParent();
  if (Function *marker = module.getFunction(kMarker))
    marker->eraseFromParent();
}

void cut_into_regions(Function &thread, llvm::TargetMachine &machine, Axes alike) {
  llvm::Module &module = *thread.getParent();
  std::vector<Site> sites = {Site{Wait::Exited, 1, 0, 0, 0}};
  std::vector<Cut> cuts = cut(thread, sites);
  if (std::all_of(sites.begin() + 1, sites.end(),
                  [](const Site &site) { return site.wait == Wait::Pass; }))
    sites[0].key = kNobodyWaits | alike << 1;
  uint64_t frame_bytes = spill_into_frame(thread, cuts);
  RegionMaker maker(thread, cuts, prefers_wide_vectors(machine));
  std::vector<BasicBlock *> starts = {&thread.getEntryBlock()};
  for (const Cut &each : cuts)
    starts.push_back(each.resumes);
  std::vector<Region> regions;
  std::vector<RegionLanes> lanes;
  for (BasicBlock *start : starts)
    regions.push_back(maker.region(start, static_cast<uint32_t>(regions.size())));
  uint64_t instructions = 0;
  for (const Region &region : regions)
    instructions += region.function->getInstructionCount();
  for (size_t i = 0; i < regions.size(); ++i)
    lanes.push_back({maker.lanes(regions[i].function, static_cast<uint32_t>(i),
                                 instructions < kMostVectorised, i > 0 && cuts[i - 1].is_lockstep),
                     regions[i].end});
  drop_thread(thread);
  emit_dispatch(module, lanes, sites);
  emit_sites(module, sites);
  emit_frame_bytes(module, frame_bytes);
}

} // namespace softcuda::jit
