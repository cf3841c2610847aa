// Which descriptors of the driver a guest may have.
#pragma once

#include "backends/cuda/call.h"

#include <cstdio>

namespace gpuferry::cuda {

/// A descriptor of the software device names memory and nothing else, and guests may have it. One of a GPU's driver is
/// a way to the GPU past every limit of the session.
inline bool may_share_descriptors(Call &call, const char *symbol) {
  if (call.session().library.is_soft)
    return true;
  std::fprintf(stderr,
               "gpuferry-executor: %s is refused: a descriptor of this driver would lead a guest "
               "past its session\n",
               symbol);
  return false;
}

} // namespace gpuferry::cuda
