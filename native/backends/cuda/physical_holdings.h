// Physical memory (cuMemCreate) that a session holds: it counts against the quota until neither a handle nor a mapping
// keeps it.
#pragma once

#include "cuda_api.h"

#include <cstdint>
#include <map>
#include <mutex>

namespace gpuferry::cuda {

class PhysicalHoldings {
public:
  void created(CUmemGenericAllocationHandle memory, uint64_t bytes);
  void retained(CUmemGenericAllocationHandle memory);
  /// `freed_bytes`: that nothing keeps any more. True for the last holder: the handle names nothing now.
  bool released(CUmemGenericAllocationHandle memory, uint64_t *freed_bytes);
  void mapped(CUmemGenericAllocationHandle memory, CUdeviceptr address);
  /// Bytes that nothing keeps any more.
  uint64_t unmapped(CUdeviceptr address, uint64_t bytes);

private:
  struct Holding {
    uint64_t bytes = 0;
    unsigned holders = 0, mappings = 0;
  };
  uint64_t drop_if_unused(std::map<CUmemGenericAllocationHandle, Holding>::iterator at);

  std::mutex lock_;
  std::map<CUmemGenericAllocationHandle, Holding> holdings_;
  std::map<CUdeviceptr, CUmemGenericAllocationHandle> mappings_;
};

} // namespace gpuferry::cuda
