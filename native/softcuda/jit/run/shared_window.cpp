#include "run/shared_window.h"

#include "abi.h"

#include <sys/mman.h>

namespace softcuda::jit {
namespace {
constexpr uint32_t kPageBytes = 4096;
}

SharedWindow::SharedWindow() {
  // Under RLIMIT_AS a smaller range has to do; offsets beyond it may then hit other memory of the process.
  for (uint64_t bytes = kSharedWindowBytes + kPageBytes; bytes >= 2 * kSharedStart; bytes /= 4) {
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

bool SharedWindow::resize(uint32_t bytes) {
  uint32_t wanted = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  if (!base_ || wanted > reserved_bytes_ - kSharedStart)
    return false;
  std::byte *start = base_ + kSharedStart;
  if (wanted > mapped_bytes_ && mprotect(start, wanted, PROT_READ | PROT_WRITE) != 0)
    return false;
  if (wanted < mapped_bytes_ && mprotect(start + wanted, mapped_bytes_ - wanted, PROT_NONE) != 0)
    return false;
  mapped_bytes_ = wanted;
  return true;
}

} // namespace softcuda::jit
