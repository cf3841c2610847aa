// Graphs: nodes of work with dependencies. What is launched of them is in graph_exec.h.
#pragma once

#include "graph_memory.h"
#include "user_object.h"
#include "work.h"

#include <deque>
#include <functional>
#include <optional>

namespace softcuda {

class Graph;
class GraphNode;

struct EmptyNode {};
struct EventNode {
  Event *event;
  bool is_record;
};
struct ChildNode {
  std::shared_ptr<Graph> graph;
};
/// Memory with the life of the graph: there from when the node is added, so that later nodes can
/// name it.
struct AllocationNode {
  CUDA_MEM_ALLOC_NODE_PARAMS params;
  std::vector<CUmemAccessDesc> access; // what params.accessDescs points to
};
struct FreeNode {
  uint64_t address;
};
/// Runs one of its graphs, or none, or one again and again, by the value that kernels wrote.
struct ConditionalNode {
  uint64_t handle; // address of the value, in device memory
  CUgraphConditionalNodeType type;
  std::vector<std::shared_ptr<Graph>> bodies;
};

using NodeWork = std::variant<EmptyNode, KernelWork, CopyWork, FillWork, HostWork, MemOpsWork,
                              EventNode, ChildNode, AllocationNode, FreeNode, ConditionalNode>;

/// An edge, as the node that it ends at knows it. Ports would let a kernel begin before another has
/// ended; here it begins later than it might.
struct Dependency {
  GraphNode *node;
  CUgraphEdgeData data{};
};

inline bool is_plain(const CUgraphEdgeData &data) {
  return !data.from_port && !data.to_port && !data.type;
}

class GraphNode : public Object<GraphNode, Kind::GraphNode> {
public:
  GraphNode(Graph &graph, NodeWork work) : graph(graph), work(std::move(work)) {}

  Graph &graph;
  NodeWork work;
  CUDA_MEMCPY3D copy_params{}; // what the application gave, to give it back
  Context *context = nullptr;
  std::vector<void *> param_pointers; // into KernelWork::params, as the application last read them
  std::vector<CUgraph> conditional_graphs; // of ConditionalNode, as the application gets them
  std::vector<Dependency> dependencies;    // in order of addition, one of each node
  const GraphNode *cloned_from = nullptr;

  CUgraphNodeType type() const;
  bool depends_on(const GraphNode *other) const;
};

/// The value that conditional nodes test: a word of device memory, which kernels write.
struct ConditionalValue {
  std::shared_ptr<const uint64_t> address; // the word goes with the last that can run it
  uint32_t default_value;
  bool is_assigned; // the default, at each launch
  bool is_used = false;
};

/// CUDA_ERROR_OUT_OF_MEMORY where there is no word left.
CUresult make_conditional_value(Context &context, uint32_t default_value, bool is_assigned,
                                ConditionalValue *value);

class Graph : public Object<Graph, Kind::Graph> {
public:
  GraphNode *add(NodeWork work, std::vector<Dependency> dependencies);
  void remove(GraphNode *node);
  /// Dependencies before dependents. Empty where the graph has a cycle, unless it has no nodes.
  std::vector<GraphNode *> order() const;
  std::unique_ptr<Graph> clone() const;
  /// Is there such a node in it, or in a graph inside of it?
  bool contains(const std::function<bool(const GraphNode &)> &is_sought) const;
  /// With nodes that allocate or free: such a graph is one of its kind, and cannot be taken apart.
  bool has_memory_nodes() const;
  bool has_conditional_nodes() const;
  ConditionalValue *conditional_value(uint64_t handle);

  std::vector<std::unique_ptr<GraphNode>> nodes;
  UserReferences user_objects;
  std::shared_ptr<GraphMemory> memory = std::make_shared<GraphMemory>();
  std::vector<ConditionalValue> conditional_values;
  Graph *parent = nullptr; // of the body of a conditional node, or of a child graph
  bool is_body = false;    // of a conditional node, which allows fewer kinds of nodes
  /// There is an executable of it, which shares this: a graph that allocates may have one only.
  std::shared_ptr<bool> instantiated = std::make_shared<bool>(false);

  Graph &outermost() { return parent ? parent->outermost() : *this; }
};

} // namespace softcuda
