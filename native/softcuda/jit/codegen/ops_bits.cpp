// Logic, shifts and bit fields.
#include "codegen/emitter.h"

#include <llvm/IR/Intrinsics.h>

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Type;

llvm::Constant *constant(Value *like, uint64_t value) {
  return llvm::ConstantInt::get(like->getType(), value);
}

template <llvm::Instruction::BinaryOps Opcode> void logic(Emitter &e, Op &op) {
  Type type = op.type();
  e.write(op.operand(0),
          e.b.CreateBinOp(Opcode, e.read(op.operand(1), type), e.read(op.operand(2), type)), type);
}

void bit_not(Emitter &e, Op &op) {
  e.write(op.operand(0), e.b.CreateNot(e.read(op.operand(1), op.type())), op.type());
}

void cnot(Emitter &e, Op &op) {
  Value *a = e.read(op.operand(1), op.type());
  e.write(op.operand(0), e.b.CreateZExt(e.b.CreateIsNull(a), a->getType()), op.type());
}

// Shift amounts are 32-bit and clamp at the operand's width.
void shift(Emitter &e, Op &op, bool left) {
  Type type = op.type();
  unsigned bits = ptx::size_bits(type);
  Value *a = e.read(op.operand(1), type), *amount = e.read(op.operand(2), Type::U32);
  Value *in_range = e.b.CreateICmpULT(amount, e.b.getInt32(bits));
  bool arithmetic = !left && ptx::is_signed(type);
  Value *safe = arithmetic ? e.b.CreateSelect(in_range, amount, e.b.getInt32(bits - 1))
                           : e.b.CreateAnd(amount, bits - 1);
  safe = e.b.CreateZExtOrTrunc(safe, a->getType());
  Value *result = left         ? e.b.CreateShl(a, safe)
                  : arithmetic ? e.b.CreateAShr(a, safe)
                               : e.b.CreateLShr(a, safe);
  if (!arithmetic)
    result = e.b.CreateSelect(in_range, result, constant(a, 0));
  e.write(op.operand(0), result, type);
}

void shl(Emitter &e, Op &op) { shift(e, op, true); }
void shr(Emitter &e, Op &op) { shift(e, op, false); }

void shf(Emitter &e, Op &op) { // funnel: shf.{l,r}.{clamp,wrap} d, low, high, amount
  bool left = op.take("l"), clamp = op.take("clamp");
  op.take("r");
  op.take("wrap");
  Value *low = e.read(op.operand(1), Type::B32), *high = e.read(op.operand(2), Type::B32);
  Value *amount = e.read(op.operand(3), Type::U32);
  Value *result =
      e.call_intrinsic(left ? llvm::Intrinsic::fshl : llvm::Intrinsic::fshr, {high, low, amount});
  if (clamp)
    result =
        e.b.CreateSelect(e.b.CreateICmpUGE(amount, e.b.getInt32(32)), left ? low : high, result);
  e.write(op.operand(0), result, Type::B32);
}

void lop3(Emitter &e, Op &op) { // any function of three bits, by its truth table
  std::string_view combine = op.take_any({"or", "and"});
  size_t first = op.instruction.has_pair ? 2 : 1;
  Value *a = e.read(op.operand(first), Type::B32), *c = e.read(op.operand(first + 1), Type::B32),
        *d = e.read(op.operand(first + 2), Type::B32);
  uint64_t table = op.operand(first + 3).bits;
  Value *result = constant(a, 0);
  for (unsigned row = 0; row < 8; ++row)
    if (table >> row & 1) {
      Value *term = e.b.CreateAnd(row & 4 ? a : e.b.CreateNot(a), row & 2 ? c : e.b.CreateNot(c));
      result = e.b.CreateOr(result, e.b.CreateAnd(term, row & 1 ? d : e.b.CreateNot(d)));
    }
  e.write(op.operand(0), result, Type::B32);
  if (!combine.empty()) { // lop3.BoolOp.b32 d|p, a, b, c, table, q
    Value *any = e.b.CreateIsNotNull(result), *q = e.read_predicate(op.operand(first + 4));
    e.write_predicate(op.operand(1),
                      combine == "or" ? e.b.CreateOr(any, q) : e.b.CreateAnd(any, q));
  }
}

void bfe(Emitter &e, Op &op) {
  Type type = op.type();
  unsigned bits = ptx::size_bits(type);
  Value *a = e.read(op.operand(1), type);
  llvm::Type *ty = a->getType();
  Value *position = e.b.CreateZExt(e.b.CreateAnd(e.read(op.operand(2), Type::U32), 0xff), ty);
  Value *length = e.b.CreateZExt(e.b.CreateAnd(e.read(op.operand(3), Type::U32), 0xff), ty);
  Value *last = constant(a, bits - 1);
  Value *beyond = e.b.CreateICmpUGT(position, last);
  Value *safe_position = e.b.CreateSelect(beyond, last, position);
  bool sign = ptx::is_signed(type);
  Value *shifted = sign ? e.b.CreateAShr(a, safe_position) : e.b.CreateLShr(a, safe_position);
  if (!sign)
    shifted = e.b.CreateSelect(beyond, constant(a, 0), shifted);
  // sign bits fill from bit min(position + length - 1, msb): what shifting up and back does
  Value *none = e.b.CreateIsNull(length);
  Value *whole = e.b.CreateICmpUGE(length, constant(a, bits));
  Value *up = e.b.CreateSelect(e.b.CreateOr(none, whole), constant(a, 0),
                               e.b.CreateSub(constant(a, bits), length));
  Value *field = e.b.CreateShl(shifted, up);
  field = sign ? e.b.CreateAShr(field, up) : e.b.CreateLShr(field, up);
  e.write(op.operand(0), e.b.CreateSelect(none, constant(a, 0), field), type);
}

void bfi(Emitter &e, Op &op) {
  Type type = op.type();
  unsigned bits = ptx::size_bits(type);
  Value *a = e.read(op.operand(1), type), *into = e.read(op.operand(2), type);
  llvm::Type *ty = a->getType();
  Value *position = e.b.CreateZExt(e.b.CreateAnd(e.read(op.operand(3), Type::U32), 0xff), ty);
  Value *length = e.b.CreateZExt(e.b.CreateAnd(e.read(op.operand(4), Type::U32), 0xff), ty);
  Value *width = constant(a, bits);
  Value *safe_length = e.b.CreateSelect(e.b.CreateICmpULT(length, width), length, constant(a, 0));
  Value *low =
      e.b.CreateSelect(e.b.CreateICmpULT(length, width),
                       e.b.CreateSub(e.b.CreateShl(constant(a, 1), safe_length), constant(a, 1)),
                       llvm::ConstantInt::getAllOnesValue(ty));
  Value *fits = e.b.CreateICmpULT(position, width);
  Value *safe_position = e.b.CreateSelect(fits, position, constant(a, 0));
  Value *mask = e.b.CreateSelect(fits, e.b.CreateShl(low, safe_position), constant(a, 0));
  Value *inserted = e.b.CreateAnd(e.b.CreateShl(a, safe_position), mask);
  e.write(op.operand(0), e.b.CreateOr(inserted, e.b.CreateAnd(into, e.b.CreateNot(mask))), type);
}

void bfind(Emitter &e,
           Op &op) { // the most significant bit that is not a sign bit; all ones when none
  Type type = op.type();
  bool shift_amount = op.take("shiftamt");
  unsigned bits = ptx::size_bits(type);
  Value *a = e.read(op.operand(1), type);
  if (ptx::is_signed(type))
    a = e.b.CreateXor(a, e.b.CreateAShr(a, bits - 1));
  Value *zeros = e.b.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, a, e.b.getFalse());
  Value *found = shift_amount ? zeros : e.b.CreateSub(constant(a, bits - 1), zeros);
  found = e.b.CreateTrunc(found, e.b.getInt32Ty());
  e.write(op.operand(0), e.b.CreateSelect(e.b.CreateIsNull(a), e.b.getInt32(UINT32_MAX), found),
          Type::U32);
}

void brev(Emitter &e, Op &op) {
  e.write(op.operand(0),
          e.b.CreateUnaryIntrinsic(llvm::Intrinsic::bitreverse, e.read(op.operand(1), op.type())),
          op.type());
}

void popc(Emitter &e, Op &op) {
  Value *count = e.b.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, e.read(op.operand(1), op.type()));
  e.write(op.operand(0), e.b.CreateTrunc(count, e.b.getInt32Ty()), Type::U32);
}

void clz(Emitter &e, Op &op) {
  Value *count = e.b.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, e.read(op.operand(1), op.type()),
                                           e.b.getFalse());
  e.write(op.operand(0), e.b.CreateTrunc(count, e.b.getInt32Ty()), Type::U32);
}

void prmt(Emitter &e, Op &op) {
  std::string_view mode = op.take_any({"f4e", "b4e", "rc8", "ecl", "ecr", "rc16"});
  Value *a = e.read(op.operand(1), Type::B32), *c = e.read(op.operand(2), Type::B32);
  Value *selector = e.read(op.operand(3), Type::B32);
  Value *bytes = e.b.CreateOr(e.b.CreateZExt(a, e.b.getInt64Ty()),
                              e.b.CreateShl(e.b.CreateZExt(c, e.b.getInt64Ty()), 32));
  if (!mode.empty()) {
    int index = mode == "f4e"   ? 0
                : mode == "b4e" ? 1
                : mode == "rc8" ? 2
                : mode == "ecl" ? 3
                : mode == "ecr" ? 4
                                : 5;
    return e.write(
        op.operand(0),
        e.call_helper("ptx_prmt_mode", e.b.getInt32Ty(), {bytes, selector, e.b.getInt32(index)}),
        Type::B32);
  }
  Value *result = e.b.getInt32(0);
  for (unsigned i = 0; i < 4; ++i) {
    Value *nibble = e.b.CreateLShr(selector, i * 4);
    Value *amount = e.b.CreateZExt(e.b.CreateShl(e.b.CreateAnd(nibble, 7), 3), e.b.getInt64Ty());
    Value *byte = e.b.CreateTrunc(e.b.CreateLShr(bytes, amount), e.b.getInt8Ty());
    Value *sign = e.b.CreateAShr(byte, 7);
    Value *replicate = e.b.CreateICmpNE(e.b.CreateAnd(nibble, 8), e.b.getInt32(0));
    byte = e.b.CreateSelect(replicate, sign, byte);
    result = e.b.CreateOr(result, e.b.CreateShl(e.b.CreateZExt(byte, e.b.getInt32Ty()), i * 8));
  }
  e.write(op.operand(0), result, Type::B32);
}

void bmsk(Emitter &e, Op &op) { // a run of ones: position, length
  bool clamp = op.take("clamp");
  op.take("wrap");
  Value *position = e.b.CreateZExt(e.read(op.operand(1), Type::U32), e.b.getInt64Ty());
  Value *length = e.b.CreateZExt(e.read(op.operand(2), Type::U32), e.b.getInt64Ty());
  auto limit = [&](Value *value) -> Value * {
    if (!clamp)
      return e.b.CreateAnd(value, 31);
    return e.call_intrinsic(llvm::Intrinsic::umin, {value, e.b.getInt64(32)});
  };
  position = limit(position);
  length = limit(length);
  Value *ones = e.b.CreateSub(e.b.CreateShl(e.b.getInt64(1), length), e.b.getInt64(1));
  e.write(op.operand(0), e.b.CreateTrunc(e.b.CreateShl(ones, position), e.b.getInt32Ty()),
          Type::B32);
}

void szext(Emitter &e, Op &op) { // sign- or zero-extend from bit b
  bool clamp = op.take("clamp");
  op.take("wrap");
  Type type = op.type();
  Value *a = e.read(op.operand(1), Type::B32), *width = e.read(op.operand(2), Type::U32);
  Value *whole = e.b.CreateICmpUGE(width, e.b.getInt32(32));
  Value *bits = e.b.CreateAnd(width, 31);
  Value *none = e.b.CreateIsNull(bits);
  Value *up = e.b.CreateSelect(none, e.b.getInt32(0), e.b.CreateSub(e.b.getInt32(32), bits));
  Value *field = e.b.CreateShl(a, up);
  field = ptx::is_signed(type) ? e.b.CreateAShr(field, up) : e.b.CreateLShr(field, up);
  field = e.b.CreateSelect(none, e.b.getInt32(0), field);
  if (clamp)
    field = e.b.CreateSelect(whole, a, field);
  e.write(op.operand(0), field, type);
}

void fns(Emitter &e, Op &op) { // the n-th set bit from a base
  Value *result = e.call_helper("ptx_fns", e.b.getInt32Ty(),
                                {e.read(op.operand(1), Type::B32), e.read(op.operand(2), Type::B32),
                                 e.read(op.operand(3), Type::S32)});
  e.write(op.operand(0), result, Type::B32);
}

} // namespace

void add_bit_handlers(HandlerTable &table) {
  table["and"] = logic<llvm::Instruction::And>;
  table["or"] = logic<llvm::Instruction::Or>;
  table["xor"] = logic<llvm::Instruction::Xor>;
  table["not"] = bit_not;
  table["cnot"] = cnot;
  table["shl"] = shl;
  table["shr"] = shr;
  table["shf"] = shf;
  table["lop3"] = lop3;
  table["bfe"] = bfe;
  table["bfi"] = bfi;
  table["bfind"] = bfind;
  table["brev"] = brev;
  table["popc"] = popc;
  table["clz"] = clz;
  table["prmt"] = prmt;
  table["bmsk"] = bmsk;
  table["szext"] = szext;
  table["fns"] = fns;
}

} // namespace softcuda::jit
