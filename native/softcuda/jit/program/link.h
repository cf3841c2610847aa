// Several PTX translation units as one program: symbols resolved, and per function what it refers to.
#pragma once

#include "jit.h"
#include "ptx/ast.h"

#include <optional>
#include <set>

namespace softcuda::jit {

struct LinkedFunction {
  const ptx::Function *function;
  uint32_t module;
  // Found by scanning the body's words, without parsing it:
  std::vector<uint32_t> functions;   // ids of functions named
  std::vector<uint32_t> variables;   // ids of module-scope variables named
  std::vector<ptx::Variable> shared; // declared inside
  uint32_t local_bytes = 0;
};

struct LinkedVariable {
  const ptx::Variable *variable;
  uint32_t module;
};

struct Symbol {
  enum Kind : uint8_t { Function, Variable } kind;
  uint32_t id;
};

/// Where a kernel's shared variables lie in its block's window.
struct SharedLayout {
  std::unordered_map<uint32_t, uint32_t> of_module; // variable id → offset
  std::unordered_map<uint32_t, std::unordered_map<std::string_view, uint32_t>>
      of_function; // function id → name
  uint32_t static_bytes = 0;
  uint32_t dynamic_offset = 0; // extern .shared arrays start here
};

class LinkedProgram {
public:
  /// Parses and links. On failure `status` says why and the program is unusable.
  LinkedProgram(std::span<const PtxSource> sources, Status &status);

  std::optional<Symbol> resolve(uint32_t module, std::string_view name) const;
  /// Ids of all functions that `root` can reach, itself first.
  std::vector<uint32_t> reachable(uint32_t root) const;
  SharedLayout shared_layout(uint32_t root) const;

  std::vector<std::string> texts; // keep what the syntax trees point into
  std::vector<ptx::Module> modules;
  std::vector<LinkedFunction> functions;
  std::vector<LinkedVariable> variables;
  std::set<uint32_t> address_taken; // functions that are named other than to be called

private:
  using Table = std::unordered_map<std::string_view, Symbol>;
  void collect();
  void define(uint32_t module, std::string_view name, Symbol symbol, ptx::Linkage linkage);
  void scan(LinkedFunction &function);
  bool is_better(const Symbol &candidate, const Symbol &present) const;

  std::vector<Table> locals_; // per module
  Table globals_;
};

/// A kernel's parameter buffer, packed as cuLaunchKernel's CU_LAUNCH_PARAM_BUFFER expects it.
std::vector<Param> parameter_layout(const ptx::Signature &signature);

/// Functions that the runtime provides itself, such as vprintf, malloc and cudaCGSynchronize.
bool is_runtime_function(std::string_view name);

/// What NVIDIA's device runtime (libcudadevrt) asks of the driver so that kernels may launch kernels.
bool is_device_runtime_function(std::string_view name);

} // namespace softcuda::jit
