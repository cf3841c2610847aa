#include "program/program.h"
#include "program/register_count.h"

#include <algorithm>

namespace softcuda::jit {

Status load(std::span<const PtxSource> sources, DeviceMemory &memory, bool eager,
            std::unique_ptr<Program> &out) {
  Status status;
  auto program = std::make_unique<LoadedProgram>(sources, memory, status);
  if (!status)
    return status;
  if (eager)
    for (size_t i = 0; i < program->kernels().size(); ++i)
      if (status = program->prepare(i); !status)
        return status;
  out = std::move(program);
  return {};
}

int resident_blocks(const KernelInfo &kernel, uint32_t registers, uint32_t block_threads,
                    uint32_t dynamic_shared_bytes) {
  constexpr uint32_t kThreads = 1536, kBlocks = 24, kSharedBytes = 100 << 10,
                     kSharedPerBlock = 1 << 10;
  if (block_threads == 0 || block_threads > kernel.max_threads_per_block)
    return 0;
  uint32_t warps = (block_threads + 31) / 32;
  uint32_t by_threads = kThreads / (warps * 32);
  uint32_t by_shared =
      kSharedBytes / (kernel.static_shared_bytes + dynamic_shared_bytes + kSharedPerBlock);
  uint32_t warp_registers =
      (registers * 32 + kWarpRegisterUnit - 1) / kWarpRegisterUnit * kWarpRegisterUnit;
  uint32_t by_registers = kMultiprocessorRegisters / (warps * warp_registers);
  return static_cast<int>(std::min({by_threads, by_shared, by_registers, kBlocks}));
}

} // namespace softcuda::jit
