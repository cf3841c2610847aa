// Threads of a block that differ only in a coordinate which the kernel never reads do the same with the same memory. On
// a GPU they do it at the same time: each of `x[i] += a` in eight of them reads what was there before. One behind the
// other they would add eight times, so one stands for all.
#pragma once

#include "ptx/ast.h"

#include <cstdint>

namespace softcuda::jit {

/// A bit for each axis, x lowest.
using Axes = uint8_t;
inline constexpr Axes kAllAxes = 7;

/// The axes along which threads differ by what `instruction` reads, or by how often it is done: atomics count.
Axes axes_told_apart(const ptx::Instruction &instruction);

} // namespace softcuda::jit
