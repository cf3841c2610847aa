#include "backends/gl/surface/shared_pixels.h"

#include "backends/gl/context.h"
#include "backends/gl/egl.h"
#include "backends/gl/surface/drawable.h"
#include "backends/gl/surface/keep.h"

#include <utility>

namespace gpuferry::gl {

SharedPixels::~SharedPixels() { drop(); }

void SharedPixels::drop() {
  for (void *&image : colour_)
    if (image)
      egl_->destroy_image(std::exchange(image, nullptr));
  if (depth_stencil_)
    egl_->destroy_image(std::exchange(depth_stencil_, nullptr));
}

void *SharedPixels::make(const Context &context, uint32_t target, uint32_t object) const {
  constexpr EGLint none = EGL_NONE;
  EGLint error = EGL_SUCCESS;
  return object ? egl_->create_image(context.native, target, object, &none, &error) : nullptr;
}

bool SharedPixels::publish(const Context &context, const Drawable &drawable, const BufferSet &set) {
  if (!egl_ || drawable.samples() || set.colour[0] == 0)
    return false;
  std::lock_guard lock(lock_);
  drop();
  const auto back = static_cast<unsigned>(Colour::back),
             front = static_cast<unsigned>(Colour::front);
  colour_[back] = make(context, EGL_GL_TEXTURE_2D_KHR, set.colour[back]);
  colour_[front] = make(context, EGL_GL_TEXTURE_2D_KHR, set.colour[front]);
  depth_stencil_ =
      make(context, set.depth_is_texture ? EGL_GL_TEXTURE_2D_KHR : EGL_GL_RENDERBUFFER_KHR,
           set.depth_stencil);
  if (!colour_[back] || (set.depth_stencil && !depth_stencil_)) {
    drop();
    return false;
  }
  width_ = set.width;
  height_ = set.height;
  has_srgb_ = set.has_srgb;
  has_spare_alpha_ = set.has_spare_alpha;
  from_the_top_ = context.has.flip_y;
  generation_.fetch_add(1, std::memory_order_acq_rel);
  return true;
}

void SharedPixels::publish_front(const Context &context, const BufferSet &set) {
  const auto front = static_cast<unsigned>(Colour::front);
  std::lock_guard lock(lock_);
  if (colour_[0] && !colour_[front])
    colour_[front] = make(context, EGL_GL_TEXTURE_2D_KHR, set.colour[front]);
}

/// The texture has the image's pixels from now on.
void SharedPixels::take(const GlDriver &gl, const Context &context, void *image,
                        uint32_t &texture) const {
  if (texture == 0)
    gl.glGenTextures(1, &texture);
  const KeepTexture keep(gl, context);
  gl.glBindTexture(GL_TEXTURE_2D, texture);
  gl.glEGLImageTargetTexture2DOES(GL_TEXTURE_2D, image);
  gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
}

bool SharedPixels::adopt(const GlDriver &gl, Context &context, const Drawable &drawable,
                         BufferSet &set) {
  std::lock_guard lock(lock_);
  const Size size = drawable.size();
  if (!colour_[0] || width_ != size.width || height_ != size.height ||
      from_the_top_ != context.has.flip_y || !gl.glEGLImageTargetTexture2DOES)
    return false;
  for (unsigned i = 0; i < colour_.size(); ++i)
    if (colour_[i] && (i == 0 || set.colour[i]))
      take(gl, context, colour_[i], set.colour[i]);
  if (depth_stencil_) {
    if (!set.depth_is_texture) {
      if (set.depth_stencil)
        gl.glDeleteRenderbuffers(1, &set.depth_stencil);
      set.depth_stencil = 0;
    }
    take(gl, context, depth_stencil_, set.depth_stencil);
    set.depth_is_texture = true;
  }
  set.width = width_;
  set.height = height_;
  set.has_srgb = has_srgb_;
  set.has_spare_alpha = has_spare_alpha_;
  set.generation = generation();
  return true;
}

bool SharedPixels::adopt_front(const GlDriver &gl, Context &context, const Drawable &drawable,
                               BufferSet &set) {
  const auto front = static_cast<unsigned>(Colour::front);
  std::lock_guard lock(lock_);
  if (!colour_[front] || set.generation != generation() || drawable.samples())
    return false;
  take(gl, context, colour_[front], set.colour[front]);
  return true;
}

} // namespace gpuferry::gl
