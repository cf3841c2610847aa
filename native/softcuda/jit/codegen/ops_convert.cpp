// cvt, in its four combinations of integer and float.
#include "codegen/float_math.h"

#include <llvm/IR/Intrinsics.h>

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Type;

struct Conversion {
  std::string_view integral; // rni, rzi, rmi, rpi: to an integral value
  std::string_view rounding; // rz, rm, rp, rna; empty: nearest even
  bool ftz, saturate, relu, finite;
};

Conversion take_conversion(Op &op) {
  Conversion c;
  c.integral = op.take_any({"rni", "rzi", "rmi", "rpi"});
  op.take("rn");
  c.rounding = op.take_any({"rz", "rm", "rp", "rna"});
  c.ftz = op.take("ftz");
  c.saturate = op.take("sat");
  c.relu = op.take("relu");
  c.finite = op.take("satfinite");
  return c;
}

Value *round_to_integral(Emitter &e, const Conversion &c, Value *value) {
  if (c.integral.empty())
    return value;
  llvm::Intrinsic::ID id = c.integral == "rni"   ? llvm::Intrinsic::roundeven
                           : c.integral == "rzi" ? llvm::Intrinsic::trunc
                           : c.integral == "rmi" ? llvm::Intrinsic::floor
                                                 : llvm::Intrinsic::ceil;
  return e.b.CreateUnaryIntrinsic(id, value);
}

Value *integer_to_integer(Emitter &e, const Conversion &c, Value *value, Type from, Type to) {
  unsigned from_bits = ptx::size_bits(from), to_bits = ptx::size_bits(to);
  if (c.saturate && from != to) {
    unsigned wide = std::max(from_bits, to_bits) + 1; // room for both signs
    llvm::Type *type = e.b.getIntNTy(wide);
    Value *x = ptx::is_signed(from) ? e.b.CreateSExt(value, type) : e.b.CreateZExt(value, type);
    llvm::APInt low = ptx::is_signed(to) ? llvm::APInt::getSignedMinValue(to_bits).sext(wide)
                                         : llvm::APInt(wide, 0);
    llvm::APInt high = ptx::is_signed(to) ? llvm::APInt::getSignedMaxValue(to_bits).zext(wide)
                                          : llvm::APInt::getMaxValue(to_bits).zext(wide);
    x = e.call_intrinsic(llvm::Intrinsic::smax, {x, llvm::ConstantInt::get(type, low)});
    x = e.call_intrinsic(llvm::Intrinsic::smin, {x, llvm::ConstantInt::get(type, high)});
    return e.b.CreateTrunc(x, e.b.getIntNTy(to_bits));
  }
  llvm::Type *type = e.b.getIntNTy(to_bits);
  return ptx::is_signed(from) ? e.b.CreateSExtOrTrunc(value, type)
                              : e.b.CreateZExtOrTrunc(value, type);
}

/// f16 and bf16 compute as float.
Value *widen_small_float(Emitter &e, Value *value, Type type) {
  if (type == Type::F16)
    return e.b.CreateFPExt(value, e.b.getFloatTy());
  return type == Type::BF16 ? bf16_to_float(e, value) : value;
}

/// A float value to `to`, rounded as asked.
Value *narrow_float(Emitter &e, Op &op, const Conversion &c, Value *value, Type to) {
  bool from_double = value->getType()->isDoubleTy();
  std::string mode(c.rounding);
  switch (to) {
  case Type::F64:
    return from_double ? value : e.b.CreateFPExt(value, e.b.getDoubleTy());
  case Type::F32:
    if (!from_double)
      return value;
    if (mode.empty())
      return e.b.CreateFPTrunc(value, e.b.getFloatTy());
    return e.call_helper("ptx_cvt_" + mode + "_f32_f64", e.b.getFloatTy(), {value});
  case Type::F16:
    if (from_double) // to odd: the second rounding then decides alone
      value = e.call_helper("ptx_cvt_odd_f32_f64", e.b.getFloatTy(), {value});
    if (mode.empty())
      return e.b.CreateFPTrunc(value, e.b.getHalfTy());
    return e.b.CreateBitCast(
        e.call_helper("ptx_cvt_" + mode + "_f16_f32", e.b.getInt16Ty(), {value}), e.b.getHalfTy());
  case Type::BF16:
    if (from_double)
      value = e.call_helper("ptx_cvt_odd_f32_f64", e.b.getFloatTy(), {value});
    if (mode.empty())
      return float_to_bf16(e, value);
    return e.call_helper("ptx_cvt_" + mode + "_bf16_f32", e.b.getInt16Ty(), {value});
  case Type::TF32:
    return e.call_helper("ptx_cvt_tf32_f32", e.b.getInt32Ty(),
                         {value, e.b.getInt32(mode == "rna"  ? 1
                                              : mode == "rz" ? 2
                                                             : 0)});
  default:
    op.fail("unsupported conversion");
  }
}

Value *clamp_float(Emitter &e, const Conversion &c, Value *value, Type to) {
  if (c.saturate)
    value = saturate_unit(e, value);
  if (c.relu) {
    auto *zero = llvm::ConstantFP::get(value->getType(), 0.0);
    value = e.b.CreateSelect(e.b.CreateFCmpOLT(value, zero), zero, value);
  }
  if (c.finite && (to == Type::F16 || to == Type::BF16)) {
    double limit = to == Type::F16 ? 65504.0 : 3.3895313892515355e38;
    auto *high = llvm::ConstantFP::get(value->getType(), limit);
    auto *low = llvm::ConstantFP::get(value->getType(), -limit);
    value = e.b.CreateSelect(e.b.CreateFCmpOGT(value, high), high, value);
    value = e.b.CreateSelect(e.b.CreateFCmpOLT(value, low), low, value);
  }
  return value;
}

Value *integer_to_float(Emitter &e, Op &op, const Conversion &c, Value *value, Type from, Type to) {
  bool sign = ptx::is_signed(from);
  if (!c.rounding.empty() && (to == Type::F32 || to == Type::F64)) {
    value = sign ? e.b.CreateSExtOrTrunc(value, e.b.getInt64Ty())
                 : e.b.CreateZExtOrTrunc(value, e.b.getInt64Ty());
    return e.call_helper("ptx_cvt_" + std::string(c.rounding) +
                             (to == Type::F32 ? "_f32" : "_f64") + (sign ? "_s64" : "_u64"),
                         e.llvm_type(to), {value});
  }
  if (to == Type::F64 || to == Type::F32)
    return sign ? e.b.CreateSIToFP(value, e.llvm_type(to))
                : e.b.CreateUIToFP(value, e.llvm_type(to));
  // the small types: exact in double up to 53 bits; beyond, only infinity is left
  Value *wide = sign ? e.b.CreateSIToFP(value, e.b.getDoubleTy())
                     : e.b.CreateUIToFP(value, e.b.getDoubleTy());
  return narrow_float(e, op, c, wide, to);
}

Value *float_to_integer(Emitter &e, Value *value, Type to) {
  llvm::Type *type = e.b.getIntNTy(ptx::size_bits(to));
  return e.b.CreateIntrinsic(ptx::is_signed(to) ? llvm::Intrinsic::fptosi_sat
                                                : llvm::Intrinsic::fptoui_sat,
                             {type, value->getType()}, {value}); // NaN gives 0
}

// cvt.rn.f16x2.f32 d, a, b: a becomes the upper half
void pack(Emitter &e, Op &op, const Conversion &c, Type to) {
  Type element = lane_type(to);
  Value *word = nullptr;
  for (unsigned i = 0; i < 2; ++i) {
    Value *value = clamp_float(e, c, e.read(op.operand(2 - i), Type::F32), element);
    Value *bits = e.b.CreateBitCast(narrow_float(e, op, c, value, element), e.b.getInt16Ty());
    bits = e.b.CreateShl(e.b.CreateZExt(bits, e.b.getInt32Ty()), i * 16);
    word = word ? e.b.CreateOr(word, bits) : bits;
  }
  e.write(op.operand(0), word, Type::B32);
}

void eight_bit_floats(Emitter &e, Op &op, const Conversion &c) {
  Type to = op.type(0), from = op.type(1);
  auto kind = [&](Type type) { return e.b.getInt32(type == Type::E5M2x2); };
  if (to == Type::E4M3x2 || to == Type::E5M2x2) {
    Value *high, *low;
    if (from == Type::F32) {
      high = e.read(op.operand(1), Type::F32);
      low = e.read(op.operand(2), Type::F32);
    } else {
      Value *pair = e.b.CreateBitCast(e.read(op.operand(1), Type::B32),
                                      llvm::FixedVectorType::get(e.b.getHalfTy(), 2));
      low = e.b.CreateFPExt(e.b.CreateExtractElement(pair, uint64_t{0}), e.b.getFloatTy());
      high = e.b.CreateFPExt(e.b.CreateExtractElement(pair, 1), e.b.getFloatTy());
    }
    auto convert = [&](Value *value) {
      return e.call_helper("ptx_cvt_fp8_f32", e.b.getInt16Ty(),
                           {clamp_float(e, c, value, to), kind(to)});
    };
    e.write(op.operand(0), e.b.CreateOr(e.b.CreateShl(convert(high), 8), convert(low)), Type::B16);
    return;
  }
  if (to != Type::F16x2)
    op.fail("unsupported conversion");
  Value *pair = e.call_helper("ptx_cvt_f16x2_fp8x2", e.b.getInt32Ty(),
                              {e.read(op.operand(1), Type::B16), kind(from)});
  e.write(op.operand(0), pair, Type::B32);
}

void cvt(Emitter &e, Op &op) {
  Type to = op.type(0), from = op.type(1);
  Conversion c = take_conversion(op);
  auto is_fp8 = [](Type type) { return type == Type::E4M3x2 || type == Type::E5M2x2; };
  if (is_fp8(to) || is_fp8(from))
    return eight_bit_floats(e, op, c);
  if (lane_count(to) == 2)
    return pack(e, op, c, to);
  Value *value = e.read(op.operand(1), from);
  if (!ptx::is_float(from) && !ptx::is_float(to))
    return e.write(op.operand(0), integer_to_integer(e, c, value, from, to), to);
  if (!ptx::is_float(from))
    return e.write(op.operand(0), integer_to_float(e, op, c, value, from, to), to);

  value = widen_small_float(e, value, from);
  if (c.ftz && from == Type::F32)
    value = flush_subnormal(e, value);
  value = round_to_integral(e, c, value);
  if (!ptx::is_float(to))
    return e.write(op.operand(0), float_to_integer(e, value, to), to);
  value = clamp_float(e, c, value, to);
  value = narrow_float(e, op, c, value, to);
  if (c.ftz && to == Type::F32)
    value = flush_subnormal(e, value);
  e.write(op.operand(0), value, to);
}

} // namespace

void add_convert_handlers(HandlerTable &table) { table["cvt"] = cvt; }

} // namespace softcuda::jit
