// The life of an executor process.
#pragma once

#include "executor/options.h"

namespace gpuferry::executor {

/// Runs until the session is over or the server is gone; the exit status. Throws std::exception for
/// what went wrong before there was a session.
int run(const Options &options);

} // namespace gpuferry::executor
