#include "jit_options.h"

#include "process.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

namespace softcuda {

JitOptions::JitOptions(unsigned count, const CUjit_option *options, void **values) {
  for (unsigned i = 0; options && values && i < count; i++) {
    switch (options[i]) {
    case CU_JIT_INFO_LOG_BUFFER:
      info_log_ = static_cast<char *>(values[i]);
      break;
    case CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES:
      info_bytes_ = &values[i];
      break;
    case CU_JIT_ERROR_LOG_BUFFER:
      error_log_ = static_cast<char *>(values[i]);
      break;
    case CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES:
      error_bytes_ = &values[i];
      break;
    case CU_JIT_WALL_TIME:
      wall_time_ = &values[i];
      break;
    case CU_JIT_MAX_REGISTERS:
      max_registers_ = static_cast<unsigned>(reinterpret_cast<uintptr_t>(values[i]));
      break;
    default:
      break; // optimisation levels, targets: the JIT chooses itself
    }
  }
}

// The value is a size passed in the place of a pointer, and the size is written back there.
void JitOptions::fill(char *buffer, void **bytes, const std::string &text) {
  if (!buffer || !bytes)
    return;
  auto capacity = static_cast<unsigned>(reinterpret_cast<uintptr_t>(*bytes));
  if (capacity == 0)
    return;
  size_t count = std::min<size_t>(text.size(), capacity - 1);
  memcpy(buffer, text.data(), count);
  buffer[count] = '\0';
  *bytes = reinterpret_cast<void *>(static_cast<uintptr_t>(count));
}

void JitOptions::report(CUresult result, const std::string &log) const {
  fill(info_log_, info_bytes_, result ? "" : log);
  fill(error_log_, error_bytes_, result ? log : "");
  if (wall_time_)
    *wall_time_ = nullptr; // 0.0f: code is made lazily
  if (result && !error_log_)
    complain("a module cannot be loaded (error %d): %s", result, log.c_str());
}

void JitOptions::limit_registers(std::vector<PtxText> &sources) const {
  if (max_registers_ > 0)
    for (PtxText &source : sources)
      source.max_registers = max_registers_;
}

CUresult read_file(const char *path, std::string &content) {
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path, "rb"), fclose);
  if (!file)
    return CUDA_ERROR_FILE_NOT_FOUND;
  char block[65536];
  size_t count;
  while ((count = fread(block, 1, sizeof block, file.get())) > 0)
    content.append(block, count);
  return CUDA_SUCCESS;
}

} // namespace softcuda
