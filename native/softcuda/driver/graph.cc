#include "graph.h"

#include <algorithm>
#include <unordered_map>

namespace softcuda {

CUgraphNodeType GraphNode::type() const {
  static constexpr CUgraphNodeType kTypes[] = {
      CU_GRAPH_NODE_TYPE_EMPTY,        CU_GRAPH_NODE_TYPE_KERNEL,
      CU_GRAPH_NODE_TYPE_MEMCPY,       CU_GRAPH_NODE_TYPE_MEMSET,
      CU_GRAPH_NODE_TYPE_HOST,         CU_GRAPH_NODE_TYPE_BATCH_MEM_OP,
      CU_GRAPH_NODE_TYPE_BATCH_MEM_OP, CU_GRAPH_NODE_TYPE_EVENT_RECORD,
      CU_GRAPH_NODE_TYPE_GRAPH,        CU_GRAPH_NODE_TYPE_MEM_ALLOC,
      CU_GRAPH_NODE_TYPE_MEM_FREE,
  };
  static_assert(std::size(kTypes) == std::variant_size_v<NodeWork>);
  if (auto *event = std::get_if<EventNode>(&work); event && !event->is_record)
    return CU_GRAPH_NODE_TYPE_WAIT_EVENT;
  return kTypes[work.index()];
}

GraphMemory::~GraphMemory() {
  for (uint64_t address : addresses)
    if (auto taken = AddressMap::instance().take(address, [](const Allocation &) { return true; }))
      release_storage(*taken);
}

Graph::~Graph() {
  for (UserObject *object : user_objects)
    object->release(1);
}

void UserObject::release(unsigned count) {
  if (references_.fetch_sub(count) > count)
    return;
  destroy_(value_);
  delete this;
}

GraphNode *Graph::add(NodeWork work, std::vector<GraphNode *> dependencies) {
  auto node = std::make_unique<GraphNode>(*this, std::move(work));
  for (GraphNode *dependency : dependencies)
    if (std::find(node->dependencies.begin(), node->dependencies.end(), dependency) ==
        node->dependencies.end())
      node->dependencies.push_back(dependency);
  nodes.push_back(std::move(node));
  return nodes.back().get();
}

void Graph::remove(GraphNode *node) {
  for (auto &other : nodes)
    std::erase(other->dependencies, node);
  std::erase_if(nodes, [node](auto &owned) { return owned.get() == node; });
}

// Kahn's algorithm; of nodes that are ready, the one added first comes first.
std::vector<GraphNode *> Graph::order() const {
  std::unordered_map<const GraphNode *, size_t> missing;
  std::unordered_map<const GraphNode *, std::vector<GraphNode *>> dependents;
  std::deque<GraphNode *> ready;
  for (auto &node : nodes) {
    missing[node.get()] = node->dependencies.size();
    for (GraphNode *dependency : node->dependencies)
      dependents[dependency].push_back(node.get());
    if (node->dependencies.empty())
      ready.push_back(node.get());
  }
  std::vector<GraphNode *> sorted;
  while (!ready.empty()) {
    GraphNode *node = ready.front();
    ready.pop_front();
    sorted.push_back(node);
    for (GraphNode *dependent : dependents[node])
      if (--missing[dependent] == 0)
        ready.push_back(dependent);
  }
  if (sorted.size() != nodes.size())
    sorted.clear();
  return sorted;
}

std::unique_ptr<Graph> Graph::clone() const {
  auto copy = std::make_unique<Graph>();
  copy->memory = memory;
  std::unordered_map<const GraphNode *, GraphNode *> twin;
  for (auto &node : nodes) {
    GraphNode *made = copy->add(node->work, {});
    made->copy_params = node->copy_params;
    made->fill_params = node->fill_params;
    made->context = node->context;
    made->cloned_from = node.get();
    if (auto *child = std::get_if<ChildNode>(&made->work))
      child->graph = child->graph->clone();
    twin[node.get()] = made;
  }
  for (auto &node : nodes)
    for (GraphNode *dependency : node->dependencies)
      twin[node.get()]->dependencies.push_back(twin[dependency]);
  for (UserObject *object : user_objects) {
    object->retain(1);
    copy->user_objects.push_back(object);
  }
  return copy;
}

CUresult GraphExec::fill(const Graph &graph) {
  std::vector<GraphNode *> sorted = graph.order();
  if (sorted.empty() && !graph.nodes.empty())
    return CUDA_ERROR_INVALID_VALUE;
  memory = graph.memory;
  for (GraphNode *node : sorted) {
    steps.push_back({node, node->work});
    if (auto *child = std::get_if<ChildNode>(&node->work))
      if (CUresult result = fill(*child->graph))
        return result;
  }
  return CUDA_SUCCESS;
}

GraphExec::Step *GraphExec::step(const GraphNode *node) {
  for (Step &step : steps)
    if (step.node == node)
      return &step;
  return nullptr;
}

namespace {

struct Launcher {
  Stream &stream;
  CUresult operator()(const EmptyNode &) { return CUDA_SUCCESS; }
  CUresult operator()(const ChildNode &) { return CUDA_SUCCESS; } // its steps follow
  CUresult operator()(const AllocationNode &) { return CUDA_SUCCESS; }
  CUresult operator()(const FreeNode &) { return CUDA_SUCCESS; }
  CUresult operator()(const EventNode &node) {
    if (!Event::from(node.event)) // destroyed since
      return CUDA_ERROR_INVALID_HANDLE;
    return node.is_record ? record_event(stream, *node.event) : wait_for_event(stream, *node.event);
  }
  CUresult operator()(const KernelWork &work) {
    if (CUresult result = work.function->prepare())
      return result;
    return enqueue(stream, work);
  }
  template <class Work> CUresult operator()(const Work &work) { return enqueue(stream, work); }
};

} // namespace

// The branches of a graph run one after another: on a CPU every kernel fills the cores that there
// are.
CUresult GraphExec::launch(Stream &stream) const {
  for (const Step &step : steps)
    if (step.enabled)
      if (CUresult result = std::visit(Launcher{stream}, step.work))
        return result;
  return CUDA_SUCCESS;
}

} // namespace softcuda
