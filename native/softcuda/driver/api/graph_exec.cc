// Executable graphs: instantiating, launching, updating.
#include "../graph_exec.h"
#include "../graph_params.h"
#include "graph_enter.h"

#include <memory>

using namespace softcuda;

namespace {

CUresult enter_exec(CUgraphExec handle, GraphExec **exec) {
  GF_TRY(enter());
  *exec = GraphExec::from(handle);
  return *exec ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult instantiate(CUgraphExec *out, CUgraph handle, unsigned long long flags) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  constexpr unsigned long long kKnown = CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH |
                                        CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD |
                                        CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY;
  GF_REQUIRE(out && !graph->parent);
  // Kernels here cannot launch anything, be it a graph.
  if (flags & CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH)
    return CUDA_ERROR_NOT_SUPPORTED;
  GF_REQUIRE((flags & ~kKnown) == 0);
  auto exec = std::make_unique<GraphExec>();
  exec->flags = flags;
  GF_TRY(exec->fill(*graph));
  *out = handle_of<CUgraphExec>(exec.release());
  return CUDA_SUCCESS;
}

CUresult enter_step(CUgraphExec exec_handle, CUgraphNode node_handle, GraphStep **step) {
  GraphExec *exec;
  GF_TRY(enter_exec(exec_handle, &exec));
  GraphNode *node;
  GF_TRY(enter_node(node_handle, &node));
  *step = exec->steps.find(node);
  GF_REQUIRE(*step);
  return CUDA_SUCCESS;
}

// Gives the step of `node` in an executable other work of the same kind: `set` makes it, on a node
// of its own.
template <class Set> CUresult change(CUgraphExec exec, CUgraphNode node_handle, Set set) {
  GraphStep *step;
  GF_TRY(enter_step(exec, node_handle, &step));
  GraphNode *node = GraphNode::from(node_handle);
  GraphNode scratch(node->graph, step->work);
  scratch.context = step->context;
  const CUgraphNodeType type = scratch.type();
  GF_TRY(set(scratch));
  GF_REQUIRE(scratch.type() == type && may_change(step->work, scratch.work) == 0);
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
  GF_REQUIRE(params && out);
  Graph *named;
  GF_TRY(enter_graph(graph, &named));
  params->hErrNode_out = nullptr;
  if (params->flags & CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD) {
    Stream *stream;
    GF_TRY(enter(params->hUploadStream, &stream));
  }
  CUresult result = instantiate(out, graph, params->flags);
  if (!result)
    params->result_out = CUDA_GRAPH_INSTANTIATE_SUCCESS;
  else if (result == CUDA_ERROR_INVALID_VALUE)
    params->result_out = CUDA_GRAPH_INSTANTIATE_INVALID_STRUCTURE;
  else
    params->result_out = CUDA_GRAPH_INSTANTIATE_ERROR;
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

GF_API cuGraphNodeSetEnabled(CUgraphExec exec, CUgraphNode node, unsigned int enabled) {
  GraphStep *step;
  GF_TRY(enter_step(exec, node, &step));
  GF_REQUIRE(std::holds_alternative<KernelWork>(step->work) ||
             std::holds_alternative<CopyWork>(step->work) ||
             std::holds_alternative<FillWork>(step->work));
  step->enabled = enabled != 0;
  return CUDA_SUCCESS;
}

GF_API cuGraphNodeGetEnabled(CUgraphExec exec, CUgraphNode node, unsigned int *enabled) {
  GraphStep *step;
  GF_TRY(enter_step(exec, node, &step));
  GF_REQUIRE(enabled && (std::holds_alternative<KernelWork>(step->work) ||
                         std::holds_alternative<CopyWork>(step->work) ||
                         std::holds_alternative<FillWork>(step->work)));
  *enabled = step->enabled;
  return CUDA_SUCCESS;
}

GF_API cuGraphExecKernelNodeSetParams_v2(CUgraphExec exec, CUgraphNode node,
                                         const CUDA_KERNEL_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return change(exec, node, [&](GraphNode &n) { return set_kernel(n, *params); });
}

GF_API cuGraphExecKernelNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                      const CUDA_KERNEL_NODE_PARAMS_v1 *params) {
  GF_REQUIRE(params);
  const CUDA_KERNEL_NODE_PARAMS wide = widen(*params);
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

GF_API cuGraphExecBatchMemOpNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                          const CUDA_BATCH_MEM_OP_NODE_PARAMS *params) {
  GF_REQUIRE(params);
  return change(exec, node, [&](GraphNode &n) { return set_mem_ops(n, *params); });
}

GF_API cuGraphExecChildGraphNodeSetParams(CUgraphExec handle, CUgraphNode node, CUgraph child) {
  GraphExec *exec;
  GraphStep *step;
  Graph *graph;
  GF_TRY(enter_exec(handle, &exec));
  GF_TRY(enter_graph(child, &graph));
  GF_TRY(enter_step(handle, node, &step));
  GF_REQUIRE(std::holds_alternative<ChildNode>(step->work));
  return exec->update_child(*step, *graph);
}

GF_API cuGraphExecNodeSetParams(CUgraphExec exec, CUgraphNode node, CUgraphNodeParams *params) {
  GF_REQUIRE(params);
  if (params->type == CU_GRAPH_NODE_TYPE_GRAPH)
    return cuGraphExecChildGraphNodeSetParams(exec, node, params->graph.graph);
  GF_REQUIRE(params->type != CU_GRAPH_NODE_TYPE_MEM_ALLOC &&
             params->type != CU_GRAPH_NODE_TYPE_MEM_FREE &&
             params->type != CU_GRAPH_NODE_TYPE_CONDITIONAL);
  return change(exec, node, [&](GraphNode &n) {
    GF_REQUIRE(n.type() == params->type);
    return set_any(n, *params);
  });
}

GF_API cuGraphExecUpdate_v2(CUgraphExec handle, CUgraph graph_handle,
                            CUgraphExecUpdateResultInfo *info) {
  GraphExec *exec;
  Graph *graph;
  GF_TRY(enter_exec(handle, &exec));
  GF_TRY(enter_graph(graph_handle, &graph));
  GF_REQUIRE(info);
  return exec->update(*graph, info);
}

GF_API cuGraphExecUpdate(CUgraphExec exec, CUgraph graph, CUgraphNode *error_node,
                         CUgraphExecUpdateResult *result) {
  CUgraphExecUpdateResultInfo info{};
  info.result = CU_GRAPH_EXEC_UPDATE_ERROR; // what is left where a handle names nothing
  CUresult status = cuGraphExecUpdate_v2(exec, graph, &info);
  if (error_node)
    *error_node = info.errorNode;
  if (result)
    *result = info.result;
  return status;
}
