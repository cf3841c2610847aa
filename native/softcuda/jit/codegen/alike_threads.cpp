#include "codegen/alike_threads.h"

#include <algorithm>

namespace softcuda::jit {
namespace {

Axes axes_of_register(std::string_view name) {
  if (name == "%tid.x" || name == "%tid.y" || name == "%tid.z")
    return static_cast<Axes>(1u << (name.back() - 'x'));
  static constexpr std::string_view kOthers[] = {"%tid",   "%laneid",      "%lanemask", "%warpid",
                                                 "%clock", "%globaltimer", "%pm"};
  const bool differs = std::any_of(std::begin(kOthers), std::end(kOthers),
                                   [&](std::string_view other) { return name.starts_with(other); });
  return differs ? kAllAxes : 0;
}

Axes axes_of(const std::vector<ptx::Operand> &operands) {
  Axes axes = 0;
  for (const ptx::Operand &operand : operands) {
    if (operand.kind == ptx::Operand::Kind::Special)
      axes |= axes_of_register(operand.name);
    axes |= axes_of(operand.elements);
  }
  return axes;
}

} // namespace

Axes axes_told_apart(const ptx::Instruction &instruction) {
  static constexpr std::string_view kCounts[] = {"atom", "red", "cp", "mbarrier", "multimem"};
  if (std::find(std::begin(kCounts), std::end(kCounts), instruction.opcode) != std::end(kCounts))
    return kAllAxes;
  const auto &modifiers =
      instruction.modifiers; // what is asynchronous tells an mbarrier of its bytes
  if (std::find(modifiers.begin(), modifiers.end(), "async") != modifiers.end())
    return kAllAxes;
  const bool may_call_any =
      instruction.opcode == "call" && instruction.operands[0].kind != ptx::Operand::Kind::Symbol;
  return may_call_any
             ? kAllAxes
             : static_cast<Axes>(axes_of(instruction.operands) | axes_of(instruction.arguments));
}

} // namespace softcuda::jit
