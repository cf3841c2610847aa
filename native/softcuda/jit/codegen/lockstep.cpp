#include "codegen/lockstep.h"

#include "abi.h"
#include "codegen/lane_loop.h"
#include "codegen/regions.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/Local.h>

namespace softcuda::jit {
namespace {

constexpr const char *kLaneStep = "gpuferry.lane_step"; // metadata

using llvm::BasicBlock;
using llvm::Function;
using llvm::Instruction;
using llvm::PHINode;
using llvm::Value;

/// How a value gets from one round to the next.
enum class Carried {
  Scalar, // the same for all lanes
  Offset, // each lane's first value and an offset that is the same for all
  Array,  // lane beside lane
};

struct CarriedValue {
  PHINode *phi;
  Value *first, *next; // in the region
  Carried how;
  llvm::SmallVector<Value *> steps = {}; // of an Offset
  llvm::AllocaInst *array = nullptr;     // of an Array
  PHINode *scalar = nullptr;             // in the loop outside: the Scalar or the Offset
  Value *scalar_next = nullptr;
};

/// A value of the last round that is needed behind the loop.
struct Result {
  PHINode *phi; // behind the loop
  Value *value;
  llvm::AllocaInst *array = nullptr; // where no carried value or scalar tells it
};

/// A value from before the loop that lies in the frame, of which mark_lockstep_loops found how lanes should differ: true
/// unless the lanes have come here in different rounds of a loop around this one.
struct Expected {
  llvm::LoadInst *load;
  int64_t step;
  Value *first = nullptr; // the first lane's
};

/// A copy of the region for one lane, with further arguments.
struct Piece {
  Function *function;
  llvm::ValueToValueMapTy map;
  llvm::SmallVector<Value *, 16> extra; // what its caller gives
  BasicBlock *before;
  Instruction *end; // of `before`

  template <typename T> T *of(T *original) { return llvm::cast<T>(map[original]); }
  Value *value(Value *original) {
    if (Value *copy = map.lookup(original))
      return copy;
    return original;
  }
};

class Lockstep {
public:
  Lockstep(llvm::IRBuilder<> &b, Function &region, const LaneRun &run)
      : b_(b), region_(region), run_(run),
        vectors_(llvm::isa<llvm::Constant>(run.count) ? LaneVectors::WithRest
                                                      : LaneVectors::Masked) {}

  void emit() {
    if (!find_loop())
      return run_apart();
    classify();
    allocate();
    auto *behind = BasicBlock::Create(b_.getContext(), "", b_.GetInsertBlock()->getParent());
    check_expected(behind);
    run_setup();
    emit_rounds();
    b_.CreateBr(behind);
    b_.SetInsertPoint(behind);
  }

private:
  bool find_loop() {
    llvm::DominatorTree dominators(region_);
    llvm::LoopInfo loops(dominators);
    if (loops.getTopLevelLoops().size() != 1)
      return false;
    llvm::Loop *loop = loops.getTopLevelLoops().front();
    header_ = loop->getHeader();
    latch_ = loop->getLoopLatch();
    exit_ = loop->getExitBlock();
    before_ = loop->getLoopPreheader();
    if (!loop->isInnermost() || !latch_ || !exit_ || !before_ ||
        loop->getExitingBlock() != latch_ || exit_->getSinglePredecessor() != latch_)
      return false;
    // The way to the loop must be straight: it is run again in every round.
    for (BasicBlock *block = before_; block != &region_.getEntryBlock();) {
      block = block->getSinglePredecessor();
      if (!block || !block->getSingleSuccessor())
        return false;
    }
    auto *branch = llvm::dyn_cast<llvm::BranchInst>(latch_->getTerminator());
    if (!branch || !branch->isConditional())
      return false;
    stays_if_ = branch->getSuccessor(0) == header_;
    condition_ = branch->getCondition();
    for (BasicBlock *block : loop->blocks())
      inside_.insert(block);
    return true;
  }

  // --- what is the same for all lanes, and can be computed before a round

  bool is_scalar(Value *value, unsigned depth = 0) {
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
    else if (!llvm::isa<PHINode>(instruction) && !instruction->mayReadOrWriteMemory() &&
             llvm::isSafeToSpeculativelyExecute(instruction))
      is = llvm::all_of(instruction->operands(), [&](Value *operand) {
        return llvm::isa<llvm::MetadataAsValue>(operand) || llvm::isa<Function>(operand) ||
               is_scalar(operand, depth + 1);
      });
    scalar_[instruction] = is;
    return is;
  }

  void find_expected() {
    for (BasicBlock *block = &region_.getEntryBlock();; block = block->getSingleSuccessor()) {
      for (Instruction &instruction : *block)
        if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
          if (std::optional<int64_t> step = lane_step(*load))
            expected_.push_back({load, *step});
      if (block == before_)
        break;
    }
  }

  bool is_expected_same(Instruction *instruction) const {
    return llvm::any_of(expected_, [&](const Expected &each) {
      return each.load == instruction && each.step == 0;
    });
  }

  /// Lanes of which one is not as expected go through the loop one by one.
  void check_expected(BasicBlock *behind) {
    if (expected_.empty())
      return;
    Function *made = b_.GetInsertBlock()->getParent();
    llvm::AllocaInst *differs = entry_alloca(b_.getInt32Ty());
    b_.CreateStore(b_.getInt32(0), differs);
    for (Expected &each : expected_)
      each.first = b_.CreateLoad(each.load->getType(), pointer_of_first(each));
    auto check = piece({}, false);
    llvm::IRBuilder<> b(check->end);
    Value *ok = b.getTrue();
    for (size_t i = 0; i < expected_.size(); ++i)
      ok = b.CreateAnd(ok, b.CreateICmpEQ(check->of(expected_[i].load), as_expected(b, *check, i)));
    return_at(check->end, ok);
    finish(*check);
    run(*check, true, [&](Value *outcome) {
      note(differs, b_.CreateZExt(b_.CreateNot(outcome), b_.getInt32Ty()));
    });
    auto *together = BasicBlock::Create(b_.getContext(), "", made);
    auto *apart = BasicBlock::Create(b_.getContext(), "", made);
    b_.CreateCondBr(b_.CreateICmpEQ(b_.CreateLoad(b_.getInt32Ty(), differs), b_.getInt32(0)),
                    together, apart);
    b_.SetInsertPoint(apart);
    run_apart();
    b_.CreateBr(behind);
    b_.SetInsertPoint(together);
  }

  void run_apart() {
    emit_lane_loop(b_, run_.count, region_, LaneVectors::None,
                   [&](Value *i) { b_.CreateCall(&region_, run_.arguments(b_, i)); });
  }

  Value *pointer_of_first(const Expected &each) { return outside(each.load->getPointerOperand()); }

  /// What `expected_[i]` is for the lane of a piece.
  Value *as_expected(llvm::IRBuilder<> &b, Piece &made, size_t i) {
    Value *first = made.function->getArg(static_cast<unsigned>(ThreadArgument::Count + 1 + i));
    if (expected_[i].step == 0)
      return first;
    Value *behind = b.CreateNUWSub(made.function->getArg(ThreadArgument::Lane),
                                   made.function->getArg(ThreadArgument::Count));
    return b.CreateAdd(
        first, b.CreateMul(b.CreateZExtOrTrunc(behind, first->getType()),
                           llvm::ConstantInt::get(first->getType(),
                                                  static_cast<uint64_t>(expected_[i].step))));
  }

  void classify() {
    find_expected();
    for (PHINode &phi : header_->phis()) {
      CarriedValue carried{&phi, phi.getIncomingValueForBlock(before_),
                           phi.getIncomingValueForBlock(latch_), Carried::Scalar};
      carried_.push_back(carried);
    }
    // All are taken for scalars until one turns out not to be.
    for (bool changed = true; changed;) {
      changed = false;
      scalar_.clear();
      for (const CarriedValue &carried : carried_)
        scalar_[carried.phi] = carried.how == Carried::Scalar;
      for (CarriedValue &carried : carried_)
        if (carried.how == Carried::Scalar &&
            !(is_scalar(carried.first) && is_scalar(carried.next))) {
          carried.how = Carried::Array;
          changed = true;
        }
    }
    for (CarriedValue &carried : carried_)
      if (carried.how == Carried::Array)
        find_steps(carried);
    for (PHINode &phi : exit_->phis())
      results_.push_back({&phi, phi.getIncomingValueForBlock(latch_)});
  }

  /// first, first + s, first + s + t, …
  void find_steps(CarriedValue &carried) {
    llvm::SmallVector<Value *> steps;
    for (Value *value = carried.next; value != carried.phi;) {
      auto *add = llvm::dyn_cast<llvm::BinaryOperator>(value);
      if (!add || add->getOpcode() != Instruction::Add)
        return;
      const unsigned scalar = is_scalar(add->getOperand(1)) ? 1 : 0;
      if (!is_scalar(add->getOperand(scalar)))
        return;
      steps.push_back(add->getOperand(scalar));
      value = add->getOperand(1 - scalar);
    }
    carried.how = Carried::Offset;
    carried.steps = steps;
  }

  CarriedValue *carried_as_next(Value *value) {
    for (CarriedValue &carried : carried_)
      if (carried.next == value)
        return &carried;
    return nullptr;
  }

  bool is_inside(Value *value) const {
    auto *instruction = llvm::dyn_cast<Instruction>(value);
    return instruction && inside_.contains(instruction->getParent());
  }

  llvm::AllocaInst *entry_alloca(llvm::Type *type) {
    BasicBlock &entry = b_.GetInsertBlock()->getParent()->getEntryBlock();
    return llvm::IRBuilder<>(&entry, entry.begin()).CreateAlloca(type);
  }

  llvm::AllocaInst *array(llvm::Type *type) {
    llvm::AllocaInst *storage = entry_alloca(
        llvm::ArrayType::get(type->isIntegerTy(1) ? b_.getInt8Ty() : type, kLanesInLockstep));
    storage->setAlignment(llvm::Align(64));
    return storage;
  }

  void allocate() {
    for (CarriedValue &carried : carried_)
      if (carried.how == Carried::Array)
        carried.array = array(carried.phi->getType());
    for (Result &result : results_)
      if (is_inside(result.value) && !carried_as_next(result.value) && !is_scalar(result.value))
        result.array = array(result.value->getType());
    if (!is_scalar(condition_)) {
      stays_ = array(b_.getInt8Ty());
      some_stay_ = entry_alloca(b_.getInt32Ty());
      some_leave_ = entry_alloca(b_.getInt32Ty());
    }
  }

  // --- pieces of the region, each for one lane

  /// `given`: values of the loop outside that the piece gets as arguments, behind the first lane and what the
  /// expected values are there.
  std::unique_ptr<Piece> piece(llvm::ArrayRef<Value *> given, bool expect = true) {
    auto made = std::make_unique<Piece>();
    llvm::SmallVector<llvm::Type *> types;
    for (llvm::Argument &argument : region_.args())
      types.push_back(argument.getType());
    made->extra.push_back(run_.first);
    for (const Expected &each : expected_)
      made->extra.push_back(each.first);
    made->extra.append(given.begin(), given.end());
    for (Value *value : made->extra)
      types.push_back(value->getType());
    auto *type = llvm::FunctionType::get(b_.getInt1Ty(), types, false);
    made->function = Function::Create(type, Function::InternalLinkage, region_.getName() + ".round",
                                      region_.getParent());
    for (unsigned i = 0; i < ThreadArgument::Count; ++i)
      made->map[region_.getArg(i)] = made->function->getArg(i);
    llvm::SmallVector<BasicBlock *> blocks;
    for (BasicBlock &block : region_) {
      BasicBlock *copy = llvm::CloneBasicBlock(&block, made->map, "", made->function);
      made->map[&block] = copy;
      blocks.push_back(copy);
    }
    llvm::remapInstructionsInBlocks(blocks, made->map);
    made->function->copyAttributesFrom(&region_);
    made->function->removeFnAttr(llvm::Attribute::NoInline);
    made->function->addFnAttr(llvm::Attribute::AlwaysInline);
    for (BasicBlock *block : blocks)
      if (auto *end = llvm::dyn_cast<llvm::ReturnInst>(block->getTerminator()))
        return_at(end, b_.getTrue());
    made->before = made->of(before_);
    made->end = made->before->getTerminator();
    for (size_t i = 0; expect && i < expected_.size(); ++i) {
      auto *load = made->of(expected_[i].load);
      llvm::IRBuilder<> b(load);
      Value *value = as_expected(b, *made, i);
      load->replaceAllUsesWith(value);
      load->eraseFromParent();
      made->map[expected_[i].load] = value;
    }
    return made;
  }

  static void return_at(Instruction *end, Value *value) {
    llvm::IRBuilder<> b(end);
    b.CreateRet(value);
    end->eraseFromParent();
  }

  void finish(Piece &made) { llvm::removeUnreachableBlocks(*made.function); }

  /// Runs the piece for every lane.
  void run(Piece &made, bool in_vectors, llvm::function_ref<void(Value *)> with_outcome = {}) {
    emit_lane_loop(b_, run_.count, *made.function, in_vectors ? vectors_ : LaneVectors::None,
                   [&](Value *i) {
                     llvm::SmallVector<Value *, 16> arguments = run_.arguments(b_, i);
                     arguments.append(made.extra.begin(), made.extra.end());
                     Value *outcome = b_.CreateCall(made.function, arguments);
                     if (with_outcome)
                       with_outcome(outcome);
                   });
  }

  static Value *element(llvm::IRBuilder<> &b, Piece &made, Value *array, llvm::Type *type) {
    Value *lane = b.CreateZExt(b.CreateNUWSub(made.function->getArg(ThreadArgument::Lane),
                                              made.function->getArg(ThreadArgument::Count)),
                               b.getInt64Ty());
    return b.CreateInBoundsGEP(type->isIntegerTy(1) ? b.getInt8Ty() : type, array, lane);
  }
  static void put(llvm::IRBuilder<> &b, Piece &made, Value *array, Value *value) {
    Value *pointer = element(b, made, array, value->getType());
    b.CreateStore(value->getType()->isIntegerTy(1) ? b.CreateZExt(value, b.getInt8Ty()) : value,
                  pointer);
  }
  static Value *get(llvm::IRBuilder<> &b, Piece &made, Value *array, llvm::Type *type) {
    Value *pointer = element(b, made, array, type);
    if (!type->isIntegerTy(1))
      return b.CreateLoad(type, pointer);
    return b.CreateTrunc(b.CreateLoad(b.getInt8Ty(), pointer), type);
  }

  /// What a piece is given, in this order: of every carried value its scalar or array; of results theirs.
  llvm::SmallVector<Value *> given_for(bool next) {
    llvm::SmallVector<Value *> given;
    for (CarriedValue &carried : carried_)
      given.push_back(carried.array ? static_cast<Value *>(carried.array)
                      : next        ? carried.scalar_next
                                    : carried.scalar);
    for (Result &result : results_)
      if (result.array)
        given.push_back(result.array);
      else if (next && is_inside(result.value) && !carried_as_next(result.value))
        given.push_back(outside(result.value));
    if (stays_)
      given.push_back(stays_);
    return given;
  }

  /// The value with which a lane begins a round, or has ended one.
  Value *current(llvm::IRBuilder<> &b, Piece &made, size_t index) {
    const CarriedValue &carried = carried_[index];
    Value *given = made.function->getArg(first_given() + static_cast<unsigned>(index));
    if (carried.how == Carried::Scalar)
      return given;
    if (carried.how == Carried::Offset)
      return b.CreateAdd(made.value(carried.first), given);
    return get(b, made, given, carried.phi->getType());
  }

  /// Number of the first argument that is given.
  unsigned first_given() const {
    return static_cast<unsigned>(ThreadArgument::Count + 1 + expected_.size());
  }

  Value *given_stays(Piece &made) {
    return made.function->getArg(static_cast<unsigned>(made.function->arg_size() - 1));
  }

  void run_setup() {
    llvm::SmallVector<Value *> given;
    for (CarriedValue &carried : carried_)
      if (carried.array)
        given.push_back(carried.array);
    if (given.empty())
      return;
    auto made = piece(given);
    llvm::IRBuilder<> b(made->end);
    unsigned argument = first_given();
    for (CarriedValue &carried : carried_)
      if (carried.array)
        put(b, *made, made->function->getArg(argument++), made->value(carried.first));
    return_at(made->end, b.getTrue());
    finish(*made);
    run(*made, true);
  }

  /// One round of the loop; true: the lane stays.
  std::unique_ptr<Piece> round_piece() {
    auto made = piece(given_for(false));
    llvm::IRBuilder<> b(made->end);
    for (size_t i = 0; i < carried_.size(); ++i) {
      PHINode *phi = made->of(carried_[i].phi);
      Value *value = current(b, *made, i);
      phi->replaceAllUsesWith(value);
      made->map[carried_[i].phi] = value;
      phi->eraseFromParent();
    }
    Instruction *end = made->of(latch_)->getTerminator();
    b.SetInsertPoint(end);
    unsigned argument = first_given();
    for (CarriedValue &carried : carried_) {
      if (carried.array)
        put(b, *made, made->function->getArg(argument), made->value(carried.next));
      ++argument;
    }
    for (Result &result : results_)
      if (result.array)
        put(b, *made, made->function->getArg(argument++), made->value(result.value));
    Value *stays = b.getTrue();
    if (stays_) {
      stays = made->value(condition_);
      if (!stays_if_)
        stays = b.CreateNot(stays);
      put(b, *made, given_stays(*made), stays);
    }
    return_at(end, stays);
    finish(*made);
    return made;
  }

  /// What is behind the loop; with `goes_on`, also further rounds of lanes that stay.
  std::unique_ptr<Piece> end_piece(bool goes_on) {
    auto made = piece(given_for(true));
    llvm::IRBuilder<> b(made->end);
    llvm::SmallVector<Value *> values;
    for (size_t i = 0; i < carried_.size(); ++i)
      values.push_back(current(b, *made, i));
    unsigned argument = first_given() + static_cast<unsigned>(carried_.size());
    BasicBlock *behind = made->of(exit_);
    for (Result &result : results_) {
      Value *value = made->value(result.value);
      if (result.array)
        value = get(b, *made, made->function->getArg(argument++), result.value->getType());
      else if (CarriedValue *carried = carried_as_next(result.value))
        value = values[static_cast<size_t>(carried - carried_.data())];
      else if (is_inside(result.value))
        value = made->function->getArg(argument++);
      made->of(result.phi)->addIncoming(value, made->before);
    }
    if (goes_on) {
      Value *stays = get(b, *made, given_stays(*made), b.getInt1Ty());
      for (size_t i = 0; i < carried_.size(); ++i)
        made->of(carried_[i].phi)->setIncomingValueForBlock(made->before, values[i]);
      b.CreateCondBr(stays, made->of(header_), behind);
    } else {
      for (CarriedValue &carried : carried_)
        made->of(carried.phi)->removeIncomingValue(made->before, false);
      b.CreateBr(behind);
    }
    made->end->eraseFromParent();
    finish(*made);
    return made;
  }

  // --- the loop outside

  /// A scalar of the region, computed at `b_`.
  Value *outside(Value *value) {
    if (llvm::isa<llvm::Constant>(value))
      return value;
    if (auto *argument = llvm::dyn_cast<llvm::Argument>(value)) {
      switch (argument->getArgNo()) {
      case ThreadArgument::Context:
        return run_.context;
      case ThreadArgument::Slots:
        return run_.slots;
      case ThreadArgument::Frame:
        return run_.frame;
      case ThreadArgument::Lane: // only in addresses of what the first lane is expected to have
        return run_.first;
      default:
        return run_.tid[argument->getArgNo() - ThreadArgument::Tid];
      }
    }
    auto *instruction = llvm::cast<Instruction>(value);
    for (Expected &each : expected_)
      if (each.load == instruction)
        return each.first;
    return copy_outside(instruction);
  }

  Value *copy_outside(Instruction *instruction) {
    if (auto known = outside_.find(instruction); known != outside_.end())
      return known->second;
    llvm::SmallVector<Value *> operands;
    for (Value *operand : instruction->operands())
      operands.push_back(llvm::isa<llvm::MetadataAsValue>(operand) ? operand : outside(operand));
    Instruction *copy = instruction->clone();
    for (unsigned i = 0; i < operands.size(); ++i)
      copy->setOperand(i, operands[i]);
    b_.Insert(copy);
    outside_[instruction] = copy;
    return copy;
  }

  void emit_rounds() {
    llvm::LLVMContext &context = b_.getContext();
    llvm::SmallVector<Value *> starts;
    for (CarriedValue &carried : carried_)
      starts.push_back(carried.how == Carried::Scalar ? outside(carried.first)
                       : carried.how == Carried::Offset
                           ? llvm::ConstantInt::get(carried.phi->getType(), 0)
                           : nullptr);
    BasicBlock *before = b_.GetInsertBlock();
    Function *made = before->getParent();
    auto *loop = BasicBlock::Create(context, "", made);
    auto *behind = BasicBlock::Create(context, "", made);
    b_.CreateBr(loop);
    b_.SetInsertPoint(loop);
    for (size_t i = 0; i < carried_.size(); ++i)
      if (starts[i]) {
        carried_[i].scalar = b_.CreatePHI(starts[i]->getType(), 2);
        carried_[i].scalar->addIncoming(starts[i], before);
        if (carried_[i].how == Carried::Scalar)
          outside_[carried_[i].phi] = carried_[i].scalar;
      }
    for (CarriedValue &carried : carried_)
      if (carried.how == Carried::Scalar)
        carried.scalar_next = outside(carried.next);
      else if (carried.how == Carried::Offset) {
        carried.scalar_next = carried.scalar;
        for (Value *step : carried.steps)
          carried.scalar_next = b_.CreateAdd(carried.scalar_next, outside(step));
      }
    Value *stay = stays_ ? nullptr : outside(condition_);
    for (Result &result : results_) // while all they depend on is at hand
      if (!result.array && is_inside(result.value) && !carried_as_next(result.value))
        outside(result.value);
    if (stays_)
      for (llvm::AllocaInst *flag : {some_stay_, some_leave_})
        b_.CreateStore(b_.getInt32(0), flag);
    run(*round_piece(), true, [&](Value *outcome) {
      if (!stays_)
        return;
      note(some_stay_, b_.CreateZExt(outcome, b_.getInt32Ty()));
      note(some_leave_, b_.CreateZExt(b_.CreateNot(outcome), b_.getInt32Ty()));
    });
    BasicBlock *latch = b_.GetInsertBlock();
    for (CarriedValue &carried : carried_)
      if (carried.scalar)
        carried.scalar->addIncoming(carried.scalar_next, latch);
    if (!stays_) {
      b_.CreateCondBr(stay, stays_if_ ? loop : behind, stays_if_ ? behind : loop);
      b_.SetInsertPoint(behind);
      run(*end_piece(false), true);
      return;
    }
    auto *some = BasicBlock::Create(context, "", made);
    auto *apart = BasicBlock::Create(context, "", made);
    auto *done = BasicBlock::Create(context, "", made);
    auto is_none = [&](llvm::AllocaInst *flag) {
      return b_.CreateICmpEQ(b_.CreateLoad(b_.getInt32Ty(), flag), b_.getInt32(0));
    };
    b_.CreateCondBr(is_none(some_leave_), loop, some);
    b_.SetInsertPoint(some);
    b_.CreateCondBr(is_none(some_stay_), behind, apart);
    b_.SetInsertPoint(behind);
    run(*end_piece(false), true);
    b_.CreateBr(done);
    b_.SetInsertPoint(apart);
    run(*end_piece(true), false);
    b_.CreateBr(done);
    b_.SetInsertPoint(done);
  }

  void note(llvm::AllocaInst *flag, Value *value) {
    b_.CreateStore(b_.CreateOr(b_.CreateLoad(b_.getInt32Ty(), flag), value), flag);
  }

  llvm::IRBuilder<> &b_;
  Function &region_;
  const LaneRun &run_;
  const LaneVectors vectors_;
  BasicBlock *before_ = nullptr, *header_ = nullptr, *latch_ = nullptr, *exit_ = nullptr;
  llvm::SmallPtrSet<BasicBlock *, 16> inside_;
  Value *condition_ = nullptr;
  bool stays_if_ = true; // the condition's value with which a lane stays in the loop
  std::vector<Expected> expected_;
  std::vector<CarriedValue> carried_;
  std::vector<Result> results_;
  llvm::DenseMap<Instruction *, bool> scalar_;
  llvm::DenseMap<Instruction *, Value *> outside_;
  llvm::AllocaInst *stays_ = nullptr; // array; null where the condition is a scalar
  llvm::AllocaInst *some_stay_ = nullptr, *some_leave_ = nullptr;
};

} // namespace

llvm::SmallVector<Value *, 16> LaneRun::arguments(llvm::IRBuilder<> &b, Value *i) const {
  return {context,
          slots,
          frame,
          b.CreateAdd(first, i, "", true, true),
          b.CreateAdd(tid[0], i, "", true, true),
          tid[1],
          tid[2]};
}

void set_lane_step(Instruction &instruction, int64_t step) {
  llvm::LLVMContext &context = instruction.getContext();
  auto *number =
      llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), static_cast<uint64_t>(step));
  instruction.setMetadata(kLaneStep,
                          llvm::MDNode::get(context, llvm::ConstantAsMetadata::get(number)));
}

std::optional<int64_t> lane_step(const Instruction &instruction) {
  const llvm::MDNode *node = instruction.getMetadata(kLaneStep);
  if (!node)
    return std::nullopt;
  return llvm::mdconst::extract<llvm::ConstantInt>(node->getOperand(0))->getSExtValue();
}

void emit_lockstep(llvm::IRBuilder<> &b, Function &region, const LaneRun &run) {
  Lockstep(b, region, run).emit();
}

} // namespace softcuda::jit
