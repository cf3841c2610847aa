// A structure in the thread's own memory, by which an instruction's operands reach a function of the runtime.
#pragma once

#include "codegen/emitter.h"

namespace softcuda::jit {

class Record {
public:
  Record(Emitter &e, size_t bytes) : e_(e), storage_(e.entry_alloca(e.b.getInt8Ty(), bytes, 16)) {
    e_.b.CreateLifetimeStart(storage_); // so that others may lie where it was
  }
  ~Record() { e_.b.CreateLifetimeEnd(storage_); }
  Record(const Record &) = delete;
  Record &operator=(const Record &) = delete;

  void store(size_t offset, llvm::Value *value) { e_.b.CreateStore(value, at(offset)); }
  void store(size_t offset, uint32_t value) { store(offset, e_.b.getInt32(value)); }
  llvm::Value *load(size_t offset, llvm::Type *type) { return e_.b.CreateLoad(type, at(offset)); }
  llvm::Value *storage() const { return storage_; }

protected:
  llvm::Value *at(size_t offset) {
    return e_.b.CreateConstInBoundsGEP1_64(e_.b.getInt8Ty(), storage_, offset);
  }

  Emitter &e_;
  llvm::AllocaInst *storage_;
};

} // namespace softcuda::jit
