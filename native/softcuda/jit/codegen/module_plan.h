// Decides how a kernel's functions are emitted, before any of them is: which bodies are needed, which of them
// synchronise (and so must be inlined into the kernel), and whether the kernel is one loop or cut into regions.
#pragma once

#include "abi.h"
#include "codegen/alike_threads.h"
#include "program/link.h"
#include "ptx/parser.h"

#include <llvm/IR/Module.h>

#include <map>
#include <set>

namespace softcuda::jit {

struct FunctionPlan {
  ptx::Body body;
  bool synchronises = false; // itself or a callee
  bool exits = false;        // contains `exit`, which ends the thread from any depth
  bool loops = false;        // itself
  Axes told_apart = 0;       // itself or a callee; all of them where it synchronises
  std::vector<bool>
      spins; // per instruction: a backward branch that closes a loop which may wait for others
  std::vector<bool> watches; // per instruction: the same, of one that waits for a time to come
  std::vector<bool>
      strides; // per instruction: a backward branch of a loop that strides through memory by whole grids
  std::vector<uint32_t> callees; // direct
};

class ModulePlan {
public:
  /// Throws ptx::SyntaxError or Unsupported. `roots`: one kernel, or all functions whose address is taken.
  ModulePlan(const LinkedProgram &program, std::span<const uint32_t> roots, llvm::Module &module);

  bool must_inline(uint32_t id) const { return plans.at(id).synchronises || plans.at(id).exits; }
  /// The axes along which the threads of `kernel` are all alike.
  Axes alike(uint32_t kernel) const { return kAllAxes & ~plans.at(kernel).told_apart; }
  /// A device function of this module (d<id>), or for its address the one that the whole program shares (f<id>).
  llvm::Function *declare(uint32_t id, bool for_address);
  /// Marks accesses that do not depend on those of other threads: there is no order between threads
  /// of a kernel without synchronisation.
  llvm::MDNode *access_group(llvm::LLVMContext &context);
  std::string where(uint32_t module, uint32_t line) const;

  const LinkedProgram &program;
  SharedLayout shared;
  llvm::Module &module;
  std::map<uint32_t, FunctionPlan> plans;
  std::set<uint32_t> to_emit; // device functions that calls have asked for
  bool has_kernel = false;

private:
  llvm::MDNode *access_group_ = nullptr;
  void analyse(uint32_t id);
  static void find_strides(FunctionPlan &plan, const std::vector<size_t> &label_at);
  void propagate();
};

} // namespace softcuda::jit
