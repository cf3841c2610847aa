// Guest names → native names. The guest numbers its textures, buffers and so on itself, as OpenGL lets
// it look; the driver has numbers of its own. A name that the guest sends is only ever used to look up
// one that this session made, so it cannot name what is not its own.
#pragma once

#include "gl_wire.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace gpuferry::gl {

/// Whether names of this kind live in a share group; else in one context.
constexpr bool is_shared(gf_gl_kind kind) {
  switch (kind) {
  case GF_GL_KIND_FRAMEBUFFER:
  case GF_GL_KIND_QUERY:
  case GF_GL_KIND_VERTEX_ARRAY:
  case GF_GL_KIND_TRANSFORM_FEEDBACK:
  case GF_GL_KIND_PIPELINE:
  case GF_GL_KIND_PERF_MONITOR:
  case GF_GL_KIND_PERF_QUERY:
    return false;
  default:
    return true;
  }
}

/// Numbers → numbers. Looking up is wait-free while others add; 0 stands for "nothing".
class NumberMap {
public:
  NumberMap() = default;
  ~NumberMap();
  NumberMap(const NumberMap &) = delete;
  NumberMap &operator=(const NumberMap &) = delete;

  uint32_t find(uint32_t key) const {
    if (key < kDense) {
      const Page *page = pages_[key / kPage].load(std::memory_order_acquire);
      return page ? (*page)[key % kPage].load(std::memory_order_relaxed) : 0;
    }
    return find_sparse(key);
  }
  /// `value` 0 forgets the key.
  void set(uint32_t key, uint32_t value);

private:
  // Names come from allocators that start at 1, but an application may also choose its own.
  static constexpr uint32_t kPage = 1024, kPages = 256, kDense = kPage * kPages;
  using Page = std::array<std::atomic<uint32_t>, kPage>;
  uint32_t find_sparse(uint32_t key) const;

  std::array<std::atomic<Page *>, kPages> pages_{};
  mutable std::mutex changes_;
  std::unordered_map<uint32_t, uint32_t> sparse_;
};

/// One namespace, both ways.
class NameTable {
public:
  /// The native name, or 0.
  uint32_t native(uint32_t guest) const { return natives_.find(guest); }
  /// The guest's name, or 0. Of a removed one, too, until the driver gives the number to another: what is deleted
  /// may still be attached, and is told of by its name.
  uint32_t guest(uint32_t native) const { return guests_.find(native); }

  void add(uint32_t guest, uint32_t native);
  void remove(uint32_t guest);

private:
  NumberMap natives_, guests_;
};

/// The sync objects of a share group: the guest's number → the driver's pointer.
class SyncTable {
public:
  void *find(uint64_t guest) const;
  void add(uint64_t guest, void *native);
  /// The driver's pointer, or null; the guest's number names nothing any more.
  void *take(uint64_t guest);

private:
  mutable std::mutex lock_;
  std::unordered_map<uint64_t, void *> syncs_;
};

} // namespace gpuferry::gl
