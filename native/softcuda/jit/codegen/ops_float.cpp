// Float instructions without an integer form.
#include "codegen/float_math.h"

#include <llvm/IR/Intrinsics.h>

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Type;

// rcp, sqrt, rsqrt: correctly rounded in every mode; .approx may be exact too.
void root_or_reciprocal(Emitter &e, Op &op, const char *name) {
  Type type = op.type();
  op.take("rn");
  bool approx = op.take("approx"), ftz = op.take("ftz");
  std::string_view rounding = op.take_any({"rz", "rm", "rp"});
  Value *a = e.read(op.operand(1), type);
  llvm::Type *ty = a->getType();
  bool flush = ftz && ty->isFloatTy();
  if (flush)
    a = flush_subnormal(e, a);
  std::string_view which(name);
  Value *one = llvm::ConstantFP::get(ty, 1.0), *result;
  if (!rounding.empty()) {
    std::string helper = (which == "rcp" ? "ptx_div_" : "ptx_sqrt_") + std::string(rounding) +
                         (type == Type::F64 ? "_f64" : "_f32");
    result = which == "rcp" ? e.call_helper(helper, ty, {one, a}) : e.call_helper(helper, ty, {a});
  } else if (which == "rcp" && type == Type::F64 && approx) {
    result = e.call_helper("ptx_rcp_approx_f64", ty, {a});
  } else if (which == "rsqrt" && type == Type::F64 && ftz) {
    result = e.call_helper("ptx_rsqrt_approx_f64", ty, {a});
  } else if (which == "rcp") {
    result = e.b.CreateFDiv(one, a);
  } else {
    result = e.b.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, a);
    if (which == "rsqrt")
      result = e.b.CreateFDiv(one, result);
  }
  e.write(op.operand(0), flush ? flush_subnormal(e, result) : result, type);
}

void rcp(Emitter &e, Op &op) { root_or_reciprocal(e, op, "rcp"); }
void sqrt(Emitter &e, Op &op) { root_or_reciprocal(e, op, "sqrt"); }
void rsqrt(Emitter &e, Op &op) { root_or_reciprocal(e, op, "rsqrt"); }

// sin, cos, ex2, lg2, tanh: polynomials of helpers/approx.cpp, computed in float
template <int Function> void approximate(Emitter &e, Op &op) {
  static constexpr const char *kNames[] = {"ptx_sin", "ptx_cos", "ptx_ex2", "ptx_lg2", "ptx_tanh"};
  op.take("approx");
  bool ftz = op.take("ftz");
  Type type = op.type();
  emit_per_lane(e, op, type, 1, [&](llvm::ArrayRef<Value *> v) -> Value * {
    Value *a = v[0];
    bool half = a->getType()->isHalfTy();
    if (half)
      a = e.b.CreateFPExt(a, e.b.getFloatTy());
    if (ftz && !half)
      a = flush_subnormal(e, a);
    Value *result = e.call_helper(kNames[Function], e.b.getFloatTy(), {a});
    if (ftz && !half)
      result = flush_subnormal(e, result);
    return half ? e.b.CreateFPTrunc(result, e.b.getHalfTy()) : result;
  });
}

void copysign(Emitter &e, Op &op) { // the sign comes from the first operand
  Type type = op.type();
  Value *sign = e.read(op.operand(1), type), *magnitude = e.read(op.operand(2), type);
  e.write(op.operand(0), e.b.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, magnitude, sign),
          type);
}

void testp(Emitter &e, Op &op) {
  std::string_view kind =
      op.take_any({"finite", "infinite", "number", "notanumber", "normal", "subnormal"});
  unsigned test = kind == "finite"       ? llvm::fcFinite
                  : kind == "infinite"   ? llvm::fcInf
                  : kind == "number"     ? ~llvm::fcNan & llvm::fcAllFlags
                  : kind == "notanumber" ? llvm::fcNan
                  : kind == "normal"     ? llvm::fcNormal
                                         : llvm::fcSubnormal;
  if (kind.empty())
    op.fail("unsupported test");
  e.write_predicate(op.operand(0), e.b.createIsFPClass(e.read(op.operand(1), op.type()), test));
}

void fma(Emitter &e, Op &op) { emit_fma(e, op); }

} // namespace

void add_float_handlers(HandlerTable &table) {
  table["fma"] = fma;
  table["rcp"] = rcp;
  table["sqrt"] = sqrt;
  table["rsqrt"] = rsqrt;
  table["sin"] = approximate<0>;
  table["cos"] = approximate<1>;
  table["ex2"] = approximate<2>;
  table["lg2"] = approximate<3>;
  table["tanh"] = approximate<4>;
  table["copysign"] = copysign;
  table["testp"] = testp;
}

} // namespace softcuda::jit
