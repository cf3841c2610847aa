// The EGLImages of a session: the guest's numbers → the host's handles.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace gpuferry::gl {

class ImageTable {
public:
  /// Null for a number that names none.
  void *find(uint32_t id) const {
    std::lock_guard lock(lock_);
    const auto found = images_.find(id);
    return found == images_.end() ? nullptr : found->second;
  }

  /// False: the number is taken, or 0.
  bool add(uint32_t id, void *image) {
    std::lock_guard lock(lock_);
    return id != 0 && images_.emplace(id, image).second;
  }

  /// The handle, which the number names no longer; or null.
  void *take(uint32_t id) {
    std::lock_guard lock(lock_);
    const auto node = images_.extract(id);
    return node ? node.mapped() : nullptr;
  }

private:
  mutable std::mutex lock_;
  std::unordered_map<uint32_t, void *> images_;
};

} // namespace gpuferry::gl
