// The options of cuModuleLoadDataEx, cuLibraryLoadData and cuLinkCreate that mean something without
// a GPU: where to write the compiler's messages, and how many registers a thread may have.
#pragma once

#include "cuda_api.h"

#include "image.h"

#include <string>

namespace softcuda {

class JitOptions {
public:
  JitOptions() = default;
  JitOptions(unsigned count, const CUjit_option *options, void **values);

  /// Fills the application's log buffers. Where it gave none, an error goes to stderr.
  void report(CUresult result, const std::string &log) const;

  /// Limits the registers of kernels in `sources` as the application wished.
  void limit_registers(std::vector<PtxText> &sources) const;

private:
  static void fill(char *buffer, void **bytes, const std::string &text);

  char *info_log_ = nullptr, *error_log_ = nullptr;
  void **info_bytes_ = nullptr, **error_bytes_ = nullptr; // in: capacity, out: bytes written
  void **wall_time_ = nullptr;                            // out: a float, milliseconds
  unsigned max_registers_ = 0;                            // 0: not limited
};

/// CUDA_ERROR_FILE_NOT_FOUND where it cannot be read.
CUresult read_file(const char *path, std::string &content);

} // namespace softcuda
