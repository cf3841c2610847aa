#include "backends/gl/surface/drawable.h"

#include <algorithm>

namespace gpuferry::gl {

namespace {
uint64_t packed(Size size) {
  return static_cast<uint64_t>(std::max(size.width, 1u)) << 32 | std::max(size.height, 1u);
}
} // namespace

Drawable::Drawable(const gf_gl_gfGlCreateDrawable_args &description, Egl *egl)
    : description_(description), size_(packed({description.width, description.height})),
      shared_(egl) {}

Size Drawable::size() const {
  const uint64_t both = size_.load(std::memory_order_relaxed);
  return {static_cast<uint32_t>(both >> 32), static_cast<uint32_t>(both)};
}

void Drawable::resize(Size size) { size_.store(packed(size), std::memory_order_relaxed); }

std::shared_ptr<BufferSet> Drawable::buffers(const std::shared_ptr<ShareGroup> &group) {
  std::lock_guard lock(lock_);
  // Groups that are gone took their objects with them.
  std::erase_if(sets_, [](const auto &entry) { return entry.first.expired(); });
  std::shared_ptr<BufferSet> &set = sets_[group];
  if (!set)
    set = std::make_shared<BufferSet>();
  return set;
}

} // namespace gpuferry::gl
