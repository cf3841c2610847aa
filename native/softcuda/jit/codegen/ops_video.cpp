// SIMD-within-a-word video instructions: two half words or four bytes at a time.
#include "codegen/emitter.h"

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Type;

/// The lanes that `operand` takes of the words a and b, whose lanes have one numbering; lanes from `first` on by itself.
Value *selected(Emitter &e, Op &op, const ptx::Operand &operand, Value *pair, unsigned lanes,
                unsigned first) {
  const unsigned width = 32 / lanes;
  if (!operand.part_bits)
    return e.b.CreateTrunc(e.b.CreateLShr(pair, first * width), e.b.getInt32Ty());
  if (operand.part_bits != width || operand.parts.size() != lanes)
    op.fail("malformed operands");
  Value *word = e.b.getInt32(0);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const auto from = static_cast<unsigned>(operand.parts[lanes - 1 - lane] - '0');
    Value *element = e.b.CreateTrunc(e.b.CreateLShr(pair, from * width), e.b.getIntNTy(width));
    word =
        e.b.CreateOr(word, e.b.CreateShl(e.b.CreateZExt(element, e.b.getInt32Ty()), lane * width));
  }
  return word;
}

/// A bit per lane that the destination takes.
uint32_t lane_mask(Op &op, const ptx::Operand &d, unsigned lanes) {
  if (!d.part_bits)
    return (1u << lanes) - 1;
  uint32_t mask = 0;
  for (char part : d.parts)
    mask |= 1u << (part - '0');
  if (d.part_bits != 32 / lanes || mask >> lanes)
    op.fail("malformed operands");
  return mask;
}

ptx::Operand whole(ptx::Operand operand) {
  operand.part_bits = 0;
  return operand;
}

// {v}op{2,4}.dtype.atype.btype{.sat}{.add}{.cmp} d{.mask}, a{.lanes}, b{.lanes}, c: without .add, c fills the lanes that
// the mask leaves out.
template <int Operation, int Lanes> void video(Emitter &e, Op &op) {
  bool saturate = op.take("sat"), accumulate = op.take("add");
  std::string_view comparison = op.take_any({"eq", "ne", "lt", "le", "gt", "ge"});
  constexpr std::string_view kOrder[] = {"eq", "ne", "lt", "le", "gt", "ge"};
  uint32_t compare = 0;
  for (uint32_t i = 0; i < 6; ++i)
    if (kOrder[i] == comparison)
      compare = i;
  bool is_set = Operation == 6;
  Type a_type = op.type(is_set ? 0 : 1), b_type = op.type(is_set ? 1 : 2);
  uint32_t flags = (ptx::is_signed(a_type) ? 1 : 0) | (ptx::is_signed(b_type) ? 2 : 0) |
                   (!is_set && ptx::is_signed(op.type(0)) ? 4 : 0) | (saturate ? 8 : 0) |
                   (accumulate ? 16 : 0) | compare << 5 | lane_mask(op, op.operand(0), Lanes) << 8;
  const ptx::Operand &a = op.operand(1), &b = op.operand(2);
  llvm::Type *both = e.b.getInt64Ty();
  Value *pair = e.b.CreateOr(e.b.CreateZExt(e.read(whole(a), Type::B32), both),
                             e.b.CreateShl(e.b.CreateZExt(e.read(whole(b), Type::B32), both), 32));
  Value *c = op.operand_count() > 3 ? e.read(op.operand(3), Type::B32)
                                    : static_cast<Value *>(e.b.getInt32(0));
  Value *result = e.call_helper("ptx_video", e.b.getInt32Ty(),
                                {e.b.getInt32(Operation), e.b.getInt32(Lanes), e.b.getInt32(flags),
                                 selected(e, op, a, pair, Lanes, 0),
                                 selected(e, op, b, pair, Lanes, Lanes), c});
  e.write(whole(op.operand(0)), result, Type::B32);
}

} // namespace

void add_video_handlers(HandlerTable &table) {
  table["vadd2"] = video<0, 2>;
  table["vadd4"] = video<0, 4>;
  table["vsub2"] = video<1, 2>;
  table["vsub4"] = video<1, 4>;
  table["vavrg2"] = video<2, 2>;
  table["vavrg4"] = video<2, 4>;
  table["vabsdiff2"] = video<3, 2>;
  table["vabsdiff4"] = video<3, 4>;
  table["vmin2"] = video<4, 2>;
  table["vmin4"] = video<4, 4>;
  table["vmax2"] = video<5, 2>;
  table["vmax4"] = video<5, 4>;
  table["vset2"] = video<6, 2>;
  table["vset4"] = video<6, 4>;
}

} // namespace softcuda::jit
