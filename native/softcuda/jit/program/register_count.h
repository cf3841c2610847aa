// What a GPU's compiler would say of a kernel's registers. A CPU has none to count; but programs show the number, compare
// it with the limit that they asked for, and choose their blocks by it.
#pragma once

#include "program/link.h"

namespace softcuda::jit {

/// The device's, by compute capability 8.9.
inline constexpr uint32_t kMultiprocessorRegisters = 65536, kMostRegisters = 255;
/// A warp gets its registers in such pieces, so that no thread has fewer than 8.
inline constexpr uint32_t kWarpRegisterUnit = 256, kFewestRegisters = kWarpRegisterUnit / 32;

/// Of kernel `id`, a thread's. `block_threads`: of its largest block.
uint32_t estimate_registers(const LinkedProgram &program, uint32_t id, uint32_t block_threads);

} // namespace softcuda::jit
