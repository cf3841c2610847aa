// What the parser makes of PTX: modules of variables and functions, whose bodies are parsed on demand.
// All string views point into the source text (or into Body::names), which the owner keeps alive.
#pragma once

#include "ptx/types.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace softcuda::ptx {

enum class Linkage : uint8_t { Internal, Visible, Extern, Weak, Common };

/// One word of a variable's initialiser: plain bits, or the address of a symbol plus an offset.
struct InitialValue {
  uint64_t bits = 0;
  std::string_view symbol;
  bool is_generic = false;  // generic(symbol): for our flat spaces the same address
  uint8_t mask_byte = 0xff; // 0xFF00(symbol): which byte of the address; 0xff: all of it
};

struct Variable {
  std::string_view name;
  Space space = Space::Global;
  Type type = Type::B8;
  Linkage linkage = Linkage::Internal;
  uint64_t size_bytes = 0; // 0: extern .shared of dynamic size
  uint32_t align_bytes = 1;
  bool is_managed = false;
  bool is_dynamic = false;        // declared with []
  std::vector<InitialValue> init; // elements of `type`, in order; the rest is zero
  std::vector<std::pair<std::string_view, std::string_view>>
      properties; // of a .texref, .samplerref or .surfref: name, value
};

/// A formal parameter, of a kernel, a function, a prototype, or a call's .param variable.
struct Parameter {
  std::string_view name;
  Type type = Type::B8;
  uint32_t size_bytes = 0;
  uint32_t align_bytes = 1;
  bool in_register = false; // .reg parameters of older producers
};

struct Signature {
  std::vector<Parameter> returns, params;
};

/// A register of one function body. Scopes are resolved by the parser: names may repeat, slots do not.
struct Register {
  std::string_view name;
  Type type;
};

struct Operand {
  enum class Kind : uint8_t {
    None,     // "_"
    Register, // slot
    Special,  // name: %tid.x, ...
    Integer,  // bits
    Float32,  // bits
    Float64,  // bits
    Symbol,   // name + bits as offset: a variable, function or parameter
    Label,    // slot
    Vector,   // elements
    Address, // [elements[0] + bits], further elements: coordinates of texture and bulk-copy operands
  };
  Kind kind = Kind::None;
  bool negated = false; // !p
  // Of a register in a video instruction: which parts are meant, .b0 to .b3 or .h0 and .h1; SIMD ones name several.
  uint8_t part_bits = 0;  // 8 or 16, 0 for all of it
  uint8_t part_shift = 0; // of the last that is named
  std::string_view parts; // the digits, the highest lane's first
  uint32_t slot = 0;
  std::string_view name;
  uint64_t bits = 0;
  std::vector<Operand> elements;
};

struct Instruction {
  uint32_t line = 0;
  std::string_view opcode;                 // the part before the first dot
  std::string_view spelling;               // with all suffixes, for messages
  std::vector<std::string_view> modifiers; // suffixes that are not types, in order
  std::vector<Type> types;
  std::vector<Operand> operands; // d|p counts as two
  bool has_pair = false;         // operands[0] and [1] were written d|p
  int guard = -1;                // register slot of @p, or -1
  bool guard_negated = false;
  // For call only: operands[0] is the callee; arguments as operands here.
  std::vector<Operand> returns, arguments;
  std::string_view prototype;
  // As a marker between instructions: a label's slot, else -1.
  int label = -1;
};

/// A variable declared inside a body: a local depot, a shared variable, or a call's parameter.
struct BodyVariable {
  Variable variable;
  std::string_view
      unique_name; // unique among the body's variables; equal to the name where possible
};

struct Body {
  std::vector<Register> registers;
  std::vector<Instruction> code;
  std::vector<BodyVariable> variables;
  uint32_t label_count = 0;
  std::unordered_map<std::string_view, std::vector<Operand>>
      branch_targets; // .branchtargets, labels
  std::unordered_map<std::string_view, Signature> prototypes;
};

struct Function {
  std::string_view name;
  bool is_kernel = false;
  bool is_noreturn = false;
  Linkage linkage = Linkage::Internal;
  Signature signature;
  uint32_t max_threads = 0;   // product of .maxntid or .reqntid, 0 when absent
  uint32_t min_blocks = 0;    // .minnctapersm, 0 when absent
  uint32_t max_registers = 0; // .maxnreg, 0 when absent
  uint32_t cluster[3] = {};   // .reqnctapercluster, zeros when absent
  bool is_explicit_cluster = false;
  std::string_view body; // between the braces; empty for declarations
  bool is_defined = false;
  uint32_t body_line = 0;
};

struct Module {
  std::string name; // of the source, for messages
  int version = 0;  // 90 for 9.0
  int target_sm = 0;
  uint32_t max_registers = 0; // of a thread, as the compiler's options say; 0: they do not
  std::vector<Variable> variables;
  std::vector<Function> functions;
  std::vector<std::pair<std::string_view, std::string_view>> aliases; // alias, aliasee
};

} // namespace softcuda::ptx
