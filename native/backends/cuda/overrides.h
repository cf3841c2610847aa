// Entry points that a session calls differently from how the guest did: generated handlers call what
// stands in the driver's table.
#pragma once

#include "backends/cuda/session.h"

namespace gpuferry::cuda {

/// Replaces entries of the table. Once a process.
void override_entry_points(Driver &driver, Session &session);

} // namespace gpuferry::cuda
