// atom and red. A block's threads share one CPU thread, so that atomics on shared memory need no lock.
#include "codegen/float_math.h"
#include "codegen/memory_access.h"

namespace softcuda::jit {
namespace {

using llvm::AtomicRMWInst;
using llvm::Value;
using ptx::Space;
using ptx::Type;

AtomicRMWInst::BinOp operation(Op &op, std::string_view name, Type type) {
  bool sign = ptx::is_signed(type), real = ptx::is_float(type);
  if (name == "add")
    return real ? AtomicRMWInst::FAdd : AtomicRMWInst::Add;
  if (name == "min")
    return real ? AtomicRMWInst::FMin : sign ? AtomicRMWInst::Min : AtomicRMWInst::UMin;
  if (name == "max")
    return real ? AtomicRMWInst::FMax : sign ? AtomicRMWInst::Max : AtomicRMWInst::UMax;
  if (name == "and")
    return AtomicRMWInst::And;
  if (name == "or")
    return AtomicRMWInst::Or;
  if (name == "xor")
    return AtomicRMWInst::Xor;
  if (name == "exch")
    return AtomicRMWInst::Xchg;
  if (name == "inc")
    return AtomicRMWInst::UIncWrap;
  if (name == "dec")
    return AtomicRMWInst::UDecWrap;
  op.fail("unknown atomic operation");
}

Value *apply(Emitter &e, AtomicRMWInst::BinOp kind, Value *old, Value *value) {
  auto pick = [&](llvm::CmpInst::Predicate predicate) {
    return e.b.CreateSelect(e.b.CreateICmp(predicate, old, value), old, value);
  };
  auto *zero = llvm::Constant::getNullValue(old->getType());
  switch (kind) {
  case AtomicRMWInst::Add:
    return e.b.CreateAdd(old, value);
  case AtomicRMWInst::FAdd:
    return e.b.CreateFAdd(old, value);
  case AtomicRMWInst::Min:
    return pick(llvm::CmpInst::ICMP_SLT);
  case AtomicRMWInst::UMin:
    return pick(llvm::CmpInst::ICMP_ULT);
  case AtomicRMWInst::Max:
    return pick(llvm::CmpInst::ICMP_SGT);
  case AtomicRMWInst::UMax:
    return pick(llvm::CmpInst::ICMP_UGT);
  case AtomicRMWInst::FMin:
    return e.b.CreateMinNum(old, value);
  case AtomicRMWInst::FMax:
    return e.b.CreateMaxNum(old, value);
  case AtomicRMWInst::And:
    return e.b.CreateAnd(old, value);
  case AtomicRMWInst::Or:
    return e.b.CreateOr(old, value);
  case AtomicRMWInst::Xor:
    return e.b.CreateXor(old, value);
  case AtomicRMWInst::UIncWrap:
    return e.b.CreateSelect(e.b.CreateICmpUGE(old, value), zero,
                            e.b.CreateAdd(old, llvm::ConstantInt::get(old->getType(), 1)));
  case AtomicRMWInst::UDecWrap: {
    Value *wrap = e.b.CreateOr(e.b.CreateICmpEQ(old, zero), e.b.CreateICmpUGT(old, value));
    return e.b.CreateSelect(wrap, value,
                            e.b.CreateSub(old, llvm::ConstantInt::get(old->getType(), 1)));
  }
  default:
    return value; // exchange
  }
}

/// f16, bf16 and their pairs: helpers that loop over compare-and-swap.
bool is_small_float(Type type) {
  return type == Type::F16 || type == Type::F16x2 || type == Type::BF16 || type == Type::BF16x2;
}

Value *small_float_add(Emitter &e, std::string_view name, Type type, Value *pointer, Value *value,
                       Op &op) {
  if (name != "add" && name != "min" && name != "max")
    op.fail("unknown atomic operation");
  llvm::Type *bits = e.b.getIntNTy(ptx::size_bits(type));
  return e.call_helper("ptx_atom_" + std::string(name) + "_" + std::string(ptx::type_name(type)),
                       bits, {pointer, e.b.CreateBitCast(value, bits)}, false);
}

Value *one_access(Emitter &e, Op &op, std::string_view name, Type type, Space space, Value *pointer,
                  llvm::AtomicOrdering ordering, Value *value, Value *desired) {
  if (is_small_float(type) && name != "cas" && name != "exch")
    return small_float_add(e, name, type, pointer, value, op);
  llvm::Align align(ptx::size_bytes(type));
  bool plain = space == Space::Shared;
  bool parallel = std::exchange(e.annotate_parallel, false); // threads do meet here
  Value *result;
  if (plain) {
    auto *old = e.b.CreateAlignedLoad(value->getType(), pointer, align);
    e.tag(old, space);
    Value *next = name == "cas" ? e.b.CreateSelect(e.b.CreateICmpEQ(old, value), desired, old)
                                : apply(e, operation(op, name, type), old, value);
    e.tag(e.b.CreateAlignedStore(next, pointer, align), space);
    result = old;
  } else if (name == "cas") {
    auto failure = llvm::AtomicCmpXchgInst::getStrongestFailureOrdering(ordering);
    Value *pair = e.b.CreateAtomicCmpXchg(pointer, value, desired, align, ordering, failure);
    result = e.b.CreateExtractValue(pair, 0);
  } else {
    result = e.b.CreateAtomicRMW(operation(op, name, type), pointer, value, align, ordering);
  }
  e.annotate_parallel = parallel;
  return result;
}

void atomic(Emitter &e, Op &op, bool returns) {
  const bool completes = op.take("async") & op.take("mbarrier::complete_tx::bytes");
  Space space = take_space(op);
  Ordering taken = take_ordering(op);
  take_hints(op);
  op.take("noftz");
  auto ordering = taken.atomic == llvm::AtomicOrdering::NotAtomic ? llvm::AtomicOrdering::Monotonic
                                                                  : taken.atomic;
  std::string_view name =
      op.take_any({"add", "cas", "exch", "min", "max", "and", "or", "xor", "inc", "dec"});
  unsigned width = op.take("v2") ? 2 : op.take("v4") ? 4 : op.take("v8") ? 8 : 1;
  Type type = op.type();
  size_t first = returns ? 1 : 0;
  Value *pointer = e.pointer(op.operand(first), space);
  for (unsigned i = 0; i < width; ++i) {
    auto element = [&](size_t index) -> const ptx::Operand & {
      return width == 1 ? op.operand(index) : op.operand(index).elements.at(i);
    };
    Value *value = e.read(element(first + 1), type);
    Value *desired = name == "cas" ? e.read(element(first + 2), type) : nullptr;
    Value *at = i == 0
                    ? pointer
                    : e.b.CreateConstGEP1_64(e.b.getInt8Ty(), pointer, i * ptx::size_bytes(type));
    Value *old = one_access(e, op, name, type, space, at, ordering, value, desired);
    if (returns)
      e.write(element(0), old,
              is_small_float(type) ? (ptx::size_bytes(type) == 2 ? Type::B16 : Type::B32) : type);
  }
  if (completes) // red.async [to], value, [mbarrier]
    complete_transaction(e, e.pointer(op.operand(2), space),
                         e.b.getInt32(width * ptx::size_bytes(type)));
}

void atom(Emitter &e, Op &op) { atomic(e, op, true); }
void red(Emitter &e, Op &op) { atomic(e, op, false); }

} // namespace

void add_atomic_handlers(HandlerTable &table) {
  table["atom"] = atom;
  table["red"] = red;
}

} // namespace softcuda::jit
