// Graphs: making them, and asking what is in them.
#include "../graph.h"
#include "../entry.h"

#include <algorithm>
#include <cstdio>
#include <memory>

using namespace softcuda;

namespace {

CUresult enter_graph(CUgraph handle, Graph **graph) {
  GF_TRY(enter());
  *graph = Graph::from(handle);
  return *graph ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult enter_node(CUgraphNode handle, GraphNode **node) {
  GF_TRY(enter());
  *node = GraphNode::from(handle);
  return *node ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

// The convention of all calls that list nodes: without an array they count; with one they fill it,
// and pad with null.
CUresult list(const std::vector<GraphNode *> &nodes, CUgraphNode *out, size_t *count) {
  GF_REQUIRE(count);
  if (out)
    for (size_t i = 0; i < *count; i++)
      out[i] = i < nodes.size() ? handle_of<CUgraphNode>(nodes[i]) : nullptr;
  *count = out ? std::min(*count, nodes.size()) : nodes.size();
  return CUDA_SUCCESS;
}

void clear(CUgraphEdgeData *edges, size_t count) {
  if (edges)
    std::fill_n(edges, count, CUgraphEdgeData{});
}

// Edges with ports order kernels more finely than we run them.
bool plain(const CUgraphEdgeData *edges, size_t count) {
  return !edges || std::all_of(edges, edges + count, [](const CUgraphEdgeData &edge) {
    return edge.from_port == 0 && edge.to_port == 0;
  });
}

} // namespace

GF_API cuGraphCreate(CUgraph *out, unsigned int flags) {
  GF_TRY(enter());
  GF_REQUIRE(out && flags == 0);
  *out = handle_of<CUgraph>(new Graph);
  return CUDA_SUCCESS;
}

GF_API cuGraphDestroy(CUgraph handle) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  delete graph;
  return CUDA_SUCCESS;
}

GF_API cuGraphClone(CUgraph *out, CUgraph handle) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(out);
  *out = handle_of<CUgraph>(graph->clone().release());
  return CUDA_SUCCESS;
}

GF_API cuGraphNodeFindInClone(CUgraphNode *out, CUgraphNode original, CUgraph clone) {
  Graph *graph;
  GF_TRY(enter_graph(clone, &graph));
  GF_REQUIRE(out);
  for (auto &node : graph->nodes) {
    if (node->cloned_from == GraphNode::from(original)) {
      *out = handle_of<CUgraphNode>(node.get());
      return CUDA_SUCCESS;
    }
  }
  return CUDA_ERROR_INVALID_VALUE;
}

GF_API cuGraphDestroyNode(CUgraphNode handle) {
  GraphNode *node;
  GF_TRY(enter_node(handle, &node));
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

GF_API cuGraphGetNodes(CUgraph handle, CUgraphNode *out, size_t *count) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  std::vector<GraphNode *> nodes;
  for (auto &node : graph->nodes)
    nodes.push_back(node.get());
  return list(nodes, out, count);
}

GF_API cuGraphGetRootNodes(CUgraph handle, CUgraphNode *out, size_t *count) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  std::vector<GraphNode *> roots;
  for (auto &node : graph->nodes)
    if (node->dependencies.empty())
      roots.push_back(node.get());
  return list(roots, out, count);
}

GF_API cuGraphNodeGetDependencies(CUgraphNode handle, CUgraphNode *out, size_t *count) {
  GraphNode *node;
  GF_TRY(enter_node(handle, &node));
  return list(node->dependencies, out, count);
}

GF_API cuGraphNodeGetDependencies_v2(CUgraphNode handle, CUgraphNode *out, CUgraphEdgeData *edges,
                                     size_t *count) {
  GF_TRY(cuGraphNodeGetDependencies(handle, out, count));
  clear(edges, *count);
  return CUDA_SUCCESS;
}

GF_API cuGraphNodeGetDependentNodes(CUgraphNode handle, CUgraphNode *out, size_t *count) {
  GraphNode *node;
  GF_TRY(enter_node(handle, &node));
  std::vector<GraphNode *> dependents;
  for (auto &other : node->graph.nodes)
    if (std::find(other->dependencies.begin(), other->dependencies.end(), node) !=
        other->dependencies.end())
      dependents.push_back(other.get());
  return list(dependents, out, count);
}

GF_API cuGraphNodeGetDependentNodes_v2(CUgraphNode handle, CUgraphNode *out, CUgraphEdgeData *edges,
                                       size_t *count) {
  GF_TRY(cuGraphNodeGetDependentNodes(handle, out, count));
  clear(edges, *count);
  return CUDA_SUCCESS;
}

GF_API cuGraphGetEdges(CUgraph handle, CUgraphNode *from, CUgraphNode *to, size_t *count) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(count && !from == !to);
  std::vector<GraphNode *> sources, targets;
  for (auto &node : graph->nodes) {
    for (GraphNode *dependency : node->dependencies) {
      sources.push_back(dependency);
      targets.push_back(node.get());
    }
  }
  size_t room = *count;
  GF_TRY(list(sources, from, &room));
  return list(targets, to, count);
}

GF_API cuGraphGetEdges_v2(CUgraph handle, CUgraphNode *from, CUgraphNode *to,
                          CUgraphEdgeData *edges, size_t *count) {
  GF_TRY(cuGraphGetEdges(handle, from, to, count));
  clear(edges, *count);
  return CUDA_SUCCESS;
}

GF_API cuGraphAddDependencies(CUgraph handle, const CUgraphNode *from, const CUgraphNode *to,
                              size_t count) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(count == 0 || (from && to));
  for (size_t i = 0; i < count; i++) {
    GraphNode *source = GraphNode::from(from[i]), *target = GraphNode::from(to[i]);
    GF_REQUIRE(source && target && source != target && &source->graph == graph &&
               &target->graph == graph);
    auto &dependencies = target->dependencies;
    GF_REQUIRE(std::find(dependencies.begin(), dependencies.end(), source) == dependencies.end());
    dependencies.push_back(source);
  }
  return CUDA_SUCCESS;
}

GF_API cuGraphAddDependencies_v2(CUgraph handle, const CUgraphNode *from, const CUgraphNode *to,
                                 const CUgraphEdgeData *edges, size_t count) {
  if (!plain(edges, count))
    return CUDA_ERROR_NOT_SUPPORTED;
  return cuGraphAddDependencies(handle, from, to, count);
}

GF_API cuGraphRemoveDependencies(CUgraph handle, const CUgraphNode *from, const CUgraphNode *to,
                                 size_t count) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(count == 0 || (from && to));
  for (size_t i = 0; i < count; i++) {
    GraphNode *source = GraphNode::from(from[i]), *target = GraphNode::from(to[i]);
    GF_REQUIRE(source && target && std::erase(target->dependencies, source));
  }
  return CUDA_SUCCESS;
}

GF_API cuGraphRemoveDependencies_v2(CUgraph handle, const CUgraphNode *from, const CUgraphNode *to,
                                    const CUgraphEdgeData *, size_t count) {
  return cuGraphRemoveDependencies(handle, from, to, count);
}

GF_API cuGraphDebugDotPrint(CUgraph handle, const char *path, unsigned int) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(path);
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path, "w"), fclose);
  if (!file)
    return CUDA_ERROR_OPERATING_SYSTEM;
  static constexpr const char *kTypes[] = {
      "kernel",       "memcpy", "memset",    "host",  "graph", "empty", "event wait",
      "event record", "signal", "semaphore", "alloc", "free",  "memop", "conditional"};
  fprintf(file.get(), "digraph dot {\n");
  for (auto &node : graph->nodes) {
    fprintf(file.get(), "  \"%p\" [label=\"%s\"];\n", static_cast<void *>(node.get()),
            kTypes[node->type()]);
    for (GraphNode *dependency : node->dependencies)
      fprintf(file.get(), "  \"%p\" -> \"%p\";\n", static_cast<void *>(dependency),
              static_cast<void *>(node.get()));
  }
  fprintf(file.get(), "}\n");
  return CUDA_SUCCESS;
}

// User objects.

GF_API cuUserObjectCreate(CUuserObject *out, void *value, CUhostFn destroy, unsigned int references,
                          unsigned int flags) {
  GF_TRY(enter());
  GF_REQUIRE(out && destroy && references && flags == CU_USER_OBJECT_NO_DESTRUCTOR_SYNC);
  *out = handle_of<CUuserObject>(new UserObject(value, destroy, references));
  return CUDA_SUCCESS;
}

GF_API cuUserObjectRetain(CUuserObject handle, unsigned int count) {
  GF_TRY(enter());
  UserObject *object = UserObject::from(handle);
  GF_REQUIRE(object && count);
  object->retain(count);
  return CUDA_SUCCESS;
}

GF_API cuUserObjectRelease(CUuserObject handle, unsigned int count) {
  GF_TRY(enter());
  UserObject *object = UserObject::from(handle);
  GF_REQUIRE(object && count);
  object->release(count);
  return CUDA_SUCCESS;
}

GF_API cuGraphRetainUserObject(CUgraph handle, CUuserObject object_handle, unsigned int count,
                               unsigned int flags) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  UserObject *object = UserObject::from(object_handle);
  GF_REQUIRE(object && count && (flags & ~CU_GRAPH_USER_OBJECT_MOVE) == 0);
  if (!(flags & CU_GRAPH_USER_OBJECT_MOVE))
    object->retain(count);
  graph->user_objects.insert(graph->user_objects.end(), count, object);
  return CUDA_SUCCESS;
}

GF_API cuGraphReleaseUserObject(CUgraph handle, CUuserObject object_handle, unsigned int count) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  UserObject *object = UserObject::from(object_handle);
  GF_REQUIRE(object && count);
  for (unsigned i = 0; i < count; i++) {
    auto found = std::find(graph->user_objects.begin(), graph->user_objects.end(), object);
    GF_REQUIRE(found != graph->user_objects.end());
    graph->user_objects.erase(found);
    object->release(1);
  }
  return CUDA_SUCCESS;
}
