#include "backends/gl/surface/paint.h"

#include "backends/gl/context.h"
#include "backends/gl/surface/keep.h"
#include "backends/gl/surface/pack_state.h"

namespace gpuferry::gl {

void paint(DefaultFramebuffer &zero, const Rectangle &to, const Pixels &pixels) {
  const GlDriver &gl = zero.gl();
  GLuint texture = 0, framebuffer = 0;
  gl.glGenTextures(1, &texture);
  gl.glGenFramebuffers(1, &framebuffer);
  {
    const KeepTexture keep(gl, zero.context());
    const PlainUnpacking plain(gl, zero.context());
    const GLint internal = pixels.type == GL_FLOAT ? GL_RGBA32F
                           : pixels.are_srgb       ? GL_SRGB8_ALPHA8
                                                   : GL_RGBA8;
    gl.glBindTexture(GL_TEXTURE_2D, texture);
    gl.glTexImage2D(GL_TEXTURE_2D, 0, internal, to.width, to.height, 0, GL_RGBA, pixels.type,
                    pixels.data);
    gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  }
  gl.glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer);
  gl.glFramebufferTexture2D(GL_READ_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
  gl.glBlitFramebuffer(0, 0, to.width, to.height, to.x, to.y, to.x + to.width, to.y + to.height,
                       GL_COLOR_BUFFER_BIT, GL_NEAREST);
  zero.rebind_read();
  gl.glDeleteFramebuffers(1, &framebuffer);
  gl.glDeleteTextures(1, &texture);
}

Picture take_picture(Context &context, const std::shared_ptr<Drawable> &drawable) {
  DefaultFramebuffer &zero = *context.framebuffer;
  const GlDriver &gl = zero.gl();
  Target &target = zero.target(drawable);
  const BufferSet &set = *target.buffers;
  Picture picture{{set.width, set.height}, {}, drawable->is_float(), set.has_srgb};
  picture.rgba.resize(size_t{set.width} * set.height * 4 * (picture.is_float ? sizeof(float) : 1));
  const GLuint framebuffer = zero.readable(target, Colour::back);
  gl.glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer);
  {
    const PlainPacking plain(gl, context);
    gl.glReadPixels(0, 0, static_cast<GLsizei>(set.width), static_cast<GLsizei>(set.height),
                    GL_RGBA, picture.is_float ? GL_FLOAT : GL_UNSIGNED_BYTE, picture.rgba.data());
  }
  zero.rebind();
  return picture;
}

void put_picture(Context &context, const Picture &picture) {
  DefaultFramebuffer &zero = *context.framebuffer;
  Target *target = zero.draw();
  if (!target || !(target->drawable->size() == picture.size))
    return; // resized meanwhile: its contents are undefined
  const GLuint back = zero.single(*target, Colour::back);
  zero.gl().glBindFramebuffer(GL_DRAW_FRAMEBUFFER, back);
  {
    const NoScissor everywhere(zero.gl());
    paint(
        zero,
        {0, 0, static_cast<GLsizei>(picture.size.width), static_cast<GLsizei>(picture.size.height)},
        {static_cast<GLenum>(picture.is_float ? GL_FLOAT : GL_UNSIGNED_BYTE), picture.rgba.data(),
         picture.is_srgb});
  }
  zero.rebind();
}

} // namespace gpuferry::gl
