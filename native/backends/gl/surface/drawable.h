// A window, pixmap or pbuffer of the guest as OpenGL sees it: sizes, formats, buffers. Its pixels live in
// textures and renderbuffers of the host's driver, one set for each share group that draws to it.
#pragma once

#include "abi/gl.h"
#include "backends/gl/surface/buffer_set.h"
#include "backends/gl/surface/shared_pixels.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace gpuferry::gl {

struct Context;
struct ShareGroup;

struct Size {
  uint32_t width = 1, height = 1;
  bool operator==(const Size &) const = default;
};

/// The accumulation buffer: four numbers a pixel, of which 32767 is 1; bottom row first.
struct AccumBuffer {
  Size size;
  std::vector<int16_t> rgba;
};

class Drawable {
public:
  /// `egl` makes images of its buffers; null: they cannot be shared.
  explicit Drawable(const gf_gl_gfGlCreateDrawable_args &description, Egl *egl = nullptr);

  uint32_t id() const { return description_.drawable; }
  bool has_eight_bits() const { return description_.red == 8; }
  bool has_ten_bits() const { return description_.red == 10; }
  bool is_double_buffered() const { return description_.flags & GF_GL_DRAWABLE_DOUBLE_BUFFER; }
  bool is_srgb() const { return description_.flags & GF_GL_DRAWABLE_SRGB; }
  bool is_float() const { return description_.flags & GF_GL_DRAWABLE_FLOAT; }
  /// Rows lie from the bottom, as a texture's do, for the pixels become one.
  bool is_bottom_up() const { return description_.flags & GF_GL_DRAWABLE_BOTTOM_UP; }
  bool has_alpha() const { return description_.alpha != 0; }
  unsigned depth_bits() const { return description_.depth; }
  unsigned stencil_bits() const { return description_.stencil; }
  unsigned accum_bits() const { return description_.accum; }
  unsigned samples() const { return description_.samples > 1 ? description_.samples : 0; }

  /// May change at any time, by another lane.
  Size size() const;
  void resize(Size size);

  /// The buffers that contexts of `group` draw to; sized by whoever uses them next.
  std::shared_ptr<BufferSet> buffers(const std::shared_ptr<ShareGroup> &group);

  /// What the groups' buffers have in common.
  SharedPixels &shared() { return shared_; }

  /// The context that drew to it last; used with the session's lock held.
  std::weak_ptr<Context> drawn_by;

  /// Used by one lane at a time, as OpenGL demands of a drawable's contents.
  AccumBuffer accum;

private:
  const gf_gl_gfGlCreateDrawable_args description_;
  std::atomic<uint64_t> size_; // width << 32 | height
  SharedPixels shared_;
  std::mutex lock_;
  std::map<std::weak_ptr<ShareGroup>, std::shared_ptr<BufferSet>,
           std::owner_less<std::weak_ptr<ShareGroup>>>
      sets_;
};

} // namespace gpuferry::gl
