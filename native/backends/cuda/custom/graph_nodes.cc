// Nodes of graphs whose parameters hold pointers or handles.
#include "backends/cuda/call.h"
#include "backends/cuda/copy_extent.h"

#include <cstring>

namespace gpuferry::cuda {

namespace {

/// Parameters of a kernel node, with the packed parameter buffer that they point to.
struct KernelNode {
  CUDA_KERNEL_NODE_PARAMS params{};
  size_t size_bytes = 0;
  void *extra[5];

  template <class Args> CUresult take(Call &call, const Args &args, const std::byte *packed) {
    if (const CUresult error = call.resolve(GF_KIND_FUNCTION, args.function, &params.func))
      return error;
    if (const CUresult error = call.resolve(GF_KIND_CONTEXT, args.context, &params.ctx))
      return error;
    params.gridDimX = args.grid[0];
    params.gridDimY = args.grid[1];
    params.gridDimZ = args.grid[2];
    params.blockDimX = args.block[0];
    params.blockDimY = args.block[1];
    params.blockDimZ = args.block[2];
    params.sharedMemBytes = args.shared_bytes;
    size_bytes = args.param_bytes;
    extra[0] = CU_LAUNCH_PARAM_BUFFER_POINTER;
    extra[1] = const_cast<std::byte *>(packed);
    extra[2] = CU_LAUNCH_PARAM_BUFFER_SIZE;
    extra[3] = &size_bytes;
    extra[4] = CU_LAUNCH_PARAM_END;
    params.extra = extra;
    return params.func ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  }
};

} // namespace

CUresult custom_cuGraphAddKernelNode_v2(Call &call) {
  const auto *args = call.args<gf_cuGraphAddKernelNode_v2_args>();
  if (!args)
    return call.poisoned();
  std::vector<CUgraphNode> dependencies;
  if (const CUresult error =
          call.resolve_array(GF_KIND_GRAPH_NODE, args->dependency_count, dependencies))
    return error;
  const std::byte *packed = call.tail(args->param_bytes);
  if (!packed)
    return call.poisoned();
  auto *native = call.driver().cuGraphAddKernelNode_v2;
  if (!native)
    return call.missing("cuGraphAddKernelNode_v2");
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  KernelNode kernel;
  if (const CUresult error = kernel.take(call, *args, packed))
    return error;
  CUgraphNode node = nullptr;
  if (const CUresult error =
          native(&node, graph, dependencies.data(), dependencies.size(), &kernel.params))
    return error;
  return call.bind(GF_KIND_GRAPH_NODE, args->node, node) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuGraphKernelNodeSetParams_v2(Call &call) {
  const auto *args = call.args<gf_cuGraphKernelNodeSetParams_v2_args>();
  const std::byte *packed = args ? call.tail(args->param_bytes) : nullptr;
  if (!packed)
    return call.poisoned();
  auto *native = call.driver().cuGraphKernelNodeSetParams_v2;
  if (!native)
    return call.missing("cuGraphKernelNodeSetParams_v2");
  CUgraphNode node = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, args->node, &node))
    return error;
  KernelNode kernel;
  if (const CUresult error = kernel.take(call, *args, packed))
    return error;
  return native(node, &kernel.params);
}

CUresult custom_cuGraphExecKernelNodeSetParams_v2(Call &call) {
  const auto *args = call.args<gf_cuGraphExecKernelNodeSetParams_v2_args>();
  const std::byte *packed = args ? call.tail(args->param_bytes) : nullptr;
  if (!packed)
    return call.poisoned();
  auto *native = call.driver().cuGraphExecKernelNodeSetParams_v2;
  if (!native)
    return call.missing("cuGraphExecKernelNodeSetParams_v2");
  CUgraphExec exec = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_EXEC, args->exec, &exec))
    return error;
  CUgraphNode node = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, args->node, &node))
    return error;
  KernelNode kernel;
  if (const CUresult error = kernel.take(call, *args, packed))
    return error;
  return native(exec, node, &kernel.params);
}

CUresult custom_cuGraphAddMemcpyNode(Call &call) {
  const auto *args = call.args<gf_cuGraphAddMemcpyNode_args>();
  if (!args)
    return call.poisoned();
  std::vector<CUgraphNode> dependencies;
  if (const CUresult error =
          call.resolve_array(GF_KIND_GRAPH_NODE, args->dependency_count, dependencies))
    return error;
  auto *native = call.driver().cuGraphAddMemcpyNode;
  if (!native)
    return call.missing("cuGraphAddMemcpyNode");
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  CUcontext context = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_CONTEXT, args->context, &context))
    return error;
  CUDA_MEMCPY3D copy;
  std::memcpy(&copy, args->copy, sizeof copy);
  // A graph's host memory has to stay: the guest sends heap addresses, which both sides share.
  const auto shared = [&call](const void *pointer) -> gf_heap_range {
    const auto address = reinterpret_cast<uint64_t>(pointer);
    if (!call.session().region.in_heap(address, 0))
      return {UINT64_MAX, UINT64_MAX}; // settle_copy refuses it if that side is host memory
    const uint64_t offset = address - GF_HEAP_ADDRESS;
    return {offset, call.session().region.heap_bytes() - offset};
  };
  if (const CUresult error = settle_copy(call, copy, {shared(copy.srcHost), args->src_array},
                                         {shared(copy.dstHost), args->dst_array}))
    return error;
  CUgraphNode node = nullptr;
  if (const CUresult error =
          native(&node, graph, dependencies.data(), dependencies.size(), &copy, context))
    return error;
  return call.bind(GF_KIND_GRAPH_NODE, args->node, node) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuGraphAddHostNode(Call &call) {
  const auto *args = call.args<gf_cuGraphAddHostNode_args>();
  if (!args)
    return call.poisoned();
  std::vector<CUgraphNode> dependencies;
  if (const CUresult error =
          call.resolve_array(GF_KIND_GRAPH_NODE, args->dependency_count, dependencies))
    return error;
  auto *native = call.driver().cuGraphAddHostNode;
  if (!native)
    return call.missing("cuGraphAddHostNode");
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  CUDA_HOST_NODE_PARAMS params{};
  params.fn = GuestFunction::run;
  params.userData = call.session().callbacks.make(args->callback_id);
  CUgraphNode node = nullptr;
  if (const CUresult error =
          native(&node, graph, dependencies.data(), dependencies.size(), &params))
    return error;
  return call.bind(GF_KIND_GRAPH_NODE, args->node, node) ? CUDA_SUCCESS : call.poisoned();
}

} // namespace gpuferry::cuda
