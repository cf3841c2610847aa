#include "graph_exec.h"

#include "capture.h"
#include "memory.h"
#include "reaper.h"

#include <algorithm>
#include <unordered_map>

namespace softcuda {

CUresult GraphSteps::fill(const Graph &graph) {
  std::vector<GraphNode *> sorted = graph.order();
  if (sorted.empty() && !graph.nodes.empty())
    return CUDA_ERROR_INVALID_VALUE;
  std::unordered_map<const GraphNode *, size_t> position;
  for (GraphNode *node : sorted) {
    position[node] = all.size();
    GraphStep step{node, node->context, node->work, {}, {}};
    for (const Dependency &dependency : node->dependencies)
      step.dependencies.push_back(position[dependency.node]);
    std::vector<std::shared_ptr<Graph>> inner;
    if (auto *child = std::get_if<ChildNode>(&node->work))
      inner.push_back(child->graph);
    else if (auto *conditional = std::get_if<ConditionalNode>(&node->work))
      inner = conditional->bodies;
    for (auto &graph_inside : inner)
      if (CUresult result = step.inner.emplace_back().fill(*graph_inside))
        return result;
    all.push_back(std::move(step));
  }
  return CUDA_SUCCESS;
}

GraphStep *GraphSteps::find(const GraphNode *node) {
  for (GraphStep &step : all) {
    if (step.node == node)
      return &step;
    for (GraphSteps &inner : step.inner)
      if (GraphStep *found = inner.find(node))
        return found;
  }
  return nullptr;
}

namespace {

/// A conditional node of an executable, with what it had to do when it was launched.
struct ConditionalWork {
  CUgraphConditionalNodeType type;
  uint64_t address; // of the value
  std::shared_ptr<const std::vector<GraphSteps>> bodies;

  uint32_t value() const {
    return __atomic_load_n(reinterpret_cast<uint32_t *>(address), __ATOMIC_ACQUIRE);
  }

  void run(Context &context) const {
    switch (type) {
    case CU_GRAPH_COND_TYPE_IF:
      if (value())
        (*bodies)[0].run(context);
      else if (bodies->size() > 1)
        (*bodies)[1].run(context);
      break;
    case CU_GRAPH_COND_TYPE_WHILE:
      while (value() && !context.sticky())
        (*bodies)[0].run(context);
      break;
    case CU_GRAPH_COND_TYPE_SWITCH:
      if (value() < bodies->size())
        (*bodies)[value()].run(context);
      break;
    }
  }
};

ConditionalWork conditional_work(const GraphStep &step, const ConditionalNode &node) {
  return {node.type, node.handle, std::make_shared<const std::vector<GraphSteps>>(step.inner)};
}

struct Launcher {
  Stream &stream;
  const GraphStep &step;
  CUresult operator()(const EmptyNode &) { return CUDA_SUCCESS; }
  CUresult operator()(const ChildNode &) { return step.inner[0].launch(stream); }
  CUresult operator()(const AllocationNode &) { return CUDA_SUCCESS; }
  CUresult operator()(const FreeNode &) { return CUDA_SUCCESS; }
  CUresult operator()(const ConditionalNode &node) {
    for (const GraphSteps &body : step.inner)
      for (const GraphStep &inner : body.all)
        if (auto *kernel = std::get_if<KernelWork>(&inner.work))
          if (CUresult result = kernel->function->prepare())
            return result;
    stream.context.submit(
        stream, new WorkOp<ConditionalWork>(stream.context, conditional_work(step, node)));
    return CUDA_SUCCESS;
  }
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

/// For bodies of conditional nodes, which hold no others.
struct Runner {
  Context &context;
  const GraphStep &step;
  void operator()(const EmptyNode &) {}
  void operator()(const ChildNode &) { step.inner[0].run(context); }
  void operator()(const ConditionalNode &node) { conditional_work(step, node).run(context); }
  void operator()(const AllocationNode &) {}
  void operator()(const FreeNode &) {}
  void operator()(const EventNode &) {}
  void operator()(const KernelWork &work) {
    if (CUresult result = work.function->prepare())
      context.poison(result);
    else
      work.run(context);
  }
  template <class Work> void operator()(const Work &work) { work.run(context); }
};

} // namespace

// The branches of a graph run one after another: on a CPU every kernel fills the cores that there
// are.
CUresult GraphSteps::launch(Stream &stream) const {
  for (const GraphStep &step : all)
    if (step.enabled)
      if (CUresult result = std::visit(Launcher{stream, step}, step.work))
        return result;
  return CUDA_SUCCESS;
}

void GraphSteps::run(Context &context) const {
  for (const GraphStep &step : all)
    if (step.enabled && !context.sticky())
      std::visit(Runner{context, step}, step.work);
}

std::unique_ptr<Graph> GraphSteps::as_graph() const {
  auto graph = std::make_unique<Graph>();
  std::vector<GraphNode *> made;
  for (const GraphStep &step : all) {
    std::vector<Dependency> dependencies;
    for (size_t position : step.dependencies)
      dependencies.push_back({made[position]});
    GraphNode *node = graph->add(step.work, std::move(dependencies));
    node->context = step.context;
    if (auto *child = std::get_if<ChildNode>(&node->work)) {
      child->graph = step.inner[0].as_graph();
      child->graph->parent = graph.get();
    }
    made.push_back(node);
  }
  return graph;
}

namespace {

template <class Visit> void for_each_graph(Graph &graph, Visit visit) {
  visit(graph);
  for (auto &node : graph.nodes) {
    if (auto *child = std::get_if<ChildNode>(&node->work))
      for_each_graph(*child->graph, visit);
    else if (auto *conditional = std::get_if<ConditionalNode>(&node->work))
      for (auto &body : conditional->bodies)
        for_each_graph(*body, visit);
  }
}

} // namespace

CUresult GraphExec::fill(Graph &graph) {
  if (CUresult result = steps.fill(graph))
    return result;
  if (graph.has_memory_nodes()) {
    if (*graph.instantiated)
      return CUDA_ERROR_NOT_SUPPORTED;
    *graph.instantiated = true;
    instantiated_ = graph.instantiated;
  }
  for_each_graph(graph, [this](Graph &part) {
    held_.user_objects.share(part.user_objects);
    held_.memory.push_back(part.memory);
    held_.values.insert(held_.values.end(), part.conditional_values.begin(),
                        part.conditional_values.end());
  });
  return CUDA_SUCCESS;
}

GraphExec::~GraphExec() {
  if (instantiated_)
    *instantiated_ = false;
  for (auto &memory : held_.memory)
    unmap_graph_memory(*memory);
  std::erase_if(launches_, [](const Record &record) { return record.done(); });
  if (launches_.empty())
    return;
  // std::function wants what can be copied.
  auto held = std::make_shared<Held>(std::move(held_));
  reap([held, launches = std::move(launches_)] {
    for (const Record &record : launches)
      record.queue->wait(record.ticket);
  });
}

// All of it or nothing: what could not be launched has taken nothing.
CUresult GraphExec::take_memory(const GraphSteps &part) {
  const bool may_be_taken = flags & CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH;
  for (const GraphStep &step : part.all) {
    if (auto *allocation = std::get_if<AllocationNode>(&step.work)) {
      if (!take_graph_memory(allocation->params.dptr) && !may_be_taken)
        return CUDA_ERROR_INVALID_VALUE;
    } else if (auto *freed = std::get_if<FreeNode>(&step.work)) {
      if (!give_back_graph_memory(freed->address))
        return CUDA_ERROR_INVALID_VALUE;
    }
    for (const GraphSteps &inner : step.inner)
      if (CUresult result = take_memory(inner))
        return result;
  }
  return CUDA_SUCCESS;
}

CUresult GraphExec::launch(Stream &stream) {
  if (stream.capture) {
    std::shared_ptr<Graph> graph = steps.as_graph();
    return graph->has_memory_nodes() || graph->has_conditional_nodes()
               ? CUDA_ERROR_NOT_SUPPORTED
               : capture_child(stream, std::move(graph));
  }
  if (CUresult result = take_memory(steps))
    return result;
  for (const ConditionalValue &value : held_.values)
    if (value.is_assigned)
      if (CUresult result =
              enqueue(stream, FillWork{*value.address, 4, value.default_value, 4, 1, 1}))
        return result;
  if (CUresult result = steps.launch(stream))
    return result;
  Record record{stream.queue, stream.queue->submitted()};
  std::erase_if(launches_, [&](const Record &r) { return r.queue == record.queue || r.done(); });
  launches_.push_back(std::move(record));
  return CUDA_SUCCESS;
}

namespace {

bool same_side(uint64_t before, uint64_t after) {
  return in_device_range(before) == in_device_range(after);
}

} // namespace

CUgraphExecUpdateResult may_change(const NodeWork &before, const NodeWork &after) {
  constexpr auto kNo = CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED;
  if (auto *kernel = std::get_if<KernelWork>(&after)) {
    auto &old = std::get<KernelWork>(before);
    if (&kernel->function->module.context != &old.function->module.context)
      return CU_GRAPH_EXEC_UPDATE_ERROR_UNSUPPORTED_FUNCTION_CHANGE;
    return kernel->cooperative == old.cooperative ? CU_GRAPH_EXEC_UPDATE_SUCCESS
                                                  : CU_GRAPH_EXEC_UPDATE_ERROR_ATTRIBUTES_CHANGED;
  }
  if (auto *copy = std::get_if<CopyWork>(&after)) {
    auto &old = std::get<CopyWork>(before);
    const bool is_flat = copy->rows * copy->slices <= 1 && old.rows * old.slices <= 1;
    const bool is_same = copy->to == old.to && copy->from == old.from && copy->rows == old.rows &&
                         copy->slices == old.slices;
    return (is_flat || is_same) && same_side(copy->to, old.to) && same_side(copy->from, old.from)
               ? CU_GRAPH_EXEC_UPDATE_SUCCESS
               : kNo;
  }
  if (auto *fill = std::get_if<FillWork>(&after)) {
    auto &old = std::get<FillWork>(before);
    return fill->rows <= 1 && old.rows <= 1 && same_side(fill->to, old.to)
               ? CU_GRAPH_EXEC_UPDATE_SUCCESS
               : kNo;
  }
  if (auto *allocation = std::get_if<AllocationNode>(&after))
    return allocation->params.dptr == std::get<AllocationNode>(before).params.dptr
               ? CU_GRAPH_EXEC_UPDATE_SUCCESS
               : kNo;
  if (auto *freed = std::get_if<FreeNode>(&after))
    return freed->address == std::get<FreeNode>(before).address ? CU_GRAPH_EXEC_UPDATE_SUCCESS
                                                                : kNo;
  if (auto *ops = std::get_if<MemOpsWork>(&after)) {
    auto &old = std::get<MemOpsWork>(before).ops;
    const bool alike = std::equal(ops->ops.begin(), ops->ops.end(), old.begin(), old.end(),
                                  [](auto &a, auto &b) { return a.operation == b.operation; });
    return alike ? CU_GRAPH_EXEC_UPDATE_SUCCESS : kNo;
  }
  if (auto *conditional = std::get_if<ConditionalNode>(&after))
    return conditional->handle == std::get<ConditionalNode>(before).handle &&
                   conditional->type == std::get<ConditionalNode>(before).type
               ? CU_GRAPH_EXEC_UPDATE_SUCCESS
               : kNo;
  return CU_GRAPH_EXEC_UPDATE_SUCCESS;
}

namespace {

struct Mismatch {
  CUgraphExecUpdateResult why = CU_GRAPH_EXEC_UPDATE_SUCCESS;
  const GraphNode *node = nullptr, *from = nullptr;
};

// Nodes are paired in the order in which they run, which for graphs of one shape is one order.
Mismatch compare(const GraphSteps &before, const GraphSteps &after) {
  constexpr auto kTopology = CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED;
  if (before.all.size() != after.all.size())
    return {kTopology};
  for (size_t i = 0; i < after.all.size(); i++) {
    const GraphStep &old = before.all[i], &fresh = after.all[i];
    if (old.dependencies.size() != fresh.dependencies.size())
      return {kTopology, fresh.node};
    for (size_t d = 0; d < fresh.dependencies.size(); d++)
      if (old.dependencies[d] != fresh.dependencies[d])
        return {kTopology, fresh.node, after.all[fresh.dependencies[d]].node};
  }
  for (size_t i = 0; i < after.all.size(); i++) {
    const GraphStep &old = before.all[i], &fresh = after.all[i];
    if (old.work.index() != fresh.work.index() ||
        (old.node && fresh.node && std::holds_alternative<EventNode>(old.work) &&
         std::get<EventNode>(old.work).is_record != std::get<EventNode>(fresh.work).is_record))
      return {CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED, fresh.node};
    if (auto why = may_change(old.work, fresh.work))
      return {why, fresh.node};
    if (old.inner.size() != fresh.inner.size())
      return {CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED, fresh.node};
    for (size_t n = 0; n < fresh.inner.size(); n++)
      if (Mismatch inside = compare(old.inner[n], fresh.inner[n]); inside.why)
        return inside;
  }
  return {};
}

void take_over(GraphSteps &to, GraphSteps &&from) {
  for (size_t i = 0; i < to.all.size(); i++) {
    to.all[i].work = std::move(from.all[i].work);
    for (size_t n = 0; n < to.all[i].inner.size(); n++)
      take_over(to.all[i].inner[n], std::move(from.all[i].inner[n]));
  }
}

} // namespace

CUresult GraphExec::update(const Graph &graph, CUgraphExecUpdateResultInfo *info) {
  GraphSteps fresh;
  if (CUresult result = fresh.fill(graph))
    return result;
  const Mismatch mismatch = compare(steps, fresh);
  auto handle = [](const GraphNode *node) {
    return reinterpret_cast<CUgraphNode>(const_cast<GraphNode *>(node));
  };
  *info = {mismatch.why, handle(mismatch.node), handle(mismatch.from)};
  if (mismatch.why)
    return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
  take_over(steps, std::move(fresh));
  return CUDA_SUCCESS;
}

CUresult GraphExec::update_child(GraphStep &step, const Graph &graph) {
  GraphSteps fresh;
  if (CUresult result = fresh.fill(graph))
    return result;
  if (compare(step.inner[0], fresh).why)
    return CUDA_ERROR_INVALID_VALUE;
  take_over(step.inner[0], std::move(fresh));
  return CUDA_SUCCESS;
}

} // namespace softcuda
