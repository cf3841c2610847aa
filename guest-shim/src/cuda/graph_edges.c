// Nodes and edges of graphs: lists of them, and changes to edges.
#include <string.h>

#include "abi/graph.h"
#include "cuda/stub.h"

/// One entry of a list as it travels.
struct entry {
  CUgraphNode from, to;
  CUgraphEdgeData data;
};
_Static_assert(sizeof(struct entry) == 24, "as protocol/api/cuda/internal.api.ts says");

/// Where a list goes. Nulls where the application did not ask.
struct lists {
  CUgraphNode *from, *to;
  CUgraphEdgeData *edges;
};

/// Without arrays a list is counted; with some they are filled, padded with nulls, and `count` says how
/// many there were to give. A frame holds a part of a long list.
static CUresult list(uint32_t what, uint64_t of, const struct lists *out, size_t *count) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  const int counts = out->from == NULL && out->to == NULL;
  if (count == NULL || (counts && out->edges != NULL))
    return CUDA_ERROR_INVALID_VALUE;
  const size_t room = counts ? 0 : *count;
  size_t at = 0, total;
  do {
    struct gf_gfGraphList_args *args = gf_begin(lane, GF_OP_gfGraphList, sizeof *args);
    args->of = of;
    args->first = at;
    args->what = what;
    args->flags = (counts ? GF_LIST_COUNT_ONLY : 0) | (out->edges != NULL ? GF_LIST_EDGE_DATA : 0);
    const void *data;
    const struct gf_gfGraphList_reply *reply;
    result = gf_call(lane, &data, sizeof *reply);
    if (result != CUDA_SUCCESS)
      return result;
    reply = data;
    total = reply->total;
    const size_t sent = reply->count;
    if (sent > (gf_reply_bytes(lane) - sizeof *reply) / sizeof(struct entry))
      return CUDA_ERROR_UNKNOWN;
    const struct entry *entries = (const struct entry *)(reply + 1);
    for (size_t i = 0; i < sent && at < room; i++, at++) {
      if (out->from != NULL)
        out->from[at] = entries[i].from;
      if (out->to != NULL)
        out->to[at] = entries[i].to;
      if (out->edges != NULL)
        out->edges[at] = entries[i].data;
    }
    if (sent == 0)
      break;
  } while (at < room && at < total);
  for (size_t i = at; i < room; i++) {
    if (out->from != NULL)
      out->from[i] = NULL;
    if (out->to != NULL)
      out->to[i] = NULL;
    if (out->edges != NULL)
      memset(&out->edges[i], 0, sizeof out->edges[i]);
  }
  *count = counts ? total : at;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphGetNodes(CUgraph hGraph, CUgraphNode *nodes, size_t *numNodes) {
  return list(GF_LIST_NODES, (uint64_t)hGraph, &(struct lists){.from = nodes}, numNodes);
}
CUresult CUDAAPI cuGraphGetRootNodes(CUgraph hGraph, CUgraphNode *rootNodes, size_t *numRootNodes) {
  return list(GF_LIST_ROOTS, (uint64_t)hGraph, &(struct lists){.from = rootNodes}, numRootNodes);
}
CUresult CUDAAPI cuGraphGetEdges_v2(CUgraph hGraph, CUgraphNode *from, CUgraphNode *to,
                                    CUgraphEdgeData *edgeData, size_t *numEdges) {
  if ((from == NULL) != (to == NULL)) {
    struct gf_lane_client *lane;
    CUresult result = gf_enter(&lane);
    return result != CUDA_SUCCESS ? result : CUDA_ERROR_INVALID_VALUE;
  }
  return list(GF_LIST_EDGES, (uint64_t)hGraph, &(struct lists){from, to, edgeData}, numEdges);
}
CUresult CUDAAPI cuGraphGetEdges(CUgraph hGraph, CUgraphNode *from, CUgraphNode *to,
                                 size_t *numEdges) {
  return cuGraphGetEdges_v2(hGraph, from, to, NULL, numEdges);
}
CUresult CUDAAPI cuGraphNodeGetDependencies_v2(CUgraphNode hNode, CUgraphNode *dependencies,
                                               CUgraphEdgeData *edgeData, size_t *numDependencies) {
  return list(GF_LIST_DEPENDENCIES, (uint64_t)hNode,
              &(struct lists){.from = dependencies, .edges = edgeData}, numDependencies);
}
CUresult CUDAAPI cuGraphNodeGetDependencies(CUgraphNode hNode, CUgraphNode *dependencies,
                                            size_t *numDependencies) {
  return cuGraphNodeGetDependencies_v2(hNode, dependencies, NULL, numDependencies);
}
CUresult CUDAAPI cuGraphNodeGetDependentNodes_v2(CUgraphNode hNode, CUgraphNode *dependentNodes,
                                                 CUgraphEdgeData *edgeData,
                                                 size_t *numDependentNodes) {
  return list(GF_LIST_DEPENDENTS, (uint64_t)hNode,
              &(struct lists){.from = dependentNodes, .edges = edgeData}, numDependentNodes);
}
CUresult CUDAAPI cuGraphNodeGetDependentNodes(CUgraphNode hNode, CUgraphNode *dependentNodes,
                                              size_t *numDependentNodes) {
  return cuGraphNodeGetDependentNodes_v2(hNode, dependentNodes, NULL, numDependentNodes);
}

/// Many edges take several frames: then those of earlier ones stay if a later one is refused.
static CUresult change(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to,
                       const CUgraphEdgeData *edges, size_t count, int is_removal) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (count > 0 && (from == NULL || to == NULL))
    return CUDA_ERROR_INVALID_VALUE;
  const size_t most = GF_TAIL_MAX_BYTES / 24;
  size_t at = 0;
  do {
    const size_t part = count - at < most ? count - at : most;
    struct gf_gfGraphEdges_args *args =
        gf_begin(lane, GF_OP_gfGraphEdges, sizeof *args + part * (edges != NULL ? 24 : 16));
    args->graph = (uint64_t)graph;
    args->count = part;
    args->is_removal = (uint32_t)is_removal;
    args->has_edges = edges != NULL;
    uint64_t *tail = (uint64_t *)(args + 1);
    if (part > 0) {
      memcpy(tail, from + at, part * 8);
      memcpy(tail + part, to + at, part * 8);
      if (edges != NULL)
        memcpy(tail + 2 * part, edges + at, part * 8);
    }
    result = gf_call(lane, NULL, 0);
    at += part;
  } while (result == CUDA_SUCCESS && at < count);
  return result;
}

CUresult CUDAAPI cuGraphAddDependencies_v2(CUgraph hGraph, const CUgraphNode *from,
                                           const CUgraphNode *to, const CUgraphEdgeData *edgeData,
                                           size_t numDependencies) {
  return change(hGraph, from, to, edgeData, numDependencies, 0);
}
CUresult CUDAAPI cuGraphAddDependencies(CUgraph hGraph, const CUgraphNode *from,
                                        const CUgraphNode *to, size_t numDependencies) {
  return change(hGraph, from, to, NULL, numDependencies, 0);
}
CUresult CUDAAPI cuGraphRemoveDependencies_v2(CUgraph hGraph, const CUgraphNode *from,
                                              const CUgraphNode *to,
                                              const CUgraphEdgeData *edgeData,
                                              size_t numDependencies) {
  return change(hGraph, from, to, edgeData, numDependencies, 1);
}
CUresult CUDAAPI cuGraphRemoveDependencies(CUgraph hGraph, const CUgraphNode *from,
                                           const CUgraphNode *to, size_t numDependencies) {
  return change(hGraph, from, to, NULL, numDependencies, 1);
}
