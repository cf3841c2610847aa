// How the graph calls begin.
#pragma once

#include "../entry.h"
#include "../graph.h"

namespace softcuda {

inline CUresult enter_graph(CUgraph handle, Graph **graph) {
  GF_TRY(enter());
  *graph = Graph::from(handle);
  return *graph ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

inline CUresult enter_node(CUgraphNode handle, GraphNode **node) {
  GF_TRY(enter());
  *node = GraphNode::from(handle);
  return *node ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

/// Calls `use` with the node that `handle` means.
template <class Use> CUresult with(CUgraphNode handle, Use use) {
  GraphNode *node;
  GF_TRY(enter_node(handle, &node));
  return use(*node);
}

/// The forms before CUDA 12, without context and without library kernels.
inline CUDA_KERNEL_NODE_PARAMS widen(const CUDA_KERNEL_NODE_PARAMS_v1 &p) {
  return {p.func,      p.gridDimX,       p.gridDimY,     p.gridDimZ, p.blockDimX, p.blockDimY,
          p.blockDimZ, p.sharedMemBytes, p.kernelParams, p.extra,    nullptr,     nullptr};
}

/// Dependencies as calls give them: nodes of `graph`, none of them twice.
CUresult read_dependencies(const Graph &graph, const CUgraphNode *nodes,
                           const CUgraphEdgeData *edges, size_t count,
                           std::vector<Dependency> *out);

/// CUDA_ERROR_INVALID_VALUE for data that no edge can have.
CUresult check_edge(const CUgraphEdgeData &edge);

} // namespace softcuda
