// Memory that graphs allocate. An allocation node has its address from when it is added. The memory
// behind it is taken by the launch that runs the node and given back by a free: of a node of this or
// of another graph, or of the application's own, outside of any graph. It stays mapped by the
// executable that took it, for its next launch, until that is destroyed or the device's graph memory
// is trimmed; what is mapped or taken counts as used.
#pragma once

#include "address_map.h"
#include "context.h"

#include <memory>
#include <mutex>
#include <vector>

namespace softcuda {

/// Addresses that nodes of one graph allocated; its executable and what runs of it share them.
struct GraphMemory {
  std::mutex mutex;
  std::vector<uint64_t> addresses;
  /// What is allocated at that time is left for the application to free.
  ~GraphMemory();
};

/// An address for an allocation node.
CUresult reserve_graph_memory(GraphMemory &memory, Context &context, Device &device, uint64_t bytes,
                              uint64_t *address);

/// Is it the start of what an allocation node has allocated, or will?
bool is_graph_memory(uint64_t address);

/// A launch takes the memory behind an allocation node. False where the last one has not been given
/// back.
bool take_graph_memory(uint64_t address);
/// False where nobody has taken it. Where its graph is gone, it is an ordinary allocation from now on,
/// which the caller frees.
bool give_back_graph_memory(uint64_t address);
bool graph_memory_is_taken(uint64_t address);
/// The executable that mapped it is gone.
void unmap_graph_memory(GraphMemory &memory);
/// What nobody has taken is mapped by no executable from now on, and nothing is set aside.
void trim_graph_memory(Device &device);

} // namespace softcuda
