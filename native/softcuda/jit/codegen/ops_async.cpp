// Asynchronous copies, done at once, and mbarriers, which are words in shared memory.
#include "codegen/memory_access.h"

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Space;
using ptx::Type;

void take_everything(Op &op) {
  for (std::string_view modifier : op.instruction.modifiers)
    op.take(modifier);
}

void cp(Emitter &e, Op &op) { // cp.async.{ca,cg}.shared.global [to], [from], bytes{, source bytes}
  if (!op.take("async"))
    op.fail("unsupported instruction");
  if (op.take("bulk"))
    return emit_copy_bulk(e, op);
  if (op.take("commit_group") || op.take("wait_group") || op.take("wait_all"))
    return;
  if (op.take("mbarrier")) {
    bool counted = op.take("noinc");
    take_everything(op);
    if (counted) // else it would count itself up first and then down
      e.call_helper("ptx_mbarrier_arrive", e.b.getInt64Ty(),
                    {e.pointer(op.operand(0), Space::Shared), e.b.getInt32(1), e.b.getInt32(0)},
                    false);
    return;
  }
  take_hints(op);
  op.take("shared");
  op.take("shared::cta");
  op.take("global");
  Value *to = e.pointer(op.operand(0), Space::Shared),
        *from = e.pointer(op.operand(1), Space::Global);
  uint64_t bytes = op.operand(2).bits;
  if (op.operand_count() <= 3) {
    e.b.CreateMemCpy(to, llvm::Align(bytes), from, llvm::Align(bytes), bytes);
    return;
  }
  bool predicate = op.operand(3).kind == ptx::Operand::Kind::Register &&
                   e.scope->registers[op.operand(3).slot]->getAllocatedType()->isIntegerTy(1);
  Value *source_bytes = predicate
                            ? e.b.CreateSelect(e.read_predicate(op.operand(3)), e.b.getInt64(0),
                                               e.b.getInt64(bytes)) // ignore-src
                            : e.read(op.operand(3), Type::U64);
  e.b.CreateMemSet(to, e.b.getInt8(0), bytes, llvm::Align(bytes));
  e.b.CreateMemCpy(to, llvm::Align(bytes), from, llvm::Align(1), source_bytes);
}

void mbarrier(Emitter &e, Op &op) {
  bool init = op.take("init"), invalidate = op.take("inval"), arrive = op.take("arrive"),
       drop = op.take("arrive_drop"), expect = op.take("expect_tx"),
       complete = op.take("complete_tx"), test = op.take("test_wait") | op.take("try_wait"),
       parity = op.take("parity"), pending = op.take("pending_count");
  Space space = take_space(op);
  if (space == Space::Global)
    op.fail("unsupported instruction");
  take_everything(op);
  llvm::Type *wide = e.b.getInt64Ty();
  if (pending)
    return e.write(
        op.operand(0),
        e.call_helper("ptx_mbarrier_pending", e.b.getInt32Ty(), {e.read(op.operand(1), Type::B64)}),
        Type::U32);
  size_t address = 0;
  while (address < op.operand_count() && op.operand(address).kind != ptx::Operand::Kind::Address)
    ++address;
  Value *pointer = e.pointer(op.operand(address), space);
  if (init) {
    e.call_helper("ptx_mbarrier_init", e.b.getVoidTy(), {pointer, e.read(op.operand(1), Type::U32)},
                  false);
  } else if (invalidate) {
    e.b.CreateStore(e.b.getInt64(0), pointer);
  } else if (test) {
    Value *state = e.read(op.operand(address + 1), parity ? Type::B32 : Type::B64);
    Value *done =
        e.call_helper("ptx_mbarrier_done", e.b.getInt1Ty(),
                      {pointer, e.b.CreateZExtOrTrunc(state, wide), e.b.getInt1(parity)}, false);
    e.write_predicate(op.operand(0), done);
  } else if (arrive || drop) {
    Value *count = e.b.getInt32(1), *bytes = e.b.getInt32(0);
    if (op.operand_count() > address + 1)
      (expect ? bytes : count) = e.read(op.operand(address + 1), Type::U32);
    Value *state = e.call_helper(drop ? "ptx_mbarrier_drop" : "ptx_mbarrier_arrive", wide,
                                 {pointer, count, bytes}, false);
    if (address > 0)
      e.write(op.operand(0), state, Type::B64);
  } else if (expect || complete) {
    Value *bytes = e.read(op.operand(address + 1), Type::U32);
    e.call_helper("ptx_mbarrier_transactions", e.b.getVoidTy(),
                  {pointer, expect ? bytes : e.b.CreateNeg(bytes)}, false);
  } else {
    op.fail("unsupported instruction");
  }
}

} // namespace

void add_async_handlers(HandlerTable &table) {
  table["cp"] = cp;
  table["mbarrier"] = mbarrier;
}

} // namespace softcuda::jit
