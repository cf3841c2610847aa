// Options and logs of links that are being made: the driver writes to them until the link ends.
#pragma once

#include "backends/cuda/jit_options.h"

namespace gpuferry::cuda {

class Links {
public:
  void keep(uint64_t link, std::unique_ptr<JitOptions> options) {
    std::lock_guard lock(lock_);
    kept_[link] = std::move(options);
  }

  /// Stays valid until the same number is used for another link.
  const JitOptions *find(uint64_t link) const {
    std::lock_guard lock(lock_);
    const auto found = kept_.find(link);
    return found == kept_.end() ? nullptr : found->second.get();
  }

private:
  mutable std::mutex lock_;
  std::unordered_map<uint64_t, std::unique_ptr<JitOptions>> kept_;
};

} // namespace gpuferry::cuda
