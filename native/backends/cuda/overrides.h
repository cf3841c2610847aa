// Entry points that a session calls differently from how the guest did: generated handlers call what
// stands in the driver's table.
#pragma once

#include "backends/cuda/session.h"

namespace gpuferry::cuda {

/// Replaces entries of the table, of which a process has one.
void override_entry_points(Driver &driver, Session &session);

} // namespace gpuferry::cuda
