// By how much the values of a thread differ from lane to lane.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>

#include <optional>

namespace softcuda::jit {

/// How an integer or address differs from lane to lane: by a constant, or in a way that is not known.
using LaneStep = std::optional<int64_t>;

/// The steps of all values of a thread, as long as its warp goes the same way. What goes round in loops is taken to
/// stay as it began until something says otherwise.
class LaneSteps {
public:
  explicit LaneSteps(llvm::Function &thread);

  LaneStep of(llvm::Value *value) const { return known(value).value_or(std::nullopt); }

private:
  /// Without a value while nothing is known yet.
  std::optional<LaneStep> known(llvm::Value *value) const;
  std::optional<LaneStep> compute(llvm::Instruction &i) const;
  std::optional<LaneStep> of_phi(llvm::PHINode &phi) const;

  llvm::DominatorTree dominators_;
  llvm::DenseMap<llvm::Value *, LaneStep> steps_;
};

} // namespace softcuda::jit
