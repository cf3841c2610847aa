// setp, set, selp, slct.
#include "codegen/float_math.h"

namespace softcuda::jit {
namespace {

using llvm::CmpInst;
using llvm::Value;
using ptx::Type;

struct Comparison {
  std::string_view name;
  CmpInst::Predicate on_signed, on_unsigned, on_float;
};

constexpr auto kNone = CmpInst::BAD_ICMP_PREDICATE;
constexpr auto kNoFloat = CmpInst::BAD_FCMP_PREDICATE;
constexpr Comparison kComparisons[] = {
    {"eq", CmpInst::ICMP_EQ, CmpInst::ICMP_EQ, CmpInst::FCMP_OEQ},
    {"ne", CmpInst::ICMP_NE, CmpInst::ICMP_NE, CmpInst::FCMP_ONE},
    {"lt", CmpInst::ICMP_SLT, CmpInst::ICMP_ULT, CmpInst::FCMP_OLT},
    {"le", CmpInst::ICMP_SLE, CmpInst::ICMP_ULE, CmpInst::FCMP_OLE},
    {"gt", CmpInst::ICMP_SGT, CmpInst::ICMP_UGT, CmpInst::FCMP_OGT},
    {"ge", CmpInst::ICMP_SGE, CmpInst::ICMP_UGE, CmpInst::FCMP_OGE},
    {"lo", kNone, CmpInst::ICMP_ULT, kNoFloat},
    {"ls", kNone, CmpInst::ICMP_ULE, kNoFloat},
    {"hi", kNone, CmpInst::ICMP_UGT, kNoFloat},
    {"hs", kNone, CmpInst::ICMP_UGE, kNoFloat},
    {"equ", kNone, kNone, CmpInst::FCMP_UEQ},
    {"neu", kNone, kNone, CmpInst::FCMP_UNE},
    {"ltu", kNone, kNone, CmpInst::FCMP_ULT},
    {"leu", kNone, kNone, CmpInst::FCMP_ULE},
    {"gtu", kNone, kNone, CmpInst::FCMP_UGT},
    {"geu", kNone, kNone, CmpInst::FCMP_UGE},
    {"num", kNone, kNone, CmpInst::FCMP_ORD},
    {"nan", kNone, kNone, CmpInst::FCMP_UNO},
};

const Comparison &take_comparison(Op &op) {
  for (const Comparison &row : kComparisons)
    if (op.take(row.name))
      return row;
  op.fail("unknown comparison");
}

/// Compares operand values of one element; bf16 as float.
Value *compare(Emitter &e, Op &op, const Comparison &row, Type type, bool ftz, Value *a, Value *c) {
  CmpInst::Predicate predicate = ptx::is_float(type)    ? row.on_float
                                 : ptx::is_signed(type) ? row.on_signed
                                                        : row.on_unsigned;
  if (predicate == kNone || predicate == kNoFloat)
    op.fail("comparison and type do not go together");
  if (!ptx::is_float(type))
    return e.b.CreateICmp(predicate, a, c);
  if (type == Type::BF16) {
    a = bf16_to_float(e, a);
    c = bf16_to_float(e, c);
  }
  if (ftz) {
    a = flush_subnormal(e, a);
    c = flush_subnormal(e, c);
  }
  return e.b.CreateFCmp(predicate, a, c);
}

std::vector<Value *> compare_lanes(Emitter &e, Op &op, Type type, size_t first,
                                   const Comparison &row) {
  bool ftz = op.take("ftz");
  if (lane_count(type) == 1)
    return {compare(e, op, row, type, ftz, e.read(op.operand(first), type),
                    e.read(op.operand(first + 1), type))};
  Value *a = e.read(op.operand(first), Type::B32), *c = e.read(op.operand(first + 1), Type::B32);
  std::vector<Value *> results;
  Type element = lane_type(type);
  for (unsigned lane = 0; lane < 2; ++lane) {
    auto part = [&](Value *whole) {
      return e.b.CreateBitCast(e.b.CreateTrunc(e.b.CreateLShr(whole, lane * 16), e.b.getInt16Ty()),
                               e.llvm_type(element));
    };
    results.push_back(compare(e, op, row, element, ftz, part(a), part(c)));
  }
  return results;
}

Value *combine(Emitter &e, std::string_view operation, Value *a, Value *c) {
  return operation == "and"  ? e.b.CreateAnd(a, c)
         : operation == "or" ? e.b.CreateOr(a, c)
                             : e.b.CreateXor(a, c);
}

void setp(Emitter &e, Op &op) { // setp.cmp{.bool} p{|q}, a, b{, {!}c}
  const Comparison &row = take_comparison(op);
  std::string_view operation = op.take_any({"and", "or", "xor"});
  size_t first = op.instruction.has_pair ? 2 : 1;
  std::vector<Value *> lanes = compare_lanes(e, op, op.type(), first, row);
  Value *second = lanes.size() > 1 ? lanes[1] : e.b.CreateNot(lanes[0]);
  if (!operation.empty()) {
    Value *third = e.read_predicate(op.operand(first + 2));
    lanes[0] = combine(e, operation, lanes[0], third);
    second = combine(e, operation, second, third);
  }
  e.write_predicate(op.operand(0), lanes[0]);
  if (op.instruction.has_pair)
    e.write_predicate(op.operand(1), second);
}

void set(Emitter &e, Op &op) { // set.cmp{.bool}.dtype.stype d, a, b{, {!}c}
  const Comparison &row = take_comparison(op);
  std::string_view operation = op.take_any({"and", "or", "xor"});
  Type to = op.type(0), from = op.type(1);
  std::vector<Value *> lanes = compare_lanes(e, op, from, 1, row);
  if (!operation.empty())
    for (Value *&lane : lanes)
      lane = combine(e, operation, lane, e.read_predicate(op.operand(3)));
  Type element = lane_type(to);
  uint64_t truth = element == Type::F32    ? 0x3f800000
                   : element == Type::F16  ? 0x3c00
                   : element == Type::BF16 ? 0x3f80
                                           : ~0ull;
  unsigned bits = lane_count(from) == 2 && lane_count(to) == 1 ? 16 : ptx::size_bits(element);
  Value *result = nullptr;
  for (size_t i = 0; i < lanes.size(); ++i) {
    Value *one = e.b.CreateSelect(lanes[i], e.b.getIntN(bits, truth), e.b.getIntN(bits, 0));
    if (lanes.size() > 1)
      one = e.b.CreateShl(e.b.CreateZExt(one, e.b.getInt32Ty()), i * bits);
    result = result ? e.b.CreateOr(result, one) : one;
  }
  e.write(op.operand(0), result,
          ptx::is_float(to) ? (bits * lanes.size() == 16 ? Type::B16 : Type::B32) : to);
}

void selp(Emitter &e, Op &op) {
  Type type = op.type();
  Value *condition = e.read_predicate(op.operand(3));
  e.write(op.operand(0),
          e.b.CreateSelect(condition, e.read(op.operand(1), type), e.read(op.operand(2), type)),
          type);
}

void slct(Emitter &e, Op &op) { // a where c >= 0
  Type type = op.type(0), selector = op.type(1);
  Value *c = e.read(op.operand(3), selector);
  if (op.take("ftz") && selector == Type::F32)
    c = flush_subnormal(e, c);
  Value *condition = selector == Type::F32
                         ? e.b.CreateFCmpOGE(c, llvm::ConstantFP::get(c->getType(), 0.0))
                         : e.b.CreateICmpSGE(c, llvm::ConstantInt::get(c->getType(), 0));
  e.write(op.operand(0),
          e.b.CreateSelect(condition, e.read(op.operand(1), type), e.read(op.operand(2), type)),
          type);
}

} // namespace

void add_compare_handlers(HandlerTable &table) {
  table["setp"] = setp;
  table["set"] = set;
  table["selp"] = selp;
  table["slct"] = slct;
}

} // namespace softcuda::jit
