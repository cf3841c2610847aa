// Copies and stores that complete on an mbarrier. They are done at once; what is left is the barrier's count of bytes.
#include "codegen/memory_access.h"
#include "run/bulk.h"
#include "tensor_map.h"

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

/// Where the shared memory of the cluster's first block begins.
Value *first_of_cluster(Emitter &e) {
  Value *own = e.context_field(offsetof(BlockContext, shared), e.b.getPtrTy());
  Value *rank = e.context_field(offsetof(BlockContext, cluster_ctarank), e.b.getInt32Ty());
  Value *before = e.b.CreateMul(rank, e.b.getInt32(kClusterStride));
  return e.b.CreateGEP(
      e.b.getInt8Ty(), own,
      e.b.CreateSub(e.b.getInt64(kSharedStart), e.b.CreateZExt(before, e.b.getInt64Ty())));
}

// --- reductions

BulkReduction take_reduction(Op &op) {
  constexpr std::pair<std::string_view, BulkReduction> kNames[] = {
      {"add", BulkReduction::Add}, {"min", BulkReduction::Min}, {"max", BulkReduction::Max},
      {"inc", BulkReduction::Inc}, {"dec", BulkReduction::Dec}, {"and", BulkReduction::And},
      {"or", BulkReduction::Or},   {"xor", BulkReduction::Xor}};
  for (auto [name, how] : kNames)
    if (op.take(name))
      return how;
  op.fail("a reduction is missing");
}

TensorElement element_of(Op &op, Type type) {
  switch (type) {
  case Type::B32:
  case Type::U32:
    return TensorElement::U32;
  case Type::S32:
    return TensorElement::S32;
  case Type::B64:
  case Type::U64:
    return TensorElement::U64;
  case Type::S64:
    return TensorElement::S64;
  case Type::F16:
    return TensorElement::F16;
  case Type::BF16:
    return TensorElement::BF16;
  case Type::F32:
    return TensorElement::F32;
  case Type::F64:
    return TensorElement::F64;
  default:
    op.fail("unsupported form of an instruction");
  }
}

// --- tensors

/// [map, {coordinates}], the coordinates in memory.
struct TensorPlace {
  Value *map, *start;
};

TensorPlace tensor_place(Emitter &e, Op &op, size_t operand, unsigned rank) {
  const ptx::Operand &place = op.operand(operand);
  const ptx::Operand &coordinates = place.elements.at(1);
  const bool is_list = coordinates.kind == ptx::Operand::Kind::Vector;
  if (is_list ? coordinates.elements.size() != rank : rank != 1)
    op.fail("malformed operands");
  llvm::Type *word = e.b.getInt32Ty();
  Value *start = e.entry_alloca(word, kMostTensorRank);
  for (unsigned i = 0; i < rank; ++i)
    e.b.CreateStore(e.read(is_list ? coordinates.elements[i] : coordinates, Type::S32),
                    e.b.CreateConstInBoundsGEP1_64(word, start, i));
  return {e.pointer(place, Space::Generic), start};
}

// cp{.reduce}.async.bulk{.prefetch}.tensor.rank.to.from …: into shared memory [to], [map, coordinates], [mbarrier]{, blocks},
// out of it [map, coordinates], [from].
void copy_tensor(Emitter &e, Op &op, bool reduces) {
  unsigned rank = 0;
  for (unsigned i = 1; i <= kMostTensorRank; ++i)
    if (op.take(std::to_string(i) + "d"))
      rank = i;
  op.take("tile");
  if (op.take("prefetch")) {
    op.take("L2");
    take_space(op);
    take_hints(op);
    return;
  }
  const bool on_barrier = op.take(kCompletion), multicast = op.take("multicast::cluster");
  op.take("bulk_group");
  const uint32_t how = reduces ? static_cast<uint32_t>(take_reduction(op)) : 0;
  take_hints(op);
  const std::vector<Space> spaces = take_spaces(op);
  if (spaces.size() != 2 || rank == 0 || !op.all_taken()) // im2col, gathering and scattering
    op.fail("unsupported form of an instruction");
  if (spaces[0] == Space::Global) {
    const TensorPlace to = tensor_place(e, op, 0, rank);
    std::vector<Value *> arguments = {to.map, to.start, e.pointer(op.operand(1), Space::Shared)};
    if (reduces)
      arguments.push_back(e.b.getInt32(how));
    e.call_helper(reduces ? "rt_tensor_reduce" : "rt_tensor_store", e.b.getVoidTy(), arguments,
                  false);
    return;
  }
  if (!on_barrier || reduces)
    op.fail("unsupported form of an instruction");
  const TensorPlace from = tensor_place(e, op, 1, rank);
  Value *to = e.pointer(op.operand(0), Space::Shared);
  Value *barrier = e.pointer(op.operand(2), Space::Shared);
  if (multicast) {
    e.call_helper("ptx_multicast_tensor", e.b.getVoidTy(),
                  {first_of_cluster(e), e.b.getInt32(kClusterStride), to, from.map, from.start,
                   barrier, e.b.CreateZExt(e.read(op.operand(3), Type::B16), e.b.getInt32Ty())},
                  false);
    return;
  }
  Value *bytes =
      e.call_helper("rt_tensor_load", e.b.getInt32Ty(), {from.map, from.start, to}, false);
  complete_transaction(e, barrier, bytes);
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
  const bool reduces = op.take("reduce");
  if (op.take("tensor"))
    return copy_tensor(e, op, reduces);
  if (op.take("prefetch")) {
    op.take("L2");
    take_space(op);
    take_hints(op);
    return;
  }
  const bool on_barrier = op.take(kCompletion);
  op.take("bulk_group");
  const bool multicast = op.take("multicast::cluster");
  take_hints(op);
  uint32_t how = 0;
  TensorElement element{};
  if (reduces) {
    how = static_cast<uint32_t>(take_reduction(op));
    element = element_of(op, op.type());
    op.take("noftz");
  }
  std::vector<Space> spaces = take_spaces(op);
  if (spaces.size() != 2 || !op.all_taken()) // tensors, byte masks
    op.fail("unsupported form of an instruction");
  Value *to = e.pointer(op.operand(0), spaces[0]), *from = e.pointer(op.operand(1), spaces[1]);
  Value *bytes = e.read(op.operand(2), Type::U32);
  if (reduces) {
    e.call_helper(
        "rt_bulk_reduce", e.b.getVoidTy(),
        {to, from, bytes, e.b.getInt32(static_cast<uint32_t>(element)), e.b.getInt32(how)}, false);
    if (on_barrier)
      complete_transaction(e, e.pointer(op.operand(3), Space::Shared), bytes);
    return;
  }
  if (multicast) {
    e.call_helper("ptx_multicast", e.b.getVoidTy(),
                  {first_of_cluster(e), e.b.getInt32(kClusterStride), to, from, bytes,
                   e.pointer(op.operand(3), Space::Shared),
                   e.b.CreateZExt(e.read(op.operand(4), Type::B16), e.b.getInt32Ty())},
                  false);
    return;
  }
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
