// What a graph's node does, as it travels: CUgraphNodeParams with guest handles and without
// pointers, followed by what its pointers pointed to (the payload).
#pragma once

#include "backends/cuda/call.h"

namespace gpuferry::cuda {

/// Parameters that a driver can be given. Holds what they point to.
struct NodeParams {
  CUgraphNodeParams params{};

  /// From a frame: `sent` is the structure as the guest filled it, `payload` what follows it.
  CUresult take(Call &call, const uint8_t (&sent)[256], const std::byte *payload,
                uint64_t payload_bytes);

  /// The form that calls for one kind of node take.
  CUDA_KERNEL_NODE_PARAMS kernel() const;
  CUDA_MEMSET_NODE_PARAMS memset() const;
  CUDA_HOST_NODE_PARAMS host() const { return {params.host.fn, params.host.userData}; }
  CUDA_BATCH_MEM_OP_NODE_PARAMS mem_ops() const {
    return {params.memOp.ctx, params.memOp.count, params.memOp.paramArray, params.memOp.flags};
  }
  CUDA_MEM_ALLOC_NODE_PARAMS allocation() const {
    return {params.alloc.poolProps, params.alloc.accessDescs, params.alloc.accessDescCount,
            params.alloc.bytesize, 0};
  }

private:
  CUresult take_kernel(Call &call, const std::byte *payload, uint64_t bytes);
  CUresult take_copy(Call &call);

  size_t packed_bytes_ = 0;
  void *extra_[5] = {};
  std::vector<CUstreamBatchMemOpParams> ops_;
  std::vector<CUmemAccessDesc> access_;
};

/// The way back: asks the driver what `node` does and writes it into the reply.
CUresult reply_node_params(Call &call, CUgraphNode node, CUgraphNodeType type, uint8_t (&sent)[256],
                           uint64_t *payload_bytes);

} // namespace gpuferry::cuda
