// Meetings that a whole warp holds by itself. Where all its 32 lanes are at one place and wait for nobody else, the code goes
// on, and the block's scheduler does not hear of it.
#pragma once

#include "abi.h"

#include <llvm/IR/IRBuilder.h>

namespace softcuda::jit {

/// Whether 32 lanes that have come to `site` together may go on by themselves.
bool is_held_in_step(const Site &site);

/// Emits what the meeting does to the warp's slots: the same as complete_meeting (run/rendezvous.h) for all lanes.
void emit_meeting(llvm::IRBuilder<> &b, llvm::Value *slots, const Site &site);

} // namespace softcuda::jit
