// Calls: of device functions (inlined where they synchronise), through pointers, and into the runtime.
// Every PTX parameter is a piece of memory; once inlined, LLVM turns it into registers.
#include "codegen/emitter.h"

#include <algorithm>

namespace softcuda::jit {

using ptx::Operand;
using ptx::Type;

void Emitter::load_register_parameters(Scope &inner) {
  const ptx::Signature &signature = plan.program.functions[inner.function_id].function->signature;
  uint32_t slot_index = 0; // the parser numbers .reg parameters first, returns before params
  for (const auto *list : {&signature.returns, &signature.params})
    for (const ptx::Parameter &formal : *list) {
      if (!formal.in_register)
        continue;
      llvm::AllocaInst *storage = inner.registers[slot_index++];
      if (list == &signature.params)
        b.CreateStore(b.CreateLoad(storage->getAllocatedType(), inner.parameters.at(formal.name)),
                      storage);
    }
}

void Emitter::store_register_returns(Scope &inner) {
  const ptx::Signature &signature = plan.program.functions[inner.function_id].function->signature;
  uint32_t slot_index = 0;
  for (const ptx::Parameter &formal : signature.returns) {
    if (!formal.in_register)
      continue;
    llvm::AllocaInst *storage = inner.registers[slot_index++];
    b.CreateStore(b.CreateLoad(storage->getAllocatedType(), storage),
                  inner.parameters.at(formal.name));
  }
}

/// Memory that holds a call's actual parameter: the .param variable itself, or a copy of a register.
llvm::Value *Emitter::argument_storage(const Operand &operand, const ptx::Parameter &formal,
                                       bool load) {
  if (operand.kind == Operand::Kind::Symbol) {
    if (operand.slot != UINT32_MAX)
      return scope->variables[operand.slot];
    if (auto found = scope->parameters.find(operand.name); found != scope->parameters.end())
      return found->second;
  }
  llvm::AllocaInst *copy = entry_alloca(b.getInt8Ty(), std::max(formal.size_bytes, 1u), 16);
  if (load)
    b.CreateStore(read(operand, formal.type), copy);
  return copy;
}

void Emitter::emit_call(Op &op) {
  op.take("uni");
  const ptx::Instruction &call = op.instruction;
  const Operand &callee = op.operand(0);
  const ptx::Signature *signature = nullptr;
  std::optional<uint32_t> direct;
  if (callee.kind == Operand::Kind::Symbol) {
    auto symbol =
        plan.program.resolve(plan.program.functions[scope->function_id].module, callee.name);
    if (!symbol || symbol->kind != Symbol::Function)
      op.fail("'" + std::string(callee.name) + "' is no function");
    direct = symbol->id;
    signature = &plan.program.functions[*direct].function->signature;
  } else {
    auto prototype = scope->body->prototypes.find(call.prototype);
    if (prototype == scope->body->prototypes.end())
      op.fail("indirect call without a prototype");
    signature = &prototype->second;
  }
  bool variadic = direct && is_runtime_function(callee.name);
  // Linkers let a function of another unit return something where its caller expects nothing, and the other way round.
  const size_t results = std::min(signature->returns.size(), call.returns.size());
  const bool results_agree = signature->returns.size() == call.returns.size() ||
                             (direct && signature->returns.size() + call.returns.size() == 1);
  if (!variadic && (!results_agree || signature->params.size() != call.arguments.size()))
    op.fail("a call's parameters differ from its prototype");

  std::vector<llvm::Value *> returns, arguments;
  for (size_t i = 0; i < results; ++i)
    returns.push_back(argument_storage(call.returns[i], signature->returns[i], false));
  for (size_t i = results; i < signature->returns.size(); ++i) // for nobody
    returns.push_back(
        entry_alloca(b.getInt8Ty(), std::max(signature->returns[i].size_bytes, 1u), 16));
  for (size_t i = 0; i < call.arguments.size(); ++i)
    arguments.push_back(argument_storage(call.arguments[i], signature->params[i], true));

  if (variadic || (direct && !plan.program.functions[*direct].function->is_defined)) {
    emit_runtime_call(op, callee.name, returns, arguments);
  } else if (direct && plan.must_inline(*direct)) {
    emit_inlined_call(*direct, returns, arguments);
  } else {
    std::vector<llvm::Value *> actual = {block_context, tid[0], tid[1], tid[2]};
    actual.insert(actual.end(), returns.begin(), returns.end());
    actual.insert(actual.end(), arguments.begin(), arguments.end());
    std::vector<llvm::Type *> types;
    for (llvm::Value *value : actual)
      types.push_back(value->getType());
    auto *type = llvm::FunctionType::get(b.getVoidTy(), types, false);
    llvm::Value *target = direct ? static_cast<llvm::Value *>(plan.declare(*direct, false))
                                 : b.CreateIntToPtr(read(callee, Type::U64), b.getPtrTy());
    b.CreateCall(type, target, actual);
  }
  if (b.GetInsertBlock()->getTerminator())
    return;
  for (size_t i = 0; i < results; ++i)
    if (call.returns[i].kind == Operand::Kind::Register)
      write(call.returns[i], b.CreateLoad(llvm_type(signature->returns[i].type), returns[i]),
            signature->returns[i].type);
}

void Emitter::emit_inlined_call(uint32_t callee, std::span<llvm::Value *const> returns,
                                std::span<llvm::Value *const> arguments) {
  if (std::find(inline_stack_.begin(), inline_stack_.end(), callee) != inline_stack_.end())
    fail(current->line, "recursive function '" +
                            std::string(plan.program.functions[callee].function->name) +
                            "' synchronises threads or exits");
  inline_stack_.push_back(callee);
  const ptx::Signature &signature = plan.program.functions[callee].function->signature;
  Scope inner;
  inner.function_id = callee;
  inner.return_block = llvm::BasicBlock::Create(context, "", function);
  for (size_t i = 0; i < returns.size(); ++i)
    inner.parameters[signature.returns[i].name] = returns[i];
  for (size_t i = 0; i < arguments.size(); ++i)
    inner.parameters[signature.params[i].name] = arguments[i];
  open_scope(inner);
  load_register_parameters(inner);
  emit_body(inner);
  b.SetInsertPoint(inner.return_block);
  store_register_returns(inner);
  inline_stack_.pop_back();
}

/// Cooperative groups' barrier for grids, over the words that %envreg1 and 2 point to: the first thread of each block
/// counts itself in, the last one flips the highest bit, and all wait for that. 0, or what CUDA says without a cooperative launch.
static llvm::Value *emit_grid_barrier(Emitter &e) {
  llvm::IRBuilder<> &b = e.b;
  auto word = [&](size_t offset) { return e.context_field(offset, b.getInt32Ty()); };
  auto all = [&](size_t offset, auto combine) {
    return combine(combine(word(offset), word(offset + 4)), word(offset + 8));
  };
  auto block = [&] { return llvm::BasicBlock::Create(e.context, "", e.function); };
  llvm::BasicBlock *begin = block(), *first = block(), *wait = block(), *spin = block(),
                   *meet = block(), *after = block();
  llvm::Value *high = b.CreateZExt(word(offsetof(BlockContext, envreg) + 4), b.getInt64Ty());
  llvm::Value *low = b.CreateZExt(word(offsetof(BlockContext, envreg) + 8), b.getInt64Ty());
  llvm::Value *workspace = b.CreateOr(b.CreateShl(high, 32), low);
  llvm::Value *none = b.CreateIsNull(workspace);
  b.CreateCondBr(none, after, begin);

  b.SetInsertPoint(begin);
  llvm::Value *barrier = b.CreateIntToPtr(b.CreateAdd(workspace, b.getInt64(4)), b.getPtrTy());
  e.suspend(Wait::BlockBarrier);
  b.CreateCondBr(b.CreateIsNull(b.CreateOr(b.CreateOr(e.tid[0], e.tid[1]), e.tid[2])), first, meet);

  b.SetInsertPoint(first);
  auto multiply = [&](llvm::Value *x, llvm::Value *y) { return b.CreateMul(x, y); };
  auto either = [&](llvm::Value *x, llvm::Value *y) { return b.CreateOr(x, y); };
  llvm::Value *blocks = all(offsetof(BlockContext, nctaid), multiply);
  llvm::Value *is_first = b.CreateIsNull(all(offsetof(BlockContext, ctaid), either));
  llvm::Value *count =
      b.CreateSelect(is_first, b.CreateSub(b.getInt32(0x80000001), blocks), b.getInt32(1));
  llvm::Value *before = b.CreateAtomicRMW(llvm::AtomicRMWInst::Add, barrier, count, llvm::Align(4),
                                          llvm::AtomicOrdering::SequentiallyConsistent);
  b.CreateBr(wait);

  b.SetInsertPoint(wait);
  auto *now = b.CreateAlignedLoad(b.getInt32Ty(), barrier, llvm::Align(4), true);
  now->setAtomic(llvm::AtomicOrdering::Acquire);
  b.CreateCondBr(b.CreateICmpSLT(b.CreateXor(before, now), b.getInt32(0)), meet, spin);
  b.SetInsertPoint(spin);
  e.suspend(Wait::Spin);
  b.CreateBr(wait);

  b.SetInsertPoint(meet);
  e.suspend(Wait::BlockBarrier);
  b.CreateBr(after);
  b.SetInsertPoint(after);
  constexpr uint32_t kNotPermitted = 800; // cudaErrorNotPermitted
  return b.CreateSelect(none, b.getInt32(kNotPermitted), b.getInt32(0));
}

void Emitter::emit_runtime_call(Op &op, std::string_view name,
                                std::span<llvm::Value *const> returns,
                                std::span<llvm::Value *const> arguments) {
  auto load = [&](size_t i, llvm::Type *type) {
    if (i >= arguments.size())
      op.fail("too few arguments");
    return b.CreateLoad(type, arguments[i]);
  };
  llvm::Value *result = nullptr;
  if (name == "vprintf") {
    result = call_helper("rt_vprintf", b.getInt32Ty(),
                         {block_context, load(0, b.getPtrTy()), load(1, b.getPtrTy())}, false);
  } else if (name == "malloc") {
    result =
        call_helper("rt_malloc", b.getInt64Ty(), {block_context, load(0, b.getInt64Ty())}, false);
  } else if (name == "free") {
    call_helper("rt_free", b.getVoidTy(), {block_context, load(0, b.getInt64Ty())}, false);
  } else if (name == "cudaCGGetIntrinsicHandle") { // of the grid, 1; others there are not
    result = b.CreateZExt(b.CreateICmpEQ(load(0, b.getInt32Ty()), b.getInt32(1)), b.getInt64Ty());
  } else if (name == "cudaCGSynchronize") {
    result = emit_grid_barrier(*this);
  } else if (name == "cudaGraphSetConditional") {
    // The handle is the address of the word that the conditional node looks at.
    b.CreateStore(load(1, b.getInt32Ty()), b.CreateIntToPtr(load(0, b.getInt64Ty()), b.getPtrTy()));
  } else if (name == "__assertfail") {
    call_helper("rt_assertfail", b.getVoidTy(),
                {block_context, b.getInt32(may_exit_), tid[0], tid[1], tid[2],
                 load(0, b.getPtrTy()), load(1, b.getPtrTy()), load(2, b.getInt32Ty()),
                 load(3, b.getPtrTy())},
                false);
    if (may_exit_)
      jump_exit();
  } else {
    op.fail("function '" + std::string(name) + "' is not defined");
  }
  if (result && !returns.empty())
    b.CreateStore(result, returns[0]);
}

} // namespace softcuda::jit
