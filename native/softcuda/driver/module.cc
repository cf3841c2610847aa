#include "module.h"

#include "process.h"

#include <algorithm>
#include <cstdlib>

namespace softcuda {

namespace {

struct Libraries {
  std::mutex mutex;
  std::set<Library *> living;
};

Libraries &libraries() {
  static auto *instance = new Libraries; // never destroyed: threads outlive exit handlers
  return *instance;
}

} // namespace

CUresult Module::load(Context &context, const std::vector<PtxText> &sources, Library *library,
                      std::string &log, Module **out) {
  std::vector<jit::PtxSource> texts;
  for (const PtxText &source : sources)
    texts.push_back({source.name, source.text, source.max_registers});
  std::unique_ptr<Module> module(new Module(context.root(), library));
  const char *mode = getenv("CUDA_MODULE_LOADING");
  // A library may stay lazy, but cuModuleLoadData owes its caller the compiler's log now.
  bool eager = library == nullptr || (mode && std::string_view(mode) == "EAGER");
  if (!texts.empty()) {
    jit::Status status = jit::load(texts, module->memory_, eager, module->program_);
    if (!status) {
      log = status.log;
      return static_cast<CUresult>(status.cu_result);
    }
    auto kernels = module->program_->kernels();
    for (size_t i = 0; i < kernels.size(); i++)
      module->functions_.push_back(std::make_unique<Function>(*module, i, kernels[i]));
    module->collect_references();
  }
  context.add(module.get());
  *out = module.release();
  return CUDA_SUCCESS;
}

Module::~Module() {
  context.remove(this);
  context.synchronize();
}

Function *Module::function(std::string_view name) {
  for (auto &function : functions_)
    if (function->info.name == name)
      return function.get();
  return nullptr;
}

const jit::GlobalInfo *Module::global(std::string_view name) const {
  if (program_)
    for (const jit::GlobalInfo &global : program_->globals())
      if (global.name == name && !global.is_texref && !global.is_surfref && !global.is_samplerref)
        return &global;
  return nullptr;
}

void Module::collect_references() {
  for (const jit::GlobalInfo &global : program_->globals()) {
    if (global.is_texref)
      texrefs_[global.name] = std::make_unique<TexRef>(global.address);
    if (global.is_surfref)
      surfrefs_[global.name] = std::make_unique<SurfRef>(global.address);
  }
}

TexRef *Module::texref(std::string_view name) {
  auto found = texrefs_.find(name);
  return found == texrefs_.end() ? nullptr : found->second.get();
}

SurfRef *Module::surfref(std::string_view name) {
  auto found = surfrefs_.find(name);
  return found == surfrefs_.end() ? nullptr : found->second.get();
}

std::vector<Binding> Module::bindings() {
  std::vector<Binding> all;
  for (auto &[name, reference] : texrefs_)
    all.push_back({reference->variable, reference->number()});
  for (auto &[name, reference] : surfrefs_)
    all.push_back({reference->variable, reference->number});
  return all;
}

Function::Function(Module &module, size_t index, const jit::KernelInfo &info)
    : module(module), index(index), info(info),
      max_dynamic_shared_bytes(Device::kSharedPerBlockBytes -
                               std::min(info.static_shared_bytes, Device::kSharedPerBlockBytes)) {}

CUresult Function::prepare() {
  if (ready.load(std::memory_order_acquire))
    return CUDA_SUCCESS;
  jit::Status status = module.program().prepare(index);
  if (!status) {
    complain("kernel %s cannot be compiled: %s", info.name.c_str(), status.log.c_str());
    return static_cast<CUresult>(status.cu_result);
  }
  ready.store(true, std::memory_order_release);
  return CUDA_SUCCESS;
}

CUresult Function::attribute(CUfunction_attribute which, int *value) const {
  switch (which) {
  case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
    *value = static_cast<int>(std::min(info.max_threads_per_block, Device::kMaxThreadsPerBlock));
    break;
  case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
    *value = static_cast<int>(info.static_shared_bytes);
    break;
  case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES: {
    uint64_t bytes = 0;
    for (const jit::GlobalInfo &global : module.program().globals())
      bytes += global.is_const ? global.size_bytes : 0;
    *value = static_cast<int>(bytes);
    break;
  }
  case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
    *value = static_cast<int>(info.local_bytes);
    break;
  case CU_FUNC_ATTRIBUTE_NUM_REGS:
    *value = static_cast<int>(module.program().register_count(index));
    break;
  case CU_FUNC_ATTRIBUTE_PTX_VERSION:
    *value = info.target_sm;
    break;
  case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
    *value = Device::kMajor * 10 + Device::kMinor;
    break;
  case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
    *value = static_cast<int>(max_dynamic_shared_bytes);
    break;
  case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
    *value = carveout;
    break;
  case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
    *value = nonportable_cluster;
    break;
  case CU_FUNC_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
    *value = cluster_policy;
    break;
  case CU_FUNC_ATTRIBUTE_CACHE_MODE_CA:
    *value = 0;
    break;
  case CU_FUNC_ATTRIBUTE_CLUSTER_SIZE_MUST_BE_SET:
    *value = info.must_be_cluster;
    break;
  case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH:
    *value = static_cast<int>(info.required_cluster.x);
    break;
  case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT:
    *value = static_cast<int>(info.required_cluster.y);
    break;
  case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH:
    *value = static_cast<int>(info.required_cluster.z);
    break;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

uint64_t Function::resident_blocks(unsigned block_threads, unsigned dynamic_shared_bytes) const {
  return static_cast<uint64_t>(jit::resident_blocks(info, module.program().register_count(index),
                                                    block_threads, dynamic_shared_bytes));
}

CUresult Function::set_attribute(CUfunction_attribute which, int value) {
  switch (which) {
  case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
    if (value < 0 ||
        static_cast<unsigned>(value) + info.static_shared_bytes > Device::kSharedOptinBytes)
      return CUDA_ERROR_INVALID_VALUE;
    max_dynamic_shared_bytes = static_cast<unsigned>(value);
    break;
  case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
    if (value < -1 || value > 100)
      return CUDA_ERROR_INVALID_VALUE;
    carveout = value;
    break;
  case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
    nonportable_cluster = value;
    break;
  case CU_FUNC_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
    cluster_policy = value;
    break;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

CUresult resolve_function(CUfunction handle, Context &context, Function **out) {
  if ((*out = Function::from(handle)))
    return CUDA_SUCCESS;
  if (KernelObject *kernel = KernelObject::from(handle))
    return kernel->function_in(context, out);
  return CUDA_ERROR_INVALID_HANDLE;
}

CUresult KernelObject::function_in(Context &context, Function **out) {
  if (cached_context_.load(std::memory_order_acquire) == context.id) {
    *out = cached_.load(std::memory_order_acquire);
    if (cached_context_.load(std::memory_order_acquire) == context.id) // it was not being changed
      return CUDA_SUCCESS;
  }
  Module *module;
  if (CUresult result = library.module_in(context, &module))
    return result;
  *out = module->function(name);
  if (!*out)
    return CUDA_ERROR_NOT_FOUND;
  // Readers look at the id before and after: take it away while the pointer changes.
  cached_context_.store(0, std::memory_order_release);
  cached_.store(*out, std::memory_order_release);
  cached_context_.store(context.id, std::memory_order_release);
  return CUDA_SUCCESS;
}

Library::Library(std::vector<PtxText> sources) : sources_(std::move(sources)) {
  for (const PtxText &source : sources_)
    for (std::string &name : entry_names(source.text))
      kernels_.push_back(std::make_unique<KernelObject>(*this, std::move(name)));
  std::lock_guard lock(libraries().mutex);
  libraries().living.insert(this);
}

Library::~Library() {
  {
    std::lock_guard lock(libraries().mutex);
    libraries().living.erase(this);
  }
  for (auto [id, module] : modules_)
    delete module;
  modules_.clear();
  if (retained_)
    retained_->primary_release();
}

KernelObject *Library::kernel(std::string_view name) {
  for (auto &kernel : kernels_)
    if (kernel->name == name)
      return kernel.get();
  return nullptr;
}

CUresult Library::module_in(Context &current, Module **out) {
  Context &context = current.root();
  std::lock_guard lock(mutex_);
  auto found = modules_.find(context.id);
  if (found != modules_.end()) {
    *out = found->second;
    return CUDA_SUCCESS;
  }
  std::string log;
  CUresult result = Module::load(context, sources_, this, log, out);
  if (result)
    complain("a module cannot be loaded: %s", log.c_str());
  else
    modules_[context.id] = *out;
  return result;
}

CUresult Library::any_module(Module **out) {
  Context *context;
  CUresult result = current_context(&context);
  if (result != CUDA_ERROR_INVALID_CONTEXT && result != CUDA_ERROR_CONTEXT_IS_DESTROYED)
    return result ? result : module_in(*context, out);
  Device &device = *Process::instance().devices().front();
  if (CUresult failed = device.primary_retain(&context))
    return failed;
  {
    std::lock_guard lock(mutex_);
    if (retained_)
      device.primary_release(); // once is enough
    retained_ = &device;
  }
  return module_in(*context, out);
}

void Library::forget(Context &context) {
  std::lock_guard lock(mutex_);
  auto found = modules_.find(context.id);
  if (found == modules_.end())
    return;
  for (auto &kernel : kernels_)
    kernel->cached_context_ = 0;
  delete found->second;
  modules_.erase(found);
}

void forget_context(Context &context) {
  std::lock_guard lock(libraries().mutex);
  for (Library *library : libraries().living)
    library->forget(context);
}

} // namespace softcuda
