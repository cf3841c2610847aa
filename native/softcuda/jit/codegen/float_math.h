// Floating point shared between opcode files.
#pragma once

#include "codegen/emitter.h"

namespace softcuda::jit {

enum class FloatOp : uint8_t { Add, Sub, Mul };

void emit_float_binary(Emitter &e, Op &op, FloatOp kind, bool saturate);
void emit_float_divide(Emitter &e, Op &op);
void emit_float_sign(Emitter &e, Op &op, bool negate); // neg, else abs
void emit_float_min_max(Emitter &e, Op &op, bool maximum);
void emit_fma(Emitter &e, Op &op);

/// .ftz: subnormals become zero of the same sign.
llvm::Value *flush_subnormal(Emitter &e, llvm::Value *value);
/// .sat: into [0, 1], NaN becomes 0.
llvm::Value *saturate_unit(Emitter &e, llvm::Value *value);
llvm::Value *is_nan(Emitter &e, llvm::Value *value);
/// bf16 bits to float and back (round to nearest even).
llvm::Value *bf16_to_float(Emitter &e, llvm::Value *bits);
llvm::Value *float_to_bf16(Emitter &e, llvm::Value *value);

/// How many elements a packed type holds, and their type.
unsigned lane_count(ptx::Type type);
ptx::Type lane_type(ptx::Type type);
/// Applies `each` to every element of packed operands 1… and writes operand 0. bf16 elements come as float.
using LaneFunction = llvm::function_ref<llvm::Value *(llvm::ArrayRef<llvm::Value *>)>;
void emit_per_lane(Emitter &e, Op &op, ptx::Type type, unsigned operands, LaneFunction each);

} // namespace softcuda::jit
