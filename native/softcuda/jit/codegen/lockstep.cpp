#include "codegen/lockstep.h"

#include "abi.h"
#include "codegen/lane_loop.h"
#include "codegen/lockstep_loop.h"
#include "codegen/regions.h"

#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/Local.h>

namespace softcuda::jit {
namespace {

constexpr unsigned kFewestInStep = 3;                   // lanes; fewer finish a loop one by one
constexpr const char *kLaneStep = "gpuferry.lane_step"; // metadata

using llvm::BasicBlock;
using llvm::Function;
using llvm::Instruction;
using llvm::PHINode;
using llvm::Value;

/// Where a carried value is while the loop outside runs.
struct CarriedPlace {
  llvm::AllocaInst *array = nullptr; // of an Array
  PHINode *scalar = nullptr;         // in the loop outside: the Scalar or the Offset
  Value *scalar_next = nullptr;
};

/// The lanes one after the other, each from the region's beginning to its end.
void emit_apart(llvm::IRBuilder<> &b, Function &region, const LaneRun &run) {
  emit_lane_loop(b, run.count, region, LaneVectors::None,
                 [&](Value *i) { b.CreateCall(&region, run.arguments(b, i)); });
}

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
  Lockstep(llvm::IRBuilder<> &b, Function &region, const LaneRun &run, LockstepLoop loop)
      : b_(b), region_(region), run_(run),
        vectors_(llvm::isa<llvm::Constant>(run.count) ? LaneVectors::WithRest
                                                      : LaneVectors::Masked),
        loop_(std::move(loop)), places_(loop_.carried.size()),
        result_arrays_(loop_.results.size()) {}

  void emit() {
    allocate();
    auto *behind = BasicBlock::Create(b_.getContext(), "", b_.GetInsertBlock()->getParent());
    check_expected(behind);
    run_setup();
    emit_rounds();
    b_.CreateBr(behind);
    b_.SetInsertPoint(behind);
  }

private:
  /// Lanes of which one is not as expected go through the loop one by one.
  void check_expected(BasicBlock *behind) {
    if (loop_.expected.empty())
      return;
    Function *made = b_.GetInsertBlock()->getParent();
    llvm::AllocaInst *differs = entry_alloca(b_.getInt32Ty());
    b_.CreateStore(b_.getInt32(0), differs);
    for (const ExpectedLoad &each : loop_.expected)
      expected_of_first_.push_back(
          b_.CreateLoad(each.load->getType(), outside(each.load->getPointerOperand())));
    auto check = piece({}, false);
    llvm::IRBuilder<> b(check->end);
    Value *ok = b.getTrue();
    for (size_t i = 0; i < loop_.expected.size(); ++i)
      ok = b.CreateAnd(
          ok, b.CreateICmpEQ(check->of(loop_.expected[i].load), as_expected(b, *check, i)));
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
    emit_apart(b_, region_, run_);
    b_.CreateBr(behind);
    b_.SetInsertPoint(together);
  }

  /// What `loop_.expected[i]` is for the lane of a piece.
  Value *as_expected(llvm::IRBuilder<> &b, Piece &made, size_t i) {
    Value *first = made.function->getArg(static_cast<unsigned>(ThreadArgument::Count + 1 + i));
    if (loop_.expected[i].step == 0)
      return first;
    Value *behind = b.CreateNUWSub(made.function->getArg(ThreadArgument::Lane),
                                   made.function->getArg(ThreadArgument::Count));
    return b.CreateAdd(
        first, b.CreateMul(b.CreateZExtOrTrunc(behind, first->getType()),
                           llvm::ConstantInt::get(first->getType(),
                                                  static_cast<uint64_t>(loop_.expected[i].step))));
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
    masks_ = !loop_.is_scalar(loop_.condition) && !loop_.touches_memory();
    for (size_t i = 0; i < places_.size(); ++i)
      if (loop_.carried[i].how == Carried::Array)
        places_[i].array = array(loop_.carried[i].phi->getType());
    for (size_t i = 0; i < result_arrays_.size(); ++i)
      if (masks_ ? loop_.is_inside(loop_.result(i)) // lanes leave with those of different rounds
                 : is_made_inside(loop_.result(i)) && !loop_.is_scalar(loop_.result(i)))
        result_arrays_[i] = array(loop_.result(i)->getType());
    if (!loop_.is_scalar(loop_.condition)) {
      stays_ = array(b_.getInt8Ty());
      some_stay_ = entry_alloca(b_.getInt32Ty());
      some_leave_ = entry_alloca(b_.getInt32Ty());
    }
  }

  /// And no carried value is it.
  bool is_made_inside(Value *value) const {
    return loop_.is_inside(value) && !loop_.carried_as_next(value);
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
    made->extra.append(expected_of_first_.begin(), expected_of_first_.end());
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
    made->before = made->of(loop_.before);
    made->end = made->before->getTerminator();
    for (size_t i = 0; expect && i < loop_.expected.size(); ++i) {
      auto *load = made->of(loop_.expected[i].load);
      llvm::IRBuilder<> b(load);
      Value *value = as_expected(b, *made, i);
      load->replaceAllUsesWith(value);
      load->eraseFromParent();
      made->map[loop_.expected[i].load] = value;
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
    for (CarriedPlace &place : places_)
      given.push_back(place.array ? static_cast<Value *>(place.array)
                      : next      ? place.scalar_next
                                  : place.scalar);
    for (size_t i = 0; i < result_arrays_.size(); ++i)
      if (result_arrays_[i])
        given.push_back(result_arrays_[i]);
      else if (next && is_made_inside(loop_.result(i)))
        given.push_back(outside(loop_.result(i)));
    if (stays_)
      given.push_back(stays_);
    return given;
  }

  /// The value with which a lane begins a round, or has ended one.
  Value *current(llvm::IRBuilder<> &b, Piece &made, size_t index) {
    const CarriedValue &carried = loop_.carried[index];
    Value *given = made.function->getArg(first_given() + static_cast<unsigned>(index));
    if (carried.how == Carried::Scalar)
      return given;
    if (carried.how == Carried::Offset)
      return b.CreateAdd(made.value(carried.first), given);
    return get(b, made, given, carried.phi->getType());
  }

  /// Number of the first argument that is given.
  unsigned first_given() const {
    return static_cast<unsigned>(ThreadArgument::Count + 1 + loop_.expected.size());
  }

  Value *given_stays(Piece &made) {
    return made.function->getArg(static_cast<unsigned>(made.function->arg_size() - 1));
  }

  void run_setup() {
    llvm::SmallVector<Value *> given;
    for (const CarriedPlace &place : places_)
      if (place.array)
        given.push_back(place.array);
    if (masks_) {
      b_.CreateAlignedStore(llvm::Constant::getNullValue(stays_->getAllocatedType()), stays_,
                            stays_->getAlign());
      given.push_back(stays_);
    }
    if (given.empty())
      return;
    auto made = piece(given);
    llvm::IRBuilder<> b(made->end);
    unsigned argument = first_given();
    for (size_t i = 0; i < places_.size(); ++i)
      if (places_[i].array)
        put(b, *made, made->function->getArg(argument++), made->value(loop_.carried[i].first));
    if (masks_)
      put(b, *made, given_stays(*made), b.getTrue());
    return_at(made->end, b.getTrue());
    finish(*made);
    run(*made, true);
  }

  /// One round of the loop; true: the lane stays.
  std::unique_ptr<Piece> round_piece() {
    auto made = piece(given_for(false));
    llvm::IRBuilder<> b(made->end);
    Value *takes_part = masks_ ? get(b, *made, given_stays(*made), b.getInt1Ty()) : nullptr;
    llvm::SmallVector<Value *> begin;
    for (size_t i = 0; i < loop_.carried.size(); ++i) {
      PHINode *phi = made->of(loop_.carried[i].phi);
      Value *value = current(b, *made, i);
      begin.push_back(value);
      phi->replaceAllUsesWith(value);
      made->map[loop_.carried[i].phi] = value;
      phi->eraseFromParent();
    }
    Instruction *end = made->of(loop_.latch)->getTerminator();
    b.SetInsertPoint(end);
    // They go through the round, too, which touches no memory, so that what is put stays a vector in a register.
    auto unless_left = [&](Value *made_now, Value *otherwise) {
      return masks_ ? b.CreateSelect(takes_part, made_now, otherwise) : made_now;
    };
    unsigned argument = first_given();
    for (size_t i = 0; i < places_.size(); ++i, ++argument)
      if (places_[i].array)
        put(b, *made, made->function->getArg(argument),
            unless_left(made->value(loop_.carried[i].next), begin[i]));
    for (size_t i = 0; i < result_arrays_.size(); ++i)
      if (result_arrays_[i]) {
        Value *result = made->value(loop_.result(i)), *place = made->function->getArg(argument++);
        Value *last = masks_ ? get(b, *made, place, result->getType()) : nullptr;
        put(b, *made, place, unless_left(result, last));
      }
    Value *stays = b.getTrue();
    if (stays_) {
      stays = made->value(loop_.condition);
      if (!loop_.stays_if)
        stays = b.CreateNot(stays);
      stays = unless_left(stays, b.getFalse());
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
    for (size_t i = 0; i < loop_.carried.size(); ++i)
      values.push_back(current(b, *made, i));
    unsigned argument = first_given() + static_cast<unsigned>(loop_.carried.size());
    BasicBlock *behind = made->of(loop_.exit);
    for (size_t i = 0; i < result_arrays_.size(); ++i) {
      Value *last = loop_.result(i), *value = made->value(last);
      if (result_arrays_[i])
        value = get(b, *made, made->function->getArg(argument++), last->getType());
      else if (std::optional<size_t> carried = loop_.carried_as_next(last))
        value = values[*carried];
      else if (loop_.is_inside(last))
        value = made->function->getArg(argument++);
      made->of(loop_.results[i])->addIncoming(value, made->before);
    }
    if (goes_on) {
      Value *stays = get(b, *made, given_stays(*made), b.getInt1Ty());
      for (size_t i = 0; i < loop_.carried.size(); ++i)
        made->of(loop_.carried[i].phi)->setIncomingValueForBlock(made->before, values[i]);
      b.CreateCondBr(stays, made->of(loop_.header), behind);
    } else {
      for (const CarriedValue &carried : loop_.carried)
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
    for (size_t i = 0; i < expected_of_first_.size(); ++i)
      if (loop_.expected[i].load == instruction)
        return expected_of_first_[i];
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
    for (const CarriedValue &carried : loop_.carried)
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
    for (size_t i = 0; i < places_.size(); ++i)
      if (starts[i]) {
        places_[i].scalar = b_.CreatePHI(starts[i]->getType(), 2);
        places_[i].scalar->addIncoming(starts[i], before);
        if (loop_.carried[i].how == Carried::Scalar)
          outside_[loop_.carried[i].phi] = places_[i].scalar;
      }
    for (size_t i = 0; i < places_.size(); ++i)
      if (loop_.carried[i].how == Carried::Scalar)
        places_[i].scalar_next = outside(loop_.carried[i].next);
      else if (loop_.carried[i].how == Carried::Offset) {
        places_[i].scalar_next = places_[i].scalar;
        for (Value *step : loop_.carried[i].steps)
          places_[i].scalar_next = b_.CreateAdd(places_[i].scalar_next, outside(step));
      }
    Value *stay = stays_ ? nullptr : outside(loop_.condition);
    for (size_t i = 0; i < result_arrays_.size(); ++i) // while all they depend on is at hand
      if (!result_arrays_[i] && is_made_inside(loop_.result(i)))
        outside(loop_.result(i));
    if (stays_)
      for (llvm::AllocaInst *flag : {some_stay_, some_leave_})
        b_.CreateStore(b_.getInt32(0), flag);
    run(*round_piece(), true, [&](Value *outcome) {
      if (!stays_ || masks_)
        return;
      note(some_stay_, b_.CreateZExt(outcome, b_.getInt32Ty()));
      note(some_leave_, b_.CreateZExt(b_.CreateNot(outcome), b_.getInt32Ty()));
    });
    BasicBlock *latch = b_.GetInsertBlock();
    for (CarriedPlace &place : places_)
      if (place.scalar)
        place.scalar->addIncoming(place.scalar_next, latch);
    if (!stays_) {
      b_.CreateCondBr(stay, loop_.stays_if ? loop : behind, loop_.stays_if ? behind : loop);
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
    Value *staying = masks_ ? count_staying() : nullptr;
    if (masks_)
      b_.CreateCondBr(b_.CreateICmpUGE(staying, b_.getInt32(kFewestInStep)), loop, some);
    else
      b_.CreateCondBr(is_none(some_leave_), loop, some);
    b_.SetInsertPoint(some);
    b_.CreateCondBr(masks_ ? b_.CreateICmpEQ(staying, b_.getInt32(0)) : is_none(some_stay_), behind,
                    apart);
    b_.SetInsertPoint(behind);
    run(*end_piece(false), true);
    b_.CreateBr(done);
    b_.SetInsertPoint(apart);
    run(*end_piece(true), false);
    b_.CreateBr(done);
    b_.SetInsertPoint(done);
  }

  /// How many lanes `stays_` says. Read from there, where it is one vector.
  Value *count_staying() {
    auto *type = llvm::FixedVectorType::get(b_.getInt8Ty(), kLanesInLockstep);
    Value *stay = b_.CreateIsNotNull(b_.CreateAlignedLoad(type, stays_, stays_->getAlign()));
    Value *mask = b_.CreateBitCast(stay, b_.getIntNTy(kLanesInLockstep));
    return b_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, b_.CreateZExt(mask, b_.getInt32Ty()));
  }

  void note(llvm::AllocaInst *flag, Value *value) {
    b_.CreateStore(b_.CreateOr(b_.CreateLoad(b_.getInt32Ty(), flag), value), flag);
  }

  llvm::IRBuilder<> &b_;
  Function &region_;
  const LaneRun &run_;
  const LaneVectors vectors_;
  LockstepLoop loop_;
  std::vector<Value *> expected_of_first_; // what loop_.expected are in the first lane
  std::vector<CarriedPlace> places_;       // of loop_.carried
  std::vector<llvm::AllocaInst *>
      result_arrays_; // of loop_.results; null where a carried value or a scalar tells it
  llvm::DenseMap<Instruction *, Value *> outside_;
  llvm::AllocaInst *stays_ = nullptr; // array; null where the condition is a scalar
  llvm::AllocaInst *some_stay_ = nullptr, *some_leave_ = nullptr;
  /// Lanes that have left take no part in later rounds. Otherwise all go one by one as soon as one leaves.
  bool masks_ = false;
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
  if (std::optional<LockstepLoop> loop = LockstepLoop::find(region))
    Lockstep(b, region, run, std::move(*loop)).emit();
  else
    emit_apart(b, region, run);
}

} // namespace softcuda::jit
