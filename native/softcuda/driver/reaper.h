// What is to be done by nobody's thread in particular, and in no context: destructors of the
// application's, and what must outlast a launch that is under way.
#pragma once

#include <functional>

namespace softcuda {

/// Has a thread of the dispatcher call `task`, in order of submission.
void reap(std::function<void()> task);

} // namespace softcuda
