// The seam between the two halves of the software CUDA device: the driver (streams, memory, modules,
// the `cu*` entry points) above, the PTX compiler and grid runner below. The driver includes only this file.
//
// Everything here may throw nothing: failures come back as `Status` with the CUresult that NVIDIA's driver
// would return and, for compilation, the log that cuModuleLoadDataEx hands to the application.
#pragma once

#include "images.h"
#include "tensor_map.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace softcuda::jit {

/// A CUresult (numeric value, so that this header needs no CUDA types) and what to tell the user.
struct Status {
  int cu_result = 0;
  std::string log;
  explicit operator bool() const { return cu_result == 0; }
};

/// One kernel parameter inside the packed parameter buffer.
struct Param {
  uint32_t offset_bytes;
  uint32_t size_bytes;
};

struct Dim3 {
  uint32_t x = 1, y = 1, z = 1;
  uint64_t product() const { return uint64_t{x} * y * z; }
};

/// What cuFuncGetAttribute and launch validation ask about a kernel.
struct KernelInfo {
  std::string name;
  std::vector<Param> params;
  uint32_t param_bytes = 0;
  uint32_t static_shared_bytes = 0;
  uint32_t local_bytes = 0;              // per thread, the PTX local depot
  uint32_t max_threads_per_block = 1024; // .maxntid / .reqntid or the device's limit
  int ptx_version = 0;                   // e.g. 90 for .version 9.0
  int target_sm = 0;                     // e.g. 75
  bool must_be_cluster = false;          // .explicitcluster
  Dim3 required_cluster = {0, 0, 0};     // .reqnctapercluster; zeros: whatever the launch says
};

/// A module-scope variable. `address` is its device address once the program is loaded.
struct GlobalInfo {
  std::string name;
  uint64_t size_bytes = 0;
  uint64_t address = 0;
  bool is_const = false;
  bool is_managed = false;
  /// A texture or surface reference: eight bytes that hold an image's number (images.h). Kernels read it; the
  /// driver writes it.
  bool is_texref = false, is_surfref = false;
  bool is_samplerref = false;
};

/// One PTX translation unit; several are linked by symbol, as `nvcc -rdc=true` needs.
struct PtxSource {
  std::string name;
  std::string_view text;
  uint32_t max_registers = 0; // of a thread, as the compiler's options say; 0: they do not
};

/// Gives storage for module-scope variables out of the device's memory (zero-filled), and takes it back.
struct DeviceMemory {
  virtual ~DeviceMemory() = default;
  /// Returns 0 when the device is full.
  virtual uint64_t allocate(uint64_t size_bytes, uint64_t align_bytes, bool managed) = 0;
  virtual void release(uint64_t address) = 0;
};

/// What a running grid may call back into. One per context; calls come from worker threads.
struct GridServices {
  virtual ~GridServices() = default;
  /// Text printed by a kernel (vprintf), already formatted. Called in block order per thread.
  virtual void print(std::string_view text) = 0;
  /// A device-side assertion failed; `message` is the line CUDA prints on stderr.
  virtual void assert_failed(std::string_view message) = 0;
  /// In-kernel malloc/free, from the device heap (cudaLimitMallocHeapSize). 0 when full.
  virtual uint64_t heap_malloc(uint64_t size_bytes) = 0;
  virtual void heap_free(uint64_t address) = 0;
};

class Program; // a linked, compiled PTX program

struct LaunchConfig {
  Dim3 grid, block;
  Dim3 cluster; // of blocks; the grid is a multiple of it
  bool is_explicit_cluster = false;
  uint32_t dynamic_shared_bytes = 0;
  bool cooperative =
      false; // all blocks resident; grid barrier workspace is provided through %envreg1/2
  std::span<const std::byte> params; // packed as KernelInfo::params says
  uint32_t watchdog_ms = 0;          // 0: never
  int device_ordinal = 0;
};

/// Compiles (or takes from the disk cache) and links `sources`, and allocates and initialises its globals.
/// Kernels are compiled lazily at first launch unless `eager`. Errors: CUDA_ERROR_INVALID_PTX (218),
/// CUDA_ERROR_UNSUPPORTED_PTX_VERSION (222), CUDA_ERROR_OUT_OF_MEMORY (2), CUDA_ERROR_JIT_COMPILER_NOT_FOUND (221);
/// an unresolved symbol gives 218 with the log naming it.
Status load(std::span<const PtxSource> sources, DeviceMemory &memory, bool eager,
            std::unique_ptr<Program> &out);

class Program {
public:
  virtual ~Program() = default;
  virtual std::span<const KernelInfo> kernels() const = 0;
  virtual std::span<const GlobalInfo> globals() const = 0;
  /// Of kernel `index`, how many 32-bit registers a thread would have on a GPU: an estimate from its PTX, never more
  /// than its largest block leaves to each thread. Thread-safe.
  virtual uint32_t register_count(size_t index) = 0;
  /// Makes sure kernel `index` has machine code; idempotent and thread-safe.
  virtual Status prepare(size_t index) = 0;
  /// Runs the whole grid on the worker pool and returns when it is done. Errors: 700 illegal address,
  /// 710 assert, 719 launch failure, 702 timeout, 716 misaligned, 717 address space, 718 invalid pc, 714/715.
  /// Thread-safe: several grids may run at once.
  virtual Status run(size_t index, const LaunchConfig &config, GridServices &services) = 0;
};

/// How many worker threads grids run on (GPUFERRY_SOFTCUDA_THREADS, default: the CPUs this process may use).
unsigned worker_count();

/// Blocks of this shape that are resident per multiprocessor, for the occupancy calls. `registers`: of a thread.
int resident_blocks(const KernelInfo &kernel, uint32_t registers, uint32_t block_threads,
                    uint32_t dynamic_shared_bytes);

} // namespace softcuda::jit
