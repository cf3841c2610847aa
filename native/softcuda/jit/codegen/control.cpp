// Function bodies, branches and suspension.
#include "codegen/emitter.h"
#include "codegen/lockstep.h"
#include "codegen/regions.h"
#include "codegen/start_values.h"

namespace softcuda::jit {

using ptx::Operand;
using ptx::Type;

namespace {

constexpr unsigned kRoundsPerYield = 32; // of a loop, before a lane gives way

} // namespace

void Emitter::open_scope(Scope &inner) {
  const LinkedFunction &linked = plan.program.functions[inner.function_id];
  inner.body = &plan.plans.at(inner.function_id).body;
  for (const ptx::Register &reg : inner.body->registers) {
    Type type = ptx::is_float(reg.type) && reg.type != Type::F32 && reg.type != Type::F64
                    ? (ptx::size_bytes(reg.type) == 2 ? Type::B16 : Type::B32)
                    : reg.type;
    llvm::AllocaInst *storage = entry_alloca(llvm_type(type));
    note_start_value(
        *b.CreateStore(llvm::Constant::getNullValue(storage->getAllocatedType()), storage));
    inner.registers.push_back(storage);
  }
  inner.carry = entry_alloca(b.getInt1Ty());
  b.CreateStore(b.getFalse(), inner.carry);
  for (const ptx::BodyVariable &declared : inner.body->variables) {
    const ptx::Variable &variable = declared.variable;
    if (variable.space == ptx::Space::Shared) {
      uint32_t offset = plan.shared.dynamic_offset;
      if (!variable.is_dynamic || variable.size_bytes) {
        auto layout = plan.shared.of_function.find(inner.function_id);
        if (layout == plan.shared.of_function.end())
          fail(linked.function->body_line, "shared variable '" + std::string(variable.name) +
                                               "' in a function whose address is taken");
        offset = layout->second.at(variable.name);
      }
      inner.variables.push_back(b.getInt32(offset));
      continue;
    }
    llvm::AllocaInst *storage =
        entry_alloca(b.getInt8Ty(), std::max<uint64_t>(variable.size_bytes, 1),
                     std::max(variable.align_bytes, 8u));
    b.CreateLifetimeStart(storage);
    inner.variables.push_back(storage);
  }
  for (uint32_t i = 0; i < inner.body->label_count; ++i)
    inner.labels.push_back(llvm::BasicBlock::Create(context, "", function));
  inner.label_is_behind.assign(inner.body->label_count, false);
}

void Emitter::emit_body(Scope &inner) {
  Scope *outer = scope;
  const ptx::Instruction *outer_instruction = current;
  scope = &inner;
  for (const ptx::Instruction &instruction : inner.body->code) {
    if (instruction.label >= 0) {
      llvm::BasicBlock *block = inner.labels[instruction.label];
      if (!b.GetInsertBlock()->getTerminator())
        b.CreateBr(block);
      b.SetInsertPoint(block);
      inner.label_is_behind[instruction.label] = true;
      continue;
    }
    if (b.GetInsertBlock()->getTerminator()) // unreachable code behind a jump
      b.SetInsertPoint(llvm::BasicBlock::Create(context, "", function));
    current = &instruction;
    emit_instruction(instruction);
  }
  if (!b.GetInsertBlock()->getTerminator())
    b.CreateBr(inner.return_block);
  for (llvm::BasicBlock *label : inner.labels)
    if (!label->getParent() || (label->empty() && label->use_empty()))
      label->eraseFromParent();
  scope = outer;
  current = outer_instruction;
}

void Emitter::emit_instruction(const ptx::Instruction &instruction) {
  auto handler = handlers().find(instruction.opcode);
  if (handler == handlers().end())
    fail(instruction.line, "unsupported instruction '" + std::string(instruction.spelling) + "'");
  Op op(*this, instruction);
  bool branches = instruction.opcode == "bra";
  llvm::BasicBlock *join = nullptr;
  if (instruction.guard >= 0 && !branches) {
    llvm::AllocaInst *storage = scope->registers[instruction.guard];
    llvm::Value *condition = b.CreateLoad(storage->getAllocatedType(), storage);
    auto *guarded = llvm::BasicBlock::Create(context, "", function);
    join = llvm::BasicBlock::Create(context, "", function);
    if (instruction.guard_negated)
      b.CreateCondBr(condition, join, guarded);
    else
      b.CreateCondBr(condition, guarded, join);
    b.SetInsertPoint(guarded);
  }
  try {
    handler->second(*this, op);
  } catch (const std::out_of_range &) { // .at() of an operand that is not there
    op.fail("malformed operands");
  }
  if (!op.all_taken())
    op.fail("unsupported form of an instruction");
  if (join) {
    if (!b.GetInsertBlock()->getTerminator())
      b.CreateBr(join);
    b.SetInsertPoint(join);
  }
}

void Emitter::branch_to(uint32_t label, llvm::Value *condition, bool negated) {
  llvm::BasicBlock *target = scope->labels[label];
  const FunctionPlan &function_plan = plan.plans.at(scope->function_id);
  size_t index = static_cast<size_t>(current - scope->body->code.data());
  llvm::BasicBlock *next = condition ? llvm::BasicBlock::Create(context, "", function) : nullptr;
  llvm::BasicBlock *taken = target;
  bool spins = function_plan.spins[index];
  bool watches = function_plan.watches[index];
  bool yields = may_suspend() && (spins || watches || function_plan.strides[index]);
  if (yields && condition)
    taken = llvm::BasicBlock::Create(context, "", function);
  if (condition) {
    if (negated)
      b.CreateCondBr(condition, next, taken);
    else
      b.CreateCondBr(condition, taken, next);
  }
  if (yields) {
    if (condition)
      b.SetInsertPoint(taken);
    if (watches) // all threads wait at once then, and not each as long as a share of the rounds takes
      suspend(Wait::Spin);
    else
      counted_yield(spins ? Wait::Spin : Wait::Yield);
    b.CreateBr(target);
  } else if (!condition) {
    b.CreateBr(target);
  }
  if (next)
    b.SetInsertPoint(next);
}

void Emitter::counted_yield(Wait wait) {
  llvm::Value *count = b.CreateAdd(b.CreateLoad(b.getInt32Ty(), spin_count_), b.getInt32(1));
  b.CreateStore(count, spin_count_);
  auto *yield = llvm::BasicBlock::Create(context, "", function);
  auto *go_on = llvm::BasicBlock::Create(context, "", function);
  b.CreateCondBr(b.CreateICmpEQ(b.CreateAnd(count, kRoundsPerYield - 1), b.getInt32(0)), yield,
                 go_on);
  b.SetInsertPoint(yield);
  suspend(wait, nullptr, wait == Wait::Yield ? b.getInt32(kStrideKey) : nullptr);
  b.CreateBr(go_on);
  b.SetInsertPoint(go_on);
}

void Emitter::jump_exit() {
  if (!may_exit_)
    fail(current->line, "exit in a function that is called through a pointer or recursively");
  b.CreateBr(exit_block_);
}

llvm::Value *Emitter::slot_pointer(size_t offset, llvm::Type *type) {
  llvm::Value *field = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), slots, offset);
  return b.CreateInBoundsGEP(type, field, b.CreateZExt(lane, b.getInt64Ty()));
}

void Emitter::store_slot(size_t offset, llvm::Value *value) {
  set_apart(*b.CreateStore(value, slot_pointer(offset, value->getType())), kSlotAlias);
}

llvm::Value *Emitter::load_slot(size_t offset, llvm::Type *type) {
  llvm::LoadInst *load = b.CreateLoad(type, slot_pointer(offset, type));
  set_apart(*load, kSlotAlias);
  return load;
}

void Emitter::suspend(Wait wait, llvm::Value *mask, llvm::Value *key, llvm::Value *shuffle_b,
                      llvm::Value *shuffle_c) {
  if (!may_suspend())
    fail(current->line, "'" + std::string(current->spelling) +
                            "' in a function that is called through a pointer or recursively");
  mark_suspension(b, wait, key, mask, shuffle_b, shuffle_c);
}

// --- whole functions

static void bind_kernel_parameters(Emitter &e, Scope &scope) {
  const ptx::Signature &signature = e.plan.program.functions[scope.function_id].function->signature;
  std::vector<Param> layout = parameter_layout(signature);
  uint64_t bytes = layout.empty() ? 0 : layout.back().offset_bytes + layout.back().size_bytes;
  auto *params =
      llvm::cast<llvm::LoadInst>(e.context_field(offsetof(BlockContext, params), e.b.getPtrTy()));
  // So that loads of parameters may leave the loop even where they stand behind a condition.
  auto metadata = [&](uint64_t value) {
    return llvm::MDNode::get(e.context, llvm::ConstantAsMetadata::get(e.b.getInt64(value)));
  };
  if (bytes)
    params->setMetadata(llvm::LLVMContext::MD_dereferenceable, metadata(bytes));
  params->setMetadata(llvm::LLVMContext::MD_align, metadata(kParamAlignBytes));
  for (size_t i = 0; i < signature.params.size(); ++i)
    scope.parameters[signature.params[i].name] =
        e.b.CreateConstInBoundsGEP1_64(e.b.getInt8Ty(), params, layout[i].offset_bytes);
}

static bool has_alloca(const ModulePlan &plan) {
  for (const auto &[id, function_plan] : plan.plans)
    for (const ptx::Instruction &instruction : function_plan.body.code)
      if (instruction.opcode == "alloca")
        return true;
  return false;
}

static bool has_local_memory(const ModulePlan &plan, uint32_t kernel) {
  bool has = plan.program.functions[kernel].local_bytes != 0 || has_alloca(plan);
  for (const auto &[id, function_plan] : plan.plans)
    has |= plan.program.functions[id].local_bytes != 0;
  return has;
}

Emitter::DynamicStack &Emitter::dynamic_stack() {
  if (dynamic_stack_.used)
    return dynamic_stack_;
  dynamic_stack_ = {entry_alloca(b.getInt64Ty()), entry_alloca(b.getInt64Ty())};
  llvm::IRBuilder<> at_entry(context);
  for (llvm::AllocaInst *field : {dynamic_stack_.used, dynamic_stack_.end}) {
    at_entry.SetInsertPoint(field->getNextNode());
    at_entry.CreateStore(at_entry.getInt64(0), field);
  }
  return dynamic_stack_;
}

void Emitter::emit_loop_kernel(uint32_t kernel) {
  entry_ = llvm::BasicBlock::Create(context, "entry", function);
  b.SetInsertPoint(entry_);
  block_context = function->getArg(0);
  annotate_parallel = !has_local_memory(plan, kernel);
  shared_base_ = context_field(offsetof(BlockContext, shared), b.getPtrTy());
  // To LLVM what is reached from this base is no alloca: the base was there before any address was
  // taken. So it may not be used where local memory is reached in both ways, here and in functions.
  if (annotate_parallel)
    zero_base_ = context_field(offsetof(BlockContext, zero), b.getPtrTy());
  llvm::Value *extent[3];
  for (int axis = 0; axis < 3; ++axis)
    extent[axis] = plan.alike(kernel) >> axis & 1
                       ? b.getInt32(1)
                       : context_field(offsetof(BlockContext, ntid) + 4 * axis, b.getInt32Ty());

  // for z, for y, for x: all run at least once
  llvm::BasicBlock *head[3], *latch[3], *before = entry_;
  llvm::PHINode *index[3];
  for (int axis = 2; axis >= 0; --axis) {
    head[axis] = llvm::BasicBlock::Create(context, "", function);
    latch[axis] = llvm::BasicBlock::Create(context, "", function);
    b.CreateBr(head[axis]);
    b.SetInsertPoint(head[axis]);
    index[axis] = b.CreatePHI(b.getInt32Ty(), 2);
    index[axis]->addIncoming(b.getInt32(0), before);
    tid[axis] = index[axis];
    before = head[axis];
  }
  exit_block_ = latch[0];
  llvm::Value *stack =
      has_alloca(plan) ? b.CreateStackSave() : nullptr; // given back by each thread
  Scope body_scope;
  body_scope.function_id = kernel;
  body_scope.return_block = latch[0];
  bind_kernel_parameters(*this, body_scope);
  open_scope(body_scope);
  emit_body(body_scope);

  for (int axis = 0; axis < 3; ++axis) {
    b.SetInsertPoint(latch[axis]);
    if (stack && axis == 0)
      b.CreateStackRestore(stack);
    llvm::Value *next = b.CreateNUWAdd(index[axis], b.getInt32(1));
    index[axis]->addIncoming(next, latch[axis]);
    auto *after = axis == 2 ? llvm::BasicBlock::Create(context, "", function) : latch[axis + 1];
    auto *back = b.CreateCondBr(b.CreateICmpULT(next, extent[axis]), head[axis], after);
    if (annotate_parallel) {
      llvm::Metadata *parallel[] = {llvm::MDString::get(context, "llvm.loop.parallel_accesses"),
                                    plan.access_group(context)};
      llvm::MDNode *loop =
          llvm::MDNode::getDistinct(context, {nullptr, llvm::MDNode::get(context, parallel)});
      loop->replaceOperandWith(0, loop);
      back->setMetadata(llvm::LLVMContext::MD_loop, loop);
    }
    b.SetInsertPoint(after);
  }
  b.CreateRetVoid();
}

void Emitter::emit_thread(uint32_t kernel) {
  entry_ = llvm::BasicBlock::Create(context, "entry", function);
  b.SetInsertPoint(entry_);
  block_context = function->getArg(ThreadArgument::Context);
  slots = function->getArg(ThreadArgument::Slots);
  lane = function->getArg(ThreadArgument::Lane);
  for (int axis = 0; axis < 3; ++axis)
    tid[axis] = function->getArg(ThreadArgument::Tid + axis);
  spin_count_ = entry_alloca(b.getInt32Ty());
  b.CreateStore(b.getInt32(0), spin_count_);
  if (!has_local_memory(plan, kernel))
    zero_base_ = context_field(offsetof(BlockContext, zero), b.getPtrTy());
  shared_base_ = context_field(offsetof(BlockContext, shared), b.getPtrTy());
  exit_block_ = llvm::BasicBlock::Create(context, "exit", function);
  Scope body_scope;
  body_scope.function_id = kernel;
  body_scope.return_block = exit_block_;
  bind_kernel_parameters(*this, body_scope);
  open_scope(body_scope);
  emit_body(body_scope);
  b.SetInsertPoint(exit_block_);
  b.CreateRetVoid();
}

void Emitter::emit_device_function(uint32_t id) {
  const ptx::Signature &signature = plan.program.functions[id].function->signature;
  entry_ = llvm::BasicBlock::Create(context, "entry", function);
  b.SetInsertPoint(entry_);
  block_context = function->getArg(0);
  for (int axis = 0; axis < 3; ++axis)
    tid[axis] = function->getArg(1 + axis);
  Scope body_scope;
  body_scope.function_id = id;
  body_scope.return_block = llvm::BasicBlock::Create(context, "return", function);
  exit_block_ = body_scope.return_block;
  may_exit_ = false;
  unsigned argument = 4;
  for (const auto *list : {&signature.returns, &signature.params})
    for (const ptx::Parameter &formal : *list)
      body_scope.parameters[formal.name] = function->getArg(argument++);
  open_scope(body_scope);
  load_register_parameters(body_scope);
  emit_body(body_scope);
  b.SetInsertPoint(body_scope.return_block);
  store_register_returns(body_scope);
  b.CreateRetVoid();
}

} // namespace softcuda::jit
