#include "graph.h"

#include "memory.h"

#include <algorithm>
#include <unordered_map>

namespace softcuda {

CUgraphNodeType GraphNode::type() const {
  static constexpr CUgraphNodeType kTypes[] = {
      CU_GRAPH_NODE_TYPE_EMPTY,        CU_GRAPH_NODE_TYPE_KERNEL,
      CU_GRAPH_NODE_TYPE_MEMCPY,       CU_GRAPH_NODE_TYPE_MEMSET,
      CU_GRAPH_NODE_TYPE_HOST,         CU_GRAPH_NODE_TYPE_BATCH_MEM_OP,
      CU_GRAPH_NODE_TYPE_EVENT_RECORD, CU_GRAPH_NODE_TYPE_GRAPH,
      CU_GRAPH_NODE_TYPE_MEM_ALLOC,    CU_GRAPH_NODE_TYPE_MEM_FREE,
      CU_GRAPH_NODE_TYPE_CONDITIONAL,
  };
  static_assert(std::size(kTypes) == std::variant_size_v<NodeWork>);
  if (auto *event = std::get_if<EventNode>(&work); event && !event->is_record)
    return CU_GRAPH_NODE_TYPE_WAIT_EVENT;
  return kTypes[work.index()];
}

bool GraphNode::depends_on(const GraphNode *other) const {
  return std::any_of(dependencies.begin(), dependencies.end(),
                     [other](const Dependency &d) { return d.node == other; });
}

CUresult make_conditional_value(Context &context, uint32_t default_value, bool is_assigned,
                                ConditionalValue *value) {
  uint64_t address;
  if (CUresult result = allocate_device(context, sizeof(uint32_t), &address))
    return result;
  AddressMap::instance().update(address, [](Allocation &a) { a.internal = true; });
  *reinterpret_cast<uint32_t *>(address) = default_value;
  value->address = {new uint64_t(address), [](const uint64_t *held) {
                      if (auto taken = AddressMap::instance().take(
                              *held, [](const Allocation &a) { return a.internal; }))
                        release_storage(*taken);
                      delete held;
                    }};
  value->default_value = default_value;
  value->is_assigned = is_assigned;
  return CUDA_SUCCESS;
}

GraphNode *Graph::add(NodeWork work, std::vector<Dependency> dependencies) {
  auto node = std::make_unique<GraphNode>(*this, std::move(work));
  for (const Dependency &dependency : dependencies)
    if (!node->depends_on(dependency.node))
      node->dependencies.push_back(dependency);
  nodes.push_back(std::move(node));
  return nodes.back().get();
}

void Graph::remove(GraphNode *node) {
  for (auto &other : nodes)
    std::erase_if(other->dependencies, [node](const Dependency &d) { return d.node == node; });
  std::erase_if(nodes, [node](auto &owned) { return owned.get() == node; });
}

// Kahn's algorithm; of nodes that are ready, the one added first comes first.
std::vector<GraphNode *> Graph::order() const {
  std::unordered_map<const GraphNode *, size_t> missing;
  std::unordered_map<const GraphNode *, std::vector<GraphNode *>> dependents;
  std::deque<GraphNode *> ready;
  for (auto &node : nodes) {
    missing[node.get()] = node->dependencies.size();
    for (const Dependency &dependency : node->dependencies)
      dependents[dependency.node].push_back(node.get());
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
  std::unordered_map<const GraphNode *, GraphNode *> twin;
  for (auto &node : nodes) {
    GraphNode *made = copy->add(node->work, {});
    made->copy_params = node->copy_params;
    made->context = node->context;
    made->cloned_from = node.get();
    if (auto *child = std::get_if<ChildNode>(&made->work)) {
      child->graph = child->graph->clone();
      child->graph->parent = copy.get();
    }
    twin[node.get()] = made;
  }
  for (auto &node : nodes)
    for (const Dependency &dependency : node->dependencies)
      twin[node.get()]->dependencies.push_back({twin[dependency.node], dependency.data});
  copy->user_objects.share(user_objects);
  return copy;
}

bool Graph::contains(const std::function<bool(const GraphNode &)> &is_sought) const {
  return std::any_of(nodes.begin(), nodes.end(), [&](auto &node) {
    if (is_sought(*node))
      return true;
    if (auto *child = std::get_if<ChildNode>(&node->work))
      return child->graph->contains(is_sought);
    return false;
  });
}

bool Graph::has_memory_nodes() const {
  return contains([](const GraphNode &node) {
    return std::holds_alternative<AllocationNode>(node.work) ||
           std::holds_alternative<FreeNode>(node.work);
  });
}

bool Graph::has_conditional_nodes() const {
  return contains(
      [](const GraphNode &node) { return std::holds_alternative<ConditionalNode>(node.work); });
}

ConditionalValue *Graph::conditional_value(uint64_t handle) {
  for (ConditionalValue &value : conditional_values)
    if (*value.address == handle)
      return &value;
  return nullptr;
}

} // namespace softcuda
