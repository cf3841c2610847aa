#include "backends/gl/surface/buffer_set.h"

#include "backends/gl/surface/drawable.h"
#include "backends/gl/surface/keep.h"
#include "gl_driver.h"

#include <algorithm>

namespace gpuferry::gl {

namespace {

struct ColourFormat {
  GLenum internal, format, type;
};

/// OpenGL ES draws into ten bits a channel from version 3 on, and with alpha alone; eight have to do
/// elsewhere.
bool stores_ten_bits(const Context &context, const Drawable &drawable) {
  return drawable.has_ten_bits() &&
         (!context.is_es() || (context.version >= 30 && drawable.has_alpha()));
}

/// See BufferSet::has_spare_alpha. Going back takes a blit.
bool can_have_spare_alpha(const Context &context, const Drawable &drawable) {
  return !drawable.has_alpha() && !drawable.is_float() && !drawable.has_ten_bits() &&
         !drawable.samples() && !drawable.is_bottom_up() && context.has.separate_read &&
         (!context.is_es() || context.has.bgra_textures) &&
         !context.group->sees_alpha.load(std::memory_order_relaxed);
}

ColourFormat colour_format(const Context &context, const Drawable &drawable, const BufferSet &set) {
  const bool has_alpha = drawable.has_alpha() || set.has_spare_alpha;
  if (drawable.is_float())
    return {GL_RGBA16F, GL_RGBA, GL_HALF_FLOAT};
  if (set.has_srgb)
    return {static_cast<GLenum>(has_alpha || context.is_es() ? GL_SRGB8_ALPHA8 : GL_SRGB8), GL_RGBA,
            GL_UNSIGNED_BYTE};
  if (stores_ten_bits(context, drawable))
    return {static_cast<GLenum>(drawable.has_alpha() ? GL_RGB10_A2 : GL_RGB10),
            static_cast<GLenum>(context.is_es() ? GL_RGBA : GL_BGRA),
            GL_UNSIGNED_INT_2_10_10_10_REV};
  // Format and type are hints from which drivers choose the order in memory, as long as the internal format
  // names no size.
  if (!context.is_es())
    return {static_cast<GLenum>(has_alpha ? GL_RGBA : GL_RGB), GL_BGRA,
            GL_UNSIGNED_INT_8_8_8_8_REV};
  if (!has_alpha)
    return {GL_RGB, GL_RGB, GL_UNSIGNED_BYTE};
  return context.has.bgra_textures ? ColourFormat{GL_BGRA, GL_BGRA, GL_UNSIGNED_BYTE}
                                   : ColourFormat{GL_RGBA, GL_RGBA, GL_UNSIGNED_BYTE};
}

GLenum renderbuffer_format(const Context &context, const Drawable &drawable, bool srgb) {
  if (drawable.is_float())
    return GL_RGBA16F;
  if (srgb)
    return drawable.has_alpha() || context.is_es() ? GL_SRGB8_ALPHA8 : GL_SRGB8;
  if (stores_ten_bits(context, drawable))
    return drawable.has_alpha() ? GL_RGB10_A2 : GL_RGB10;
  return drawable.has_alpha() ? GL_RGBA8 : GL_RGB8;
}

GLenum depth_stencil_format(const Context &context, const Drawable &drawable) {
  if (drawable.depth_bits() && drawable.stencil_bits())
    return drawable.depth_bits() > 24 ? GL_DEPTH32F_STENCIL8 : GL_DEPTH24_STENCIL8;
  if (drawable.depth_bits())
    // OpenGL ES knows 32 bits as floats alone.
    return drawable.depth_bits() > 24
               ? (context.is_es() ? GL_DEPTH_COMPONENT32F : GL_DEPTH_COMPONENT32)
           : drawable.depth_bits() > 16 ? GL_DEPTH_COMPONENT24
                                        : GL_DEPTH_COMPONENT16;
  return GL_STENCIL_INDEX8;
}

void size_texture(const GlDriver &gl, const Context &context, const Drawable &drawable,
                  const BufferSet &set, uint32_t texture) {
  const KeepTexture keep(gl, context);
  const ColourFormat is = colour_format(context, drawable, set);
  gl.glBindTexture(GL_TEXTURE_2D, texture);
  gl.glTexImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(is.internal),
                  static_cast<GLsizei>(set.width), static_cast<GLsizei>(set.height), 0, is.format,
                  is.type, nullptr);
  gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
}

void size_renderbuffer(const GlDriver &gl, const Drawable &drawable, const BufferSet &set,
                       uint32_t renderbuffer, GLenum format) {
  const KeepRenderbuffer keep(gl);
  gl.glBindRenderbuffer(GL_RENDERBUFFER, renderbuffer);
  const auto width = static_cast<GLsizei>(set.width), height = static_cast<GLsizei>(set.height);
  if (drawable.samples())
    gl.glRenderbufferStorageMultisample(GL_RENDERBUFFER, static_cast<GLsizei>(drawable.samples()),
                                        format, width, height);
  else
    gl.glRenderbufferStorage(GL_RENDERBUFFER, format, width, height);
}

void size_colour(const GlDriver &gl, const Context &context, const Drawable &drawable,
                 const BufferSet &set, uint32_t &name) {
  if (drawable.samples()) {
    if (name == 0)
      gl.glGenRenderbuffers(1, &name);
    size_renderbuffer(gl, drawable, set, name,
                      renderbuffer_format(context, drawable, set.has_srgb));
  } else {
    if (name == 0)
      gl.glGenTextures(1, &name);
    size_texture(gl, context, drawable, set, name);
  }
}

void size_depth_stencil(const GlDriver &gl, const Context &context, const Drawable &drawable,
                        BufferSet &set) {
  if (!drawable.depth_bits() && !drawable.stencil_bits())
    return;
  if (set.depth_is_texture) { // pixels of the size before, which others may still draw to
    gl.glDeleteTextures(1, &set.depth_stencil);
    set.depth_stencil = 0;
    set.depth_is_texture = false;
  }
  if (set.depth_stencil == 0)
    gl.glGenRenderbuffers(1, &set.depth_stencil);
  size_renderbuffer(gl, drawable, set, set.depth_stencil, depth_stencil_format(context, drawable));
}

/// The set has new pixels of its own: so have the others, where there are any.
void publish_anew(const Context &context, Drawable &drawable, BufferSet &set) {
  set.generation = 0;
  if (drawable.shared().generation() != 0 && drawable.shared().publish(context, drawable, set))
    set.generation = drawable.shared().generation();
}

} // namespace

void fit_buffers(const GlDriver &gl, Context &context, Drawable &drawable, BufferSet &set) {
  const Size size = drawable.size();
  const bool fits =
      set.of(Colour::back) != 0 && set.width == size.width && set.height == size.height;
  const bool others_differ = set.generation != drawable.shared().generation();
  if (fits && !others_differ)
    return;
  if (others_differ && drawable.shared().adopt(gl, context, drawable, set))
    return;
  if (fits) // what the others have is of no use here
    return;
  set.width = size.width;
  set.height = size.height;
  // Desktop OpenGL stores sRGB only once GL_FRAMEBUFFER_SRGB asks for it; ES always does, from the version
  // on that has such textures.
  if (context.is_es() && context.version >= 30 && drawable.is_srgb())
    set.has_srgb = true;
  set.has_spare_alpha = !set.has_srgb && can_have_spare_alpha(context, drawable);
  size_colour(gl, context, drawable, set, set.of(Colour::back));
  if (set.of(Colour::front) != 0)
    size_colour(gl, context, drawable, set, set.of(Colour::front));
  if (set.resolved != 0)
    size_texture(gl, context, drawable, set, set.resolved);
  size_depth_stencil(gl, context, drawable, set);
  publish_anew(context, drawable, set);
}

bool add_front(const GlDriver &gl, Context &context, Drawable &drawable, BufferSet &set) {
  if (set.of(Colour::front) != 0 || drawable.shared().adopt_front(gl, context, drawable, set))
    return false;
  size_colour(gl, context, drawable, set, set.of(Colour::front));
  if (set.generation != 0)
    drawable.shared().publish_front(context, set);
  return true;
}

void size_resolved_depth(const GlDriver &gl, const Context &context, const Drawable &drawable,
                         const BufferSet &set, uint32_t renderbuffer) {
  const KeepRenderbuffer keep(gl);
  gl.glBindRenderbuffer(GL_RENDERBUFFER, renderbuffer);
  gl.glRenderbufferStorage(GL_RENDERBUFFER, depth_stencil_format(context, drawable),
                           static_cast<GLsizei>(set.width), static_cast<GLsizei>(set.height));
}

namespace {

/// Copies through a framebuffer for each side. Leaves bindings changed.
void copy_colour(const GlDriver &gl, const Drawable &drawable, const BufferSet &set, uint32_t from,
                 uint32_t to) {
  GLuint framebuffers[2] = {};
  gl.glGenFramebuffers(2, framebuffers);
  const GLenum targets[] = {GL_READ_FRAMEBUFFER, GL_DRAW_FRAMEBUFFER};
  const uint32_t buffers[] = {from, to};
  for (unsigned i = 0; i < 2; ++i) {
    gl.glBindFramebuffer(targets[i], framebuffers[i]);
    if (drawable.samples())
      gl.glFramebufferRenderbuffer(targets[i], GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, buffers[i]);
    else
      gl.glFramebufferTexture2D(targets[i], GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, buffers[i], 0);
  }
  const NoScissor everywhere(gl);
  const auto width = static_cast<GLint>(set.width), height = static_cast<GLint>(set.height);
  gl.glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  gl.glDeleteFramebuffers(2, framebuffers);
}

} // namespace

namespace {

/// The buffers get the format that the set asks for by now. They keep their names, which contexts have
/// attached: pixels go to a copy and back.
void store_anew(const GlDriver &gl, Context &context, Drawable &drawable, BufferSet &set) {
  if (set.resolved != 0)
    size_texture(gl, context, drawable, set, set.resolved);
  for (uint32_t &name : set.colour) {
    if (name == 0)
      continue;
    uint32_t copy = 0;
    size_colour(gl, context, drawable, set, copy);
    copy_colour(gl, drawable, set, name, copy);
    size_colour(gl, context, drawable, set, name);
    copy_colour(gl, drawable, set, copy, name);
    if (drawable.samples())
      gl.glDeleteRenderbuffers(1, &copy);
    else
      gl.glDeleteTextures(1, &copy);
  }
  publish_anew(context, drawable, set);
}

} // namespace

bool stores_srgb(const Context &context, const Drawable &drawable) {
  return drawable.is_srgb() ||
         (context.has.is_mesa && !context.is_es() && drawable.has_eight_bits());
}

void make_srgb(const GlDriver &gl, Context &context, Drawable &drawable, BufferSet &set) {
  set.has_srgb = true;
  store_anew(gl, context, drawable, set);
}

bool make_opaque(const GlDriver &gl, Context &context, Drawable &drawable, BufferSet &set) {
  GLuint probe = 0;
  gl.glGenFramebuffers(1, &probe);
  if (probe == 0)
    return false;
  gl.glDeleteFramebuffers(1, &probe);
  set.has_spare_alpha = false;
  store_anew(gl, context, drawable, set);
  return true;
}

void add_resolved(const GlDriver &gl, Context &context, const Drawable &drawable, BufferSet &set) {
  if (set.resolved != 0)
    return;
  gl.glGenTextures(1, &set.resolved);
  size_texture(gl, context, drawable, set, set.resolved);
}

} // namespace gpuferry::gl
