// Numbers in frames of graphs (protocol/api/cuda: gfGraphList, cuStreamGetCaptureInfo_v3).
#pragma once

#include "base.h"

/// gfGraphList: what it lists. The first three are of a graph, the others of a node.
enum {
  GF_LIST_NODES = 0,
  GF_LIST_ROOTS = 1,
  GF_LIST_EDGES = 2,
  GF_LIST_DEPENDENCIES = 3,
  GF_LIST_DEPENDENTS = 4,
};

/// gfGraphList: flags.
enum {
  GF_LIST_COUNT_ONLY = 1,
  GF_LIST_EDGE_DATA = 2, ///< else edges that have data are an error, as the driver says
};

/// cuStreamGetCaptureInfo_v3: what the guest was asked for.
enum {
  GF_CAPTURE_NODES = 1,
  GF_CAPTURE_EDGES = 2,
};
