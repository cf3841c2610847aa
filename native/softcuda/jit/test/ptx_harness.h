// Runs single PTX instructions on many operands and compares with values computed on the host.
#pragma once

#include "jit.h"

#include <bit>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace softcuda::jit::test {

/// Plain heap memory as the device's, and a console that collects.
struct HostMemory : DeviceMemory {
  uint64_t allocate(uint64_t bytes, uint64_t align, bool managed) override;
  void release(uint64_t address) override;
};

struct Services : GridServices {
  void print(std::string_view text) override { printed += text; }
  void assert_failed(std::string_view text) override { asserted += text; }
  uint64_t heap_malloc(uint64_t bytes) override;
  void heap_free(uint64_t address) override;
  std::string printed, asserted;
};

/// A loaded module and the means to launch from it.
class Ptx {
public:
  explicit Ptx(const std::string &text);
  template <typename... Values>
  Status run(const char *kernel, Dim3 grid, Dim3 block, Values... values) {
    LaunchConfig config;
    config.grid = grid;
    config.block = block;
    return run(kernel, config, values...);
  }
  template <typename... Values>
  Status run(const char *kernel, LaunchConfig config, Values... values) {
    std::vector<std::byte> params;
    (append(params, values), ...);
    return launch(kernel, config, params);
  }
  Program *operator->() { return program_.get(); }
  Status status;
  Services services;

private:
  template <typename T> static void append(std::vector<std::byte> &params, T value) {
    params.resize((params.size() + sizeof(T) - 1) / sizeof(T) * sizeof(T));
    auto *bytes = reinterpret_cast<const std::byte *>(&value);
    params.insert(params.end(), bytes, bytes + sizeof(T));
  }
  Status launch(const char *kernel, LaunchConfig config, const std::vector<std::byte> &params);

  HostMemory memory_;
  std::unique_ptr<Program> program_;
};

/// ".version 9.0 …" in front of kernels.
std::string module_header();

/// What one instruction should do. `code` works on registers d, a, b, c of the given PTX types ("b32", "f64", "pred");
/// operands come as raw bits in 64-bit words and so does the result.
struct Form {
  std::string code;
  std::string d, a, b, c;
  std::function<uint64_t(uint64_t a, uint64_t b, uint64_t c)> expected;
  /// Null: bit for bit, except that any NaN equals any other.
  std::function<bool(uint64_t got, uint64_t wanted, uint64_t a, uint64_t b)> close = nullptr;
};

/// Compiles all forms into one kernel and runs each over a grid of edge values and random ones.
void check_forms(const std::vector<Form> &forms);

inline float as_float(uint64_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits)); }
inline double as_double(uint64_t bits) { return std::bit_cast<double>(bits); }
inline uint64_t bits_of(float value) { return std::bit_cast<uint32_t>(value); }
inline uint64_t bits_of(double value) { return std::bit_cast<uint64_t>(value); }

} // namespace softcuda::jit::test
