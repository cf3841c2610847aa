// Memory for the frames of one block's warps, reused by the next block.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace softcuda::jit {

class FrameArena {
public:
  void reset() {
    chunk_ = 0;
    used_ = 0;
  }

  /// 64-byte aligned, uninitialised. Null when the arena must grow() first.
  void *allocate(uint64_t bytes) {
    bytes = (bytes + kAlignBytes - 1) / kAlignBytes * kAlignBytes;
    for (; chunk_ < chunks_.size(); ++chunk_, used_ = 0)
      if (used_ + bytes <= chunks_[chunk_].bytes) {
        void *memory = chunks_[chunk_].memory.get() + used_;
        used_ += bytes;
        return memory;
      }
    return nullptr;
  }

  /// Makes room for at least one more of `bytes`. False when memory is short.
  bool grow(uint64_t bytes) {
    uint64_t size = std::max(kChunkBytes, bytes + kAlignBytes);
    auto *memory =
        static_cast<std::byte *>(::operator new(size, std::align_val_t(kAlignBytes), std::nothrow));
    if (!memory)
      return false;
    chunks_.push_back({std::unique_ptr<std::byte, Free>(memory), size});
    return true;
  }

  bool contains(uint64_t address) const {
    for (const Chunk &chunk : chunks_)
      if (address - reinterpret_cast<uint64_t>(chunk.memory.get()) < chunk.bytes)
        return true;
    return false;
  }

private:
  static constexpr uint64_t kAlignBytes = 64;
  static constexpr uint64_t kChunkBytes = 64 << 10;
  struct Free {
    void operator()(std::byte *memory) const {
      ::operator delete(memory, std::align_val_t(kAlignBytes));
    }
  };
  struct Chunk {
    std::unique_ptr<std::byte, Free> memory;
    uint64_t bytes;
  };

  std::vector<Chunk> chunks_;
  size_t chunk_ = 0;
  uint64_t used_ = 0;
};

} // namespace softcuda::jit
