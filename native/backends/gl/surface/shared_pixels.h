// One window, contexts that share nothing: each share group has names of its own for the buffers of a drawable,
// and EGLImages make them names for the same pixels.
//
//   group that drew first      its textures and renderbuffers   ──► images (published)
//   every other group          textures that are siblings       ◄──
//
// A drawable that one group alone draws to, as nearly all are, has no images. Multisampled ones never have,
// because EGL makes none of them: their pictures are carried over when a context becomes current (paint.h).
#pragma once

#include "backends/gl/surface/buffer_set.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

namespace gpuferry::gl {

class Egl;

class SharedPixels {
public:
  explicit SharedPixels(Egl *egl) : egl_(egl) {}
  ~SharedPixels();
  SharedPixels(const SharedPixels &) = delete;
  SharedPixels &operator=(const SharedPixels &) = delete;

  /// Counts publications; 0: there are no images. A set with another number has other pixels.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  /// Makes images of a set's buffers, which `context` has names for; it need not be current. False where
  /// the host makes none.
  bool publish(const Context &context, const Drawable &drawable, const BufferSet &set);
  /// As above, of a front buffer that came later.
  void publish_front(const Context &context, const BufferSet &set);

  /// Gives the set the published pixels in place of its own; `context` is current. False if there are none
  /// of the drawable's present size, or none that it can take.
  bool adopt(const GlDriver &gl, Context &context, const Drawable &drawable, BufferSet &set);
  /// Only the front buffer.
  bool adopt_front(const GlDriver &gl, Context &context, const Drawable &drawable, BufferSet &set);

private:
  void *make(const Context &context, uint32_t target, uint32_t object) const;
  void drop();
  void take(const GlDriver &gl, const Context &context, void *image, uint32_t &texture) const;

  Egl *const egl_; ///< null in tests
  std::mutex lock_;
  std::atomic<uint64_t> generation_{0};
  std::array<void *, static_cast<unsigned>(Colour::count)> colour_{};
  void *depth_stencil_ = nullptr;
  uint32_t width_ = 0, height_ = 0;
  bool has_srgb_ = false, has_spare_alpha_ = false, from_the_top_ = false;
};

} // namespace gpuferry::gl
