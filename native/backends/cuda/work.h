// Which calls make the GPU work: they pass the gate and are measured.
#pragma once

#include "cuda_wire.h"

#include <array>
#include <cstdint>

namespace gpuferry::cuda {

enum class Work : uint8_t {
  none,              ///< or the handler says itself (launches, copies)
  on_default_stream, ///< without a stream argument
  on_its_stream,     ///< on the first stream of its arguments
};

constexpr std::array<Work, GF_OPCODE_COUNT> make_work_table() {
  std::array<Work, GF_OPCODE_COUNT> work{};
  for (const auto opcode :
       {GF_OP_cuMemcpyDtoA_v2, GF_OP_cuMemcpyAtoD_v2, GF_OP_cuMemcpyAtoA_v2, GF_OP_cuMemcpyDtoD_v2,
        GF_OP_cuMemsetD8_v2, GF_OP_cuMemsetD16_v2, GF_OP_cuMemsetD32_v2, GF_OP_cuMemsetD2D8_v2,
        GF_OP_cuMemsetD2D16_v2, GF_OP_cuMemsetD2D32_v2, GF_OP_cuMemcpyPeer})
    work[opcode] = Work::on_default_stream;
  for (const auto opcode :
       {GF_OP_cuMemcpyDtoDAsync_v2, GF_OP_cuMemsetD8Async, GF_OP_cuMemsetD16Async,
        GF_OP_cuMemsetD32Async, GF_OP_cuMemsetD2D8Async, GF_OP_cuMemsetD2D16Async,
        GF_OP_cuMemsetD2D32Async, GF_OP_cuGraphLaunch, GF_OP_cuMemcpyPeerAsync})
    work[opcode] = Work::on_its_stream;
  return work;
}

} // namespace gpuferry::cuda
