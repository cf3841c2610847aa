// cuGetProcAddress: the entry point that a caller of a given CUDA version means by a name.
#include "../entry.h"

#include <algorithm>
#include <cstring>
#include <iterator>

using namespace softcuda;

namespace {

struct Proc {
  const char *name;
  void *address;
  int since;
  bool per_thread;
};

// Ordered by name, then version.
const Proc kProcs[] = {
#define GF_PROC(name, symbol, since, per_thread)                                                   \
  {name, reinterpret_cast<void *>(&symbol), since, per_thread},
#include "cuda_procs.inc"
#undef GF_PROC
};

// The newest that is not newer than `version`. Where the per-thread form is wanted and a function
// has none, the plain one is meant.
CUresult find(const char *name, int version, bool per_thread, void **address,
              CUdriverProcAddressQueryResult *status) {
  const Proc *end = kProcs + std::size(kProcs);
  const Proc *at = std::lower_bound(kProcs, end, name, [](const Proc &proc, const char *key) {
    return strcmp(proc.name, key) < 0;
  });
  bool known = false;
  const Proc *plain = nullptr, *own = nullptr;
  for (; at != end && strcmp(at->name, name) == 0; ++at) {
    known = true;
    if (at->since > version)
      continue;
    const Proc *&best = at->per_thread ? own : plain;
    if (!best || at->since >= best->since)
      best = at;
  }
  const Proc *chosen = per_thread && own ? own : plain;
  *address = chosen ? chosen->address : nullptr;
  if (status)
    *status = chosen  ? CU_GET_PROC_ADDRESS_SUCCESS
              : known ? CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT
                      : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  return chosen ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

} // namespace

GF_API cuGetProcAddress_v2(const char *name, void **address, int version, cuuint64_t flags,
                           CUdriverProcAddressQueryResult *status) {
  GF_REQUIRE(name && address);
  constexpr cuuint64_t kKnown =
      CU_GET_PROC_ADDRESS_LEGACY_STREAM | CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
  GF_REQUIRE((flags & ~kKnown) == 0);
  bool per_thread = flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
  return find(name, version, per_thread, address, status);
}

GF_API cuGetProcAddress(const char *name, void **address, int version, cuuint64_t flags) {
  // Unlike the second version it says nothing of why: not found is an error only.
  return cuGetProcAddress_v2(name, address, version, flags, nullptr);
}
