// Executable graphs: instantiating, launching, updating.
#include "../entry.h"
#include "../graph_params.h"

#include <memory>

using namespace softcuda;

namespace {

CUresult enter_exec(CUgraphExec handle, GraphExec **exec) {
  GF_TRY(enter());
  *exec = GraphExec::from(handle);
  return *exec ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult instantiate(CUgraphExec *out, CUgraph handle, unsigned long long flags) {
  GF_TRY(enter());
  Graph *graph = Graph::from(handle);
  if (!graph)
    return CUDA_ERROR_INVALID_HANDLE;
  constexpr unsigned long long kKnown = CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH |
                                        CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD |
                                        CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY;
  GF_REQUIRE(out);
  if (flags & CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH)
    return CUDA_ERROR_NOT_SUPPORTED;
  GF_REQUIRE((flags & ~kKnown) == 0);
  auto exec = std::make_unique<GraphExec>();
  exec->flags = flags;
  GF_TRY(exec->fill(*graph));
  *out = handle_of<CUgraphExec>(exec.release());
  return CUDA_SUCCESS;
}

// Gives the step of `node` in an executable other work of the same kind: `set` makes it, on a node
// of its own.
template <class Set> CUresult change(CUgraphExec handle, CUgraphNode node_handle, Set set) {
  GraphExec *exec;
  GF_TRY(enter_exec(handle, &exec));
  GraphNode *node = GraphNode::from(node_handle);
  GF_REQUIRE(node);
  GraphExec::Step *step = exec->step(node);
  GF_REQUIRE(step);
  GraphNode scratch(node->graph, step->work);
  scratch.context = node->context;
  GF_TRY(set(scratch));
  GF_REQUIRE(scratch.work.index() == step->work.index());
  step->work = std::move(scratch.work);
  return CUDA_SUCCESS;
}

} // namespace

GF_API cuGraphInstantiateWithFlags(CUgraphExec *out, CUgraph graph, unsigned long long flags) {
  return instantiate(out, graph, flags);
}

GF_API cuGraphInstantiate_v2(CUgraphExec *out, CUgraph graph, CUgraphNode *error_node, char *log,
                             size_t log_bytes) {
  if (error_node)
    *error_node = nullptr;
  if (log && log_bytes)
    *log = '\0';
  return instantiate(out, graph, 0);
}

GF_API cuGraphInstantiate(CUgraphExec *out, CUgraph graph, CUgraphNode *error_node, char *log,
                          size_t log_bytes) {
  return cuGraphInstantiate_v2(out, graph, error_node, log, log_bytes);
}

GF_API cuGraphInstantiateWithParams(CUgraphExec *out, CUgraph graph,
                                    CUDA_GRAPH_INSTANTIATE_PARAMS *params) {
  GF_REQUIRE(params);
  params->hErrNode_out = nullptr;
  CUresult result = instantiate(out, graph, params->flags);
  params->result_out = result ? CUDA_GRAPH_INSTANTIATE_ERROR : CUDA_GRAPH_INSTANTIATE_SUCCESS;
  return result;
}

GF_API cuGraphExecGetFlags(CUgraphExec handle, cuuint64_t *flags) {
  GraphExec *exec;
  GF_TRY(enter_exec(handle, &exec));
  GF_REQUIRE(flags);
  *flags = exec->flags;
  return CUDA_SUCCESS;
}

GF_API cuGraphExecDestroy(CUgraphExec handle) {
  GraphExec *exec;
  GF_TRY(enter_exec(handle, &exec));
  // Its memory must outlast what is still running.
  if (Context * context; !exec->memory->addresses.empty() && !current_context(&context))
    context->synchronize();
  delete exec;
  return CUDA_SUCCESS;
}

GF_API cuGraphUpload(CUgraphExec handle, CUstream stream_handle) {
  GraphExec *exec;
  Stream *stream;
  GF_TRY(enter_exec(handle, &exec));
  return enter(stream_handle, &stream); // there is nothing that would have to be anywhere else
}

GF_API cuGraphLaunch(CUgraphExec handle, CUstream stream_handle) {
  GraphExec *exec;
  Stream *stream;
  GF_TRY(enter_exec(handle, &exec));
  GF_TRY(enter(stream_handle, &stream));
  return exec->launch(*stream);
}

GF_API cuGraphNodeSetEnabled(CUgraphExec handle, CUgraphNode node, unsigned int enabled) {
  GraphExec *exec;
  GF_TRY(enter_exec(handle, &exec));
  GraphExec::Step *step = exec->step(GraphNode::from(node));
  GF_REQUIRE(step);
  GF_REQUIRE(std::holds_alternative<KernelWork>(step->work) ||
             std::holds_alternative<CopyWork>(step->work) ||
             std::holds_alternative<FillWork>(step->work));
  step->enabled = enabled != 0;
  return CUDA_SUCCESS;
}

GF_API cuGraphNodeGetEnabled(CUgraphExec handle, CUgraphNode node, unsigned int *enabled) {
  GraphExec *exec;
  GF_TRY(enter_exec(handle, &exec));
  GraphExec::Step *step = exec->step(GraphNode::from(node));
  GF_REQUIRE(enabled && step);
  *enabled = step->enabled;
  return CUDA_SUCCESS;
}

GF_API cuGraphExecKernelNodeSetParams_v2(CUgraphExec exec, CUgraphNode node,
                                         const CUDA_KERNEL_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return change(exec, node, [&](GraphNode &n) { return set_kernel(n, *params); });
}

GF_API cuGraphExecKernelNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                      const CUDA_KERNEL_NODE_PARAMS_v1 *p) {
  GF_REQUIRE(p);
  CUDA_KERNEL_NODE_PARAMS wide{p->func,         p->gridDimX,  p->gridDimY,  p->gridDimZ,
                               p->blockDimX,    p->blockDimY, p->blockDimZ, p->sharedMemBytes,
                               p->kernelParams, p->extra,     nullptr,      nullptr};
  return cuGraphExecKernelNodeSetParams_v2(exec, node, &wide);
}

GF_API cuGraphExecMemcpyNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                      const CUDA_MEMCPY3D *params, CUcontext context) {
  GF_REQUIRE(params);
  return change(exec, node, [&](GraphNode &n) { return set_copy(n, *params, context); });
}

GF_API cuGraphExecMemsetNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                      const CUDA_MEMSET_NODE_PARAMS *params, CUcontext context) {
  GF_REQUIRE(params);
  return change(exec, node, [&](GraphNode &n) { return set_fill(n, *params, context); });
}

GF_API cuGraphExecHostNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                    const CUDA_HOST_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return change(exec, node, [&](GraphNode &n) { return set_host(n, *params); });
}

GF_API cuGraphExecEventRecordNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent event) {
  return change(exec, node, [&](GraphNode &n) { return set_event(n, event, true); });
}

GF_API cuGraphExecEventWaitNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent event) {
  return change(exec, node, [&](GraphNode &n) { return set_event(n, event, false); });
}

GF_API cuGraphExecNodeSetParams(CUgraphExec exec, CUgraphNode node, CUgraphNodeParams *params) {
  GF_REQUIRE(params);
  return change(exec, node, [&](GraphNode &n) { return set_any(n, *params); });
}

// Takes over the work of a graph of the same shape. Nodes are matched in order of execution, which
// for graphs of one shape is one order.
GF_API cuGraphExecUpdate_v2(CUgraphExec handle, CUgraph graph_handle,
                            CUgraphExecUpdateResultInfo *info) {
  GraphExec *exec;
  GF_TRY(enter_exec(handle, &exec));
  Graph *graph = Graph::from(graph_handle);
  if (!graph)
    return CUDA_ERROR_INVALID_HANDLE;
  GF_REQUIRE(info);
  auto fail = [info](CUgraphExecUpdateResult why, const GraphNode *node) {
    *info = {why, reinterpret_cast<CUgraphNode>(const_cast<GraphNode *>(node)), nullptr};
    return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
  };
  GraphExec fresh;
  GF_TRY(fresh.fill(*graph));
  if (fresh.steps.size() != exec->steps.size())
    return fail(CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, nullptr);
  for (size_t i = 0; i < fresh.steps.size(); i++)
    if (fresh.steps[i].work.index() != exec->steps[i].work.index())
      return fail(CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED, fresh.steps[i].node);
  for (size_t i = 0; i < fresh.steps.size(); i++)
    exec->steps[i].work = std::move(fresh.steps[i].work);
  *info = {CU_GRAPH_EXEC_UPDATE_SUCCESS, nullptr, nullptr};
  return CUDA_SUCCESS;
}

GF_API cuGraphExecUpdate(CUgraphExec exec, CUgraph graph, CUgraphNode *error_node,
                         CUgraphExecUpdateResult *result) {
  CUgraphExecUpdateResultInfo info{};
  CUresult status = cuGraphExecUpdate_v2(exec, graph, &info);
  if (error_node)
    *error_node = info.errorNode;
  if (result)
    *result = info.result;
  return status;
}

GF_API cuGraphExecChildGraphNodeSetParams(CUgraphExec handle, CUgraphNode node, CUgraph child) {
  GraphExec *exec;
  GF_TRY(enter_exec(handle, &exec));
  Graph *graph = Graph::from(child);
  GraphExec::Step *step = exec->step(GraphNode::from(node));
  GF_REQUIRE(graph && step && std::holds_alternative<ChildNode>(step->work));
  // The child's steps follow its node's.
  GraphExec fresh;
  GF_TRY(fresh.fill(*graph));
  size_t at = static_cast<size_t>(step - exec->steps.data()) + 1;
  GF_REQUIRE(at + fresh.steps.size() <= exec->steps.size());
  for (size_t i = 0; i < fresh.steps.size(); i++)
    GF_REQUIRE(fresh.steps[i].work.index() == exec->steps[at + i].work.index());
  for (size_t i = 0; i < fresh.steps.size(); i++)
    exec->steps[at + i].work = std::move(fresh.steps[i].work);
  return CUDA_SUCCESS;
}
