#include "program/register_count.h"

#include "ptx/parser.h"
#include "ptx/register_pressure.h"

#include <algorithm>

namespace softcuda::jit {
namespace {

class Estimate {
public:
  explicit Estimate(const LinkedProgram &program) : program_(program) {}

  uint32_t of(uint32_t id) {
    const LinkedFunction &linked = program_.functions[id];
    if (!linked.function->is_defined || is_runtime_function(linked.function->name))
      return 0;
    // One that calls itself keeps what it needs on the stack.
    auto [known, is_new] = known_.try_emplace(id, 0);
    if (!is_new)
      return known->second;
    try {
      const uint32_t found = ptx::register_pressure(
          ptx::parse_body(*linked.function),
          [&](const ptx::Instruction &call) { return of_callee(linked.module, call); });
      return known_[id] = found;
    } catch (const ptx::SyntaxError &) {
      return 0; // its launch says what is wrong with it
    }
  }

private:
  uint32_t of_callee(uint32_t module, const ptx::Instruction &call) {
    if (call.operands[0].kind == ptx::Operand::Kind::Symbol) {
      auto symbol = program_.resolve(module, call.operands[0].name);
      return symbol && symbol->kind == Symbol::Function ? of(symbol->id) : 0;
    }
    uint32_t most = 0;
    for (uint32_t id : program_.address_taken)
      most = std::max(most, of(id));
    return most;
  }

  const LinkedProgram &program_;
  std::unordered_map<uint32_t, uint32_t> known_; // by function id
};

/// What the kernel's own directives and the compiler's options allow, and what its largest block leaves to each thread.
uint32_t most_registers(const LinkedProgram &program, uint32_t id, uint32_t block_threads) {
  const LinkedFunction &linked = program.functions[id];
  const ptx::Function &function = *linked.function;
  uint32_t most = kMostRegisters;
  for (uint32_t limit : {function.max_registers, program.modules[linked.module].max_registers})
    if (limit > 0)
      most = std::min(most, limit);
  const uint64_t warps = uint64_t{block_threads + 31} / 32 * std::max(function.min_blocks, 1u);
  const uint64_t units = kMultiprocessorRegisters / kWarpRegisterUnit / warps;
  most = static_cast<uint32_t>(std::min<uint64_t>(most, units * kWarpRegisterUnit / 32));
  return std::max(most, kFewestRegisters);
}

} // namespace

uint32_t estimate_registers(const LinkedProgram &program, uint32_t id, uint32_t block_threads) {
  return std::clamp(Estimate(program).of(id), kFewestRegisters,
                    most_registers(program, id, block_threads));
}

} // namespace softcuda::jit
