#include "program/program.h"

#include "program/cache.h"
#include "program/compiler_library.h"
#include "program/register_count.h"
#include "run/image_table.h"
#include "run/runtime_symbols.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace softcuda::jit {
namespace {

constexpr uint32_t kMaxThreadsPerBlock = 1024;

const DiskCache &cache() {
  static const DiskCache instance;
  return instance;
}

/// The sampler that a `.samplerref` of independent texturing mode describes.
Sampler declared_sampler(const ptx::Variable &variable) {
  Sampler sampler;
  sampler.normalized = true;
  auto mode = [](std::string_view name) {
    return name == "wrap"              ? AddressMode::Wrap
           : name == "mirror"          ? AddressMode::Mirror
           : name == "clamp_to_border" ? AddressMode::Border
                                       : AddressMode::Clamp;
  };
  for (auto [name, value] : variable.properties) {
    if (name.starts_with("addr_mode_") && name.size() == 11 && name[10] >= '0' && name[10] <= '2')
      sampler.address[static_cast<size_t>(name[10] - '0')] = mode(value);
    else if (name == "filter_mode")
      sampler.linear = value == "linear";
    else if (name == "force_unnormalized_coords")
      sampler.normalized = value == "0" || value == "false";
  }
  return sampler;
}

} // namespace

LoadedProgram::LoadedProgram(std::span<const PtxSource> sources, DeviceMemory &memory,
                             Status &status)
    : memory_(memory) {
  linked_ = std::make_unique<LinkedProgram>(sources, status);
  if (!status)
    return;
  Blake2b hash;
  hash.update(compiler_fingerprint());
  for (const std::string &text : linked_->texts) {
    hash.update(std::to_string(text.size()) + "\n");
    hash.update(text);
  }
  text_digest_ = hash.finish();
  describe_kernels();
  status = allocate_variables();
  if (status)
    status = initialise_variables();
}

LoadedProgram::~LoadedProgram() {
  for (uint64_t address : allocations_)
    memory_.release(address);
}

void LoadedProgram::describe_kernels() {
  for (uint32_t id = 0; id < linked_->functions.size(); ++id) {
    const LinkedFunction &linked = linked_->functions[id];
    const ptx::Function &function = *linked.function;
    auto winner = linked_->resolve(linked.module, function.name);
    if (!function.is_kernel || !function.is_defined || !winner || winner->id != id)
      continue;
    SharedLayout shared = linked_->shared_layout(id);
    KernelInfo info;
    info.name = function.name;
    info.params = parameter_layout(function.signature);
    if (!info.params.empty())
      info.param_bytes = info.params.back().offset_bytes + info.params.back().size_bytes;
    info.static_shared_bytes = shared.static_bytes;
    for (uint32_t reachable : linked_->reachable(id))
      info.local_bytes += linked_->functions[reachable].local_bytes;
    info.max_threads_per_block = function.max_threads
                                     ? std::min(function.max_threads, kMaxThreadsPerBlock)
                                     : kMaxThreadsPerBlock;
    info.ptx_version = linked_->modules[linked.module].version;
    info.target_sm = linked_->modules[linked.module].target_sm;
    info.must_be_cluster = function.is_explicit_cluster;
    info.required_cluster = {function.cluster[0], function.cluster[1], function.cluster[2]};
    kernels_.push_back(std::move(info));
    auto kernel = std::make_unique<Kernel>();
    kernel->function_id = id;
    kernel->dynamic_shared_offset = shared.dynamic_offset;
    code_.push_back(std::move(kernel));
  }
}

Status LoadedProgram::allocate_variables() {
  variable_addresses_.assign(linked_->variables.size(), 0);
  for (uint32_t id = 0; id < linked_->variables.size(); ++id) {
    const LinkedVariable &linked = linked_->variables[id];
    const ptx::Variable &variable = *linked.variable;
    auto winner = linked_->resolve(linked.module, variable.name);
    if (variable.space == ptx::Space::Shared || !winner || winner->id != id)
      continue;
    uint64_t bytes = std::max<uint64_t>(variable.size_bytes, 1);
    uint64_t address =
        memory_.allocate(bytes, std::max(variable.align_bytes, 16u), variable.is_managed);
    if (!address)
      return {2, "no device memory for variable '" + std::string(variable.name) + "'"};
    allocations_.push_back(address);
    variable_addresses_[id] = address;
    globals_.push_back({.name = std::string(variable.name),
                        .size_bytes = variable.size_bytes,
                        .address = address,
                        .is_const = variable.space == ptx::Space::Const,
                        .is_managed = variable.is_managed,
                        .is_texref = variable.type == ptx::Type::TexRef,
                        .is_surfref = variable.type == ptx::Type::SurfRef,
                        .is_samplerref = variable.type == ptx::Type::SamplerRef});
  }
  return {};
}

Status LoadedProgram::initialise_variables() {
  for (uint32_t id = 0; id < linked_->variables.size(); ++id)
    if (variable_addresses_[id])
      if (Status status = write_initial(id); !status)
        return status;
  return {};
}

Status LoadedProgram::write_initial(uint32_t id) {
  const ptx::Variable &variable = *linked_->variables[id].variable;
  auto *target = reinterpret_cast<std::byte *>(variable_addresses_[id]);
  if (variable.type == ptx::Type::SamplerRef) {
    uint64_t packed = pack_sampler(declared_sampler(variable));
    std::memcpy(target, &packed, sizeof packed);
  }
  uint32_t element = ptx::size_bytes(variable.type);
  if (variable.init.size() * element > variable.size_bytes)
    return {218, "error   : too many initial values for '" + std::string(variable.name) + "'"};
  for (const ptx::InitialValue &value : variable.init) {
    uint64_t bits = value.bits;
    if (!value.symbol.empty()) {
      auto symbol = linked_->resolve(linked_->variables[id].module, value.symbol);
      std::string error = "error   : '" + std::string(value.symbol) + "' is not defined";
      uint64_t address = 0;
      if (symbol && symbol->kind == Symbol::Variable)
        address = variable_addresses_[symbol->id];
      else if (symbol)
        address = reinterpret_cast<uint64_t>(function_address(symbol->id, error));
      if (!address)
        return {218, error};
      bits += address;
      if (value.mask_byte != 0xff)
        bits >>= 8 * value.mask_byte;
    }
    std::memcpy(target, &bits, std::min<size_t>(element, sizeof bits));
    target += element;
  }
  return {};
}

// From the cache or the compiler. `name` tells the program's objects apart.
Status LoadedProgram::build(std::vector<uint32_t> roots, std::string_view name,
                            std::unique_ptr<LoadedObject> &out) {
  Blake2b hash;
  hash.update({reinterpret_cast<const char *>(text_digest_.data()), text_digest_.size()});
  hash.update(name);
  Digest key = hash.finish();
  std::string error;
  auto resolver = [&](std::string_view symbol) { return resolve(symbol, error); };
  if (auto object = cache().load(key)) {
    out = LoadedObject::load(*object, resolver, error);
    if (out)
      return {};
  }
  std::string log;
  CompileFunction compile = compiler(log);
  if (!compile)
    return {221, log};
  CompileRequest request{linked_.get(), std::move(roots)};
  CompileResult result;
  if (!compile(kCompilerInterface, request, result))
    return {218, result.log.empty() ? "the PTX compiler is of another build" : result.log};
  error.clear();
  out = LoadedObject::load(result.object, resolver, error);
  if (!out)
    return {218, "error   : " + error};
  cache().store(key, result.object);
  return {};
}

void *LoadedProgram::resolve(std::string_view name, std::string &error) {
  uint32_t id = 0;
  auto [end, problem] = std::from_chars(name.data() + 1, name.data() + name.size(), id);
  bool numbered = problem == std::errc() && end == name.data() + name.size();
  if (numbered && name[0] == 'v' && id < variable_addresses_.size())
    return reinterpret_cast<void *>(variable_addresses_[id]);
  if (numbered && name[0] == 'f' && id < linked_->functions.size())
    return function_address(id, error);
  return runtime_symbol(name);
}

void *LoadedProgram::function_address(uint32_t id, std::string &error) {
  // A kernel's address is good for nothing but handing it to the device runtime.
  if (const ptx::Function *function = linked_->functions[id].function; function->is_kernel)
    return const_cast<ptx::Function *>(function);
  if (!linked_->address_taken.contains(id)) {
    error = "the address of '" + std::string(linked_->functions[id].function->name) +
            "' cannot be taken";
    return nullptr;
  }
  std::lock_guard lock(addressable_mutex_);
  if (!addressable_) {
    std::vector<uint32_t> roots(linked_->address_taken.begin(), linked_->address_taken.end());
    if (Status status = build(roots, "functions", addressable_); !status) {
      error = status.log;
      return nullptr;
    }
  }
  return addressable_->symbol("f" + std::to_string(id));
}

uint32_t LoadedProgram::register_count(size_t index) {
  Kernel &kernel = *code_.at(index);
  uint32_t count = kernel.register_count.load(std::memory_order_relaxed);
  if (count == 0) { // whoever else asks now finds the same
    count = estimate_registers(*linked_, kernel.function_id, kernels_[index].max_threads_per_block);
    kernel.register_count.store(count, std::memory_order_relaxed);
  }
  return count;
}

Status LoadedProgram::prepare(size_t index) {
  Kernel &kernel = *code_.at(index);
  if (kernel.ready.load(std::memory_order_acquire))
    return {};
  std::lock_guard lock(kernel.mutex);
  if (kernel.ready.load(std::memory_order_relaxed))
    return {};
  // Other kernels of the program may run; this one would be told by the device runtime that its
  // launches failed, and most programs do not look.
  for (uint32_t id : linked_->reachable(kernel.function_id))
    if (is_device_runtime_function(linked_->functions[id].function->name))
      return {801, "it calls the device runtime, for dynamic parallelism, which is not supported"};
  Status status = build({kernel.function_id}, kernels_[index].name, kernel.object);
  if (!status)
    return status;
  kernel.code.loop =
      reinterpret_cast<decltype(kernel.code.loop)>(kernel.object->symbol(kSymbolLoop));
  kernel.code.regions =
      reinterpret_cast<decltype(kernel.code.regions)>(kernel.object->symbol(kSymbolRegions));
  kernel.code.sites = static_cast<const Site *>(kernel.object->symbol(kSymbolSites));
  if (void *frame_bytes = kernel.object->symbol(kSymbolFrameBytes))
    kernel.code.frame_bytes = reinterpret_cast<uint64_t (*)()>(frame_bytes)();
  kernel.ready.store(true, std::memory_order_release);
  return {};
}

Status LoadedProgram::run(size_t index, const LaunchConfig &config, GridServices &services) {
  if (Status status = prepare(index); !status)
    return status;
  static std::atomic<uint64_t> next_grid_id{1};
  Kernel &kernel = *code_[index];
  Grid grid;
  grid.code = kernel.code;
  grid.config = config;
  grid.services = &services;
  grid.params.assign(config.params.begin(), config.params.end());
  grid.params.resize(kernels_[index].param_bytes); // a short buffer reads as zero
  grid.config.params = grid.params;
  grid.grid_id = next_grid_id.fetch_add(1);
  grid.dynamic_shared_offset = kernel.dynamic_shared_offset;
  grid.total_shared_bytes =
      kernel.dynamic_shared_offset - kSharedStart + config.dynamic_shared_bytes;
  const uint64_t cluster_blocks = config.cluster.product();
  grid.cluster_count = config.grid.product() / cluster_blocks;
  uint32_t threads = config.block.x * config.block.y * config.block.z;
  // At least as many as the occupancy calls say, without looking at the kernel's PTX for its registers.
  int resident =
      resident_blocks(kernels_[index], kFewestRegisters, threads, config.dynamic_shared_bytes);
  uint64_t at_once = config.cooperative
                         ? grid.cluster_count
                         : uint64_t{kMultiprocessors} * std::max(resident, 1) / cluster_blocks;
  grid.residents_per_worker = static_cast<uint32_t>(std::clamp<uint64_t>(at_once, 1, UINT32_MAX));
  grid.grid_barrier[0] = sizeof grid.grid_barrier;
  if (grid.cluster_count && threads)
    run_grid(grid);
  return {grid.result(), grid.message()};
}

} // namespace softcuda::jit
