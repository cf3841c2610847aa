// Nodes that something comes after, with the data of the edges, out of a frame's tail.
#pragma once

#include "backends/cuda/call.h"

namespace gpuferry::cuda {

struct Dependencies {
  std::vector<CUgraphNode> nodes;
  const CUgraphEdgeData *edges = nullptr; ///< null: all plain

  CUresult take(Call &call, uint64_t count, bool has_edges) {
    static_assert(sizeof *edges == 8);
    const auto *guests = call.tail_array<uint64_t>(count);
    const auto *data = guests ? call.tail_array<CUgraphEdgeData>(has_edges ? count : 0) : nullptr;
    if (!data)
      return call.poisoned();
    edges = has_edges ? data : nullptr;
    nodes.resize(count);
    for (uint64_t i = 0; i < count; ++i)
      if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, guests[i], &nodes[i]))
        return error;
    return CUDA_SUCCESS;
  }
};

} // namespace gpuferry::cuda
