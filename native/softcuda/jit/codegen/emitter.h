// Emits LLVM IR for the threads of one kernel, or for one device function. Handlers of single instructions
// (ops_*.cpp) work on this interface; emitter.cpp and control.cpp hold its body.
#pragma once

#include "codegen/module_plan.h"

#include <llvm/IR/IRBuilder.h>

#include <initializer_list>

namespace softcuda::jit {

/// A construct that we cannot compile; becomes the load's log, with source and line.
struct Unsupported {
  uint32_t module;
  uint32_t line;
  std::string message;
};

class Emitter;

/// One instruction while it is emitted: keeps count of which suffixes its handler understood.
class Op {
public:
  Op(Emitter &emitter, const ptx::Instruction &instruction)
      : instruction(instruction), emitter_(emitter) {}
  /// Consumes every occurrence of a suffix; true when it was there.
  bool take(std::string_view modifier);
  /// Consumes the first present of several; empty when none is.
  std::string_view take_any(std::initializer_list<std::string_view> modifiers);
  ptx::Type type(size_t index = 0) const;
  const ptx::Operand &operand(size_t index) const;
  size_t operand_count() const { return instruction.operands.size(); }
  bool all_taken() const;
  [[noreturn]] void fail(const std::string &why) const;

  const ptx::Instruction &instruction;

private:
  Emitter &emitter_;
  uint64_t taken_ = 0;
};

using Handler = void (*)(Emitter &, Op &);
/// Adds a file's opcodes to the table of all.
using HandlerTable = std::unordered_map<std::string_view, Handler>;

/// A body being emitted, inlined or not: what its names stand for.
struct Scope {
  uint32_t function_id = 0;
  const ptx::Body *body = nullptr;
  std::vector<llvm::AllocaInst *> registers;
  std::vector<llvm::Value *>
      variables; // pointers to depots and parameters; i32 offsets of shared variables
  std::vector<llvm::BasicBlock *> labels;
  std::unordered_map<std::string_view, llvm::Value *> parameters; // pointers; of kernels, empty
  llvm::BasicBlock *return_block = nullptr;
  llvm::AllocaInst *carry = nullptr; // CC.CF
  std::vector<bool> label_is_behind; // already emitted: a branch there goes back
};

class Emitter {
public:
  Emitter(ModulePlan &plan, llvm::Function *function);

  // --- whole functions (control.cpp)
  void emit_loop_kernel(uint32_t kernel);
  /// The body of one thread, for codegen/regions.h to cut where it suspends.
  void emit_thread(uint32_t kernel);
  void emit_device_function(uint32_t function_id);

  // --- values
  llvm::Type *llvm_type(ptx::Type type);
  llvm::Value *read(const ptx::Operand &operand, ptx::Type type);
  void write(const ptx::Operand &operand, llvm::Value *value, ptx::Type type);
  llvm::Value *read_predicate(const ptx::Operand &operand);
  void write_predicate(const ptx::Operand &operand, llvm::Value *value);
  llvm::Value *special_register(std::string_view name);
  /// The 64-bit (shared: 32-bit) address that a symbol stands for.
  llvm::Value *symbol_address(const ptx::Operand &operand);
  /// A module's variable outside of shared memory.
  llvm::Constant *variable(uint32_t id);
  llvm::Value *integer(unsigned bits, uint64_t value) { return b.getIntN(bits, value); }

  // --- memory
  /// A host pointer for an address operand in `space`.
  llvm::Value *pointer(const ptx::Operand &address, ptx::Space space);
  llvm::Value *pointer_from_integer(llvm::Value *address);
  llvm::Instruction *tag(llvm::Instruction *access, ptx::Space space);
  llvm::AllocaInst *entry_alloca(llvm::Type *type, uint64_t count = 1, uint32_t align_bytes = 0);
  llvm::Value *context_field(size_t offset, llvm::Type *type);

  // --- helpers in bitcode or in the runtime
  llvm::Value *call_helper(llvm::StringRef name, llvm::Type *result,
                           llvm::ArrayRef<llvm::Value *> arguments, bool pure = true);
  llvm::Value *call_intrinsic(llvm::Intrinsic::ID id, llvm::ArrayRef<llvm::Value *> arguments);

  // --- suspension (kernels whose threads meet)
  /// `offset`: of a field of WarpSlots, an array over the lanes; the thread's own element is meant.
  void store_slot(size_t offset, llvm::Value *value);
  llvm::Value *load_slot(size_t offset, llvm::Type *type);
  void suspend(Wait wait, llvm::Value *mask = nullptr, llvm::Value *key = nullptr,
               llvm::Value *shuffle_b = nullptr, llvm::Value *shuffle_c = nullptr);
  /// Distinguishes places in the program.
  uint32_t next_site() { return ++site_; }
  bool may_suspend() const { return slots != nullptr; }

  /// How far a thread that suspends has used up its memory for alloca.
  struct DynamicStack {
    llvm::AllocaInst *used = nullptr, *end = nullptr; // addresses; 0 until there is any
  };
  DynamicStack &dynamic_stack();

  // --- control
  void emit_body(Scope &scope);
  void branch_to(uint32_t label, llvm::Value *condition, bool negated);
  void jump_exit();
  void emit_call(Op &op);
  [[noreturn]] void fail(uint32_t line, const std::string &message);

  ModulePlan &plan;
  llvm::LLVMContext &context;
  llvm::IRBuilder<> b;
  llvm::Function *function;
  Scope *scope = nullptr;
  const ptx::Instruction *current = nullptr;
  llvm::Value *block_context = nullptr;
  llvm::Value *slots = nullptr; // WarpSlots, null where threads do not meet
  llvm::Value *lane = nullptr;  // with `slots`
  llvm::Value *tid[3] = {};
  bool annotate_parallel = false; // accesses may be marked as independent between threads

private:
  llvm::Value *register_type_cast(llvm::Value *value, llvm::Type *to, bool sign_extend);
  void emit_instruction(const ptx::Instruction &instruction);
  void emit_inlined_call(uint32_t callee, std::span<llvm::Value *const> returns,
                         std::span<llvm::Value *const> arguments);
  llvm::Value *argument_storage(const ptx::Operand &operand, const ptx::Parameter &formal,
                                bool load);
  void emit_runtime_call(Op &op, std::string_view name, std::span<llvm::Value *const> returns,
                         std::span<llvm::Value *const> arguments);
  void load_register_parameters(Scope &inner);
  void store_register_returns(Scope &inner);
  void open_scope(Scope &inner);
  void counted_yield(Wait wait);
  llvm::Value *slot_pointer(size_t offset, llvm::Type *type);

  llvm::BasicBlock *entry_ = nullptr; // allocas go here
  llvm::BasicBlock *exit_block_ = nullptr;
  bool may_exit_ = true; // exit_block_ ends the thread; in a device function it only returns
  llvm::Value *shared_base_ = nullptr;
  llvm::Value *zero_base_ = nullptr;
  llvm::AllocaInst *spin_count_ = nullptr;
  DynamicStack dynamic_stack_;
  std::vector<uint32_t> inline_stack_;
  uint32_t site_ = 0; // numbers the places of activemask

  friend class Op;
};

/// All opcodes; built once.
const HandlerTable &handlers();
void add_integer_handlers(HandlerTable &);
void add_bit_handlers(HandlerTable &);
void add_float_handlers(HandlerTable &);
void add_compare_handlers(HandlerTable &);
void add_convert_handlers(HandlerTable &);
void add_memory_handlers(HandlerTable &);
void add_atomic_handlers(HandlerTable &);
void add_warp_handlers(HandlerTable &);
void add_control_handlers(HandlerTable &);
void add_stack_handlers(HandlerTable &);
void add_video_handlers(HandlerTable &);
void add_scalar_video_handlers(HandlerTable &);
void add_matrix_handlers(HandlerTable &);
void add_async_handlers(HandlerTable &);
void add_texture_handlers(HandlerTable &);
void add_surface_handlers(HandlerTable &);

} // namespace softcuda::jit
