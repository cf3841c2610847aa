// Reading from a multisampled framebuffer 0: a window system's is resolved on the way, an object is not.
// The call goes to a resolved copy, colour or depth and stencil, that is bound in its place.
#include "backends/gl/surface/overrides.h"

#include "backends/gl/surface/keep.h"

namespace gpuferry::gl {

namespace {

bool has_alpha(GLenum format) {
  return format == GL_RGBA || format == GL_BGRA || format == GL_ALPHA ||
         format == GL_LUMINANCE_ALPHA || format == GL_ABGR_EXT;
}

/// While it lives, reads go to the resolved picture; does nothing on other framebuffers.
class Resolved {
public:
  Resolved(bool depth_too, bool alpha_too) : zero_(framebuffer_0()) {
    Target *target = zero_.is_read_default() ? zero_.read() : nullptr;
    if (target && alpha_too)
      zero_.show_alpha();
    if (!target || target->drawable->samples() == 0)
      return;
    GLint buffer = GL_COLOR_ATTACHMENT0;
    if (native_gl().glReadBuffer)
      native_gl().glGetIntegerv(GL_READ_BUFFER, &buffer);
    const GLuint framebuffer =
        zero_.readable(*target, buffer == GL_COLOR_ATTACHMENT1 ? Colour::front : Colour::back);
    if (depth_too)
      zero_.resolve_depth(*target);
    zero_.rebind();
    native_gl().glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer);
    bound_ = true;
  }
  ~Resolved() {
    if (bound_)
      zero_.rebind_read();
  }
  Resolved(const Resolved &) = delete;
  Resolved &operator=(const Resolved &) = delete;

private:
  DefaultFramebuffer &zero_;
  bool bound_ = false;
};

bool reads_depth(GLenum format) {
  return format == GL_DEPTH_COMPONENT || format == GL_STENCIL_INDEX || format == GL_DEPTH_STENCIL;
}

bool is_depth_texture(GLenum internal) {
  switch (internal) {
  case GL_DEPTH_COMPONENT:
  case GL_DEPTH_COMPONENT16:
  case GL_DEPTH_COMPONENT24:
  case GL_DEPTH_COMPONENT32:
  case GL_DEPTH_COMPONENT32F:
  case GL_DEPTH_STENCIL:
  case GL_DEPTH24_STENCIL8:
  case GL_DEPTH32F_STENCIL8:
  case GL_STENCIL_INDEX8:
    return true;
  default:
    return false;
  }
}

void read_pixels(GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type,
                 void *pixels) {
  const Resolved resolved(reads_depth(format), has_alpha(format));
  native_gl().glReadPixels(x, y, width, height, format, type, pixels);
}

void readn_pixels(GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type,
                  GLsizei bytes, void *pixels) {
  const Resolved resolved(reads_depth(format), has_alpha(format));
  native_gl().glReadnPixels(x, y, width, height, format, type, bytes, pixels);
}

void copy_pixels(GLint x, GLint y, GLsizei width, GLsizei height, GLenum type) {
  const Resolved resolved(type != GL_COLOR, type == GL_COLOR);
  native_gl().glCopyPixels(x, y, width, height, type);
}

/// Copies into a new texture: the format decides what is read.
template <auto Entry, class Type> struct CopyImage;
template <auto Entry, class... Args>
struct CopyImage<Entry, void (*)(GLenum, GLint, GLenum, Args...)> {
  static void call(GLenum target, GLint level, GLenum internal, Args... args) {
    const bool is_opaque = internal == GL_RGB || internal == GL_RGB8;
    const Resolved resolved(is_depth_texture(internal), !is_opaque);
    (native_gl().*Entry)(target, level, internal, args...);
  }
};
/// Copies into a texture that is there: what is read depends on it, so both are resolved.
template <auto Entry, class Type> struct CopyPart;
template <auto Entry, class... Args> struct CopyPart<Entry, void (*)(Args...)> {
  static void call(Args... args) {
    const Resolved resolved(true, true);
    (native_gl().*Entry)(args...);
  }
};

template <auto Entry, class Type> void copies_image(GlDriver &driver, Type) {
  replace(driver.*Entry, &CopyImage<Entry, Type>::call);
}
template <auto Entry, class Type> void copies_part(GlDriver &driver, Type) {
  replace(driver.*Entry, &CopyPart<Entry, Type>::call);
}

} // namespace

void override_reading(GlDriver &driver) {
  replace(driver.glReadPixels, &read_pixels);
  replace(driver.glReadnPixels, &readn_pixels);
  replace(driver.glCopyPixels, &copy_pixels);
#define GF_COPIES(kind, name) copies_##kind<&GlDriver::name>(driver, driver.name)
  GF_COPIES(image, glCopyTexImage1D);
  GF_COPIES(image, glCopyTexImage2D);
  GF_COPIES(part, glCopyTexSubImage1D);
  GF_COPIES(part, glCopyTexSubImage2D);
  GF_COPIES(part, glCopyTexSubImage3D);
  GF_COPIES(part, glCopyTextureSubImage1D);
  GF_COPIES(part, glCopyTextureSubImage2D);
  GF_COPIES(part, glCopyTextureSubImage3D);
  GF_COPIES(part, glCopyTextureImage1DEXT);
  GF_COPIES(part, glCopyTextureImage2DEXT);
  GF_COPIES(part, glCopyTextureSubImage1DEXT);
  GF_COPIES(part, glCopyTextureSubImage2DEXT);
  GF_COPIES(part, glCopyTextureSubImage3DEXT);
  GF_COPIES(part, glCopyMultiTexImage1DEXT);
  GF_COPIES(part, glCopyMultiTexImage2DEXT);
  GF_COPIES(part, glCopyMultiTexSubImage1DEXT);
  GF_COPIES(part, glCopyMultiTexSubImage2DEXT);
  GF_COPIES(part, glCopyMultiTexSubImage3DEXT);
#undef GF_COPIES
}

} // namespace gpuferry::gl
