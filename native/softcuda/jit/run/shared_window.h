// The shared memory of one block: an address range of kSharedWindowBytes of which only what begins at
// kSharedStart is mapped.
#pragma once

#include <cstddef>
#include <cstdint>

namespace softcuda::jit {

class SharedWindow {
public:
  SharedWindow();
  ~SharedWindow();
  SharedWindow(const SharedWindow &) = delete;
  SharedWindow &operator=(const SharedWindow &) = delete;

  /// Makes exactly `bytes` (rounded up to a page) from kSharedStart on accessible. False when memory is short.
  bool resize(uint32_t bytes);
  std::byte *base() const { return base_; }

private:
  std::byte *base_ = nullptr;
  uint64_t reserved_bytes_ = 0;
  uint32_t mapped_bytes_ = 0;
};

} // namespace softcuda::jit
