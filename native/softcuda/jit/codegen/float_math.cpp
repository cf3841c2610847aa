#include "codegen/float_math.h"

#include "codegen/flushes.h"

#include <llvm/IR/Intrinsics.h>

namespace softcuda::jit {

using llvm::Value;
using ptx::Type;

unsigned lane_count(Type type) {
  return type == Type::F16x2 || type == Type::BF16x2 || type == Type::F32x2 ? 2 : 1;
}

Type lane_type(Type type) {
  return type == Type::F16x2    ? Type::F16
         : type == Type::BF16x2 ? Type::BF16
         : type == Type::F32x2  ? Type::F32
                                : type;
}

Value *bf16_to_float(Emitter &e, Value *bits) {
  return e.b.CreateBitCast(e.b.CreateShl(e.b.CreateZExt(bits, e.b.getInt32Ty()), 16),
                           e.b.getFloatTy());
}

Value *float_to_bf16(Emitter &e, Value *value) {
  Value *bits = e.b.CreateBitCast(value, e.b.getInt32Ty());
  Value *odd = e.b.CreateAnd(e.b.CreateLShr(bits, 16), 1);
  Value *rounded = e.b.CreateAdd(bits, e.b.CreateAdd(odd, e.b.getInt32(0x7fff)));
  Value *result = e.b.CreateSelect(is_nan(e, value), e.b.getInt32(0x7fff0000), rounded);
  return e.b.CreateTrunc(e.b.CreateLShr(result, 16), e.b.getInt16Ty());
}

void emit_per_lane(Emitter &e, Op &op, Type type, unsigned operands, LaneFunction each) {
  unsigned lanes = lane_count(type);
  Type element = lane_type(type);
  unsigned bits = ptx::size_bits(element);
  llvm::Type *element_type = e.llvm_type(element);
  std::vector<Value *> whole;
  for (unsigned i = 1; i <= operands; ++i) {
    Type raw = lanes * bits == 64 ? Type::B64 : lanes * bits == 32 ? Type::B32 : Type::B16;
    whole.push_back(e.read(op.operand(i), lanes == 1 ? element : raw));
  }
  Value *result = nullptr;
  for (unsigned lane = 0; lane < lanes; ++lane) {
    std::vector<Value *> arguments;
    for (Value *value : whole) {
      if (lanes > 1)
        value = e.b.CreateBitCast(
            e.b.CreateTrunc(e.b.CreateLShr(value, lane * bits), e.b.getIntNTy(bits)), element_type);
      arguments.push_back(element == Type::BF16 ? bf16_to_float(e, value) : value);
    }
    Value *one = each(arguments);
    if (element == Type::BF16)
      one = float_to_bf16(e, one);
    if (lanes == 1)
      return e.write(op.operand(0), one, type);
    llvm::Type *wide = e.b.getIntNTy(lanes * bits);
    Value *part = e.b.CreateShl(e.b.CreateZExt(e.b.CreateBitCast(one, e.b.getIntNTy(bits)), wide),
                                lane * bits);
    result = result ? e.b.CreateOr(result, part) : part;
  }
  e.write(op.operand(0), result, type);
}

Value *is_nan(Emitter &e, Value *value) { return e.b.CreateFCmpUNO(value, value); }

Value *flush_subnormal(Emitter &e, Value *value) {
  llvm::Type *type = value->getType();
  Value *magnitude = e.b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, value);
  auto *smallest = llvm::ConstantFP::get(
      type, llvm::APFloat::getSmallestNormalized(type->getScalarType()->getFltSemantics()));
  Value *zero =
      e.b.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, llvm::ConstantFP::get(type, 0.0), value);
  Value *flushed = e.b.CreateSelect(e.b.CreateFCmpOLT(magnitude, smallest), zero, value);
  if (auto *select = llvm::dyn_cast<llvm::SelectInst>(flushed); select && type->isFloatTy())
    note_flush(*select);
  return flushed;
}

Value *saturate_unit(Emitter &e, Value *value) {
  auto *zero = llvm::ConstantFP::get(value->getType(), 0.0);
  auto *one = llvm::ConstantFP::get(value->getType(), 1.0);
  value = e.b.CreateSelect(e.b.CreateFCmpOGT(value, zero), value, zero);
  return e.b.CreateSelect(e.b.CreateFCmpOLT(value, one), value, one);
}

namespace {

struct FloatModifiers {
  std::string_view rounding; // empty: nearest even
  bool ftz, saturate, relu;
};

FloatModifiers take_float_modifiers(Op &op, bool saturate = false) {
  FloatModifiers m;
  op.take("rn");
  op.take("noftz");
  m.rounding = op.take_any({"rz", "rm", "rp"});
  m.ftz = op.take("ftz");
  m.saturate = op.take("sat") || saturate;
  m.relu = op.take("relu");
  return m;
}

Value *finish(Emitter &e, const FloatModifiers &m, Value *value) {
  if (m.ftz)
    value = flush_subnormal(e, value);
  if (m.saturate)
    value = saturate_unit(e, value);
  if (m.relu) { // -0 becomes +0, NaN stays NaN
    auto *zero = llvm::ConstantFP::get(value->getType(), 0.0);
    value = e.b.CreateSelect(e.b.CreateFCmpUGT(value, zero), value, zero);
  }
  return value;
}

std::string helper_name(const char *operation, std::string_view rounding, llvm::Type *type) {
  return std::string("ptx_") + operation + "_" + std::string(rounding) +
         (type->isDoubleTy() ? "_f64" : "_f32");
}

std::vector<Value *> flush_all(Emitter &e, const FloatModifiers &m,
                               llvm::ArrayRef<Value *> values) {
  std::vector<Value *> result(values.begin(), values.end());
  if (m.ftz)
    for (Value *&value : result)
      value = flush_subnormal(e, value);
  return result;
}

} // namespace

/// add.f32.f16 and its like: all but the last operand are of a small type, and everything is computed in f32.
bool is_mixed(const Op &op) { return op.instruction.types.size() == 2; }

std::vector<Value *> read_mixed(Emitter &e, Op &op, unsigned operands) {
  Type small = op.type(1);
  if (op.type(0) != Type::F32 || (small != Type::F16 && small != Type::BF16))
    op.fail("unsupported types");
  std::vector<Value *> values;
  for (unsigned i = 1; i < operands; ++i) {
    Value *value = e.read(op.operand(i), small);
    values.push_back(small == Type::F16 ? e.b.CreateFPExt(value, e.b.getFloatTy())
                                        : bf16_to_float(e, value));
  }
  values.push_back(e.read(op.operand(operands), Type::F32));
  return values;
}

void emit_float_binary(Emitter &e, Op &op, FloatOp kind, bool saturate) {
  FloatModifiers m = take_float_modifiers(op, saturate);
  static constexpr const char *kNames[] = {"add", "sub", "mul"};
  auto compute = [&](llvm::ArrayRef<Value *> raw) {
    auto v = flush_all(e, m, raw);
    Value *result;
    if (!m.rounding.empty())
      result =
          e.call_helper(helper_name(kNames[static_cast<int>(kind)], m.rounding, v[0]->getType()),
                        v[0]->getType(), v);
    else
      result = kind == FloatOp::Add   ? e.b.CreateFAdd(v[0], v[1])
               : kind == FloatOp::Sub ? e.b.CreateFSub(v[0], v[1])
                                      : e.b.CreateFMul(v[0], v[1]);
    return finish(e, m, result);
  };
  if (is_mixed(op))
    return e.write(op.operand(0), compute(read_mixed(e, op, 2)), Type::F32);
  emit_per_lane(e, op, op.type(), 2, compute);
}

void emit_fma(Emitter &e, Op &op) {
  FloatModifiers m = take_float_modifiers(op);
  op.take("oob");
  auto compute = [&](llvm::ArrayRef<Value *> raw) {
    auto v = flush_all(e, m, raw);
    llvm::Type *type = v[0]->getType();
    Value *result;
    if (type->isHalfTy()) // rounded once: through float it would be twice
      result = e.b.CreateBitCast(e.call_helper("ptx_fma_f16", e.b.getInt16Ty(),
                                               {e.b.CreateFPExt(v[0], e.b.getFloatTy()),
                                                e.b.CreateFPExt(v[1], e.b.getFloatTy()),
                                                e.b.CreateFPExt(v[2], e.b.getFloatTy())}),
                                 type);
    else if (lane_type(op.type()) == Type::BF16)
      result =
          e.call_helper("ptx_fma_odd_f32", type, v); // so that the rounding to bf16 is the only one
    else if (!m.rounding.empty())
      result = e.call_helper(helper_name("fma", m.rounding, type), type, v);
    else
      result = e.b.CreateIntrinsic(llvm::Intrinsic::fma, {type}, v);
    return finish(e, m, result);
  };
  if (is_mixed(op))
    return e.write(op.operand(0), compute(read_mixed(e, op, 3)), Type::F32);
  emit_per_lane(e, op, op.type(), 3, compute);
}

void emit_float_divide(Emitter &e, Op &op) {
  op.take("full");
  op.take("approx"); // exact is within every approximation's bound
  FloatModifiers m = take_float_modifiers(op);
  emit_per_lane(e, op, op.type(), 2, [&](llvm::ArrayRef<Value *> raw) {
    auto v = flush_all(e, m, raw);
    Value *result =
        m.rounding.empty()
            ? e.b.CreateFDiv(v[0], v[1])
            : e.call_helper(helper_name("div", m.rounding, v[0]->getType()), v[0]->getType(), v);
    return finish(e, m, result);
  });
}

void emit_float_sign(Emitter &e, Op &op, bool negate) {
  FloatModifiers m = take_float_modifiers(op);
  emit_per_lane(e, op, op.type(), 1, [&](llvm::ArrayRef<Value *> raw) {
    auto v = flush_all(e, m, raw);
    return negate ? e.b.CreateFNeg(v[0]) : e.b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, v[0]);
  });
}

// A NaN loses against a number, unless .NaN; -0 is less than +0.
void emit_float_min_max(Emitter &e, Op &op, bool maximum) {
  FloatModifiers m = take_float_modifiers(op);
  const bool propagate = op.take("NaN"), by_magnitude = op.take("xorsign"),
             magnitudes = op.take("abs") && !by_magnitude; // with three operands: signs are dropped
  unsigned count = static_cast<unsigned>(op.operand_count()) - 1; // two, or three on newer devices
  auto two = [&](Value *a, Value *c) -> Value * {
    Value *sign = nullptr;
    if (by_magnitude) { // .xorsign.abs: smaller magnitude, product's sign
      llvm::Type *bits = e.b.getIntNTy(a->getType()->getPrimitiveSizeInBits());
      sign = e.b.CreateBitCast(
          e.b.CreateXor(e.b.CreateBitCast(a, bits), e.b.CreateBitCast(c, bits)), a->getType());
      a = e.b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, a);
      c = e.b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, c);
    }
    llvm::Type *type = a->getType(), *bits = e.b.getIntNTy(type->getPrimitiveSizeInBits());
    Value *pick = maximum ? e.b.CreateFCmpOGT(a, c) : e.b.CreateFCmpOLT(a, c);
    Value *x = e.b.CreateBitCast(a, bits), *y = e.b.CreateBitCast(c, bits);
    Value *equal = e.b.CreateBitCast(maximum ? e.b.CreateAnd(x, y) : e.b.CreateOr(x, y), type);
    Value *result = e.b.CreateSelect(pick, a, c);
    result = e.b.CreateSelect(e.b.CreateFCmpOEQ(a, c), equal, result);
    Value *nan =
        e.b.CreateBitCast(llvm::ConstantInt::get(bits, type->isDoubleTy() ? 0x7ff8000000000000ull
                                                       : type->isHalfTy() ? 0x7fff
                                                                          : 0x7fffffff),
                          type);
    if (propagate) {
      result = e.b.CreateSelect(e.b.CreateFCmpUNO(a, c), nan, result);
    } else {
      // with a NaN on the left the comparison already picked the right; both NaN: canonical
      result = e.b.CreateSelect(is_nan(e, c), e.b.CreateSelect(is_nan(e, a), nan, a), result);
    }
    if (sign)
      result = e.b.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, result, sign);
    return result;
  };
  emit_per_lane(e, op, op.type(), count, [&](llvm::ArrayRef<Value *> raw) {
    auto v = flush_all(e, m, raw);
    if (magnitudes)
      for (Value *&value : v)
        value = e.b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, value);
    Value *result = two(v[0], v[1]);
    return count == 3 ? two(result, v[2]) : result;
  });
}

} // namespace softcuda::jit
