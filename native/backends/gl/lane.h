// A guest thread that uses OpenGL, as its own thread here knows it.
#pragma once

#include "backends/gl/attachments.h"
#include "executor/backend.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace gpuferry::gl {

struct Context;
class Drawable;
struct GlDriver;

struct Lane final : executor::LaneState {
  Lane(unsigned index, const GlDriver &driver) : index(index), driver(driver) {}

  const unsigned index;
  const GlDriver &driver;
  std::shared_ptr<Context> context; ///< current; null: none
  std::shared_ptr<Drawable> draw, read;
  Attachments attachments;

  /// 16-aligned memory until the next call of this lane. Never null.
  std::byte *allocate(uint64_t bytes);
  void release_all() {
    used_bytes_ = 0;
    if (!large_.empty())
      large_.clear();
  }

  // Kept by the backend: work not yet told to the server.
  uint64_t calls = 0;
  uint64_t busy_since_ns = 0; ///< 0: idle

private:
  static constexpr size_t kBlockBytes = 128u << 10;
  std::unique_ptr<std::byte[]> block_; // what most calls need, kept
  size_t used_bytes_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> large_;
};

/// The lane whose thread this is; null on other threads. What the default framebuffer's entry points
/// find their drawable by.
Lane *current_lane();
void set_current_lane(Lane *lane);

} // namespace gpuferry::gl
