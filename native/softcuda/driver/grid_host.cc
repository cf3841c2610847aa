#include "grid_host.h"

#include "arena.h"
#include "process.h"

#include <algorithm>

namespace softcuda {

namespace {
// CUDA keeps printed text in a ring and loses what overflows; we hand it on early instead.
constexpr size_t kPrintBufferBytes = 1 << 20;
} // namespace

GridHost::~GridHost() {
  for (auto [address, bytes] : heap_)
    arena_.release(address);
}

void GridHost::print(std::string_view text) {
  std::lock_guard lock(print_mutex_);
  printed_ += text;
  if (printed_.size() > kPrintBufferBytes) {
    Process::instance().print(printed_);
    printed_.clear();
  }
}

void GridHost::flush_prints() {
  std::lock_guard lock(print_mutex_); // held while writing, so that two flushes keep their order
  if (printed_.empty())
    return;
  Process::instance().print(printed_);
  printed_.clear();
}

void GridHost::assert_failed(std::string_view message) {
  std::string line(message);
  if (line.empty() || line.back() != '\n')
    line += '\n';
  Process::instance().print_assertion(line);
}

uint64_t GridHost::heap_malloc(uint64_t size_bytes) {
  std::lock_guard lock(heap_mutex_);
  if (size_bytes == 0 ||
      size_bytes > heap_limit_bytes - std::min<uint64_t>(heap_bytes_, heap_limit_bytes))
    return 0;
  uint64_t address = arena_.allocate(size_bytes);
  if (address) {
    heap_[address] = size_bytes;
    heap_bytes_ += size_bytes;
  }
  return address;
}

void GridHost::heap_free(uint64_t address) {
  std::lock_guard lock(heap_mutex_);
  auto found = heap_.find(address);
  if (found == heap_.end())
    return;
  heap_bytes_ -= found->second;
  heap_.erase(found);
  arena_.release(address);
}

} // namespace softcuda
