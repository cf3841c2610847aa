// mov, ld, st, address conversion and fences.
#include "codegen/memory_access.h"
#include "codegen/warp_order.h"

namespace softcuda::jit {

using llvm::Value;
using ptx::Operand;
using ptx::Space;
using ptx::Type;

Space take_space(Op &op) {
  struct Name {
    std::string_view text;
    Space space;
  };
  static constexpr Name kNames[] = {
      {"global", Space::Global},      {"shared", Space::Shared},
      {"shared::cta", Space::Shared}, {"shared::cluster", Space::Shared},
      {"local", Space::Local},        {"const", Space::Const},
      {"param", Space::Param},        {"param::entry", Space::Param},
      {"param::func", Space::Param},
  };
  for (const Name &name : kNames)
    if (op.take(name.text))
      return name.space;
  return Space::Generic;
}

void take_hints(Op &op) {
  for (std::string_view hint :
       {"ca", "cg", "cs", "lu", "cv", "wb", "wt", "unified", "L2::cache_hint"})
    op.take(hint);
  for (std::string_view modifier : op.instruction.modifiers)
    if (modifier.starts_with("L1::") || modifier.starts_with("L2::"))
      op.take(modifier);
}

Ordering take_ordering(Op &op) {
  Ordering ordering;
  ordering.is_volatile = op.take("volatile") | op.take("mmio");
  op.take("weak");
  if (op.take("relaxed"))
    ordering.atomic = llvm::AtomicOrdering::Monotonic;
  if (op.take("acquire"))
    ordering.atomic = llvm::AtomicOrdering::Acquire;
  if (op.take("release"))
    ordering.atomic = llvm::AtomicOrdering::Release;
  if (op.take("acq_rel"))
    ordering.atomic = llvm::AtomicOrdering::AcquireRelease;
  if (op.take("sc"))
    ordering.atomic = llvm::AtomicOrdering::SequentiallyConsistent;
  op.take("cta");
  op.take("cluster");
  op.take("gpu");
  op.take("sys");
  return ordering;
}

namespace {

unsigned take_width(Op &op) {
  return op.take("v2") ? 2 : op.take("v4") ? 4 : op.take("v8") ? 8 : 1;
}

llvm::Type *access_type(Emitter &e, Type type, unsigned width) {
  llvm::Type *element = e.llvm_type(type);
  return width == 1 ? element : llvm::FixedVectorType::get(element, width);
}

/// Warp-synchronous code of old relies on lanes taking these accesses in step.
void step_with_warp(Emitter &e, Space space, const Ordering &ordering) {
  if (space == Space::Shared && ordering.is_volatile && e.may_suspend())
    e.suspend(Wait::Yield);
}

/// Vectors that nobody may see in parts. Others are taken apart: LLVM makes no vectors of vectors.
bool is_one_access(const Ordering &ordering) {
  return ordering.is_volatile || ordering.atomic != llvm::AtomicOrdering::NotAtomic;
}

void note_if_plain(llvm::Instruction &access, Space space, const Ordering &ordering) {
  if (space == Space::Shared && !is_one_access(ordering))
    note_plain_in_shared(access);
}

Value *element_pointer(Emitter &e, Value *pointer, uint64_t offset) {
  return offset ? e.b.CreateGEP(e.b.getInt8Ty(), pointer, e.b.getInt64(offset)) : pointer;
}

void ld(Emitter &e, Op &op) {
  Space space = take_space(op);
  Ordering ordering = take_ordering(op);
  bool read_only = op.take("nc") || op.instruction.opcode == "ldu" || space == Space::Const;
  take_hints(op);
  unsigned width = take_width(op);
  Type type = op.type();
  step_with_warp(e, space, ordering);
  const Operand &address = op.operand(1);
  bool kernel_parameter = space == Space::Param &&
                          e.plan.program.functions[e.scope->function_id].function->is_kernel &&
                          address.elements.at(0).kind == Operand::Kind::Symbol &&
                          address.elements.at(0).slot == UINT32_MAX;
  Value *pointer = e.pointer(address, space);
  // What call sequences pass lives in the caller's frame; only a kernel's own parameters are apart.
  Space tag_space = space == Space::Param && !kernel_parameter ? Space::Local : space;
  uint32_t bytes = ptx::size_bytes(type);
  auto load_at = [&](Value *from, unsigned elements, uint64_t align_bytes) {
    auto *load =
        e.b.CreateAlignedLoad(access_type(e, type, elements), from,
                              llvm::Align(tag_space == Space::Local && space == Space::Param
                                              ? 1 // by-value aggregates in our own memory
                                              : align_bytes));
    load->setVolatile(ordering.is_volatile);
    if (ordering.atomic != llvm::AtomicOrdering::NotAtomic && elements == 1)
      load->setAtomic(ordering.atomic);
    else if (ordering.atomic != llvm::AtomicOrdering::NotAtomic)
      load->setVolatile(true);
    if (space != Space::Param || kernel_parameter)
      e.tag(load, tag_space);
    note_if_plain(*load, space, ordering);
    if (read_only || kernel_parameter)
      load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(e.context, {}));
    return load;
  };
  if (width == 1)
    return e.write(op.operand(0), load_at(pointer, 1, bytes), type);
  const auto &destinations = op.operand(0).elements;
  if (destinations.size() != width)
    op.fail("vector width and operands differ");
  llvm::SmallVector<Value *, 8> values;
  if (is_one_access(ordering)) {
    Value *all = load_at(pointer, width, bytes * width);
    for (unsigned i = 0; i < width; ++i)
      values.push_back(e.b.CreateExtractElement(all, i));
  } else {
    for (unsigned i = 0; i < width; ++i)
      values.push_back(
          load_at(element_pointer(e, pointer, i * bytes), 1, i == 0 ? bytes * width : bytes));
  }
  for (unsigned i = 0; i < width; ++i) // all are read before: one may be the address
    e.write(destinations[i], values[i], type);
}

void st(Emitter &e, Op &op) {
  if (op.take("async"))
    return emit_store_async(e, op);
  if (op.take("bulk"))
    return emit_store_bulk(e, op);
  Space space = take_space(op);
  Ordering ordering = take_ordering(op);
  take_hints(op);
  unsigned width = take_width(op);
  Type type = op.type();
  step_with_warp(e, space, ordering);
  Value *pointer = e.pointer(op.operand(0), space);
  auto store_at = [&](Value *value, Value *to, uint64_t align_bytes) {
    auto *store =
        e.b.CreateAlignedStore(value, to, llvm::Align(space == Space::Param ? 1 : align_bytes));
    store->setVolatile(ordering.is_volatile);
    if (ordering.atomic != llvm::AtomicOrdering::NotAtomic && !value->getType()->isVectorTy())
      store->setAtomic(ordering.atomic);
    else if (ordering.atomic != llvm::AtomicOrdering::NotAtomic)
      store->setVolatile(true);
    if (space != Space::Param)
      e.tag(store, space);
    note_if_plain(*store, space, ordering);
  };
  const uint32_t bytes = ptx::size_bytes(type);
  if (width == 1)
    return store_at(e.read(op.operand(1), type), pointer, bytes);
  const auto &sources = op.operand(1).elements;
  if (sources.size() != width)
    op.fail("vector width and operands differ");
  if (!is_one_access(ordering)) {
    for (unsigned i = 0; i < width; ++i)
      store_at(e.read(sources[i], type), element_pointer(e, pointer, i * bytes),
               i == 0 ? bytes * width : bytes);
    return;
  }
  Value *value = llvm::PoisonValue::get(access_type(e, type, width));
  for (unsigned i = 0; i < width; ++i)
    value = e.b.CreateInsertElement(value, e.read(sources[i], type), i);
  store_at(value, pointer, bytes * width);
}

void mov(Emitter &e, Op &op) {
  Type type = op.type();
  if (type == Type::Pred)
    return e.write_predicate(op.operand(0), e.read_predicate(op.operand(1)));
  if (unsigned width = take_width(op); width > 1) {
    for (unsigned i = 0; i < width; ++i)
      e.write(op.operand(0).elements.at(i), e.read(op.operand(1).elements.at(i), type), type);
    return;
  }
  e.write(op.operand(0), e.read(op.operand(1), type), type);
}

Value *shared_base(Emitter &e) {
  return e.b.CreatePtrToInt(e.context_field(offsetof(BlockContext, shared), e.b.getPtrTy()),
                            e.b.getInt64Ty());
}

// Only the shared space has addresses of its own; in the others they are generic already.
void cvta(Emitter &e, Op &op) {
  bool to = op.take("to");
  Space space = take_space(op);
  Type type = op.type();
  Value *address = e.read(op.operand(1), Type::U64);
  if (space == Space::Shared)
    address = to ? e.b.CreateSub(address, shared_base(e)) : e.b.CreateAdd(address, shared_base(e));
  e.write(op.operand(0), address, ptx::size_bits(type) == 32 ? Type::U32 : Type::U64);
}

Value *cluster_rank(Emitter &e) {
  return e.context_field(offsetof(BlockContext, cluster_ctarank), e.b.getInt32Ty());
}

/// The memory of a cluster's blocks lies in equal steps, also as one of them sees it.
void mapa(Emitter &e, Op &op) { // mapa{.shared::cluster}.type d, a, rank
  take_space(op);
  const Type type = op.type();
  Value *steps = e.b.CreateSub(e.read(op.operand(2), Type::U32), cluster_rank(e));
  Value *distance =
      e.b.CreateSExt(e.b.CreateMul(steps, e.b.getInt32(kClusterStride)), e.llvm_type(type));
  e.write(op.operand(0), e.b.CreateAdd(e.read(op.operand(1), type), distance), type);
}

void getctarank(Emitter &e, Op &op) {
  Value *address = e.b.CreateZExt(e.read(op.operand(1), op.type()), e.b.getInt64Ty());
  if (take_space(op) != Space::Shared)
    address = e.b.CreateSub(address, shared_base(e));
  Value *steps = e.b.CreateSDiv(e.b.CreateAnd(e.b.CreateSub(address, e.b.getInt64(kSharedStart)),
                                              ~uint64_t{kClusterStride - 1}),
                                e.b.getInt64(kClusterStride));
  e.write(op.operand(0), e.b.CreateAdd(cluster_rank(e), e.b.CreateTrunc(steps, e.b.getInt32Ty())),
          Type::U32);
}

/// Does generic `address` lie in the shared memory of this block, or of any in its cluster?
Value *is_shared(Emitter &e, Value *address, bool of_cluster) {
  Value *offset = e.b.CreateSub(e.b.CreateSub(address, shared_base(e)), e.b.getInt64(kSharedStart));
  if (!of_cluster)
    return e.b.CreateICmpULT(offset, e.b.getInt64(kClusterStride));
  auto bytes_of = [&](Value *blocks) {
    return e.b.CreateMul(e.b.CreateZExt(blocks, e.b.getInt64Ty()), e.b.getInt64(kClusterStride));
  };
  Value *blocks = e.context_field(offsetof(BlockContext, cluster_nctarank), e.b.getInt32Ty());
  return e.b.CreateICmpULT(e.b.CreateAdd(offset, bytes_of(cluster_rank(e))), bytes_of(blocks));
}

/// Does `address` lie in one of the program's constant variables?
Value *is_constant(Emitter &e, Value *address) {
  Value *found = e.b.getFalse();
  const LinkedProgram &program = e.plan.program;
  for (uint32_t id = 0; id < program.variables.size(); ++id) {
    const ptx::Variable &variable = *program.variables[id].variable;
    auto winner = program.resolve(program.variables[id].module, variable.name);
    if (variable.space != Space::Const || !winner || winner->id != id)
      continue;
    Value *base = e.b.CreatePtrToInt(e.variable(id), e.b.getInt64Ty());
    Value *inside =
        e.b.CreateICmpULT(e.b.CreateSub(address, base), e.b.getInt64(variable.size_bytes));
    found = e.b.CreateOr(found, inside);
  }
  return found;
}

void isspacep(Emitter &e, Op &op) {
  const bool of_block = op.take("shared") | op.take("shared::cta");
  Space space = of_block ? Space::Shared : take_space(op);
  Value *address = e.read(op.operand(1), Type::U64);
  Value *in_shared = is_shared(e, address, !of_block);
  Value *in_local =
      e.call_helper("rt_is_local", e.b.getInt1Ty(), {e.block_context, address}, false);
  Value *result = space == Space::Shared   ? in_shared
                  : space == Space::Local  ? in_local
                  : space == Space::Global ? e.b.CreateNot(e.b.CreateOr(in_shared, in_local))
                  : space == Space::Const
                      ? is_constant(e, address)
                      : static_cast<Value *>(e.call_helper("rt_is_param", e.b.getInt1Ty(),
                                                           {e.block_context, address}, false));
  e.write_predicate(op.operand(0), result);
}

// All threads of a block run on one CPU thread, so that a fence for the block binds only the compiler.
void fence(Emitter &e, Op &op) {
  bool block_only = op.take("cta");
  for (std::string_view modifier : op.instruction.modifiers)
    op.take(modifier);
  e.b.CreateFence(llvm::AtomicOrdering::SequentiallyConsistent,
                  block_only ? llvm::SyncScope::SingleThread : llvm::SyncScope::System);
}

} // namespace

void add_memory_handlers(HandlerTable &table) {
  table["mov"] = mov;
  table["ld"] = ld;
  table["ldu"] = ld;
  table["st"] = st;
  table["cvta"] = cvta;
  table["mapa"] = mapa;
  table["getctarank"] = getctarank;
  table["isspacep"] = isspacep;
  table["membar"] = fence;
  table["fence"] = fence;
}

} // namespace softcuda::jit
