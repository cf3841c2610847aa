#include "codegen/optimise.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Linker/Linker.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/Inliner.h>
#include <llvm/Transforms/IPO/ModuleInliner.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>

#include <mutex>

// helpers/*.cpp, embedded by helpers/embed.S
extern "C" const char softcuda_helpers_begin[], softcuda_helpers_end[];

namespace softcuda::jit {

std::unique_ptr<llvm::TargetMachine> make_host_machine(std::string &error) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    // Loops over lanes have few rounds: a second, narrower loop behind each only takes time to compile.
    auto &options = llvm::cl::getRegisteredOptions();
    if (auto found = options.find("enable-epilogue-vectorization"); found != options.end())
      static_cast<llvm::cl::opt<bool> *>(found->second)->setValue(false);
  });
  std::string triple = llvm::sys::getProcessTriple();
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  std::string features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features += (features.empty() ? "" : ",") + std::string(feature.second ? "+" : "-") +
                feature.first().str();
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict; // PTX says where it fuses
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, llvm::sys::getHostCPUName(), features, options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default, true));
}

bool prefers_wide_vectors(const llvm::TargetMachine &machine) {
  return machine.getTargetFeatureString().contains("+avx512vbmi2");
}

bool link_helpers(llvm::Module &module, std::string &error) {
  bool needed = false;
  for (const llvm::Function &function : module)
    needed |= function.isDeclaration() && function.getName().starts_with("ptx_");
  if (!needed)
    return true;
  llvm::StringRef bytes(softcuda_helpers_begin, softcuda_helpers_end - softcuda_helpers_begin);
  auto helpers =
      llvm::getLazyBitcodeModule(llvm::MemoryBufferRef(bytes, "helpers"), module.getContext());
  if (!helpers) {
    error = llvm::toString(helpers.takeError());
    return false;
  }
  std::vector<std::string> names;
  for (const llvm::Function &function : **helpers)
    if (!function.isDeclaration())
      names.push_back(function.getName().str());
  (*helpers)->setTargetTriple(module.getTargetTriple());
  (*helpers)->setDataLayout(module.getDataLayout());
  if (llvm::Linker::linkModules(module, std::move(*helpers), llvm::Linker::LinkOnlyNeeded)) {
    error = "the helper bitcode does not link";
    return false;
  }
  for (const std::string &name : names)
    if (llvm::Function *function = module.getFunction(name);
        function && !function->isDeclaration()) {
      function->setLinkage(llvm::GlobalValue::InternalLinkage);
      // Compiled for any x86-64; here they may use what the host has.
      for (const char *attribute :
           {"target-cpu", "target-features", "tune-cpu", "no-trapping-math"})
        function->removeFnAttr(attribute);
    }
  return true;
}

PassContext::PassContext(llvm::TargetMachine &machine, llvm::PipelineTuningOptions tuning)
    : builder(&machine, tuning) {
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(call_graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, call_graph, modules);
}

void optimise(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = tuning.LoopInterleaving = true;
  PassContext passes(machine, tuning);
  passes.builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
      .run(module, passes.modules);
}

void optimise_regions(llvm::Module &module, llvm::TargetMachine &machine) {
  PassContext context(machine);
  llvm::FunctionPassManager each;
  auto on_loops = [&](auto pass, bool memory_ssa) {
    each.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(pass), memory_ssa));
  };
  each.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  each.addPass(llvm::EarlyCSEPass(true));
  each.addPass(llvm::SimplifyCFGPass());
  each.addPass(llvm::InstCombinePass());
  llvm::LoopPassManager hoist;
  hoist.addPass(llvm::LoopRotatePass());
  hoist.addPass(llvm::LICMPass(llvm::LICMOptions()));
  on_loops(std::move(hoist), true);
  on_loops(llvm::IndVarSimplifyPass(), false);
  each.addPass(llvm::GVNPass());
  each.addPass(llvm::LoopVectorizePass());
  each.addPass(llvm::InstCombinePass());
  each.addPass(llvm::SimplifyCFGPass(llvm::SimplifyCFGOptions()
                                         .convertSwitchRangeToICmp(true)
                                         .hoistCommonInsts(true)
                                         .sinkCommonInsts(true)));
  each.addPass(llvm::LoopUnrollPass(llvm::LoopUnrollOptions(2)));
  each.addPass(llvm::EarlyCSEPass());
  on_loops(llvm::LICMPass(llvm::LICMOptions()), true);
  each.addPass(llvm::ADCEPass());
  llvm::ModulePassManager all;
  all.addPass(llvm::AlwaysInlinerPass());
  all.addPass(llvm::ModuleInlinerWrapperPass(llvm::getInlineParams(2, 0)));
  all.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(each)));
  all.addPass(llvm::GlobalDCEPass());
  all.run(module, context.modules);
}

std::string emit_object(llvm::Module &module, llvm::TargetMachine &machine, bool reduce_strength) {
  // The one switch that there is for it is global. Kernels that are compiled at once may get each other's
  // setting, which costs time and nothing else.
  auto &options = llvm::cl::getRegisteredOptions();
  if (auto found = options.find("disable-lsr"); found != options.end())
    static_cast<llvm::cl::opt<bool> *>(found->second)->setValue(!reduce_strength);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile);
  passes.run(module);
  return std::string(bytes.begin(), bytes.end());
}

} // namespace softcuda::jit
