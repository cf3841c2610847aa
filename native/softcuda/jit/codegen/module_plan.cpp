#include "codegen/module_plan.h"

#include "codegen/emitter.h"

#include <algorithm>

namespace softcuda::jit {
namespace {

bool has_modifier(const ptx::Instruction &instruction, std::string_view modifier) {
  return std::find(instruction.modifiers.begin(), instruction.modifiers.end(), modifier) !=
         instruction.modifiers.end();
}

bool is_volatile_shared(const ptx::Instruction &i) {
  return (i.opcode == "ld" || i.opcode == "st") && has_modifier(i, "volatile") &&
         has_modifier(i, "shared");
}

/// Threads of a warp or block meet here.
bool is_rendezvous(const ptx::Instruction &i) {
  static const std::set<std::string_view> kOpcodes = {
      "bar",   "barrier", "shfl", "vote",     "match",    "activemask", "redux",
      "elect", "mma",     "wmma", "ldmatrix", "stmatrix", "movmatrix"};
  if (i.opcode == "barrier" && has_modifier(i, "cluster"))
    return true;
  return kOpcodes.contains(i.opcode) || is_volatile_shared(i);
}

/// In a loop, this may be how a thread waits for another one.
bool may_poll(const ptx::Instruction &i) {
  if (i.operands.empty())
    return false; // malformed; whoever emits it says so
  if (i.opcode == "atom")
    return has_modifier(i, "cas") || has_modifier(i, "exch") || has_modifier(i, "acquire") ||
           has_modifier(i, "or") || has_modifier(i, "and") ||
           (i.operands.back().kind == ptx::Operand::Kind::Integer && i.operands.back().bits == 0);
  if (i.opcode == "ld")
    return has_modifier(i, "volatile") || has_modifier(i, "acquire") ||
           has_modifier(i, "relaxed") || has_modifier(i, "mmio");
  return i.opcode == "nanosleep" || i.opcode == "mbarrier";
}

bool reads_clock(const ptx::Instruction &i) {
  return i.operands.size() == 2 && i.operands[1].kind == ptx::Operand::Kind::Special &&
         (i.operands[1].name.starts_with("%clock") ||
          i.operands[1].name.starts_with("%globaltimer"));
}

/// Whether a branch among `loop` depends on what time it is.
bool watches_clock(std::span<const ptx::Instruction> loop) {
  if (std::none_of(loop.begin(), loop.end(), reads_clock))
    return false;
  std::set<uint32_t> times;            // registers
  for (int pass = 0; pass < 2; ++pass) // the second for what comes round from the end
    for (const ptx::Instruction &instruction : loop) {
      if (instruction.opcode == "bra" && instruction.guard >= 0 &&
          times.contains(static_cast<uint32_t>(instruction.guard)))
        return true;
      const auto &operands = instruction.operands;
      if (operands.empty() || operands[0].kind != ptx::Operand::Kind::Register)
        continue;
      if (reads_clock(instruction) ||
          std::any_of(operands.begin() + 1, operands.end(), [&](const ptx::Operand &operand) {
            return operand.kind == ptx::Operand::Kind::Register && times.contains(operand.slot);
          }))
        times.insert(operands[0].slot);
    }
  return false;
}

} // namespace

ModulePlan::ModulePlan(const LinkedProgram &program, std::span<const uint32_t> roots,
                       llvm::Module &module)
    : program(program), module(module) {
  for (uint32_t root : roots) {
    if (program.functions[root].function->is_kernel) {
      has_kernel = true;
      shared = program.shared_layout(root);
    }
    for (uint32_t id : program.reachable(root))
      if (!plans.contains(id))
        analyse(id);
  }
  propagate();
}

std::string ModulePlan::where(uint32_t module_index, uint32_t line) const {
  return program.modules[module_index].name + ", line " + std::to_string(line);
}

void ModulePlan::analyse(uint32_t id) {
  const LinkedFunction &linked = program.functions[id];
  FunctionPlan &plan = plans[id];
  plan.synchronises = linked.function->name == "cudaCGSynchronize"; // see calls.cpp
  if (!linked.function->is_defined || is_runtime_function(linked.function->name)) {
    plan.told_apart = kAllAxes; // each thread prints, allocates, …
    return;
  }
  try {
    plan.body = ptx::parse_body(*linked.function);
  } catch (const ptx::SyntaxError &error) {
    throw Unsupported{linked.module, error.line, error.message};
  }
  const auto &code = plan.body.code;
  plan.spins.assign(code.size(), false);
  plan.watches.assign(code.size(), false);
  std::vector<size_t> label_at(plan.body.label_count, SIZE_MAX);
  std::vector<size_t> polls;
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i].label >= 0) {
      label_at[code[i].label] = i;
      continue;
    }
    plan.synchronises |= is_rendezvous(code[i]);
    plan.told_apart |= axes_told_apart(code[i]);
    plan.exits |= code[i].opcode == "exit";
    if (may_poll(code[i]))
      polls.push_back(i);
    if (code[i].opcode == "call" && code[i].operands[0].kind == ptx::Operand::Kind::Symbol)
      if (auto symbol = program.resolve(linked.module, code[i].operands[0].name);
          symbol && symbol->kind == Symbol::Function)
        plan.callees.push_back(symbol->id);
  }
  find_strides(plan, label_at);
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i].label >= 0 || code[i].opcode != "bra")
      continue;
    size_t target = label_at[code[i].operands.back().slot];
    if (target > i)
      continue;
    // Of every cycle through a poll, one backward branch spans it in the text.
    auto poll = std::lower_bound(polls.begin(), polls.end(), target);
    plan.spins[i] = poll != polls.end() && *poll <= i;
    plan.watches[i] = watches_clock(std::span(code).subspan(target, i + 1 - target));
    plan.synchronises |= plan.spins[i] || plan.watches[i];
  }
}

// A thread that runs such a loop alone touches another page in every round, and the next thread comes back to
// the same cache lines when they are gone: lanes had better take turns.
void ModulePlan::find_strides(FunctionPlan &plan, const std::vector<size_t> &label_at) {
  const auto &code = plan.body.code;
  plan.strides.assign(code.size(), false);
  std::vector<bool> is_stride(plan.body.registers.size(), false); // a multiple of the grid's size
  auto reads_stride = [&](const ptx::Instruction &instruction) {
    for (size_t i = 1; i < instruction.operands.size(); ++i) {
      const ptx::Operand &operand = instruction.operands[i];
      if ((operand.kind == ptx::Operand::Kind::Register && is_stride[operand.slot]) ||
          (operand.kind == ptx::Operand::Kind::Special && operand.name.starts_with("%nctaid")))
        return true;
    }
    return false;
  };
  static const std::set<std::string_view> kScaling = {"mov", "mul", "shl", "cvt"};
  for (const ptx::Instruction &instruction : code)
    if (kScaling.contains(instruction.opcode) && !instruction.operands.empty() &&
        instruction.operands[0].kind == ptx::Operand::Kind::Register && reads_stride(instruction))
      is_stride[instruction.operands[0].slot] = true;
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i].label >= 0 || code[i].opcode != "bra")
      continue;
    plan.loops |= label_at[code[i].operands.back().slot] < i;
    bool loads = false, advances = false;
    for (size_t j = label_at[code[i].operands.back().slot]; j < i; ++j) {
      loads |= code[j].opcode == "ld" && has_modifier(code[j], "global");
      advances |= code[j].opcode == "add" && reads_stride(code[j]);
    }
    plan.strides[i] = loads && advances;
  }
}

void ModulePlan::propagate() {
  for (bool changed = true; changed;) {
    changed = false;
    for (auto &[id, plan] : plans)
      for (uint32_t callee : plan.callees) {
        const FunctionPlan &inner = plans.at(callee);
        if ((inner.synchronises && !plan.synchronises) || (inner.exits && !plan.exits) ||
            (inner.told_apart & ~plan.told_apart) != 0) {
          plan.synchronises |= inner.synchronises;
          plan.exits |= inner.exits;
          plan.told_apart |= inner.told_apart;
          changed = true;
        }
      }
    for (auto &[id, plan] : plans)
      if (plan.synchronises)
        plan.told_apart = kAllAxes; // those who meet are counted
  }
}

llvm::MDNode *ModulePlan::access_group(llvm::LLVMContext &context) {
  if (!access_group_)
    access_group_ = llvm::MDNode::getDistinct(context, {});
  return access_group_;
}

llvm::Function *ModulePlan::declare(uint32_t id, bool for_address) {
  std::string name = (for_address ? "f" : "d") + std::to_string(id);
  if (llvm::Function *existing = module.getFunction(name))
    return existing;
  // void f(BlockContext *, i32 tid.x, i32 tid.y, i32 tid.z, ptr returns…, ptr params…)
  llvm::LLVMContext &context = module.getContext();
  const ptx::Signature &signature = program.functions[id].function->signature;
  llvm::Type *pointer = llvm::PointerType::getUnqual(context);
  llvm::Type *word = llvm::Type::getInt32Ty(context);
  std::vector<llvm::Type *> types = {pointer, word, word, word};
  types.insert(types.end(), signature.returns.size() + signature.params.size(), pointer);
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), types, false);
  if (!for_address)
    to_emit.insert(id);
  return llvm::Function::Create(
      type, for_address ? llvm::Function::ExternalLinkage : llvm::Function::InternalLinkage, name,
      module);
}

} // namespace softcuda::jit
