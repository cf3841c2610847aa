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
    value = e.b.CreateSelect(e.b.CreateFCmpUGT(value, zero), value, zero); // NaN stays
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

/// What a double holds of an integer, rounded to odd: a second rounding then decides alone.
Value *double_to_odd(Emitter &e, Value *value, bool sign) {
  llvm::Type *wide = e.b.getInt64Ty();
  value = sign ? e.b.CreateSExtOrTrunc(value, wide) : e.b.CreateZExtOrTrunc(value, wide);
  constexpr uint64_t kLost = 64 - 53; // bits, of the longest integers
  Value *magnitude = sign ? e.b.CreateXor(value, e.b.CreateAShr(value, 63)) : value;
  Value *is_long = e.b.CreateICmpNE(e.b.CreateLShr(magnitude, 53), e.b.getInt64(0));
  Value *lost = e.b.CreateAnd(value, (1ull << kLost) - 1);
  Value *odd = e.b.CreateZExt(e.b.CreateICmpNE(lost, e.b.getInt64(0)), wide);
  Value *kept = e.b.CreateOr(e.b.CreateXor(value, lost), e.b.CreateShl(odd, kLost));
  value = e.b.CreateSelect(is_long, kept, value);
  return sign ? e.b.CreateSIToFP(value, e.b.getDoubleTy())
              : e.b.CreateUIToFP(value, e.b.getDoubleTy());
}

Value *integer_to_float(Emitter &e, Op &op, const Conversion &c, Value *value, Type from, Type to) {
  bool sign = ptx::is_signed(from);
  if (to != Type::F32 && to != Type::F64)
    return narrow_float(e, op, c, clamp_float(e, c, double_to_odd(e, value, sign), to), to);
  if (c.rounding.empty()) {
    value =
        sign ? e.b.CreateSIToFP(value, e.llvm_type(to)) : e.b.CreateUIToFP(value, e.llvm_type(to));
  } else {
    value = sign ? e.b.CreateSExtOrTrunc(value, e.b.getInt64Ty())
                 : e.b.CreateZExtOrTrunc(value, e.b.getInt64Ty());
    value = e.call_helper("ptx_cvt_" + std::string(c.rounding) +
                              (to == Type::F32 ? "_f32" : "_f64") + (sign ? "_s64" : "_u64"),
                          e.llvm_type(to), {value});
  }
  return clamp_float(e, c, value, to);
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
  if (c.relu) {
    auto *halves = llvm::FixedVectorType::get(e.b.getHalfTy(), 2);
    pair = e.b.CreateBitCast(clamp_float(e, c, e.b.CreateBitCast(pair, halves), Type::F16),
                             e.b.getInt32Ty());
  }
  e.write(op.operand(0), pair, Type::B32);
}

/// The two floats of a packed conversion's source, the lower one first.
std::pair<Value *, Value *> source_pair(Emitter &e, Op &op, Type from) {
  if (from == Type::F32)
    return {e.read(op.operand(2), Type::F32), e.read(op.operand(1), Type::F32)};
  Type element = lane_type(from);
  if (element == from)
    op.fail("unsupported conversion");
  Value *word = e.read(op.operand(1), Type::B32);
  auto part = [&](unsigned shift) {
    Value *bits = e.b.CreateTrunc(e.b.CreateLShr(word, shift), e.b.getInt16Ty());
    return widen_small_float(e, e.b.CreateBitCast(bits, e.llvm_type(element)), element);
  };
  return {part(0), part(16)};
}

/// e2m1, e2m3 and e3m2, in pairs: to them from f32, f16x2 and bf16x2, and from them to f16x2 and bf16x2.
void tiny_floats(Emitter &e, Op &op, const Conversion &c) {
  Type to = op.type(0), from = op.type(1);
  auto index = [](Type type) {
    return type == Type::E2M1x2 ? 0u : type == Type::E2M3x2 ? 1u : type == Type::E3M2x2 ? 2u : 3u;
  };
  const bool narrows = index(to) < 3;
  const unsigned which = narrows ? index(to) : index(from), shift = which == 0 ? 4 : 8;
  if (narrows) {
    auto [low, high] = source_pair(e, op, from);
    auto convert = [&](Value *value) {
      return e.call_helper("ptx_cvt_tiny_f32", e.b.getInt16Ty(),
                           {clamp_float(e, c, value, to), e.b.getInt32(which)});
    };
    Value *pair = e.b.CreateOr(e.b.CreateShl(convert(high), shift), convert(low));
    return which == 0 ? e.write(op.operand(0), e.b.CreateTrunc(pair, e.b.getInt8Ty()), Type::B8)
                      : e.write(op.operand(0), pair, Type::B16);
  }
  if (lane_count(to) != 2 || to == Type::F32x2)
    op.fail("unsupported conversion");
  Value *pair =
      e.b.CreateZExt(e.read(op.operand(1), which == 0 ? Type::B8 : Type::B16), e.b.getInt32Ty());
  Value *word = e.b.getInt32(0);
  for (unsigned i = 0; i < 2; ++i) {
    Value *value = e.call_helper("ptx_cvt_f32_tiny", e.b.getFloatTy(),
                                 {e.b.CreateLShr(pair, i * shift), e.b.getInt32(which)});
    Value *bits = e.b.CreateBitCast(
        narrow_float(e, op, c, clamp_float(e, c, value, lane_type(to)), lane_type(to)),
        e.b.getInt16Ty());
    word = e.b.CreateOr(word, e.b.CreateShl(e.b.CreateZExt(bits, e.b.getInt32Ty()), i * 16));
  }
  e.write(op.operand(0), word, Type::B32);
}

void powers_of_two(Emitter &e, Op &op, const Conversion &c) { // ue8m0x2
  Type to = op.type(0), from = op.type(1);
  if (to == Type::UE8M0x2) {
    auto [low, high] = source_pair(e, op, from);
    if (c.rounding != "rz" && c.rounding != "rp")
      op.fail("unsupported conversion");
    auto convert = [&](Value *value) {
      return e.call_helper("ptx_cvt_ue8m0_f32", e.b.getInt16Ty(),
                           {value, e.b.getInt32(c.rounding == "rp"), e.b.getInt32(c.finite)});
    };
    return e.write(op.operand(0), e.b.CreateOr(e.b.CreateShl(convert(high), 8), convert(low)),
                   Type::B16);
  }
  if (to != Type::BF16x2)
    op.fail("unsupported conversion");
  Value *pair = e.b.CreateZExt(e.read(op.operand(1), Type::B16), e.b.getInt32Ty());
  auto convert = [&](Value *exponent) {
    return e.b.CreateZExt(e.call_helper("ptx_cvt_bf16_ue8m0", e.b.getInt16Ty(), {exponent}),
                          e.b.getInt32Ty());
  };
  e.write(op.operand(0),
          e.b.CreateOr(e.b.CreateShl(convert(e.b.CreateLShr(pair, 8)), 16),
                       convert(e.b.CreateAnd(pair, 0xff))),
          Type::B32);
}

// cvt.pack.sat.type.s32 d, a, b, and for small types cvt.pack.sat.type.s32.b32 d, a, b, c: a and b saturated are the
// lowest two elements, b the lower one, and c's lowest bits follow above.
void pack_integers(Emitter &e, Op &op) {
  op.take("sat");
  // u2 and s2 are suffixes and no types
  std::string_view two_bits = op.take_any({"u2", "s2"});
  Type to = two_bits.empty() ? op.type(0) : Type::B32;
  unsigned bits = !two_bits.empty() ? 2 : to == Type::U4 || to == Type::S4 ? 4 : ptx::size_bits(to);
  bool sign = two_bits.empty() ? ptx::is_signed(to) : two_bits == "s2";
  if (bits > 16)
    op.fail("unsupported conversion");
  auto saturated = [&](size_t index) {
    Value *value = e.read(op.operand(index), Type::S32);
    int64_t low = sign ? -(int64_t{1} << (bits - 1)) : 0;
    int64_t high = sign ? (int64_t{1} << (bits - 1)) - 1 : (int64_t{1} << bits) - 1;
    value =
        e.call_intrinsic(llvm::Intrinsic::smax, {value, e.b.getInt32(static_cast<uint32_t>(low))});
    value =
        e.call_intrinsic(llvm::Intrinsic::smin, {value, e.b.getInt32(static_cast<uint32_t>(high))});
    return e.b.CreateAnd(value, (1u << bits) - 1);
  };
  Value *result = e.b.CreateOr(e.b.CreateShl(saturated(1), bits), saturated(2));
  if (op.operand_count() > 3)
    result = e.b.CreateOr(result, e.b.CreateShl(e.read(op.operand(3), Type::B32), 2 * bits));
  e.write(op.operand(0), result, Type::B32);
}

void cvt(Emitter &e, Op &op) {
  if (op.take("pack"))
    return pack_integers(e, op);
  Type to = op.type(0), from = op.type(1);
  Conversion c = take_conversion(op);
  auto is_tiny = [](Type type) {
    return type == Type::E2M1x2 || type == Type::E2M3x2 || type == Type::E3M2x2;
  };
  if (is_tiny(to) || is_tiny(from))
    return tiny_floats(e, op, c);
  if (to == Type::UE8M0x2 || from == Type::UE8M0x2)
    return powers_of_two(e, op, c);
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
