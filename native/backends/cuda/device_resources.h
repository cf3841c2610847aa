// Resources of a device (multiprocessors, to be split among green contexts), as guests see them.
//
// A CUdevResource is a structure that the application holds, with bytes of the driver's own in it. A guest could change
// those; so it is given a number in their stead, and the driver sees only what it wrote itself.
#pragma once

#include "cuda_api.h"

#include <cstdint>
#include <mutex>
#include <vector>

namespace gpuferry::cuda {

class DeviceResources {
public:
  using Words = uint64_t[18];

  /// False when the session has seen more different ones than any program makes.
  bool give(const CUdevResource &native, Words &out);
  /// Of a resource that this session was not given, what the guest says and nothing of the driver's.
  CUdevResource take(const uint64_t *given);

private:
  static constexpr size_t kMost = 4096;
  std::mutex lock_;
  std::vector<CUdevResource> known_;
};

} // namespace gpuferry::cuda
