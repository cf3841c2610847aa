// Program code from the guest, made safe to give to a driver that trusts its caller: a private copy
// in which every length was checked, and wrappers rebuilt here.
#pragma once

#include "backends/cuda/call.h"
#include "cudart/fatbin.h"

namespace gpuferry::cuda {

class Image {
public:
  /// Copies and checks the flat image in `range` (cudart/fatbin.h). CUDA_ERROR_INVALID_IMAGE for what
  /// is none.
  CUresult take(Call &call, const gf_heap_range &range);

  /// What cuModuleLoadData and cuLibraryLoadData accept.
  const void *data() const { return data_; }
  size_t size_bytes() const { return size_bytes_; }

private:
  CUresult check_fatbin(const void *fatbin, size_t bytes) const;
  CUresult check_elf() const;
  CUresult rebuild_wrapper();

  std::vector<uint64_t> storage_; // 8-aligned
  size_t size_bytes_ = 0;
  std::vector<const void *> fatbins_;
  gf_fatbin_wrapper wrapper_{};
  const void *data_ = nullptr;
};

} // namespace gpuferry::cuda
