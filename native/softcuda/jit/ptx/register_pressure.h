// How many registers a function's values want, as a GPU's compiler would count them.
#pragma once

#include "ptx/ast.h"

#include <functional>

namespace softcuda::ptx {

/// The most 32-bit registers that hold values at once. Predicates are not counted: they have registers of their own.
/// `of_callee` says what the function that a call goes to wants besides what is kept over the call.
uint32_t register_pressure(const Body &body,
                           const std::function<uint32_t(const Instruction &call)> &of_callee);

} // namespace softcuda::ptx
