// Lists of nodes and edges, and changes to edges.
#include "backends/cuda/dependencies.h"

#include <algorithm>
#include <cstring>

namespace gpuferry::cuda {

namespace {

struct Lists {
  std::vector<CUgraphNode> from, to;
  std::vector<CUgraphEdgeData> edges;

  void resize(size_t count) {
    from.resize(count);
    to.resize(count);
    edges.resize(count);
  }
};

/// Asks twice: how many there are, and which. `list(from, to, edges, count)`, with nulls the first time.
template <class List> CUresult fetch(Lists &lists, bool wants_edges, List list) {
  size_t count = 0;
  if (const CUresult error = list(nullptr, nullptr, nullptr, &count))
    return error;
  lists.resize(count);
  if (count == 0)
    return CUDA_SUCCESS;
  if (const CUresult error = list(lists.from.data(), lists.to.data(),
                                  wants_edges ? lists.edges.data() : nullptr, &count))
    return error;
  lists.resize(std::min(count, lists.from.size()));
  return CUDA_SUCCESS;
}

CUresult fetch_of_graph(Call &call, const gf_gfGraphList_args &args, Lists &lists) {
  const Driver &driver = call.driver();
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args.of, &graph))
    return error;
  const bool wants_edges = args.flags & GF_LIST_EDGE_DATA;
  return fetch(lists, wants_edges,
               [&](CUgraphNode *from, CUgraphNode *to, CUgraphEdgeData *edges, size_t *count) {
                 if (args.what == GF_LIST_NODES)
                   return driver.cuGraphGetNodes(graph, from, count);
                 if (args.what == GF_LIST_ROOTS)
                   return driver.cuGraphGetRootNodes(graph, from, count);
                 if (driver.cuGraphGetEdges_v2)
                   return driver.cuGraphGetEdges_v2(graph, from, to, edges, count);
                 return edges ? call.missing("cuGraphGetEdges_v2")
                              : driver.cuGraphGetEdges(graph, from, to, count);
               });
}

CUresult fetch_of_node(Call &call, const gf_gfGraphList_args &args, Lists &lists) {
  const Driver &driver = call.driver();
  CUgraphNode node = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH_NODE, args.of, &node))
    return error;
  const bool wants_edges = args.flags & GF_LIST_EDGE_DATA;
  const bool is_back = args.what == GF_LIST_DEPENDENCIES;
  return fetch(lists, wants_edges,
               [&](CUgraphNode *from, CUgraphNode *, CUgraphEdgeData *edges, size_t *count) {
                 auto *native = is_back ? driver.cuGraphNodeGetDependencies_v2
                                        : driver.cuGraphNodeGetDependentNodes_v2;
                 auto *plain = is_back ? driver.cuGraphNodeGetDependencies
                                       : driver.cuGraphNodeGetDependentNodes;
                 if (native)
                   return native(node, from, edges, count);
                 return edges ? call.missing("cuGraphNodeGetDependencies_v2")
                              : plain(node, from, count);
               });
}

} // namespace

CUresult custom_gfGraphList(Call &call) {
  const auto *args = call.args<gf_gfGraphList_args>();
  if (!args)
    return call.poisoned();
  if (args->what > GF_LIST_DEPENDENTS)
    return call.violate("there is no such list");
  const bool is_of_node = args->what == GF_LIST_DEPENDENCIES || args->what == GF_LIST_DEPENDENTS;
  auto *reply = call.reply<gf_gfGraphList_reply>();
  Lists lists;
  if (args->flags & GF_LIST_COUNT_ONLY) { // for which edge data does not matter
    gf_gfGraphList_args with_data = *args;
    with_data.flags |= GF_LIST_EDGE_DATA;
    if (const CUresult error = is_of_node ? fetch_of_node(call, with_data, lists)
                                          : fetch_of_graph(call, with_data, lists))
      return error;
    reply->total = lists.from.size();
    return CUDA_SUCCESS;
  }
  if (const CUresult error =
          is_of_node ? fetch_of_node(call, *args, lists) : fetch_of_graph(call, *args, lists))
    return error;
  reply->total = lists.from.size();
  const uint64_t graph =
      is_of_node ? call.session().objects.owner_of(GF_KIND_GRAPH_NODE, args->of) : args->of;
  constexpr uint64_t kMost = (GF_REPLY_DATA_BYTES - 64) / (3 * sizeof(uint64_t));
  const uint64_t first = std::min<uint64_t>(args->first, lists.from.size());
  reply->count = std::min<uint64_t>(lists.from.size() - first, kMost);
  auto *entries = call.reply_tail_array<uint64_t>(3 * reply->count);
  if (!entries)
    return call.poisoned();
  for (uint64_t i = 0; i < reply->count; ++i, entries += 3) {
    entries[0] = call.adopt(GF_KIND_GRAPH_NODE, lists.from[first + i], graph);
    entries[1] = call.adopt(GF_KIND_GRAPH_NODE, lists.to[first + i], graph);
    std::memcpy(&entries[2], &lists.edges[first + i], sizeof(CUgraphEdgeData));
  }
  return CUDA_SUCCESS;
}

CUresult custom_gfGraphEdges(Call &call) {
  const auto *args = call.args<gf_gfGraphEdges_args>();
  if (!args)
    return call.poisoned();
  const Driver &driver = call.driver();
  Dependencies from, to;
  if (const CUresult error = from.take(call, args->count, false))
    return error;
  if (const CUresult error = to.take(call, args->count, args->has_edges))
    return error;
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  auto *native =
      args->is_removal ? driver.cuGraphRemoveDependencies_v2 : driver.cuGraphAddDependencies_v2;
  auto *plain = args->is_removal ? driver.cuGraphRemoveDependencies : driver.cuGraphAddDependencies;
  if (native)
    return native(graph, from.nodes.data(), to.nodes.data(), to.edges, args->count);
  return to.edges ? call.missing("cuGraphAddDependencies_v2")
                  : plain(graph, from.nodes.data(), to.nodes.data(), args->count);
}

} // namespace gpuferry::cuda
