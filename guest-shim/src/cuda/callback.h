// Host functions that the host asks for by number.
#pragma once

#include "cuda/stub.h"
#include "session/courier.h"

/// Registers a host function. `keep`: it may run more than once (a graph's node). 0 without memory.
uint64_t gf_callback_for_host_function(CUhostFn fn, void *user_data, int keep);
