// Sealed shared memory.
#pragma once

#include <napi.h>

#include <cstdint>

#include "unique_fd.h"

namespace gpuferry {

/// A sparse memfd of exactly `size_bytes`, sealed so that neither side can change its size: a peer
/// that could shrink it would kill the other with SIGBUS. Throws into JavaScript.
UniqueFd create_sealed_memfd(Napi::Env env, const char *name, uint64_t size_bytes);

} // namespace gpuferry
