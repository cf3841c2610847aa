// The one entry point of libgpuferry-ptx.so.
#include "program/compiler_interface.h"

#include "codegen/emitter.h"
#include "codegen/flushes.h"
#include "codegen/optimise.h"
#include "codegen/regions.h"
#include "codegen/start_values.h"

#include <llvm/IR/DiagnosticHandler.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <cstdlib>

namespace softcuda::jit {

const HandlerTable &handlers() {
  static const HandlerTable table = [] {
    HandlerTable all;
    add_integer_handlers(all);
    add_bit_handlers(all);
    add_float_handlers(all);
    add_compare_handlers(all);
    add_convert_handlers(all);
    add_memory_handlers(all);
    add_atomic_handlers(all);
    add_warp_handlers(all);
    add_control_handlers(all);
    add_stack_handlers(all);
    add_video_handlers(all);
    add_scalar_video_handlers(all);
    add_matrix_handlers(all);
    add_async_handlers(all);
    add_texture_handlers(all);
    add_surface_handlers(all);
    return all;
  }();
  return table;
}

namespace {

void finish_function(llvm::Function &function) {
  drop_start_values(function);
  drop_repeated_flushes(function);
  function.setDoesNotThrow();
  function.addFnAttr(llvm::Attribute::NullPointerIsValid); // a wild access must happen, and fault
}

void emit_kernel(ModulePlan &plan, uint32_t id, llvm::TargetMachine &machine) {
  llvm::LLVMContext &context = plan.module.getContext();
  llvm::Type *pointer = llvm::PointerType::getUnqual(context);
  const FunctionPlan &kernel = plan.plans.at(id);
  if (kernel.synchronises || kernel.loops) {
    llvm::Function *thread = declare_thread(plan.module);
    Emitter(plan, thread).emit_thread(id);
    finish_function(*thread);
    if (prepare_thread(*thread, machine) > 0 || kernel.synchronises)
      return cut_into_regions(*thread, machine, plan.alike(id));
    drop_thread(*thread);
  }
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), {pointer}, false);
  auto *function =
      llvm::Function::Create(type, llvm::Function::ExternalLinkage, kSymbolLoop, plan.module);
  function->addParamAttr(0, llvm::Attribute::NoAlias);
  Emitter(plan, function).emit_loop_kernel(id);
  finish_function(*function);
}

void emit_functions(ModulePlan &plan) {
  std::set<uint32_t> emitted;
  while (emitted.size() < plan.to_emit.size()) // each may ask for more
    for (uint32_t id : std::set<uint32_t>(plan.to_emit))
      if (emitted.insert(id).second) {
        llvm::Function *function = plan.declare(id, false);
        Emitter emitter(plan, function);
        emitter.emit_device_function(id);
        finish_function(*function);
      }
}

void emit_addressable(ModulePlan &plan, uint32_t id) {
  llvm::Function *function = plan.declare(id, true);
  Emitter emitter(plan, function);
  emitter.emit_device_function(id);
  finish_function(*function);
}

void dump_if_asked(llvm::Module &module, const char *stage) {
  const char *wanted = std::getenv("GPUFERRY_SOFTCUDA_DUMP_IR"); // "raw" or "optimised"
  if (wanted && std::string_view(wanted) == stage)
    module.print(llvm::errs(), nullptr);
}

/// LLVM tells everybody which loops it does not vectorise of those whose vectors have a width.
struct NoRemarks : llvm::DiagnosticHandler {
  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    return info.getSeverity() == llvm::DS_Remark;
  }
};

void compile(const CompileRequest &request, CompileResult &result) {
  llvm::LLVMContext context;
  context.setDiagnosticHandler(std::make_unique<NoRemarks>());
  llvm::Module module("kernel", context);
  auto machine = make_host_machine(result.log);
  if (!machine)
    return;
  module.setTargetTriple(machine->getTargetTriple().str());
  module.setDataLayout(machine->createDataLayout());
  ModulePlan plan(*request.program, request.roots, module);
  for (uint32_t root : request.roots)
    if (request.program->functions[root].function->is_kernel)
      emit_kernel(plan, root, *machine);
    else
      emit_addressable(plan, root);
  emit_functions(plan);
  dump_if_asked(module, "raw");
  llvm::raw_string_ostream log(result.log);
  if (llvm::verifyModule(module, &log))
    return;
  if (!link_helpers(module, result.log))
    return;
  const bool has_regions = module.getFunction(kSymbolRegions) != nullptr;
  if (has_regions)
    optimise_regions(module, *machine);
  else
    optimise(module, *machine);
  dump_if_asked(module, "optimised");
  result.object = emit_object(module, *machine, !has_regions);
}

} // namespace
} // namespace softcuda::jit

extern "C" __attribute__((visibility("default"))) bool
gpuferry_ptx_compile(uint32_t interface_version, const softcuda::jit::CompileRequest &request,
                     softcuda::jit::CompileResult &result) {
  using namespace softcuda::jit;
  if (interface_version != kCompilerInterface)
    return false;
  const LinkedProgram &program = *request.program;
  try {
    compile(request, result);
  } catch (const Unsupported &problem) {
    result.log = "ptxas " + program.modules[problem.module].name + ", line " +
                 std::to_string(problem.line) + "; error   : " + problem.message;
  } catch (const std::exception &problem) { // .at() of a malformed operand list, out of memory
    result.log = std::string("ptxas; internal error: ") + problem.what();
  }
  return !result.object.empty();
}
