#include "graph_memory.h"

#include "memory.h"
#include "process.h"

namespace softcuda {

namespace {

GraphMemoryCount &count_of(const Allocation &allocation) {
  return Process::instance().device(allocation.device)->graph_memory;
}

void unmap(Allocation &allocation) {
  if (!allocation.graph_mapped)
    return;
  allocation.graph_mapped = false;
  if (allocation.graph_state == GraphState::Reserved)
    count_of(allocation).give_back(allocation.bytes);
}

} // namespace

GraphMemory::~GraphMemory() {
  unmap_graph_memory(*this);
  for (uint64_t address : addresses) {
    auto taken = AddressMap::instance().take(
        address, [](const Allocation &a) { return a.graph_state == GraphState::Reserved; });
    if (taken)
      release_storage(*taken);
    else
      AddressMap::instance().update(address, [&](Allocation &a) {
        if (a.base == address && a.graph_state == GraphState::Taken)
          a.graph_state = GraphState::Orphaned;
      });
  }
}

CUresult reserve_graph_memory(GraphMemory &memory, Context &context, Device &device, uint64_t bytes,
                              uint64_t *address) {
  uint64_t base = device.arena().allocate(bytes);
  if (!base)
    return CUDA_ERROR_OUT_OF_MEMORY;
  Allocation allocation;
  allocation.base = base;
  allocation.bytes = bytes;
  allocation.kind = MemoryKind::Device;
  allocation.device = device.ordinal();
  allocation.context = &context;
  allocation.graph_state = GraphState::Reserved;
  AddressMap::instance().insert(allocation);
  std::lock_guard lock(memory.mutex);
  memory.addresses.push_back(base);
  *address = base;
  return CUDA_SUCCESS;
}

namespace {

GraphState state_of(uint64_t address) {
  auto found = AddressMap::instance().find(address);
  return found && found->base == address ? found->graph_state : GraphState::None;
}

} // namespace

bool is_graph_memory(uint64_t address) { return state_of(address) != GraphState::None; }

bool graph_memory_is_taken(uint64_t address) {
  GraphState state = state_of(address);
  return state == GraphState::Taken || state == GraphState::Orphaned;
}

bool take_graph_memory(uint64_t address) {
  bool done = false;
  AddressMap::instance().update(address, [&](Allocation &a) {
    if (a.base != address || a.graph_state != GraphState::Reserved)
      return;
    a.graph_state = GraphState::Taken;
    if (!a.graph_mapped)
      count_of(a).take(a.bytes);
    a.graph_mapped = true;
    done = true;
  });
  return done;
}

bool give_back_graph_memory(uint64_t address) {
  bool done = false;
  AddressMap::instance().update(address, [&](Allocation &a) {
    if (a.base != address ||
        (a.graph_state != GraphState::Taken && a.graph_state != GraphState::Orphaned))
      return;
    // Nobody will take it again where its graph is gone: it becomes memory like any other.
    a.graph_state = a.graph_state == GraphState::Taken ? GraphState::Reserved : GraphState::None;
    if (!a.graph_mapped)
      count_of(a).give_back(a.bytes);
    done = true;
  });
  return done;
}

void unmap_graph_memory(GraphMemory &memory) {
  std::lock_guard lock(memory.mutex);
  for (uint64_t address : memory.addresses)
    AddressMap::instance().update(address, [&](Allocation &a) {
      if (a.base == address)
        unmap(a);
    });
}

void trim_graph_memory(Device &device) {
  AddressMap::instance().update_all([&](Allocation &a) {
    if (a.device == device.ordinal() && a.graph_state == GraphState::Reserved)
      unmap(a);
  });
  device.graph_memory.trim();
}

} // namespace softcuda
