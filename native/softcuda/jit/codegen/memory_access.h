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
/// st.async and st.bulk (ops_bulk.cpp).
void emit_store_async(Emitter &e, Op &op);
void emit_store_bulk(Emitter &e, Op &op);
/// cp.async.bulk, behind which nothing is left to wait for but the mbarrier's count of bytes.
void emit_copy_bulk(Emitter &e, Op &op);
/// Takes `bytes` off what the mbarrier at `pointer` waits for.
void complete_transaction(Emitter &e, llvm::Value *pointer, llvm::Value *bytes);

} // namespace softcuda::jit
