#pragma once

#include <string_view>

namespace softcuda::jit {

/// The address of a function that generated code calls: rt_* of ours, ptx_* that switch rounding modes, and what
/// LLVM takes for granted of a C library. Null when there is none of that name.
void *runtime_symbol(std::string_view name);

} // namespace softcuda::jit
