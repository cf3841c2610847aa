// Copies and stores that complete on an mbarrier. They are done at once; what is left is the barrier's count of bytes.
#include "codegen/memory_access.h"

namespace softcuda::jit {

using llvm::Value;
using ptx::Space;
using ptx::Type;

namespace {

constexpr std::string_view kCompletion = "mbarrier::complete_tx::bytes";

/// The state spaces that an instruction names, in order: to, from.
std::vector<Space> take_spaces(Op &op) {
  std::vector<Space> spaces;
  for (std::string_view modifier : op.instruction.modifiers)
    if (modifier == "global")
      spaces.push_back(Space::Global);
    else if (modifier == "shared" || modifier == "shared::cta" || modifier == "shared::cluster")
      spaces.push_back(Space::Shared);
  take_space(op);
  for (std::string_view name : {"global", "shared", "shared::cta", "shared::cluster"})
    op.take(name);
  return spaces;
}

} // namespace

void complete_transaction(Emitter &e, Value *pointer, Value *bytes) {
  e.call_helper("ptx_mbarrier_transactions", e.b.getVoidTy(), {pointer, e.b.CreateNeg(bytes)},
                false);
}

// cp.async.bulk.to.from.completion [to], [from], bytes{, [mbarrier]}{, cluster's mask}{, policy}
void emit_copy_bulk(Emitter &e, Op &op) {
  if (op.take("commit_group") || op.take("wait_group")) {
    op.take("read");
    return;
  }
  if (op.take("prefetch")) {
    op.take("L2");
    take_space(op);
    take_hints(op);
    return;
  }
  const bool on_barrier = op.take(kCompletion);
  op.take("bulk_group");
  op.take("multicast::cluster"); // a cluster is one block
  take_hints(op);
  std::vector<Space> spaces = take_spaces(op);
  if (spaces.size() != 2 || !op.all_taken()) // tensors, byte masks
    op.fail("unsupported form of an instruction");
  Value *to = e.pointer(op.operand(0), spaces[0]), *from = e.pointer(op.operand(1), spaces[1]);
  Value *bytes = e.read(op.operand(2), Type::U32);
  e.b.CreateMemCpy(to, llvm::Align(16), from, llvm::Align(16),
                   e.b.CreateZExt(bytes, e.b.getInt64Ty()));
  if (on_barrier)
    complete_transaction(e, e.pointer(op.operand(3), Space::Shared), bytes);
}

// st.async{.weak}.shared::cluster.mbarrier::complete_tx::bytes{.v2,.v4}.type [to], value, [mbarrier]
void emit_store_async(Emitter &e, Op &op) {
  if (!op.take(kCompletion))
    op.fail("unsupported form of an instruction");
  op.take("weak");
  const Space space = take_space(op);
  const unsigned width = op.take("v2") ? 2 : op.take("v4") ? 4 : 1;
  const Type type = op.type();
  const uint32_t bytes = ptx::size_bytes(type);
  Value *to = e.pointer(op.operand(0), space);
  for (unsigned i = 0; i < width; ++i) {
    const ptx::Operand &value = width == 1 ? op.operand(1) : op.operand(1).elements.at(i);
    auto *store = e.b.CreateAlignedStore(e.read(value, type),
                                         e.b.CreateConstGEP1_64(e.b.getInt8Ty(), to, i * bytes),
                                         llvm::Align(bytes));
    e.tag(store, space);
  }
  complete_transaction(e, e.pointer(op.operand(2), space), e.b.getInt32(width * bytes));
}

void emit_store_bulk(Emitter &e, Op &op) { // st.bulk{.weak}{.shared::cta} [to], bytes, 0
  op.take("weak");
  const Space space = take_space(op);
  e.b.CreateMemSet(e.pointer(op.operand(0), space), e.b.getInt8(0),
                   e.read(op.operand(1), Type::U64), llvm::Align(8));
}

} // namespace softcuda::jit
