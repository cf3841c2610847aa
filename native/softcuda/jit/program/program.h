// A loaded program: its variables in device memory, and its kernels' code, made on demand.
#pragma once

#include "digest/blake2b.h"
#include "program/link.h"
#include "program/object_loader.h"
#include "run/grid.h"

#include <mutex>

namespace softcuda::jit {

class LoadedProgram final : public Program {
public:
  LoadedProgram(std::span<const PtxSource> sources, DeviceMemory &memory, Status &status);
  ~LoadedProgram() override;

  std::span<const KernelInfo> kernels() const override { return kernels_; }
  std::span<const GlobalInfo> globals() const override { return globals_; }
  uint32_t register_count(size_t index) override;
  Status prepare(size_t index) override;
  Status run(size_t index, const LaunchConfig &config, GridServices &services) override;

private:
  struct Kernel {
    uint32_t function_id;
    uint32_t dynamic_shared_offset;
    std::mutex mutex;
    std::unique_ptr<LoadedObject> object;
    KernelCode code;
    std::atomic<bool> ready{false};
    std::atomic<uint32_t> register_count{0}; // 0: nobody has asked
  };

  void describe_kernels();
  Status allocate_variables();
  Status initialise_variables();
  Status write_initial(uint32_t id);
  Status build(std::vector<uint32_t> roots, std::string_view name,
               std::unique_ptr<LoadedObject> &out);
  void *function_address(uint32_t id, std::string &error);
  void *resolve(std::string_view name, std::string &error);

  DeviceMemory &memory_;
  std::unique_ptr<LinkedProgram> linked_;
  gpuferry::digest::Digest text_digest_{};
  std::vector<KernelInfo> kernels_;
  std::vector<std::unique_ptr<Kernel>> code_;
  std::vector<GlobalInfo> globals_;
  std::vector<uint64_t> variable_addresses_; // by variable id; 0: not in device memory
  std::vector<uint64_t> allocations_;
  std::recursive_mutex addressable_mutex_;
  std::unique_ptr<LoadedObject> addressable_; // all functions whose address is taken
};

} // namespace softcuda::jit
