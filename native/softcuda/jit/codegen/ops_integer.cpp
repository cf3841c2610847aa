// Integer arithmetic. The float forms of shared opcodes are in ops_float.cpp; `dispatch` picks by type.
#include "codegen/emitter.h"
#include "codegen/float_math.h"

#include <llvm/IR/Intrinsics.h>

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Type;

bool is_packed_integer(Type type) { return type == Type::U16x2 || type == Type::S16x2; }

/// The double-width type of mul.wide and mad.wide.
Type widened(Type type) {
  switch (type) {
  case Type::U16:
    return Type::U32;
  case Type::S16:
    return Type::S32;
  case Type::U32:
    return Type::U64;
  case Type::S32:
    return Type::S64;
  default:
    return Type::B128;
  }
}

Value *extend(Emitter &e, Value *value, Type type, unsigned bits) {
  return ptx::is_signed(type) ? e.b.CreateSExt(value, e.b.getIntNTy(bits))
                              : e.b.CreateZExt(value, e.b.getIntNTy(bits));
}

Value *as_pair(Emitter &e, Value *value) {
  return e.b.CreateBitCast(value, llvm::FixedVectorType::get(e.b.getInt16Ty(), 2));
}

void add_sub(Emitter &e, Op &op, bool subtract) {
  Type type = op.type();
  bool carry_out = op.take("cc"), saturate = op.take("sat");
  if (ptx::is_float(type))
    return emit_float_binary(e, op, subtract ? FloatOp::Sub : FloatOp::Add, saturate);
  Value *a = e.read(op.operand(1), type), *c = e.read(op.operand(2), type);
  if (is_packed_integer(type)) {
    Value *x = as_pair(e, a), *y = as_pair(e, c);
    Value *sum = subtract ? e.b.CreateSub(x, y) : e.b.CreateAdd(x, y);
    return e.write(op.operand(0), e.b.CreateBitCast(sum, e.b.getInt32Ty()), type);
  }
  if (saturate)
    return e.write(
        op.operand(0),
        e.call_intrinsic(subtract ? llvm::Intrinsic::ssub_sat : llvm::Intrinsic::sadd_sat, {a, c}),
        type);
  Value *result = subtract ? e.b.CreateSub(a, c) : e.b.CreateAdd(a, c);
  if (carry_out) // of a subtraction: borrow
    e.b.CreateStore(subtract ? e.b.CreateICmpULT(a, c) : e.b.CreateICmpULT(result, a),
                    e.scope->carry);
  e.write(op.operand(0), result, type);
}

void add(Emitter &e, Op &op) { add_sub(e, op, false); }
void sub(Emitter &e, Op &op) { add_sub(e, op, true); }

// addc, subc: with carry in, and out when .cc
void with_carry(Emitter &e, Op &op, bool subtract) {
  Type type = op.type();
  bool carry_out = op.take("cc");
  Value *a = e.read(op.operand(1), type), *c = e.read(op.operand(2), type);
  Value *carry = e.b.CreateZExt(e.b.CreateLoad(e.b.getInt1Ty(), e.scope->carry), a->getType());
  Value *first = subtract ? e.b.CreateSub(a, c) : e.b.CreateAdd(a, c);
  Value *result = subtract ? e.b.CreateSub(first, carry) : e.b.CreateAdd(first, carry);
  if (carry_out) {
    Value *one = subtract ? e.b.CreateICmpULT(a, c) : e.b.CreateICmpULT(first, a);
    Value *two = subtract ? e.b.CreateICmpULT(first, carry) : e.b.CreateICmpULT(result, first);
    e.b.CreateStore(e.b.CreateOr(one, two), e.scope->carry);
  }
  e.write(op.operand(0), result, type);
}

void addc(Emitter &e, Op &op) { with_carry(e, op, false); }
void subc(Emitter &e, Op &op) { with_carry(e, op, true); }

Value *high_half(Emitter &e, Value *a, Value *c, Type type) {
  unsigned bits = ptx::size_bits(type);
  Value *product = e.b.CreateMul(extend(e, a, type, 2 * bits), extend(e, c, type, 2 * bits));
  return e.b.CreateTrunc(e.b.CreateLShr(product, bits), e.b.getIntNTy(bits));
}

void mul(Emitter &e, Op &op) {
  Type type = op.type();
  bool wide = op.take("wide"), high = op.take("hi");
  op.take("lo");
  if (ptx::is_float(type))
    return emit_float_binary(e, op, FloatOp::Mul, op.take("sat"));
  Value *a = e.read(op.operand(1), type), *c = e.read(op.operand(2), type);
  if (wide) {
    Type to = widened(type);
    unsigned bits = ptx::size_bits(to);
    // the product of two halves cannot overflow, which tells the vectoriser that addresses do not wrap
    Value *x = extend(e, a, type, bits), *y = extend(e, c, type, bits);
    return e.write(op.operand(0),
                   ptx::is_signed(type) ? e.b.CreateNSWMul(x, y) : e.b.CreateNUWMul(x, y), to);
  }
  e.write(op.operand(0), high ? high_half(e, a, c, type) : e.b.CreateMul(a, c), type);
}

// mad.{lo,hi,wide}{.sat,.cc}, and madc, which also adds the carry
void multiply_add(Emitter &e, Op &op, bool carry_in) {
  Type type = op.type();
  bool wide = op.take("wide"), high = op.take("hi"), saturate = op.take("sat"),
       carry_out = op.take("cc");
  op.take("lo");
  Value *a = e.read(op.operand(1), type), *c = e.read(op.operand(2), type);
  Type to = wide ? widened(type) : type;
  Value *addend = e.read(op.operand(3), to);
  Value *product;
  if (wide) {
    unsigned bits = ptx::size_bits(to);
    Value *x = extend(e, a, type, bits), *y = extend(e, c, type, bits);
    product = ptx::is_signed(type) ? e.b.CreateNSWMul(x, y) : e.b.CreateNUWMul(x, y);
  } else {
    product = high ? high_half(e, a, c, type) : e.b.CreateMul(a, c);
  }
  if (saturate)
    return e.write(op.operand(0), e.call_intrinsic(llvm::Intrinsic::sadd_sat, {product, addend}),
                   to);
  Value *first = e.b.CreateAdd(product, addend), *result = first;
  Value *carried = e.b.CreateICmpULT(first, addend);
  if (carry_in) {
    Value *carry =
        e.b.CreateZExt(e.b.CreateLoad(e.b.getInt1Ty(), e.scope->carry), first->getType());
    result = e.b.CreateAdd(first, carry);
    carried = e.b.CreateOr(carried, e.b.CreateICmpULT(result, first));
  }
  if (carry_out)
    e.b.CreateStore(carried, e.scope->carry);
  e.write(op.operand(0), result, to);
}

void mad(Emitter &e, Op &op) {
  if (ptx::is_float(op.type()))
    return emit_fma(e, op); // mad.f32 and mad.f64 are fused on every current device
  multiply_add(e, op, false);
}
void madc(Emitter &e, Op &op) { multiply_add(e, op, true); }

// mul24, mad24: the low 24 bits of the operands; .hi takes bits 16…47 of the 48-bit product
void mul24_mad24(Emitter &e, Op &op, bool addend) {
  Type type = op.type();
  bool high = op.take("hi"), saturate = op.take("sat");
  op.take("lo");
  auto narrow = [&](size_t i) {
    Value *wide = e.b.CreateShl(extend(e, e.read(op.operand(i), type), type, 64), 40);
    return ptx::is_signed(type) ? e.b.CreateAShr(wide, 40) : e.b.CreateLShr(wide, 40);
  };
  Value *product = e.b.CreateMul(narrow(1), narrow(2));
  Value *result = e.b.CreateTrunc(high ? e.b.CreateLShr(product, 16) : product, e.b.getInt32Ty());
  if (addend) {
    Value *third = e.read(op.operand(3), type);
    result = saturate ? e.call_intrinsic(llvm::Intrinsic::sadd_sat, {result, third})
                      : e.b.CreateAdd(result, third);
  }
  e.write(op.operand(0), result, type);
}

void mul24(Emitter &e, Op &op) { mul24_mad24(e, op, false); }
void mad24(Emitter &e, Op &op) { mul24_mad24(e, op, true); }

// Division by zero must not trap: quotients become all ones and remainders the dividend, as on NVIDIA's
// hardware; the most negative number by -1 wraps.
void div_rem(Emitter &e, Op &op, bool remainder) {
  Type type = op.type();
  Value *a = e.read(op.operand(1), type), *c = e.read(op.operand(2), type);
  llvm::Type *ty = a->getType();
  Value *by_zero = e.b.CreateICmpEQ(c, llvm::ConstantInt::get(ty, 0));
  Value *safe = e.b.CreateSelect(by_zero, llvm::ConstantInt::get(ty, 1), c);
  Value *result;
  if (ptx::is_signed(type)) {
    Value *by_minus_one = e.b.CreateICmpEQ(c, llvm::ConstantInt::getAllOnesValue(ty));
    safe = e.b.CreateSelect(by_minus_one, llvm::ConstantInt::get(ty, 1), safe);
    result = remainder ? e.b.CreateSRem(a, safe) : e.b.CreateSDiv(a, safe);
    if (!remainder)
      result = e.b.CreateSelect(by_minus_one, e.b.CreateNeg(a), result);
  } else {
    result = remainder ? e.b.CreateURem(a, safe) : e.b.CreateUDiv(a, safe);
  }
  result =
      e.b.CreateSelect(by_zero, remainder ? a : llvm::ConstantInt::getAllOnesValue(ty), result);
  e.write(op.operand(0), result, type);
}

void div(Emitter &e, Op &op) {
  if (ptx::is_float(op.type()))
    return emit_float_divide(e, op);
  div_rem(e, op, false);
}
void rem(Emitter &e, Op &op) { div_rem(e, op, true); }

void neg(Emitter &e, Op &op) {
  Type type = op.type();
  if (ptx::is_float(type))
    return emit_float_sign(e, op, true);
  e.write(op.operand(0), e.b.CreateNeg(e.read(op.operand(1), type)), type);
}

void abs(Emitter &e, Op &op) {
  Type type = op.type();
  if (ptx::is_float(type))
    return emit_float_sign(e, op, false);
  Value *a = e.read(op.operand(1), type);
  e.write(op.operand(0), e.b.CreateBinaryIntrinsic(llvm::Intrinsic::abs, a, e.b.getFalse()), type);
}

void min_max(Emitter &e, Op &op, bool maximum) {
  Type type = op.type();
  if (ptx::is_float(type))
    return emit_float_min_max(e, op, maximum);
  bool relu = op.take("relu");
  Value *a = e.read(op.operand(1), type), *c = e.read(op.operand(2), type);
  bool packed = is_packed_integer(type);
  if (packed) {
    a = as_pair(e, a);
    c = as_pair(e, c);
  }
  llvm::Intrinsic::ID id = ptx::is_signed(type)
                               ? (maximum ? llvm::Intrinsic::smax : llvm::Intrinsic::smin)
                               : (maximum ? llvm::Intrinsic::umax : llvm::Intrinsic::umin);
  Value *result = e.call_intrinsic(id, {a, c});
  if (relu)
    result = e.call_intrinsic(llvm::Intrinsic::smax,
                              {result, llvm::Constant::getNullValue(result->getType())});
  if (packed)
    result = e.b.CreateBitCast(result, e.b.getInt32Ty());
  e.write(op.operand(0), result, type);
}

void min(Emitter &e, Op &op) { min_max(e, op, false); }
void max(Emitter &e, Op &op) { min_max(e, op, true); }

void sad(Emitter &e, Op &op) { // c + |a - b|
  Type type = op.type();
  Value *a = e.read(op.operand(1), type), *c = e.read(op.operand(2), type);
  Value *less = ptx::is_signed(type) ? e.b.CreateICmpSLT(a, c) : e.b.CreateICmpULT(a, c);
  Value *difference = e.b.CreateSelect(less, e.b.CreateSub(c, a), e.b.CreateSub(a, c));
  e.write(op.operand(0), e.b.CreateAdd(difference, e.read(op.operand(3), type)), type);
}

// dp4a.atype.btype: four byte products; dp2a.{lo,hi}: two of 16 × 8 bits
void dot_product(Emitter &e, Op &op, bool two) {
  bool high = op.take("hi");
  op.take("lo");
  Value *a = e.read(op.operand(1), Type::B32), *c = e.read(op.operand(2), Type::B32);
  Value *sum = e.read(op.operand(3), Type::B32);
  auto part = [&](Value *word, unsigned index, unsigned bits, Type type) {
    Value *piece = e.b.CreateTrunc(e.b.CreateLShr(word, index * bits), e.b.getIntNTy(bits));
    return extend(e, piece, type, 32);
  };
  unsigned count = two ? 2 : 4;
  for (unsigned i = 0; i < count; ++i)
    sum = e.b.CreateAdd(sum, e.b.CreateMul(part(a, i, two ? 16 : 8, op.type(0)),
                                           part(c, i + (two && high ? 2 : 0), 8, op.type(1))));
  e.write(op.operand(0), sum, Type::B32);
}

void dp4a(Emitter &e, Op &op) { dot_product(e, op, false); }
void dp2a(Emitter &e, Op &op) { dot_product(e, op, true); }

} // namespace

void add_integer_handlers(HandlerTable &table) {
  table["add"] = add;
  table["sub"] = sub;
  table["addc"] = addc;
  table["subc"] = subc;
  table["mul"] = mul;
  table["mad"] = mad;
  table["madc"] = madc;
  table["mul24"] = mul24;
  table["mad24"] = mad24;
  table["div"] = div;
  table["rem"] = rem;
  table["neg"] = neg;
  table["abs"] = abs;
  table["min"] = min;
  table["max"] = max;
  table["sad"] = sad;
  table["dp4a"] = dp4a;
  table["dp2a"] = dp2a;
}

} // namespace softcuda::jit
