// What running grids may ask of their context: to print, and memory for malloc in a kernel.
#pragma once

#include "../jit/jit.h"

#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>

namespace softcuda {

class Arena;

class GridHost final : public jit::GridServices {
public:
  explicit GridHost(Arena &arena) : arena_(arena) {}
  ~GridHost() override;

  void print(std::string_view text) override;
  void assert_failed(std::string_view message) override;
  uint64_t heap_malloc(uint64_t size_bytes) override;
  void heap_free(uint64_t address) override;

  /// CUDA shows what kernels printed when the host synchronises.
  void flush_prints();

  std::atomic<uint64_t> heap_limit_bytes{8 << 20};

private:
  Arena &arena_;
  std::mutex print_mutex_;
  std::string printed_;
  std::mutex heap_mutex_;
  std::unordered_map<uint64_t, uint64_t> heap_; // address → bytes
  uint64_t heap_bytes_ = 0;
};

} // namespace softcuda
