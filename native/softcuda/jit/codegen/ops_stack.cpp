// alloca, stacksave, stackrestore: local memory whose size is known when a thread runs.
//
// Where threads run one after another, it lies on the CPU's stack. A thread that suspends has a piece of its block's
// memory (kDynamicStackBytes, when it first asks) and keeps how far it is used up; what does not fit there gets a piece of its
// own, until the block ends.
#include "codegen/emitter.h"

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Type;

constexpr uint64_t kDefaultAlignBytes = 16;

Value *from_own_piece(Emitter &e, Value *bytes, uint64_t align) {
  llvm::Type *wide = e.b.getInt64Ty();
  Emitter::DynamicStack &stack = e.dynamic_stack();
  auto *unset = llvm::BasicBlock::Create(e.context, "", e.function);
  auto *set = llvm::BasicBlock::Create(e.context, "", e.function);
  auto *fits = llvm::BasicBlock::Create(e.context, "", e.function);
  auto *large = llvm::BasicBlock::Create(e.context, "", e.function);
  auto *done = llvm::BasicBlock::Create(e.context, "", e.function);
  auto piece = [&](Value *size) {
    return e.call_helper("rt_dynamic_local", wide, {e.block_context, size}, false);
  };
  e.b.CreateCondBr(e.b.CreateIsNull(e.b.CreateLoad(wide, stack.end)), unset, set);
  e.b.SetInsertPoint(unset);
  Value *start = piece(e.b.getInt64(kDynamicStackBytes));
  e.b.CreateStore(start, stack.used);
  e.b.CreateStore(e.b.CreateAdd(start, e.b.getInt64(kDynamicStackBytes)), stack.end);
  e.b.CreateBr(set);
  e.b.SetInsertPoint(set);
  auto aligned = [&](Value *address) {
    return e.b.CreateAnd(e.b.CreateAdd(address, e.b.getInt64(align - 1)), ~(align - 1));
  };
  Value *inside = aligned(e.b.CreateLoad(wide, stack.used));
  Value *left = e.b.CreateSub(e.b.CreateLoad(wide, stack.end), inside);
  e.b.CreateCondBr(
      e.b.CreateAnd(e.b.CreateICmpSGE(left, e.b.getInt64(0)), e.b.CreateICmpULE(bytes, left)), fits,
      large);
  e.b.SetInsertPoint(fits);
  e.b.CreateStore(e.b.CreateAdd(inside, bytes), stack.used);
  e.b.CreateBr(done);
  e.b.SetInsertPoint(large);
  Value *apart = aligned(piece(e.b.CreateAdd(bytes, e.b.getInt64(align))));
  e.b.CreateBr(done);
  e.b.SetInsertPoint(done);
  llvm::PHINode *address = e.b.CreatePHI(wide, 2);
  address->addIncoming(inside, fits);
  address->addIncoming(apart, large);
  return address;
}

void dynamic_alloca(Emitter &e, Op &op) { // alloca.type d, bytes{, alignment}
  const Type type = op.type();
  Value *bytes = e.b.CreateZExt(e.read(op.operand(1), type), e.b.getInt64Ty());
  const uint64_t align = op.operand_count() > 2 ? std::max(op.operand(2).bits, kDefaultAlignBytes)
                                                : kDefaultAlignBytes;
  if (align & (align - 1))
    op.fail("malformed operands");
  Value *address;
  if (e.may_suspend()) {
    address = from_own_piece(e, bytes, align);
  } else {
    llvm::AllocaInst *storage = e.b.CreateAlloca(e.b.getInt8Ty(), bytes);
    storage->setAlignment(llvm::Align(align));
    address = e.b.CreatePtrToInt(storage, e.b.getInt64Ty());
  }
  e.write(op.operand(0), address, type);
}

void stacksave(Emitter &e, Op &op) {
  Value *position =
      e.may_suspend()
          ? static_cast<Value *>(e.b.CreateLoad(e.b.getInt64Ty(), e.dynamic_stack().used))
          : e.b.CreatePtrToInt(e.b.CreateStackSave(), e.b.getInt64Ty());
  e.write(op.operand(0), position, op.type());
}

void stackrestore(Emitter &e, Op &op) {
  Value *position = e.read(op.operand(0), op.type());
  if (!e.may_suspend()) {
    e.b.CreateStackRestore(e.b.CreateIntToPtr(position, e.b.getPtrTy()));
    return;
  }
  // A position from before the first alloca is none: all of the piece is free again.
  llvm::Type *wide = e.b.getInt64Ty();
  Emitter::DynamicStack &stack = e.dynamic_stack();
  Value *end = e.b.CreateLoad(wide, stack.end);
  Value *start = e.b.CreateSelect(e.b.CreateIsNull(end), end,
                                  e.b.CreateSub(end, e.b.getInt64(kDynamicStackBytes)));
  e.b.CreateStore(e.b.CreateSelect(e.b.CreateIsNull(position), start, position), stack.used);
}

} // namespace

void add_stack_handlers(HandlerTable &table) {
  table["alloca"] = dynamic_alloca;
  table["stacksave"] = stacksave;
  table["stackrestore"] = stackrestore;
}

} // namespace softcuda::jit
