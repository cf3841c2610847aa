// The loop at the beginning of a region that goes in lockstep (codegen/lockstep.h): its blocks, what it carries from round
// to round, and what of that is the same for all lanes.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/IR/Instructions.h>

#include <optional>
#include <vector>

namespace softcuda::jit {

/// How a value gets from one round to the next.
enum class Carried {
  Scalar, // the same for all lanes
  Offset, // each lane's first value and an offset that is the same for all
  Array,  // lane beside lane
};

struct CarriedValue {
  llvm::PHINode *phi;
  llvm::Value *first, *next; // in the region
  Carried how;
  llvm::SmallVector<llvm::Value *> steps = {}; // of an Offset
};

/// A value from before the loop that lies in the frame, of which mark_lockstep_loops found how lanes should differ: true
/// unless the lanes have come here in different rounds of a loop around this one.
struct ExpectedLoad {
  llvm::LoadInst *load;
  int64_t step;
};

class LockstepLoop {
public:
  /// Nothing if `region` does not begin with a loop of the form that is wanted.
  static std::optional<LockstepLoop> find(llvm::Function &region);

  llvm::BasicBlock *before, *header, *latch, *exit;
  llvm::Value *condition;
  bool stays_if; // the condition's value with which a lane stays in the loop
  std::vector<ExpectedLoad> expected;
  std::vector<CarriedValue> carried;
  std::vector<llvm::PHINode *> results; // behind the loop: values of the last round

  /// What `results[i]` is in the last round.
  llvm::Value *result(size_t i) const { return results[i]->getIncomingValueForBlock(latch); }
  /// The same for all lanes, and can be computed before a round.
  bool is_scalar(llvm::Value *value, unsigned depth = 0);
  bool is_inside(llvm::Value *value) const;
  bool touches_memory() const;
  /// Number of the value that is carried into the next round as `value`.
  std::optional<size_t> carried_as_next(llvm::Value *value) const;

private:
  bool find_blocks(llvm::Function &region);
  void find_expected(llvm::Function &region);
  void classify();
  void find_steps(CarriedValue &value);
  bool is_expected_same(llvm::Instruction *instruction) const;

  llvm::SmallPtrSet<llvm::BasicBlock *, 16> inside_;
  llvm::DenseMap<llvm::Instruction *, bool> scalar_;
};

} // namespace softcuda::jit
