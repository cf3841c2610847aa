// What texture and surface instructions' operands have in common.
#pragma once

#include "codegen/emitter.h"
#include "run/texture.h"

namespace softcuda::jit {

struct Shape {
  Geometry geometry;
  bool layered;
  unsigned coordinates; // without the layer
};

/// .1d, .2d, .3d, .a1d, .a2d, .cube, .acube.
Shape take_shape(Op &op);

/// `[texture, sampler, {coordinates}]` and the like: its parts.
struct ImageOperand {
  size_t index; // of the instruction's operands
  llvm::Value *handle;
  llvm::Value *sampler; // null where there is none
  const ptx::Operand *coordinates;
};

/// The instruction's first operand in brackets.
ImageOperand image_operand(Emitter &e, Op &op);

/// Element `i` of a vector; a scalar is a vector of one.
const ptx::Operand &element(Op &op, const ptx::Operand &operand, size_t i);
size_t element_count(const ptx::Operand &operand);

} // namespace softcuda::jit
