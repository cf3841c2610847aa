#include "codegen/emitter.h"
#include "codegen/regions.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/MDBuilder.h>

#include <bit>

namespace softcuda::jit {

using ptx::Operand;
using ptx::Type;

// --- Op

bool Op::take(std::string_view modifier) {
  bool found = false;
  for (size_t i = 0; i < instruction.modifiers.size(); ++i)
    if (instruction.modifiers[i] == modifier) {
      taken_ |= 1ull << i;
      found = true;
    }
  return found;
}

std::string_view Op::take_any(std::initializer_list<std::string_view> modifiers) {
  for (std::string_view modifier : modifiers)
    if (take(modifier))
      return modifier;
  return {};
}

ptx::Type Op::type(size_t index) const {
  if (index >= instruction.types.size())
    fail("a type is missing");
  return instruction.types[index];
}

const Operand &Op::operand(size_t index) const {
  if (index >= instruction.operands.size())
    fail("an operand is missing");
  return instruction.operands[index];
}

bool Op::all_taken() const {
  return std::popcount(taken_) == static_cast<int>(instruction.modifiers.size());
}

void Op::fail(const std::string &why) const {
  emitter_.fail(instruction.line, why + ": '" + std::string(instruction.spelling) + "'");
}

// --- Emitter: values

Emitter::Emitter(ModulePlan &plan, llvm::Function *function)
    : plan(plan), context(plan.module.getContext()), b(context), function(function) {}

void Emitter::fail(uint32_t line, const std::string &message) {
  uint32_t module = scope ? plan.program.functions[scope->function_id].module : 0;
  throw Unsupported{module, line, message};
}

llvm::Type *Emitter::llvm_type(Type type) {
  switch (type) {
  case Type::Pred:
    return b.getInt1Ty();
  case Type::F16:
    return b.getHalfTy();
  case Type::F32:
    return b.getFloatTy();
  case Type::F64:
    return b.getDoubleTy();
  case Type::F16x2:
    return llvm::FixedVectorType::get(b.getHalfTy(), 2);
  default:
    return b.getIntNTy(ptx::size_bits(type));
  }
}

// Registers and instruction types may differ in width and kind: the bits count.
llvm::Value *Emitter::register_type_cast(llvm::Value *value, llvm::Type *to, bool sign_extend) {
  llvm::Type *from = value->getType();
  if (from == to)
    return value;
  unsigned from_bits = from->getPrimitiveSizeInBits(), to_bits = to->getPrimitiveSizeInBits();
  if (!from->isIntegerTy())
    value = b.CreateBitCast(value, b.getIntNTy(from_bits));
  if (from_bits > to_bits)
    value = b.CreateTrunc(value, b.getIntNTy(to_bits));
  else if (from_bits < to_bits)
    value = sign_extend ? b.CreateSExt(value, b.getIntNTy(to_bits))
                        : b.CreateZExt(value, b.getIntNTy(to_bits));
  return to->isIntegerTy() ? value : b.CreateBitCast(value, to);
}

llvm::Value *Emitter::read(const Operand &operand, Type type) {
  llvm::Type *wanted = llvm_type(type);
  if (operand.part_bits)
    fail(current->line, "part of a register in '" + std::string(current->spelling) + "'");
  switch (operand.kind) {
  case Operand::Kind::Register: {
    llvm::AllocaInst *storage = scope->registers[operand.slot];
    llvm::Value *value = b.CreateLoad(storage->getAllocatedType(), storage);
    if (operand.negated)
      value = b.CreateNot(value);
    bool sign = ptx::is_signed(type) && storage->getAllocatedType()->isIntegerTy();
    return register_type_cast(value, wanted, sign);
  }
  case Operand::Kind::Integer:
    if (type == Type::F32)
      return llvm::ConstantFP::get(wanted, static_cast<double>(static_cast<int64_t>(operand.bits)));
    if (type == Type::F64)
      return llvm::ConstantFP::get(wanted, static_cast<double>(static_cast<int64_t>(operand.bits)));
    if (type == Type::Pred)
      return b.getInt1(operand.bits != 0);
    return register_type_cast(
        llvm::ConstantInt::get(b.getIntNTy(ptx::size_bits(type)), operand.bits), wanted, false);
  case Operand::Kind::Float32:
    if (type == Type::F64)
      return llvm::ConstantFP::get(wanted,
                                   std::bit_cast<float>(static_cast<uint32_t>(operand.bits)));
    return register_type_cast(b.getInt32(static_cast<uint32_t>(operand.bits)), wanted, false);
  case Operand::Kind::Float64:
    if (type == Type::F32)
      return llvm::ConstantFP::get(wanted, static_cast<float>(std::bit_cast<double>(operand.bits)));
    return register_type_cast(b.getInt64(operand.bits), wanted, false);
  case Operand::Kind::Special:
    return register_type_cast(special_register(operand.name), wanted, false);
  case Operand::Kind::Symbol:
    return register_type_cast(symbol_address(operand), wanted, false);
  case Operand::Kind::Vector: { // {a, b} as one wide value, the first element lowest
    if (operand.elements.empty())
      fail(current->line, "empty vector in '" + std::string(current->spelling) + "'");
    unsigned total = ptx::size_bits(type),
             each = total / static_cast<unsigned>(operand.elements.size());
    Type element = each == 8    ? Type::B8
                   : each == 16 ? Type::B16
                   : each == 32 ? Type::B32
                                : Type::B64;
    llvm::Value *value = llvm::ConstantInt::get(b.getIntNTy(total), 0);
    for (size_t i = 0; i < operand.elements.size(); ++i) {
      if (operand.elements[i].kind == Operand::Kind::None)
        continue;
      llvm::Value *part = b.CreateZExt(read(operand.elements[i], element), value->getType());
      value = b.CreateOr(value, b.CreateShl(part, static_cast<uint64_t>(i) * each));
    }
    return register_type_cast(value, wanted, false);
  }
  default:
    fail(current->line, "unexpected operand in '" + std::string(current->spelling) + "'");
  }
}

void Emitter::write(const Operand &operand, llvm::Value *value, Type type) {
  if (operand.kind == Operand::Kind::None)
    return;
  if (operand.kind == Operand::Kind::Vector) {
    if (operand.elements.empty())
      fail(current->line, "empty vector in '" + std::string(current->spelling) + "'");
    value =
        register_type_cast(value, b.getIntNTy(value->getType()->getPrimitiveSizeInBits()), false);
    unsigned each =
        value->getType()->getPrimitiveSizeInBits() / static_cast<unsigned>(operand.elements.size());
    Type element = each == 8    ? Type::B8
                   : each == 16 ? Type::B16
                   : each == 32 ? Type::B32
                                : Type::B64;
    for (size_t i = 0; i < operand.elements.size(); ++i)
      write(operand.elements[i],
            b.CreateTrunc(b.CreateLShr(value, static_cast<uint64_t>(i) * each), b.getIntNTy(each)),
            element);
    return;
  }
  if (operand.kind != Operand::Kind::Register || operand.part_bits)
    fail(current->line, "destination is no register in '" + std::string(current->spelling) + "'");
  llvm::AllocaInst *storage = scope->registers[operand.slot];
  b.CreateStore(register_type_cast(value, storage->getAllocatedType(), ptx::is_signed(type)),
                storage);
}

llvm::Value *Emitter::read_predicate(const Operand &operand) { return read(operand, Type::Pred); }

void Emitter::write_predicate(const Operand &operand, llvm::Value *value) {
  write(operand, value, Type::Pred);
}

llvm::Value *Emitter::symbol_address(const Operand &operand) {
  llvm::Value *offset = b.getInt64(operand.bits);
  if (operand.slot != UINT32_MAX) { // declared in this body
    llvm::Value *variable = scope->variables[operand.slot];
    if (variable->getType()->isIntegerTy())
      return b.CreateAdd(variable, b.getInt32(static_cast<uint32_t>(operand.bits)));
    return b.CreateAdd(b.CreatePtrToInt(variable, b.getInt64Ty()), offset);
  }
  const LinkedFunction &linked = plan.program.functions[scope->function_id];
  if (linked.function->is_kernel)
    for (const ptx::Parameter &parameter : linked.function->signature.params)
      if (parameter.name == operand.name)
        return b.CreateAdd(b.CreatePtrToInt(scope->parameters.at(operand.name), b.getInt64Ty()),
                           offset);
  if (auto parameter = scope->parameters.find(operand.name); parameter != scope->parameters.end())
    return b.CreateAdd(b.CreatePtrToInt(parameter->second, b.getInt64Ty()), offset);
  auto symbol = plan.program.resolve(linked.module, operand.name);
  if (!symbol)
    fail(current->line, "'" + std::string(operand.name) + "' is not defined");
  if (symbol->kind == Symbol::Function && plan.program.functions[symbol->id].function->is_kernel)
    fail(current->line,
         "the address of kernel '" + std::string(operand.name) + "' (dynamic parallelism)");
  if (symbol->kind == Symbol::Function)
    return b.CreatePtrToInt(plan.declare(symbol->id, true), b.getInt64Ty());
  const ptx::Variable &variable = *plan.program.variables[symbol->id].variable;
  if (variable.space == ptx::Space::Shared) {
    if (!plan.has_kernel)
      fail(current->line, "shared variable '" + std::string(operand.name) +
                              "' in a function whose address is taken");
    return b.getInt32(plan.shared.of_module.at(symbol->id) + static_cast<uint32_t>(operand.bits));
  }
  return b.CreateAdd(b.CreatePtrToInt(this->variable(symbol->id), b.getInt64Ty()), offset);
}

llvm::Constant *Emitter::variable(uint32_t id) {
  const ptx::Variable &variable = *plan.program.variables[id].variable;
  llvm::Type *storage = llvm::ArrayType::get(b.getInt8Ty(), variable.size_bytes);
  llvm::Constant *global = plan.module.getOrInsertGlobal("v" + std::to_string(id), storage);
  llvm::cast<llvm::GlobalVariable>(global)->setAlignment(
      llvm::Align(std::max(variable.align_bytes, 1u)));
  return global;
}

// --- memory

llvm::AllocaInst *Emitter::entry_alloca(llvm::Type *type, uint64_t count, uint32_t align_bytes) {
  llvm::IRBuilder<> at_entry(entry_, entry_->begin());
  auto *storage = at_entry.CreateAlloca(count == 1 ? type : llvm::ArrayType::get(type, count));
  if (align_bytes)
    storage->setAlignment(llvm::Align(align_bytes));
  return storage;
}

llvm::Value *Emitter::context_field(size_t offset, llvm::Type *type) {
  auto *load =
      b.CreateLoad(type, b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), block_context, offset));
  load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context, {}));
  return load;
}

llvm::Value *Emitter::pointer_from_integer(llvm::Value *address) {
  if (!zero_base_)
    return b.CreateIntToPtr(address, b.getPtrTy());
  // Scalar evolution does not look through inttoptr; it does through an offset from an unknown base.
  return b.CreateGEP(b.getInt8Ty(), zero_base_, address);
}

llvm::Value *Emitter::pointer(const Operand &address, ptx::Space space) {
  const Operand &base = address.elements.at(0);
  if (space == ptx::Space::Shared) {
    llvm::Value *shared = shared_base_;
    if (!shared)
      shared = context_field(offsetof(BlockContext, shared), b.getPtrTy());
    llvm::Value *offset = b.CreateZExt(read(base, Type::U32), b.getInt64Ty());
    llvm::Value *result = b.CreateGEP(b.getInt8Ty(), shared, offset);
    return b.CreateGEP(b.getInt8Ty(), result, b.getInt64(static_cast<int64_t>(address.bits)));
  }
  if (base.kind == Operand::Kind::Symbol) {
    // keep depots and parameters as pointers, so that they can become registers
    llvm::Value *storage = nullptr;
    if (base.slot != UINT32_MAX && scope->variables[base.slot]->getType()->isPointerTy())
      storage = scope->variables[base.slot];
    else if (auto found = scope->parameters.find(base.name);
             base.slot == UINT32_MAX && found != scope->parameters.end())
      storage = found->second;
    if (storage)
      return b.CreateConstGEP1_64(b.getInt8Ty(), storage, static_cast<int64_t>(address.bits));
  }
  llvm::Value *integer = read(base, Type::U64);
  llvm::Value *result = pointer_from_integer(integer);
  if (address.bits)
    result = b.CreateGEP(b.getInt8Ty(), result, b.getInt64(address.bits));
  return result;
}

// State spaces never overlap, except with generic addresses: exactly what type-based alias analysis says of
// siblings and their parent.
llvm::Instruction *Emitter::tag(llvm::Instruction *access, ptx::Space space) {
  llvm::MDBuilder metadata(context);
  llvm::MDNode *root = metadata.createTBAARoot(kAliasRoot);
  llvm::MDNode *any = metadata.createTBAAScalarTypeNode("generic", root);
  const char *names[] = {"", "global", "shared", "local", "const", "param", ""};
  const char *name = names[static_cast<int>(space)];
  llvm::MDNode *type = *name ? metadata.createTBAAScalarTypeNode(name, any) : any;
  access->setMetadata(llvm::LLVMContext::MD_tbaa, metadata.createTBAAStructTagNode(type, type, 0));
  if (annotate_parallel && space != ptx::Space::Local)
    access->setMetadata(llvm::LLVMContext::MD_access_group, plan.access_group(context));
  return access;
}

// --- helpers

llvm::Value *Emitter::call_helper(llvm::StringRef name, llvm::Type *result,
                                  llvm::ArrayRef<llvm::Value *> arguments, bool pure) {
  std::vector<llvm::Type *> types;
  for (llvm::Value *argument : arguments)
    types.push_back(argument->getType());
  auto callee =
      plan.module.getOrInsertFunction(name, llvm::FunctionType::get(result, types, false));
  auto *call = b.CreateCall(callee, arguments);
  call->setDoesNotThrow();
  if (pure) {
    call->setDoesNotAccessMemory();
    call->addFnAttr(llvm::Attribute::WillReturn);
    call->addFnAttr(llvm::Attribute::NoSync);
  }
  return call;
}

llvm::Value *Emitter::call_intrinsic(llvm::Intrinsic::ID id,
                                     llvm::ArrayRef<llvm::Value *> arguments) {
  return b.CreateIntrinsic(id, {arguments[0]->getType()}, arguments);
}

} // namespace softcuda::jit
