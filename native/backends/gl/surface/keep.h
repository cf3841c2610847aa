// What the application has bound stays bound while the default framebuffer works: each of these notes
// one binding of the current context and restores it.
#pragma once

#include "backends/gl/context.h"
#include "gl_driver.h"

namespace gpuferry::gl {

inline GLint get_number(const GlDriver &gl, GLenum name) {
  GLint value = 0;
  gl.glGetIntegerv(name, &value);
  return value;
}

/// The 2D texture of the active unit, and that glTexImage2D reads no buffer.
class KeepTexture {
public:
  KeepTexture(const GlDriver &gl, const Context &context)
      : gl_(gl), texture_(get_number(gl, GL_TEXTURE_BINDING_2D)),
        buffer_(context.has.pixel_buffers ? get_number(gl, GL_PIXEL_UNPACK_BUFFER_BINDING) : 0) {
    if (buffer_)
      gl_.glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  }
  ~KeepTexture() {
    gl_.glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(texture_));
    if (buffer_)
      gl_.glBindBuffer(GL_PIXEL_UNPACK_BUFFER, static_cast<GLuint>(buffer_));
  }
  KeepTexture(const KeepTexture &) = delete;
  KeepTexture &operator=(const KeepTexture &) = delete;

private:
  const GlDriver &gl_;
  GLint texture_, buffer_;
};

class KeepRenderbuffer {
public:
  explicit KeepRenderbuffer(const GlDriver &gl)
      : gl_(gl), renderbuffer_(get_number(gl, GL_RENDERBUFFER_BINDING)) {}
  ~KeepRenderbuffer() {
    gl_.glBindRenderbuffer(GL_RENDERBUFFER, static_cast<GLuint>(renderbuffer_));
  }
  KeepRenderbuffer(const KeepRenderbuffer &) = delete;
  KeepRenderbuffer &operator=(const KeepRenderbuffer &) = delete;

private:
  const GlDriver &gl_;
  GLint renderbuffer_;
};

/// Blits go everywhere: no scissor.
class NoScissor {
public:
  explicit NoScissor(const GlDriver &gl) : gl_(gl), was_on_(gl.glIsEnabled(GL_SCISSOR_TEST)) {
    if (was_on_)
      gl_.glDisable(GL_SCISSOR_TEST);
  }
  ~NoScissor() {
    if (was_on_)
      gl_.glEnable(GL_SCISSOR_TEST);
  }
  NoScissor(const NoScissor &) = delete;
  NoScissor &operator=(const NoScissor &) = delete;

private:
  const GlDriver &gl_;
  GLboolean was_on_;
};

} // namespace gpuferry::gl
