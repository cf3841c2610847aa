// Matrix instructions: each lane packs its operands into memory, and the warp computes when its lanes have met.
#include "codegen/memory_access.h"
#include "codegen/record.h"
#include "run/matrix.h"

#include <cctype>
#include <immintrin.h>

namespace softcuda::jit {
namespace {

using llvm::Value;
using ptx::Operand;
using ptx::Space;
using ptx::Type;

MatrixType matrix_type(Op &op, Type type) {
  switch (type) {
  case Type::F16:
    return MatrixType::F16;
  case Type::BF16:
    return MatrixType::BF16;
  case Type::TF32:
    return MatrixType::TF32;
  case Type::F32:
    return MatrixType::F32;
  case Type::F64:
    return MatrixType::F64;
  case Type::S8:
    return MatrixType::S8;
  case Type::U8:
    return MatrixType::U8;
  case Type::S32:
    return MatrixType::S32;
  case Type::E4M3:
    return MatrixType::E4M3;
  case Type::E5M2:
    return MatrixType::E5M2;
  case Type::S4:
    return MatrixType::S4;
  case Type::U4:
    return MatrixType::U4;
  case Type::B1:
    return MatrixType::B1;
  default:
    op.fail("unsupported matrix type");
  }
}

struct Shape {
  uint32_t m = 0, n = 0, k = 0;
};

Shape take_shape(Op &op) { // m16n8k16
  for (std::string_view text : op.instruction.modifiers) {
    Shape shape;
    if (text.size() > 4 && text[0] == 'm' && std::isdigit(static_cast<unsigned char>(text[1])) &&
        std::sscanf(std::string(text).c_str(), "m%un%uk%u", &shape.m, &shape.n, &shape.k) == 3) {
      op.take(text);
      return shape;
    }
  }
  op.fail("a shape is missing");
}

class Request : public Record {
public:
  using Record::Record;
  void store_registers(size_t offset, const Operand &operand, Type type) {
    for (size_t i = 0; i < count(operand); ++i)
      store(offset + i * ptx::size_bytes(type), e_.read(element(operand, i), type));
  }
  void load_registers(size_t offset, const Operand &operand, Type type) {
    for (size_t i = 0; i < count(operand); ++i)
      e_.write(element(operand, i), load(offset + i * ptx::size_bytes(type), e_.llvm_type(type)),
               type);
  }
  void meet(const char *function) {
    llvm::FunctionType *type = llvm::FunctionType::get(e_.b.getVoidTy(), {e_.b.getPtrTy()}, false);
    llvm::Value *callee = e_.plan.module.getOrInsertFunction(function, type).getCallee();
    e_.store_slot(offsetof(WarpSlots, argument), e_.b.CreatePtrToInt(storage_, e_.b.getInt64Ty()));
    e_.store_slot(offsetof(WarpSlots, pointer), callee);
    e_.suspend(Wait::WarpCall, e_.b.getInt32(0xffffffff), e_.b.getInt32(e_.next_site()));
  }
  static size_t count(const Operand &operand) {
    return operand.kind == Operand::Kind::Vector ? operand.elements.size() : 1;
  }

private:
  static const Operand &element(const Operand &operand, size_t i) {
    return operand.kind == Operand::Kind::Vector ? operand.elements[i] : operand;
  }
};

/// The register type of a fragment: f64 and f32 have their own, everything else comes in 32-bit words.
Type register_type(MatrixType type) { return type == MatrixType::F64 ? Type::B64 : Type::B32; }

uint32_t elements_held(const Operand &operand, MatrixType type) {
  uint32_t bits = type == MatrixType::F64 ? 64 : 32;
  return static_cast<uint32_t>(Request::count(operand)) * bits / bits_of(type);
}

/// The layouts of A and B, in this order.
std::pair<bool, bool> take_column_major(Op &op) {
  std::vector<bool> layouts;
  for (std::string_view modifier : op.instruction.modifiers)
    if (modifier == "row" || modifier == "col")
      layouts.push_back(modifier == "col");
  op.take("row");
  op.take("col");
  if (layouts.size() != 2)
    op.fail("two layouts are wanted");
  return {layouts[0], layouts[1]};
}

/// What the runtime has room for, and what the shape asks of a warp.
void check_registers(Op &op, const Operand &operand, MatrixType type, size_t room_bytes,
                     uint32_t elements) {
  if (Request::count(operand) * (type == MatrixType::F64 ? 8 : 4) > room_bytes ||
      elements_held(operand, type) * kWarpSize < elements)
    op.fail("registers and shape do not go together");
}

/// .rn and its like, which f64 may have, as the CPU's control register says it.
uint32_t take_rounding(Op &op) {
  constexpr std::pair<std::string_view, uint32_t> kModes[] = {
      {"rn", _MM_ROUND_NEAREST},
      {"rm", _MM_ROUND_DOWN},
      {"rp", _MM_ROUND_UP},
      {"rz", _MM_ROUND_TOWARD_ZERO},
  };
  for (auto [name, mode] : kModes)
    if (op.take(name))
      return mode;
  return _MM_ROUND_NEAREST;
}

void multiply(Emitter &e, Op &op, bool opaque) {
  op.take("sync");
  op.take("aligned");
  auto [a_by_column, b_by_column] = take_column_major(op);
  bool saturate = op.take("satfinite");
  Shape shape = take_shape(op);
  const auto &types = op.instruction.types;
  MatrixType d, a, b, c;
  if (types.size() == 4) { // .dtype.atype.btype.ctype
    d = matrix_type(op, types[0]);
    a = matrix_type(op, types[1]);
    b = matrix_type(op, types[2]);
    c = matrix_type(op, types[3]);
  } else { // wmma.mma of f16: .dtype.ctype
    d = matrix_type(op, op.type(0));
    c = matrix_type(op, op.type(1));
    a = b = MatrixType::F16;
  }
  BitProduct bit_product = BitProduct::And;
  if (a == MatrixType::B1) {
    if (op.take("xor"))
      bit_product = BitProduct::Xor;
    else if (!op.take("and"))
      op.fail("how to multiply bits is missing");
    op.take("popc");
  }
  const bool quads = !opaque && shape.k == 4 && a == MatrixType::F16;
  if (quads ? shape.m != 8 || shape.n != 8 : !opaque && (a_by_column || !b_by_column))
    op.fail("unsupported shape");
  check_registers(op, op.operand(1), a, sizeof(MatrixRequest::a), shape.m * shape.k);
  check_registers(op, op.operand(2), b, sizeof(MatrixRequest::b), shape.k * shape.n);
  check_registers(op, op.operand(3), c, sizeof(MatrixRequest::c), shape.m * shape.n);
  check_registers(op, op.operand(0), d, sizeof(MatrixRequest::d), shape.m * shape.n);
  Request request(e, sizeof(MatrixRequest));
  request.store(offsetof(MatrixRequest, m), shape.m);
  request.store(offsetof(MatrixRequest, n), shape.n);
  request.store(offsetof(MatrixRequest, k), shape.k);
  request.store(offsetof(MatrixRequest, a_type), static_cast<uint32_t>(a));
  request.store(offsetof(MatrixRequest, b_type), static_cast<uint32_t>(b));
  request.store(offsetof(MatrixRequest, c_type), static_cast<uint32_t>(c));
  request.store(offsetof(MatrixRequest, d_type), static_cast<uint32_t>(d));
  request.store(offsetof(MatrixRequest, a_count), elements_held(op.operand(1), a));
  request.store(offsetof(MatrixRequest, b_count), elements_held(op.operand(2), b));
  request.store(offsetof(MatrixRequest, c_count), elements_held(op.operand(3), c));
  request.store(offsetof(MatrixRequest, saturate), saturate);
  request.store(offsetof(MatrixRequest, rounding),
                d == MatrixType::F64 ? take_rounding(op) : uint32_t{_MM_ROUND_NEAREST});
  request.store(offsetof(MatrixRequest, bit_product), static_cast<uint32_t>(bit_product));
  request.store(offsetof(MatrixRequest, a_by_column), a_by_column);
  request.store(offsetof(MatrixRequest, b_by_column), b_by_column);
  request.store_registers(offsetof(MatrixRequest, a), op.operand(1), register_type(a));
  request.store_registers(offsetof(MatrixRequest, b), op.operand(2), register_type(b));
  request.store_registers(offsetof(MatrixRequest, c), op.operand(3), register_type(c));
  request.meet(opaque ? "rt_wmma" : quads ? "rt_mma_quads" : "rt_mma");
  request.load_registers(offsetof(MatrixRequest, d), op.operand(0), register_type(d));
}

void fragment(Emitter &e, Op &op, bool store) { // wmma.load.{a,b,c}, wmma.store.d
  std::string_view which = op.take_any({"a", "b", "c", "d"});
  op.take("sync");
  op.take("aligned");
  bool column_major = op.take("col");
  op.take("row");
  Shape shape = take_shape(op);
  Space space = take_space(op);
  MatrixType type = matrix_type(op, op.type());
  uint32_t rows = which == "b" ? shape.k : shape.m, columns = which == "a" ? shape.k : shape.n;
  const Operand &registers = op.operand(store ? 1 : 0), &address = op.operand(store ? 0 : 1);
  check_registers(op, registers, type, sizeof(FragmentRequest::registers), rows * columns);
  if (store && bits_of(type) < 8)
    op.fail("unsupported matrix type");
  Request request(e, sizeof(FragmentRequest));
  request.store(offsetof(FragmentRequest, address),
                e.b.CreatePtrToInt(e.pointer(address, space), e.b.getInt64Ty()));
  request.store(offsetof(FragmentRequest, lane), e.special_register("%laneid"));
  request.store(offsetof(FragmentRequest, rows), rows);
  request.store(offsetof(FragmentRequest, columns), columns);
  if (op.operand_count() > 2)
    request.store(offsetof(FragmentRequest, stride), e.read(op.operand(2), Type::U32));
  else
    request.store(offsetof(FragmentRequest, stride), column_major ? rows : columns);
  request.store(offsetof(FragmentRequest, column_major), column_major);
  request.store(offsetof(FragmentRequest, type), static_cast<uint32_t>(type));
  request.store(offsetof(FragmentRequest, count), elements_held(registers, type));
  request.store(offsetof(FragmentRequest, store), store);
  if (store)
    request.store_registers(offsetof(FragmentRequest, registers), registers, register_type(type));
  e.call_helper("rt_fragment", e.b.getVoidTy(), {request.storage()}, false);
  if (!store)
    request.load_registers(offsetof(FragmentRequest, registers), registers, register_type(type));
}

void wmma(Emitter &e, Op &op) {
  if (op.take("mma"))
    return multiply(e, op, true);
  bool store = op.take("store");
  op.take("load");
  fragment(e, op, store);
}

void mma(Emitter &e, Op &op) { multiply(e, op, false); }

void tiles(Emitter &e, Op &op, bool store) {
  op.take("sync");
  op.take("aligned");
  if (!op.take("m8n8"))
    op.fail("unsupported shape");
  bool transpose = op.take("trans");
  uint32_t count = op.take("x4") ? 4 : op.take("x2") ? 2 : 1;
  op.take("x1");
  Space space = take_space(op);
  const Operand &registers = op.operand(store ? 1 : 0), &address = op.operand(store ? 0 : 1);
  if (Request::count(registers) != count || op.type() != Type::B16)
    op.fail("unsupported shape");
  Request request(e, sizeof(TileRequest));
  request.store(offsetof(TileRequest, address),
                e.b.CreatePtrToInt(e.pointer(address, space), e.b.getInt64Ty()));
  request.store(offsetof(TileRequest, count), count);
  request.store(offsetof(TileRequest, transpose), transpose);
  if (store)
    request.store_registers(offsetof(TileRequest, registers), registers, Type::B32);
  request.meet(store ? "rt_store_tiles" : "rt_load_tiles");
  if (!store)
    request.load_registers(offsetof(TileRequest, registers), registers, Type::B32);
}

void movmatrix(Emitter &e, Op &op) { // movmatrix.sync.aligned.m8n8.trans.b16 d, a
  op.take("sync");
  op.take("aligned");
  if (!op.take("m8n8") || !op.take("trans"))
    op.fail("unsupported shape");
  Request request(e, sizeof(TileRequest));
  request.store_registers(offsetof(TileRequest, registers), op.operand(1), Type::B32);
  request.meet("rt_transpose");
  request.load_registers(offsetof(TileRequest, registers), op.operand(0), Type::B32);
}

void ldmatrix(Emitter &e, Op &op) { tiles(e, op, false); }
void stmatrix(Emitter &e, Op &op) { tiles(e, op, true); }

} // namespace

void add_matrix_handlers(HandlerTable &table) {
  table["wmma"] = wmma;
  table["mma"] = mma;
  table["ldmatrix"] = ldmatrix;
  table["stmatrix"] = stmatrix;
  table["movmatrix"] = movmatrix;
}

} // namespace softcuda::jit
