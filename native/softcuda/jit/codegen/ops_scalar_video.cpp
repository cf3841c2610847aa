// Scalar video instructions: parts of words, in more bits than a word has, saturated, and combined with a third operand.
#include "codegen/emitter.h"

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Operand;
using ptx::Type;

/// The operand's part or all of it, extended to 64 bits by the sign of `type`.
Value *wide(Emitter &e, const Operand &operand, Type type) {
  if (operand.parts.size() > 1 || operand.part_shift >= 32)
    e.fail(e.current->line, "parts of a register in '" + std::string(e.current->spelling) + "'");
  Operand whole = operand;
  whole.part_bits = 0;
  Value *word = e.read(whole, Type::B32);
  if (operand.part_bits)
    word =
        e.b.CreateTrunc(e.b.CreateLShr(word, operand.part_shift), e.b.getIntNTy(operand.part_bits));
  return ptx::is_signed(type) ? e.b.CreateSExt(word, e.b.getInt64Ty())
                              : e.b.CreateZExt(word, e.b.getInt64Ty());
}

Value *smaller(Emitter &e, Value *a, Value *b) {
  return e.b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, a, b);
}

Value *larger(Emitter &e, Value *a, Value *b) {
  return e.b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, a, b);
}

Value *saturated(Emitter &e, Value *value, bool is_signed, unsigned bits) {
  int64_t low = is_signed ? -(int64_t{1} << (bits - 1)) : 0;
  int64_t high = (int64_t{1} << (is_signed ? bits - 1 : bits)) - 1;
  auto constant = [&](int64_t v) { return e.b.getInt64(static_cast<uint64_t>(v)); };
  return smaller(e, larger(e, value, constant(low)), constant(high));
}

/// Writes `value`, or merges its low bits into c, or combines it with c.
void finish(Emitter &e, Op &op, Value *value, Type type, bool saturates) {
  const Operand &d = op.operand(0);
  std::string_view second = op.take_any({"add", "min", "max"});
  const unsigned bits = d.part_bits ? d.part_bits : 32;
  if (saturates)
    value = saturated(e, value, ptx::is_signed(type), bits);
  if (d.part_bits) { // d.b1, …, c
    uint32_t mask = ((1u << bits) - 1) << d.part_shift;
    Value *word = e.b.CreateTrunc(value, e.b.getInt32Ty());
    Value *part = e.b.CreateAnd(e.b.CreateShl(word, d.part_shift), mask);
    Value *rest = e.b.CreateAnd(e.read(op.operand(3), Type::B32), ~mask);
    Operand whole = d;
    whole.part_bits = 0;
    return e.write(whole, e.b.CreateOr(part, rest), Type::B32);
  }
  value = e.b.CreateTrunc(value, e.b.getInt32Ty());
  if (!second.empty()) {
    Value *c = e.read(op.operand(3), Type::B32);
    bool sign = ptx::is_signed(type);
    value = second == "add" ? e.b.CreateAdd(value, c)
            : second == "min"
                ? e.b.CreateBinaryIntrinsic(sign ? llvm::Intrinsic::smin : llvm::Intrinsic::umin,
                                            value, c)
                : e.b.CreateBinaryIntrinsic(sign ? llvm::Intrinsic::smax : llvm::Intrinsic::umax,
                                            value, c);
  }
  e.write(d, value, Type::B32);
}

enum class Kind : uint8_t { Add, Subtract, Difference, Minimum, Maximum };

template <Kind kind> void arithmetic(Emitter &e, Op &op) {
  bool saturates = op.take("sat");
  Value *a = wide(e, op.operand(1), op.type(1)), *b = wide(e, op.operand(2), op.type(2));
  Value *value = kind == Kind::Add        ? e.b.CreateAdd(a, b)
                 : kind == Kind::Subtract ? e.b.CreateSub(a, b)
                 : kind == Kind::Minimum  ? smaller(e, a, b)
                 : kind == Kind::Maximum  ? larger(e, a, b)
                                          : e.b.CreateSub(larger(e, a, b), smaller(e, a, b));
  finish(e, op, value, op.type(0), saturates);
}

template <bool left> void shift(Emitter &e, Op &op) {
  bool saturates = op.take("sat"), clamps = op.take("clamp");
  op.take("wrap");
  Value *a = wide(e, op.operand(1), op.type(1)), *b = wide(e, op.operand(2), Type::U32);
  b = clamps ? smaller(e, b, e.b.getInt64(32)) : e.b.CreateAnd(b, 31);
  finish(e, op, left ? e.b.CreateShl(a, b) : e.b.CreateAShr(a, b), op.type(0), saturates);
}

void vset(Emitter &e, Op &op) {
  constexpr std::pair<std::string_view, llvm::CmpInst::Predicate> kComparisons[] = {
      {"eq", llvm::CmpInst::ICMP_EQ},  {"ne", llvm::CmpInst::ICMP_NE},
      {"lt", llvm::CmpInst::ICMP_SLT}, {"le", llvm::CmpInst::ICMP_SLE},
      {"gt", llvm::CmpInst::ICMP_SGT}, {"ge", llvm::CmpInst::ICMP_SGE}};
  Value *a = wide(e, op.operand(1), op.type(0)), *b = wide(e, op.operand(2), op.type(1));
  for (auto [name, predicate] : kComparisons)
    if (op.take(name))
      return finish(e, op, e.b.CreateZExt(e.b.CreateICmp(predicate, a, b), e.b.getInt64Ty()),
                    Type::U32, false);
  op.fail("a comparison is missing");
}

// vmad.dtype.atype.btype{.po}{.sat}{.shr7, .shr15} d, a, b, c: c has the sign of the product.
void vmad(Emitter &e, Op &op) {
  bool saturates = op.take("sat"), plus_one = op.take("po");
  unsigned scale = op.take("shr7") ? 7 : op.take("shr15") ? 15 : 0;
  bool sign = ptx::is_signed(op.type(1)) || ptx::is_signed(op.type(2));
  Value *a = wide(e, op.operand(1), op.type(1)), *b = wide(e, op.operand(2), op.type(2));
  llvm::Type *bits = e.b.getInt128Ty();
  auto widest = [&](Value *value) { return e.b.CreateSExt(value, bits); };
  Value *value = e.b.CreateMul(widest(a), widest(b));
  value = e.b.CreateAdd(value, widest(wide(e, op.operand(3), sign ? Type::S32 : Type::U32)));
  if (plus_one)
    value = e.b.CreateAdd(value, llvm::ConstantInt::get(bits, 1));
  value = e.b.CreateAShr(value, scale);
  if (saturates) { // within 64 bits first
    auto limit = [&](int64_t v) { return llvm::ConstantInt::getSigned(bits, v); };
    value = smaller(e, larger(e, value, limit(INT64_MIN)), limit(INT64_MAX));
  }
  value = e.b.CreateTrunc(value, e.b.getInt64Ty());
  if (saturates)
    value = saturated(e, value, ptx::is_signed(op.type(0)), 32);
  e.write(op.operand(0), e.b.CreateTrunc(value, e.b.getInt32Ty()), Type::B32);
}

} // namespace

void add_scalar_video_handlers(HandlerTable &table) {
  table["vadd"] = arithmetic<Kind::Add>;
  table["vsub"] = arithmetic<Kind::Subtract>;
  table["vabsdiff"] = arithmetic<Kind::Difference>;
  table["vmin"] = arithmetic<Kind::Minimum>;
  table["vmax"] = arithmetic<Kind::Maximum>;
  table["vshl"] = shift<true>;
  table["vshr"] = shift<false>;
  table["vset"] = vset;
  table["vmad"] = vmad;
}

} // namespace softcuda::jit
