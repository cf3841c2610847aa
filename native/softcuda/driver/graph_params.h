// Between the argument structures of the graph calls and what nodes do.
#pragma once

#include "graph.h"

namespace softcuda {

/// Each makes `node` do what `params` say, or gives the error that CUDA has for them. A null
/// context is the current one.
CUresult set_kernel(GraphNode &node, const CUDA_KERNEL_NODE_PARAMS &params);
CUresult set_copy(GraphNode &node, const CUDA_MEMCPY3D &params, CUcontext context);
CUresult set_fill(GraphNode &node, const CUDA_MEMSET_NODE_PARAMS &params, CUcontext context);
CUresult set_host(GraphNode &node, const CUDA_HOST_NODE_PARAMS &params);
CUresult set_event(GraphNode &node, CUevent event, bool is_record);
CUresult set_child(GraphNode &node, CUgraph graph);
/// Allocates, and writes the address to params.dptr.
CUresult set_allocation(GraphNode &node, CUDA_MEM_ALLOC_NODE_PARAMS &params);
CUresult set_free(GraphNode &node, CUdeviceptr address);
/// Any of them, as cuGraphAddNode has them.
CUresult set_any(GraphNode &node, CUgraphNodeParams &params);

/// The reverse; CUDA_ERROR_INVALID_VALUE for a node of another kind. Pointers point into the node.
CUresult get_kernel(GraphNode &node, CUDA_KERNEL_NODE_PARAMS *params);
CUresult get_copy(GraphNode &node, CUDA_MEMCPY3D *params);
CUresult get_fill(GraphNode &node, CUDA_MEMSET_NODE_PARAMS *params);
CUresult get_host(GraphNode &node, CUDA_HOST_NODE_PARAMS *params);

} // namespace softcuda
