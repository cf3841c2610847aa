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
/// The node gets a copy of the graph, or the graph itself.
CUresult set_child(GraphNode &node, CUgraph graph, CUgraphChildGraphNodeOwnership ownership);
CUresult set_mem_ops(GraphNode &node, const CUDA_BATCH_MEM_OP_NODE_PARAMS &params);
/// Gives the address. The node's context is the current one unless it has one.
CUresult set_allocation(GraphNode &node, CUDA_MEM_ALLOC_NODE_PARAMS &params);
CUresult set_free(GraphNode &node, CUdeviceptr address);
CUresult set_conditional(GraphNode &node, CUDA_CONDITIONAL_NODE_PARAMS &params);
CUresult set_any(GraphNode &node, CUgraphNodeParams &params);

CUresult get_kernel(GraphNode &node, CUDA_KERNEL_NODE_PARAMS *params);
CUresult get_copy(GraphNode &node, CUDA_MEMCPY3D *params);
CUresult get_fill(GraphNode &node, CUDA_MEMSET_NODE_PARAMS *params);
CUresult get_host(GraphNode &node, CUDA_HOST_NODE_PARAMS *params);
CUresult get_mem_ops(GraphNode &node, CUDA_BATCH_MEM_OP_NODE_PARAMS *params);
CUresult get_allocation(GraphNode &node, CUDA_MEM_ALLOC_NODE_PARAMS *params);

/// What a launch attribute means to a node; CUDA_ERROR_INVALID_VALUE for one that nodes do not have.
CUresult set_kernel_attribute(KernelWork &work, CUlaunchAttributeID which,
                              const CUlaunchAttributeValue &value);
CUresult get_kernel_attribute(const KernelWork &work, CUlaunchAttributeID which,
                              CUlaunchAttributeValue *value);

} // namespace softcuda
