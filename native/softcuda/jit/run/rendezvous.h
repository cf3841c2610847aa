#pragma once

#include "abi.h"

namespace softcuda::jit {

/// Performs the operation that the lanes of `group` (bits) have met for, and writes their results.
/// `slots` are those of the warp; all lanes of the group wait for the same operation, `wait` with `key`.
void complete_meeting(WarpSlots &slots, uint32_t group, Wait wait, uint32_t key);

} // namespace softcuda::jit
