// Graphs: making and copying them, conditional values, a picture of them.
#include "graph_enter.h"

#include <cstdio>
#include <memory>

using namespace softcuda;

GF_API cuGraphCreate(CUgraph *out, unsigned int flags) {
  GF_TRY(enter());
  GF_REQUIRE(out && flags == 0);
  *out = handle_of<CUgraph>(new Graph);
  return CUDA_SUCCESS;
}

GF_API cuGraphDestroy(CUgraph handle) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(!graph->parent); // belongs to the node that it is in
  delete graph;
  return CUDA_SUCCESS;
}

GF_API cuGraphClone(CUgraph *out, CUgraph handle) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(out);
  if (graph->has_memory_nodes() || graph->has_conditional_nodes())
    return CUDA_ERROR_NOT_SUPPORTED;
  *out = handle_of<CUgraph>(graph->clone().release());
  return CUDA_SUCCESS;
}

GF_API cuGraphNodeFindInClone(CUgraphNode *out, CUgraphNode original, CUgraph clone) {
  Graph *graph;
  GraphNode *node;
  GF_TRY(enter_graph(clone, &graph));
  GF_TRY(enter_node(original, &node));
  GF_REQUIRE(out);
  for (auto &copy : graph->nodes) {
    if (copy->cloned_from == node) {
      *out = handle_of<CUgraphNode>(copy.get());
      return CUDA_SUCCESS;
    }
  }
  return CUDA_ERROR_INVALID_VALUE;
}

GF_API cuGraphDestroyNode(CUgraphNode handle) {
  GraphNode *node;
  GF_TRY(enter_node(handle, &node));
  if (node->graph.has_memory_nodes())
    return CUDA_ERROR_NOT_SUPPORTED;
  node->graph.remove(node);
  return CUDA_SUCCESS;
}

GF_API cuGraphNodeGetType(CUgraphNode handle, CUgraphNodeType *type) {
  GraphNode *node;
  GF_TRY(enter_node(handle, &node));
  GF_REQUIRE(type);
  *type = node->type();
  return CUDA_SUCCESS;
}

GF_API cuGraphConditionalHandleCreate(CUgraphConditionalHandle *out, CUgraph handle,
                                      CUcontext context_handle, unsigned int default_value,
                                      unsigned int flags) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(out && (flags & ~CU_GRAPH_COND_ASSIGN_DEFAULT) == 0);
  Context *context = Context::from(context_handle);
  if (!context_handle)
    GF_TRY(current_context(&context));
  if (!context)
    return CUDA_ERROR_INVALID_CONTEXT;
  ConditionalValue value;
  GF_TRY(make_conditional_value(*context, default_value, flags != 0, &value));
  *out = *value.address;
  graph->conditional_values.push_back(std::move(value));
  return CUDA_SUCCESS;
}

namespace {

constexpr const char *kTypes[] = {"KERNEL",       "MEMCPY",     "MEMSET",     "HOST",
                                  "GRAPH",        "EMPTY",      "WAIT_EVENT", "EVENT_RECORD",
                                  "EXT_SIGNAL",   "EXT_WAIT",   "MEM_ALLOC",  "MEM_FREE",
                                  "BATCH_MEM_OP", "CONDITIONAL"};

/// Nodes by their place, so that the same graph gives the same picture.
void draw(FILE *file, const Graph &graph, const std::string &name, unsigned flags) {
  std::map<const GraphNode *, size_t> place;
  for (auto &node : graph.nodes)
    place.emplace(node.get(), place.size());
  fprintf(file, "subgraph cluster_%s {\nlabel=\"%s\" graph[style=\"dashed\"];\n", name.c_str(),
          name.c_str());
  for (auto &node : graph.nodes) {
    const size_t i = place[node.get()];
    fprintf(file, "\"%s_node_%zu\"[style=\"solid\" shape=\"rectangle\" label=\"%zu\\n%s",
            name.c_str(), i, i, kTypes[node->type()]);
    if (auto *kernel = std::get_if<KernelWork>(&node->work)) {
      fprintf(file, "\\n%s", kernel->function->info.name.c_str());
      if (flags & (CU_GRAPH_DEBUG_DOT_FLAGS_VERBOSE | CU_GRAPH_DEBUG_DOT_FLAGS_KERNEL_NODE_PARAMS))
        fprintf(file, "\\n{%u,%u,%u} {%u,%u,%u} %u", kernel->grid.x, kernel->grid.y, kernel->grid.z,
                kernel->block.x, kernel->block.y, kernel->block.z, kernel->dynamic_shared_bytes);
    }
    fprintf(file, "\"];\n");
  }
  for (auto &node : graph.nodes)
    for (const Dependency &dependency : node->dependencies)
      fprintf(file, "\"%s_node_%zu\" -> \"%s_node_%zu\";\n", name.c_str(), place[dependency.node],
              name.c_str(), place[node.get()]);
  fprintf(file, "}\n");
  for (auto &node : graph.nodes) {
    const std::string inner = name + "_" + std::to_string(place[node.get()]);
    if (auto *child = std::get_if<ChildNode>(&node->work))
      draw(file, *child->graph, inner, flags);
    else if (auto *conditional = std::get_if<ConditionalNode>(&node->work))
      for (size_t i = 0; i < conditional->bodies.size(); i++)
        draw(file, *conditional->bodies[i], inner + "_" + std::to_string(i), flags);
  }
}

} // namespace

GF_API cuGraphDebugDotPrint(CUgraph handle, const char *path, unsigned int flags) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(path && (flags & ~0xffffu) == 0);
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path, "w"), fclose);
  if (!file)
    return CUDA_ERROR_OPERATING_SYSTEM;
  fprintf(file.get(), "digraph dot {\n");
  draw(file.get(), *graph, "graph_1", flags);
  fprintf(file.get(), "}\n");
  return CUDA_SUCCESS;
}
