// Branches, calls, returns, traps and the instructions that do nothing on a CPU.
#include "codegen/emitter.h"

namespace softcuda::jit {
namespace {

using ptx::Type;

void bra(Emitter &e, Op &op) {
  op.take("uni");
  llvm::Value *condition = nullptr;
  if (op.instruction.guard >= 0) {
    llvm::AllocaInst *guard = e.scope->registers[op.instruction.guard];
    condition = e.b.CreateLoad(guard->getAllocatedType(), guard);
  }
  e.branch_to(op.operand(0).slot, condition, op.instruction.guard_negated);
}

void brx(Emitter &e, Op &op) { // brx.idx index, targets
  op.take("idx");
  op.take("uni");
  const auto &targets = e.scope->body->branch_targets.at(op.operand(1).name);
  llvm::Value *index = e.read(op.operand(0), Type::U32);
  auto *otherwise = llvm::BasicBlock::Create(e.context, "", e.function);
  llvm::SwitchInst *choice = e.b.CreateSwitch(index, otherwise, targets.size());
  for (size_t i = 0; i < targets.size(); ++i)
    choice->addCase(e.b.getInt32(static_cast<uint32_t>(i)), e.scope->labels[targets[i].slot]);
  e.b.SetInsertPoint(otherwise);
  e.b.CreateUnreachable();
}

void call(Emitter &e, Op &op) { e.emit_call(op); }

void ret(Emitter &e, Op &op) {
  op.take("uni");
  e.b.CreateBr(e.scope->return_block);
}

void exit_thread(Emitter &e, Op &) { e.jump_exit(); }

void trap(Emitter &e, Op &) {
  e.call_helper("rt_trap", e.b.getVoidTy(), {e.block_context}, false);
  e.b.CreateUnreachable();
}

void nothing(Emitter &, Op &op) {
  for (std::string_view modifier : op.instruction.modifiers)
    op.take(modifier);
}

void nanosleep(Emitter &e, Op &op) {
  e.read(op.operand(0), Type::U32);
  if (e.may_suspend())
    e.suspend(Wait::Spin);
}

} // namespace

void add_control_handlers(HandlerTable &table) {
  table["bra"] = bra;
  table["brx"] = brx;
  table["call"] = call;
  table["ret"] = ret;
  table["exit"] = exit_thread;
  table["trap"] = trap;
  table["brkpt"] = trap;
  table["nanosleep"] = nanosleep;
  // hints, and events that only profilers see
  for (std::string_view name : {"prefetch", "prefetchu", "pmevent", "discard", "applypriority",
                                "setmaxnreg", "griddepcontrol", "createpolicy"})
    table[name] = nothing;
}

} // namespace softcuda::jit
