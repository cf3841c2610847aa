// Executable graphs: what a graph was when it was instantiated, in an order in which it can run.
#pragma once

#include "graph.h"

namespace softcuda {

struct GraphStep;

/// The nodes of one graph, dependencies first.
struct GraphSteps {
  std::vector<GraphStep> all;

  /// CUDA_ERROR_INVALID_VALUE where the graph has a cycle.
  CUresult fill(const Graph &graph);
  /// The step of a node of the instantiated graph, or of a graph inside it; null where there is none.
  GraphStep *find(const GraphNode *node);
  CUresult launch(Stream &stream) const;
  /// What a capture that launches it holds: a graph of its own.
  std::unique_ptr<Graph> as_graph() const;
  /// On the thread that runs the stream, for what depends on values of then.
  void run(Context &context) const;
};

struct GraphStep {
  const GraphNode *node; // of the graph that was instantiated, or of one in it
  Context *context;
  NodeWork work;
  std::vector<size_t> dependencies; // earlier steps
  std::vector<GraphSteps> inner;    // of a child graph, of a conditional node's bodies
  bool enabled = true;
};

class GraphExec : public Object<GraphExec, Kind::GraphExec> {
public:
  GraphExec() = default;
  /// What is under way goes on: what it needs is let go when it has ended.
  ~GraphExec();

  GraphSteps steps;
  unsigned long long flags = 0;

  CUresult fill(Graph &graph);
  CUresult launch(Stream &stream);
  /// Takes over what the nodes of a graph of the same shape do, or says which prevents it.
  CUresult update(const Graph &graph, CUgraphExecUpdateResultInfo *info);
  CUresult update_child(GraphStep &step, const Graph &graph);

private:
  CUresult take_memory(const GraphSteps &steps);

  /// What its nodes use, of graphs inside it, too.
  struct Held {
    std::vector<ConditionalValue> values;
    UserReferences user_objects;
    std::vector<std::shared_ptr<GraphMemory>> memory;
  };
  Held held_;
  std::shared_ptr<bool> instantiated_; // its graph's, where that may have one executable only
  std::vector<Record> launches_;       // the latest of each queue
};

/// May a node of an executable be changed from doing `before` to doing `after`? What differs, else.
CUgraphExecUpdateResult may_change(const NodeWork &before, const NodeWork &after);

} // namespace softcuda
