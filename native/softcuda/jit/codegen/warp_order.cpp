#include "codegen/warp_order.h"

#include "codegen/lane_steps.h"
#include "codegen/regions.h"

#include <llvm/IR/DataLayout.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

namespace softcuda::jit {
namespace {

using llvm::Instruction;
using llvm::Value;

constexpr const char *kPlainInShared = "gpuferry.plain_in_shared"; // metadata

bool is_plain_in_shared(const Instruction &access) { return access.hasMetadata(kPlainInShared); }

/// An address without the constant in it.
Value *base_of(Value *pointer, const llvm::DataLayout &layout) {
  llvm::APInt offset(layout.getPointerSizeInBits(), 0);
  return pointer->stripAndAccumulateConstantOffsets(layout, offset, true);
}

} // namespace

void note_plain_in_shared(Instruction &access) {
  access.setMetadata(kPlainInShared, llvm::MDNode::get(access.getContext(), {}));
}

void keep_warp_order(llvm::Function &thread) {
  const llvm::DataLayout &layout = thread.getDataLayout();
  std::optional<LaneSteps> steps; // of few threads anybody asks
  auto go_apart = [&](Value *load, Value *store) {
    if (base_of(load, layout) == base_of(store, layout))
      return false;
    if (!steps)
      steps.emplace(thread);
    const LaneStep of_load = steps->of(load), of_store = steps->of(store);
    return !of_load || of_load != of_store;
  };
  std::vector<Instruction *> late; // stores in front of which lanes give way
  for (llvm::BasicBlock &block : thread) {
    llvm::SmallVector<Value *> loaded; // addresses, since lanes last met
    for (Instruction &instruction : block) {
      if (as_suspension(instruction)) {
        loaded.clear();
      } else if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
        if (is_plain_in_shared(*load))
          loaded.push_back(load->getPointerOperand());
      } else if (auto *store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
        if (is_plain_in_shared(*store) && llvm::any_of(loaded, [&](Value *pointer) {
              return go_apart(pointer, store->getPointerOperand());
            })) {
          late.push_back(store);
          loaded.clear();
        }
      }
    }
  }
  for (Instruction *store : late) {
    llvm::IRBuilder<> b(store);
    mark_suspension(b, Wait::Yield);
  }
}

} // namespace softcuda::jit
