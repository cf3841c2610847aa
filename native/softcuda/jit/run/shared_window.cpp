#include "run/shared_window.h"

#include <algorithm>
#include <sys/mman.h>

namespace softcuda::jit {
namespace {
constexpr uint32_t kPageBytes = 4096;
}

SharedWindow::SharedWindow() {
  // Under RLIMIT_AS a smaller range has to do; offsets beyond it may then hit other memory of the process.
  for (uint64_t bytes = kSharedWindowBytes + kSharedStart; bytes >= 2 * kSharedStart; bytes /= 4) {
    void *range =
        mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range != MAP_FAILED) {
      base_ = static_cast<std::byte *>(range);
      reserved_bytes_ = bytes;
      return;
    }
  }
}

SharedWindow::~SharedWindow() {
  if (base_)
    munmap(base_, reserved_bytes_);
}

bool SharedWindow::resize(uint32_t blocks, uint32_t bytes) {
  const uint32_t wanted = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  if (!base_ || wanted > kClusterStride)
    return false;
  if (blocks == mapped_blocks_ && wanted == mapped_bytes_)
    return true;
  for (uint32_t block = 0; block < std::max(blocks, mapped_blocks_); ++block) {
    std::byte *start = base(block) + kSharedStart;
    const uint32_t kept = block < blocks ? wanted : 0;
    const uint32_t before = block < mapped_blocks_ ? mapped_bytes_ : 0;
    if (kept > before && mprotect(start, kept, PROT_READ | PROT_WRITE) != 0)
      return false;
    if (kept < before && mprotect(start + kept, before - kept, PROT_NONE) != 0)
      return false;
  }
  mapped_blocks_ = blocks;
  mapped_bytes_ = wanted;
  return true;
}

} // namespace softcuda::jit
