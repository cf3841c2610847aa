#include "codegen/start_values.h"

#include <llvm/IR/Dominators.h>
#include <llvm/IR/InstIterator.h>

#include <vector>

namespace softcuda::jit {
namespace {

constexpr const char *kStartValue = "gpuferry.start_value"; // metadata

/// Whether every way from `start` to a read of the register leads over its first other store.
bool is_never_read(llvm::StoreInst &start, const llvm::DominatorTree &dominators) {
  llvm::StoreInst *first = nullptr;
  llvm::SmallVector<llvm::LoadInst *> loads;
  for (llvm::User *user : start.getPointerOperand()->users()) {
    if (auto *load = llvm::dyn_cast<llvm::LoadInst>(user)) {
      loads.push_back(load);
    } else if (auto *store = llvm::dyn_cast<llvm::StoreInst>(user);
               store && store->getPointerOperand() == start.getPointerOperand()) {
      if (store != &start)
        first = store; // users are listed from the last to the first
    } else {
      return false;
    }
  }
  return first && dominators.dominates(&start, first) &&
         llvm::all_of(loads,
                      [&](llvm::LoadInst *load) { return dominators.dominates(first, load); });
}

} // namespace

void note_start_value(llvm::StoreInst &store) {
  store.setMetadata(kStartValue, llvm::MDNode::get(store.getContext(), {}));
}

void drop_start_values(llvm::Function &function) {
  std::vector<llvm::StoreInst *> starts;
  for (llvm::Instruction &instruction : llvm::instructions(function))
    if (auto *store = llvm::dyn_cast<llvm::StoreInst>(&instruction);
        store && store->hasMetadata(kStartValue))
      starts.push_back(store);
  const llvm::DominatorTree dominators(function);
  for (llvm::StoreInst *start : starts)
    if (is_never_read(*start, dominators))
      start->eraseFromParent();
}

} // namespace softcuda::jit
