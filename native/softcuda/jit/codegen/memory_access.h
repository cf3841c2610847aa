// Suffixes that loads, stores and atomics share.
#pragma once

#include "codegen/emitter.h"

namespace softcuda::jit {

struct Ordering {
  bool is_volatile = false;
  llvm::AtomicOrdering atomic = llvm::AtomicOrdering::NotAtomic;
};

ptx::Space take_space(Op &op);
Ordering take_ordering(Op &op);
/// Cache operators and eviction hints: nothing on a CPU.
void take_hints(Op &op);

} // namespace softcuda::jit
