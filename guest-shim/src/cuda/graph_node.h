// What a graph's node does, on its way to the host and back.
#pragma once

#include "cuda/function.h"
#include "cuda/stub.h"

/// Parameters of a node, ready to travel: guest handles, addresses that both sides share, and the
/// bytes that pointers pointed to.
struct gf_node {
  CUgraphNodeParams params;
  uint64_t payload_bytes;
  const void *payload; ///< for all but kernels, whose parameters are packed straight into the frame
  const struct gf_function *function;
  void **kernel_params;
  const void *kernel_buffer;
};

/// The error that CUDA has for them, as far as the guest can tell.
CUresult gf_node_prepare(const CUgraphNodeParams *given, struct gf_node *node);

/// Writes the payload: `payload_bytes`, rounded up to 8.
void gf_node_put_payload(uint8_t *to, const struct gf_node *node);

/// Puts the application's own address in place of the heap's, where memory of it was registered.
void gf_node_restore_host(CUDA_MEMCPY3D *copy);

/// `bytes` that live as long as the node does, or until its parameters are asked for again. NULL
/// without memory.
void *gf_node_keep(uint64_t node, uint64_t graph, size_t bytes);

CUgraphNodeParams gf_node_of_kernel(const CUDA_KERNEL_NODE_PARAMS *params);
CUgraphNodeParams gf_node_of_kernel_v1(const CUDA_KERNEL_NODE_PARAMS_v1 *params);
CUgraphNodeParams gf_node_of_copy(const CUDA_MEMCPY3D *params, CUcontext context);
CUgraphNodeParams gf_node_of_host(const CUDA_HOST_NODE_PARAMS *params);
CUgraphNodeParams gf_node_of_mem_ops(const CUDA_BATCH_MEM_OP_NODE_PARAMS *params);
