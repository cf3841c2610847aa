// The shared memory of a cluster of blocks. Each block sees an address range of kSharedWindowBytes, which begins
// kClusterStride behind that of the block before it, and of which what begins at kSharedStart is its own.
#pragma once

#include "abi.h"

namespace softcuda::jit {

class SharedWindow {
public:
  SharedWindow();
  ~SharedWindow();
  SharedWindow(const SharedWindow &) = delete;
  SharedWindow &operator=(const SharedWindow &) = delete;

  /// Makes exactly `bytes` (rounded up to a page) of each block's accessible. False when memory is short.
  bool resize(uint32_t blocks, uint32_t bytes);
  std::byte *base(uint32_t block) const { return base_ + uint64_t{block} * kClusterStride; }

private:
  std::byte *base_ = nullptr;
  uint64_t reserved_bytes_ = 0;
  uint32_t mapped_blocks_ = 0, mapped_bytes_ = 0; // of each
};

} // namespace softcuda::jit
