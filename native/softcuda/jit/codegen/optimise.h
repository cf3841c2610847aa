// LLVM's side of the compiler: host machine, helper bitcode, pass pipeline, object emission.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

namespace softcuda::jit {

/// For the CPU that this process runs on. Null and `error` when LLVM does not know it.
std::unique_ptr<llvm::TargetMachine> make_host_machine(std::string &error);

/// Copies the helpers that `module` calls out of the embedded bitcode into it.
bool link_helpers(llvm::Module &module, std::string &error);

void optimise(llvm::Module &module, llvm::TargetMachine &machine);

std::string emit_object(llvm::Module &module, llvm::TargetMachine &machine);

} // namespace softcuda::jit
