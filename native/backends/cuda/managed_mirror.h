// __managed__ variables on a driver that moves their pages between host and device by itself, so that the
// guest cannot be given the pages: what the guest has is a copy.
#pragma once

#include "backends/cuda/driver_library.h"

#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

namespace gpuferry::cuda {

/// What the guest wrote goes to the variables before each call, what kernels wrote comes back with each
/// answer that the guest waits for. So each side sees what the other did before the last launch or wait,
/// which is all that CUDA promises where host and device do not use managed memory at the same time. A host
/// that watches a variable while a kernel runs sees it change only with its next call.
class ManagedMirror {
public:
  /// The process's: it serves one session.
  static ManagedMirror &of_session();

  /// From here on `copy` follows `variable`, and the other way round.
  void add(CUlibrary library, std::span<std::byte> variable, std::span<std::byte> copy);

  /// The library goes, and its variables with it; null for all of them.
  void forget(CUlibrary library);

  bool empty() const { return __atomic_load_n(&count_, __ATOMIC_ACQUIRE) == 0; }
  void push();
  void pull();

private:
  struct Pair {
    CUlibrary library;
    std::span<std::byte> variable;
    std::span<std::byte> copy;
    std::vector<std::byte> agreed; ///< what both were when they were last the same
  };

  std::mutex lock_;
  std::vector<Pair> pairs_;
  size_t count_ = 0;
};

} // namespace gpuferry::cuda
