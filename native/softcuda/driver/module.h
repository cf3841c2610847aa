// Modules, libraries and kernels.
//
// A module is a program loaded into one context. A library belongs to no context; it becomes a
// module in each context in which one of its kernels or variables is first used. A kernel names an
// entry of a library, a function one of a module; wherever CUDA takes a CUfunction it takes a
// CUkernel as well.
#pragma once

#include "context.h"
#include "image.h"
#include "memory.h"
#include "reference.h"

#include <memory>

namespace softcuda {

class Module;
class Library;

class Function : public Object<Function, Kind::Function> {
public:
  Function(Module &module, size_t index, const jit::KernelInfo &info);

  Module &module;
  const size_t index; // in the program
  const jit::KernelInfo &info;
  /// What remains of 48 KiB unless the application asks for more.
  std::atomic<unsigned> max_dynamic_shared_bytes;
  std::atomic<int> carveout{-1}, nonportable_cluster{0}, cluster_policy{0};
  std::atomic<bool> ready{false}; // has machine code

  /// Compiles it if that has not been done.
  CUresult prepare();
  CUresult attribute(CUfunction_attribute which, int *value) const;
  CUresult set_attribute(CUfunction_attribute which, int value);
  /// Per multiprocessor, for the occupancy calls and cooperative launches.
  uint64_t resident_blocks(unsigned block_threads, unsigned dynamic_shared_bytes) const;

  // What the launch calls of CUDA 3 (cuFuncSetBlockShape, cuParamSet*) left for cuLaunch.
  jit::Dim3 old_block;
  unsigned old_shared_bytes = 0;
  std::vector<std::byte> old_params;
};

class Module : public Object<Module, Kind::Module> {
public:
  /// `log` gets what the compiler has to say. `library` is null for a module of the application's
  /// own.
  static CUresult load(Context &context, const std::vector<PtxText> &sources, Library *library,
                       std::string &log, Module **out);
  /// Waits until nothing of it runs.
  ~Module();

  Context &context;
  Library *const library;

  jit::Program &program() { return *program_; }
  const std::vector<std::unique_ptr<Function>> &functions() const { return functions_; }
  Function *function(std::string_view name);
  const jit::GlobalInfo *global(std::string_view name) const;
  /// Null where there is no such reference.
  TexRef *texref(std::string_view name);
  SurfRef *surfref(std::string_view name);
  /// What a launch of now finds in the references.
  std::vector<Binding> bindings();

private:
  Module(Context &context, Library *library)
      : context(context), library(library), memory_(context) {}

  void collect_references();

  ModuleMemory memory_;
  std::unique_ptr<jit::Program> program_;
  std::vector<std::unique_ptr<Function>> functions_;
  std::map<std::string, std::unique_ptr<TexRef>, std::less<>> texrefs_;
  std::map<std::string, std::unique_ptr<SurfRef>, std::less<>> surfrefs_;
};

class KernelObject : public Object<KernelObject, Kind::Kernel> {
public:
  KernelObject(Library &library, std::string name) : library(library), name(std::move(name)) {}

  Library &library;
  const std::string name;

  /// Its function in `context`, loading the library there if need be.
  CUresult function_in(Context &context, Function **out);

private:
  friend class Library;
  // The last answer, so that a launch need not look again.
  std::atomic<uint64_t> cached_context_{0};
  std::atomic<Function *> cached_{nullptr};
};

class Library : public Object<Library, Kind::Library> {
public:
  explicit Library(std::vector<PtxText> sources);
  ~Library();

  const std::vector<std::unique_ptr<KernelObject>> &kernels() const { return kernels_; }
  KernelObject *kernel(std::string_view name);
  CUresult module_in(Context &context, Module **out);
  /// Its module for a call that may come before there is a current context, as the runtime's
  /// registration of managed variables does: then that in the first device's primary context, which
  /// the library retains.
  CUresult any_module(Module **out);
  void forget(Context &context);

private:
  const std::vector<PtxText> sources_;
  std::vector<std::unique_ptr<KernelObject>> kernels_;
  std::mutex mutex_;
  std::map<uint64_t, Module *> modules_; // under mutex_, by context id
  Device *retained_ = nullptr;           // under mutex_: its primary context was retained
};

/// The function that a CUfunction or CUkernel handle means in `context`.
CUresult resolve_function(CUfunction handle, Context &context, Function **out);

/// Takes the modules of all libraries out of a context that is about to go.
void forget_context(Context &context);

} // namespace softcuda
