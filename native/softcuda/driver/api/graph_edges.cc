// Edges of graphs, and lists of nodes and edges.
#include "graph_enter.h"

#include <algorithm>

using namespace softcuda;

namespace softcuda {

CUresult check_edge(const CUgraphEdgeData &edge) {
  GF_REQUIRE(edge.type <= CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC && edge.to_port == 0);
  GF_REQUIRE(edge.from_port <= CU_GRAPH_KERNEL_NODE_PORT_LAUNCH_ORDER);
  GF_REQUIRE(edge.type == CU_GRAPH_DEPENDENCY_TYPE_DEFAULT || edge.from_port != 0);
  return CUDA_SUCCESS;
}

CUresult read_dependencies(const Graph &graph, const CUgraphNode *nodes,
                           const CUgraphEdgeData *edges, size_t count,
                           std::vector<Dependency> *out) {
  GF_REQUIRE(nodes || count == 0);
  for (size_t i = 0; i < count; i++) {
    Dependency dependency{GraphNode::from(nodes[i])};
    if (edges)
      dependency.data = edges[i];
    GF_TRY(check_edge(dependency.data));
    GF_REQUIRE(dependency.node && &dependency.node->graph == &graph);
    // Only kernels have ports.
    GF_REQUIRE(!dependency.data.from_port ||
               std::holds_alternative<KernelWork>(dependency.node->work));
    GF_REQUIRE(std::none_of(out->begin(), out->end(), [&](const Dependency &other) {
      return other.node == dependency.node;
    }));
    out->push_back(dependency);
  }
  return CUDA_SUCCESS;
}

} // namespace softcuda

namespace {

struct Edge {
  GraphNode *from, *to;
  CUgraphEdgeData data;
};

bool same(const CUgraphEdgeData &a, const CUgraphEdgeData &b) {
  return a.from_port == b.from_port && a.to_port == b.to_port && a.type == b.type;
}

// The convention of all calls that list nodes: without an array they count; with one they fill it,
// and pad with null.
template <class Out, class Of>
void fill(const std::vector<Edge> &edges, Out *out, size_t room, Of of) {
  if (out)
    for (size_t i = 0; i < room; i++)
      out[i] = i < edges.size() ? of(edges[i]) : Out{};
}

CUgraphNode from_of(const Edge &edge) { return handle_of<CUgraphNode>(edge.from); }
CUgraphNode to_of(const Edge &edge) { return handle_of<CUgraphNode>(edge.to); }

/// A list of edges, of which those with data can only be had together with it.
CUresult list(const std::vector<Edge> &edges, CUgraphNode *from, CUgraphNode *to,
              CUgraphEdgeData *data, size_t *count) {
  const bool wants_nodes = from || to;
  GF_REQUIRE(count && (!data || wants_nodes));
  if (wants_nodes && !data &&
      std::any_of(edges.begin(), edges.end(), [](const Edge &e) { return !is_plain(e.data); }))
    return CUDA_ERROR_LOSSY_QUERY;
  fill(edges, from, *count, from_of);
  fill(edges, to, *count, to_of);
  fill(edges, data, *count, [](const Edge &edge) { return edge.data; });
  *count = wants_nodes ? std::min(*count, edges.size()) : edges.size();
  return CUDA_SUCCESS;
}

std::vector<Edge> edges_of(const Graph &graph) {
  std::vector<Edge> edges;
  for (auto &node : graph.nodes)
    for (const Dependency &dependency : node->dependencies)
      edges.push_back({dependency.node, node.get(), dependency.data});
  return edges;
}

/// Looks at all edges of a call before it changes the first.
template <class Change>
CUresult change(CUgraph handle, const CUgraphNode *from, const CUgraphNode *to,
                const CUgraphEdgeData *data, size_t count, bool is_there, Change change) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(count == 0 || (from && to));
  if (is_there && count && graph->has_memory_nodes())
    return CUDA_ERROR_NOT_SUPPORTED;
  std::vector<Edge> edges;
  for (size_t i = 0; i < count; i++) {
    Edge edge{GraphNode::from(from[i]), GraphNode::from(to[i]), data ? data[i] : CUgraphEdgeData{}};
    GF_TRY(check_edge(edge.data));
    GF_REQUIRE(edge.from && edge.to && edge.from != edge.to && &edge.from->graph == graph &&
               &edge.to->graph == graph);
    GF_REQUIRE(!edge.data.from_port || std::holds_alternative<KernelWork>(edge.from->work));
    auto &present = edge.to->dependencies;
    auto found = std::find_if(present.begin(), present.end(),
                              [&](const Dependency &d) { return d.node == edge.from; });
    GF_REQUIRE(is_there ? found != present.end() && same(found->data, edge.data)
                        : found == present.end());
    GF_REQUIRE(std::none_of(edges.begin(), edges.end(), [&](const Edge &other) {
      return other.from == edge.from && other.to == edge.to;
    }));
    edges.push_back(edge);
  }
  for (const Edge &edge : edges)
    change(edge);
  return CUDA_SUCCESS;
}

} // namespace

GF_API cuGraphGetNodes(CUgraph handle, CUgraphNode *out, size_t *count) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  std::vector<Edge> nodes;
  for (auto &node : graph->nodes)
    nodes.push_back({node.get(), nullptr, {}});
  return list(nodes, out, nullptr, nullptr, count);
}

GF_API cuGraphGetRootNodes(CUgraph handle, CUgraphNode *out, size_t *count) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  std::vector<Edge> roots;
  for (auto &node : graph->nodes)
    if (node->dependencies.empty())
      roots.push_back({node.get(), nullptr, {}});
  return list(roots, out, nullptr, nullptr, count);
}

GF_API cuGraphNodeGetDependencies_v2(CUgraphNode handle, CUgraphNode *out, CUgraphEdgeData *data,
                                     size_t *count) {
  GraphNode *node;
  GF_TRY(enter_node(handle, &node));
  std::vector<Edge> edges;
  for (const Dependency &dependency : node->dependencies)
    edges.push_back({dependency.node, node, dependency.data});
  return list(edges, out, nullptr, data, count);
}

GF_API cuGraphNodeGetDependencies(CUgraphNode node, CUgraphNode *out, size_t *count) {
  return cuGraphNodeGetDependencies_v2(node, out, nullptr, count);
}

GF_API cuGraphNodeGetDependentNodes_v2(CUgraphNode handle, CUgraphNode *out, CUgraphEdgeData *data,
                                       size_t *count) {
  GraphNode *node;
  GF_TRY(enter_node(handle, &node));
  std::vector<Edge> edges = edges_of(node->graph);
  std::erase_if(edges, [node](const Edge &edge) { return edge.from != node; });
  return list(edges, nullptr, out, data, count);
}

GF_API cuGraphNodeGetDependentNodes(CUgraphNode node, CUgraphNode *out, size_t *count) {
  return cuGraphNodeGetDependentNodes_v2(node, out, nullptr, count);
}

GF_API cuGraphGetEdges_v2(CUgraph handle, CUgraphNode *from, CUgraphNode *to, CUgraphEdgeData *data,
                          size_t *count) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  GF_REQUIRE(!from == !to);
  return list(edges_of(*graph), from, to, data, count);
}

GF_API cuGraphGetEdges(CUgraph graph, CUgraphNode *from, CUgraphNode *to, size_t *count) {
  return cuGraphGetEdges_v2(graph, from, to, nullptr, count);
}

GF_API cuGraphAddDependencies_v2(CUgraph handle, const CUgraphNode *from, const CUgraphNode *to,
                                 const CUgraphEdgeData *data, size_t count) {
  return change(handle, from, to, data, count, false,
                [](const Edge &edge) { edge.to->dependencies.push_back({edge.from, edge.data}); });
}

GF_API cuGraphAddDependencies(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to,
                              size_t count) {
  return cuGraphAddDependencies_v2(graph, from, to, nullptr, count);
}

GF_API cuGraphRemoveDependencies_v2(CUgraph handle, const CUgraphNode *from, const CUgraphNode *to,
                                    const CUgraphEdgeData *data, size_t count) {
  return change(handle, from, to, data, count, true, [](const Edge &edge) {
    std::erase_if(edge.to->dependencies,
                  [&](const Dependency &dependency) { return dependency.node == edge.from; });
  });
}

GF_API cuGraphRemoveDependencies(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to,
                                 size_t count) {
  return cuGraphRemoveDependencies_v2(graph, from, to, nullptr, count);
}
