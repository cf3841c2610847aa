// Memory that CUDA says is a node's own: parameters that were read back, graphs in a conditional node.
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#include "cuda/graph_node.h"

#define BUCKETS 256u

struct kept {
  struct kept *next;
  uint64_t node, graph;
  max_align_t bytes[];
};

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct kept *g_kept[BUCKETS];

static struct kept **bucket_of(uint64_t node) { return &g_kept[gf_handle_index(node) % BUCKETS]; }

/// Frees what is kept of `node`, or of any node of `graph`.
static void drop(struct kept **link, uint64_t node, uint64_t graph) {
  while (*link != NULL) {
    struct kept *kept = *link;
    if ((node != 0 && kept->node == node) || (graph != 0 && kept->graph == graph)) {
      *link = kept->next;
      free(kept);
    } else {
      link = &kept->next;
    }
  }
}

void *gf_node_keep(uint64_t node, uint64_t graph, size_t bytes) {
  struct kept *kept = malloc(sizeof *kept + bytes);
  if (kept == NULL)
    return NULL;
  pthread_mutex_lock(&g_mutex);
  struct kept **bucket = bucket_of(node);
  drop(bucket, node, 0);
  kept->node = node;
  kept->graph = graph;
  kept->next = *bucket;
  *bucket = kept;
  pthread_mutex_unlock(&g_mutex);
  return kept->bytes;
}

void gf_observe_cuGraphDestroyNode(CUgraphNode hNode) {
  pthread_mutex_lock(&g_mutex);
  drop(bucket_of((uint64_t)hNode), (uint64_t)hNode, 0);
  pthread_mutex_unlock(&g_mutex);
}

void gf_observe_cuGraphDestroy(CUgraph hGraph) {
  pthread_mutex_lock(&g_mutex);
  for (unsigned i = 0; i < BUCKETS; i++)
    drop(&g_kept[i], 0, (uint64_t)hGraph);
  pthread_mutex_unlock(&g_mutex);
}
