// From a module image to PTX text.
#pragma once

#include "cuda_api.h"

#include <string>
#include <vector>

namespace softcuda {

struct PtxText {
  std::string name; // for messages
  std::string text;
  unsigned max_registers = 0; // of a thread, as -maxrregcount says; 0: it does not
};

/// The PTX that an image holds for our device. `image` is what cuModuleLoadData takes: a wrapper, a
/// fatbin, an ELF file, PTX text, or one of our containers (cudart/fatbin.h).
/// CUDA_ERROR_NO_BINARY_FOR_GPU with a `log` that says how to rebuild where there is machine code
/// only; CUDA_ERROR_INVALID_IMAGE where it is malformed.
CUresult read_image(const void *image, std::vector<PtxText> &sources, std::string &log);

/// The names of the kernels that PTX text defines, in order.
std::vector<std::string> entry_names(const std::string &ptx);

/// A container that read_image reads back, as a linker's output must be one.
std::string pack_image(const std::vector<PtxText> &sources);

} // namespace softcuda
