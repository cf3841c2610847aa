// LLVM's side of the compiler: host machine, helper bitcode, pass pipeline, object emission.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

namespace softcuda::jit {

/// What LLVM's passes want to have around them.
struct PassContext {
  explicit PassContext(llvm::TargetMachine &machine, llvm::PipelineTuningOptions tuning = {});
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager call_graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder;
};

/// For the CPU that this process runs on. Null and `error` when LLVM does not know it.
std::unique_ptr<llvm::TargetMachine> make_host_machine(std::string &error);

/// Whether vectors of 512 bits pay, of which the first CPUs that had them lowered their clock.
bool prefers_wide_vectors(const llvm::TargetMachine &machine);
/// The attribute of a function that says which vectors it should have, where they are not the CPU's usual ones.
inline constexpr const char *kVectorWidth = "prefer-vector-width";

/// Copies the helpers that `module` calls out of the embedded bitcode into it.
bool link_helpers(llvm::Module &module, std::string &error);

void optimise(llvm::Module &module, llvm::TargetMachine &machine);

/// The same for a kernel that was cut into regions: many small loops that went through some of it before.
void optimise_regions(llvm::Module &module, llvm::TargetMachine &machine);

/// `reduce_strength`: of addresses in loops; takes long where many addresses step together, and gains little there.
std::string emit_object(llvm::Module &module, llvm::TargetMachine &machine, bool reduce_strength);

} // namespace softcuda::jit
