// Graphs: nodes of work with dependencies, and what is launched of them.
#pragma once

#include "work.h"

#include <deque>

namespace softcuda {

class Graph;

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
};
struct FreeNode {
  uint64_t address;
};

using NodeWork = std::variant<EmptyNode, KernelWork, CopyWork, FillWork, HostWork, WaitValueWork,
                              WriteValueWork, EventNode, ChildNode, AllocationNode, FreeNode>;

class GraphNode : public Object<GraphNode, Kind::GraphNode> {
public:
  GraphNode(Graph &graph, NodeWork work) : graph(graph), work(std::move(work)) {}

  Graph &graph;
  NodeWork work;
  // What the application gave, for the calls that give it back.
  CUDA_MEMCPY3D copy_params{};
  CUDA_MEMSET_NODE_PARAMS fill_params{};
  Context *context = nullptr;
  std::vector<void *> param_pointers; // into KernelWork::params, as the application last read them
  std::vector<GraphNode *> dependencies; // in order of addition, without duplicates
  const GraphNode *cloned_from = nullptr;

  CUgraphNodeType type() const;
};

/// Addresses that nodes of a graph allocated; its clones and executables share them.
struct GraphMemory {
  std::mutex mutex;
  std::vector<uint64_t> addresses;
  ~GraphMemory();
};

class Graph : public Object<Graph, Kind::Graph> {
public:
  GraphNode *add(NodeWork work, std::vector<GraphNode *> dependencies);
  void remove(GraphNode *node);
  /// Dependencies before dependents. Empty where the graph has a cycle, unless it has no nodes.
  std::vector<GraphNode *> order() const;
  std::unique_ptr<Graph> clone() const;

  std::vector<std::unique_ptr<GraphNode>> nodes;
  std::vector<class UserObject *> user_objects; // one reference each
  std::shared_ptr<GraphMemory> memory = std::make_shared<GraphMemory>();

  ~Graph();
};

/// A counted reference to something of the application's, with a destructor.
class UserObject : public Object<UserObject, Kind::UserObject> {
public:
  UserObject(void *value, CUhostFn destroy, unsigned references)
      : value_(value), destroy_(destroy), references_(references) {}
  void retain(unsigned count) { references_ += count; }
  /// Deletes the object when it was the last reference.
  void release(unsigned count);

private:
  void *value_;
  CUhostFn destroy_;
  std::atomic<unsigned> references_;
};

class GraphExec : public Object<GraphExec, Kind::GraphExec> {
public:
  struct Step {
    const GraphNode *node; // of the graph that was instantiated, or of the child graph in it
    NodeWork work;
    bool enabled = true;
  };
  std::vector<Step> steps; // in the order in which they run
  unsigned long long flags = 0;
  std::shared_ptr<GraphMemory> memory;

  /// CUDA_ERROR_INVALID_VALUE where the graph has a cycle.
  CUresult fill(const Graph &graph);
  /// The step of a node of the instantiated graph; null where there is none.
  Step *step(const GraphNode *node);
  CUresult launch(Stream &stream) const;
};

} // namespace softcuda
