// suld, sust and sured: the runtime says where an access lies, and the access itself is compiled.
#include "codegen/image_operands.h"
#include "codegen/record.h"

namespace softcuda::jit {
namespace {

using llvm::AtomicRMWInst;
using llvm::Value;
using ptx::Operand;
using ptx::Type;

Boundary take_boundary(Op &op) {
  return op.take("clamp")  ? Boundary::Clamp
         : op.take("zero") ? Boundary::Zero
                           : (op.take("trap"), Boundary::Trap);
}

unsigned take_width(Op &op) { return op.take("v2") ? 2 : op.take("v4") ? 4 : 1; }

/// Operands of a surface access.
class SurfaceRecord : public Record {
public:
  SurfaceRecord(Emitter &e, Op &op, bool in_texels, uint32_t bytes)
      : Record(e, sizeof(SurfaceAccess)) {
    for (std::string_view hint : {"ca", "cg", "cs", "cv", "wb", "wt"})
      op.take(hint);
    Shape shape = take_shape(op);
    if (shape.geometry == Geometry::Cube)
      op.fail("unsupported geometry");
    ImageOperand image = image_operand(e, op);
    if (!image.coordinates)
      op.fail("coordinates are missing");
    store(offsetof(SurfaceAccess, surface), image.handle);
    store(offsetof(SurfaceAccess, geometry), static_cast<uint32_t>(shape.geometry));
    store(offsetof(SurfaceAccess, layered), shape.layered);
    store(offsetof(SurfaceAccess, x_is_in_texels), in_texels);
    store(offsetof(SurfaceAccess, bytes), bytes);
    store(offsetof(SurfaceAccess, boundary), static_cast<uint32_t>(take_boundary(op)));
    unsigned first = shape.layered ? 1 : 0;
    if (shape.layered)
      store(offsetof(SurfaceAccess, layer), e.read(element(op, *image.coordinates, 0), Type::B32));
    for (unsigned i = 0; i < shape.coordinates; ++i)
      store(offsetof(SurfaceAccess, coordinates) + 4 * i,
            e.read(element(op, *image.coordinates, first + i), Type::B32));
  }

  Value *pointer() { return e_.call_helper("rt_surface_at", e_.b.getPtrTy(), {storage_}, false); }
};

/// .b and .p: whether x counts bytes or texels.
bool take_formatted(Op &op) {
  bool formatted = op.take("p");
  op.take("b");
  return formatted;
}

void suld(Emitter &e, Op &op) {
  if (take_formatted(op))
    op.fail("unsupported form of an instruction");
  unsigned width = take_width(op);
  Type type = op.type();
  uint32_t bytes = ptx::size_bytes(type);
  SurfaceRecord record(e, op, false, bytes * width);
  Value *texel = record.pointer();
  for (unsigned i = 0; i < width; ++i) {
    Value *from = e.b.CreateConstGEP1_64(e.b.getInt8Ty(), texel, i * bytes);
    // The rows of an array lie as close as its texels are wide, so that vectors may be unaligned.
    e.write(element(op, op.operand(0), i),
            e.b.CreateAlignedLoad(e.llvm_type(type), from, llvm::Align(1)), type);
  }
}

void sust(Emitter &e, Op &op) {
  bool formatted = take_formatted(op);
  unsigned width = take_width(op);
  Type type = op.type();
  uint32_t bytes = ptx::size_bytes(type);
  SurfaceRecord record(e, op, formatted, bytes * width);
  const Operand &source = op.operand(1);
  if (formatted) {
    Record words(e, 4 * sizeof(uint32_t));
    for (unsigned i = 0; i < 4; ++i)
      words.store(4 * i, i < width ? e.read(element(op, source, i), Type::B32) : e.b.getInt32(0));
    e.call_helper("rt_surface_write", e.b.getVoidTy(), {record.storage(), words.storage()}, false);
    return;
  }
  Value *texel = record.pointer();
  for (unsigned i = 0; i < width; ++i)
    e.b.CreateAlignedStore(e.read(element(op, source, i), type),
                           e.b.CreateConstGEP1_64(e.b.getInt8Ty(), texel, i * bytes),
                           llvm::Align(1));
}

void sured(Emitter &e, Op &op) {
  bool formatted = take_formatted(op);
  std::string_view name = op.take_any({"add", "min", "max", "and", "or"});
  Type type = op.type();
  bool sign = ptx::is_signed(type);
  AtomicRMWInst::BinOp operation =
      name == "add"   ? AtomicRMWInst::Add
      : name == "min" ? (sign ? AtomicRMWInst::Min : AtomicRMWInst::UMin)
      : name == "max" ? (sign ? AtomicRMWInst::Max : AtomicRMWInst::UMax)
      : name == "and" ? AtomicRMWInst::And
                      : AtomicRMWInst::Or;
  if (name.empty())
    op.fail("unknown atomic operation");
  uint32_t bytes = ptx::size_bytes(type);
  SurfaceRecord record(e, op, formatted, bytes);
  e.b.CreateAtomicRMW(operation, record.pointer(), e.read(op.operand(1), type), llvm::Align(bytes),
                      llvm::AtomicOrdering::Monotonic);
}

} // namespace

void add_surface_handlers(HandlerTable &table) {
  table["suld"] = suld;
  table["sust"] = sust;
  table["sured"] = sured;
}

} // namespace softcuda::jit
