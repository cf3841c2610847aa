// Direct state access: framebuffers named in the call, 0 among them.
#include "backends/gl/surface/overrides.h"

#include "backends/gl/context.h"

namespace gpuferry::gl {

namespace {

GLuint drawn(GLuint framebuffer) {
  return framebuffer == 0 ? framebuffer_0().draw_framebuffer() : framebuffer;
}

template <auto Entry, class Type> struct Named;
template <auto Entry, class Result, class... Args>
struct Named<Entry, Result (*)(GLuint, Args...)> {
  static Result call(GLuint framebuffer, Args... args) {
    return (native_gl().*Entry)(drawn(framebuffer), args...);
  }
};
template <auto Entry, class Type> void name_0(GlDriver &driver, Type) {
  replace(driver.*Entry, &Named<Entry, Type>::call);
}

void blit(GLuint read, GLuint draw, GLint x0, GLint y0, GLint x1, GLint y1, GLint to_x0,
          GLint to_y0, GLint to_x1, GLint to_y1, GLbitfield mask, GLenum filter) {
  if ((mask & GL_COLOR_BUFFER_BIT) && read == 0 && draw != 0)
    framebuffer_0().show_alpha();
  const GLuint from = read == 0 ? framebuffer_0().read_framebuffer() : read;
  native_gl().glBlitNamedFramebuffer(from, drawn(draw), x0, y0, x1, y1, to_x0, to_y0, to_x1, to_y1,
                                     mask, filter);
}

} // namespace

void override_named(GlDriver &driver) {
#define GF_NAME(name) name_0<&GlDriver::name>(driver, driver.name)
  GF_NAME(glClearNamedFramebufferiv);
  GF_NAME(glClearNamedFramebufferuiv);
  GF_NAME(glClearNamedFramebufferfv);
  GF_NAME(glClearNamedFramebufferfi);
  GF_NAME(glCheckNamedFramebufferStatus);
  GF_NAME(glCheckNamedFramebufferStatusEXT);
#undef GF_NAME
  replace(driver.glBlitNamedFramebuffer, &blit);
}

} // namespace gpuferry::gl
