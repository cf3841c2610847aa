// Putting pixels of our own into framebuffer 0, and taking them from one share group to another.
#pragma once

#include "backends/gl/surface/default_framebuffer.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace gpuferry::gl {

struct Rectangle {
  GLint x = 0, y = 0;
  GLsizei width = 0, height = 0;
};

/// Pixels, bottom row first, as RGBA of GL_UNSIGNED_BYTE or GL_FLOAT.
struct Pixels {
  GLenum type = GL_UNSIGNED_BYTE;
  const void *data = nullptr;
  bool are_srgb = false; ///< the bytes are sRGB values
};

/// Writes to the buffers that are drawn to: through a texture and a blit, which no fragment operation
/// touches but the scissor. Needs a context that can blit.
void paint(DefaultFramebuffer &zero, const Rectangle &to, const Pixels &pixels);

/// The colours of a drawable's back buffer on their way.
struct Picture {
  Size size;
  std::vector<std::byte> rgba;
  bool is_float = false, is_srgb = false;
};

/// What `context`, which is current, has drawn to the drawable.
Picture take_picture(Context &context, const std::shared_ptr<Drawable> &drawable);

/// Makes it the picture of the drawable that `context`, which is current, draws to.
void put_picture(Context &context, const Picture &picture);

} // namespace gpuferry::gl
