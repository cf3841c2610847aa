// Binding and deleting framebuffers, and what no application may do to framebuffer 0.
#include "backends/gl/surface/overrides.h"

#include "backends/gl/context.h"

namespace gpuferry::gl {

namespace {

template <auto Bind> void bind(GLenum target, GLuint framebuffer) {
  DefaultFramebuffer &zero = framebuffer_0();
  GLuint native = framebuffer;
  if (framebuffer == 0)
    native = target == GL_READ_FRAMEBUFFER ? zero.read_framebuffer() : zero.draw_framebuffer();
  (native_gl().*Bind)(target, native);
  const bool draws = target == GL_FRAMEBUFFER || target == GL_DRAW_FRAMEBUFFER;
  const bool reads = target == GL_FRAMEBUFFER || target == GL_READ_FRAMEBUFFER;
  if (framebuffer != 0 && !native_gl().glIsFramebuffer(framebuffer))
    return; // refused: the binding is what it was
  if (draws)
    zero.bound_draw = framebuffer;
  if (reads)
    zero.bound_read = framebuffer;
  // Drawn to and read from may be two drawables.
  if (framebuffer == 0 && target == GL_FRAMEBUFFER &&
      zero.read_framebuffer() != zero.draw_framebuffer())
    zero.rebind_read();
}

/// What is deleted while it is bound is unbound: then framebuffer 0 is.
template <auto Delete> void delete_some(GLsizei count, const GLuint *framebuffers) {
  DefaultFramebuffer &zero = framebuffer_0();
  (native_gl().*Delete)(count, framebuffers);
  bool unbound = false;
  for (GLsizei i = 0; framebuffers && i < count; ++i) {
    if (framebuffers[i] == 0)
      continue;
    if (zero.bound_draw == framebuffers[i]) {
      zero.bound_draw = 0;
      unbound = true;
    }
    if (zero.bound_read == framebuffers[i]) {
      zero.bound_read = 0;
      unbound = true;
    }
  }
  if (unbound)
    zero.rebind();
}

/// Attaching to framebuffer 0 is an error: the driver's own says which.
template <auto Entry, class Type> struct OnRealZero;
template <auto Entry, class Result, class... Args>
struct OnRealZero<Entry, Result (*)(GLenum, Args...)> {
  static Result call(GLenum target, Args... args) {
    DefaultFramebuffer &zero = framebuffer_0();
    if (!zero.default_at(target))
      return (native_gl().*Entry)(target, args...);
    native_gl().glBindFramebuffer(target, 0);
    (native_gl().*Entry)(target, args...);
    zero.rebind();
  }
};
template <auto Entry, class Type> void refuse_on_0(GlDriver &driver, Type) {
  replace(driver.*Entry, &OnRealZero<Entry, Type>::call);
}

} // namespace

void override_binding(GlDriver &driver) {
  replace(driver.glBindFramebuffer, &bind<&GlDriver::glBindFramebuffer>);
  replace(driver.glBindFramebufferEXT, &bind<&GlDriver::glBindFramebufferEXT>);
  replace(driver.glBindFramebufferOES, &bind<&GlDriver::glBindFramebufferOES>);
  replace(driver.glDeleteFramebuffers, &delete_some<&GlDriver::glDeleteFramebuffers>);
  replace(driver.glDeleteFramebuffersOES, &delete_some<&GlDriver::glDeleteFramebuffersOES>);
#define GF_REFUSE(name) refuse_on_0<&GlDriver::name>(driver, driver.name)
  GF_REFUSE(glFramebufferTexture1D);
  GF_REFUSE(glFramebufferTexture2D);
  GF_REFUSE(glFramebufferTexture2DOES);
  GF_REFUSE(glFramebufferTexture3D);
  GF_REFUSE(glFramebufferTexture3DOES);
  GF_REFUSE(glFramebufferTextureLayer);
  GF_REFUSE(glFramebufferTexture);
  GF_REFUSE(glFramebufferRenderbuffer);
  GF_REFUSE(glFramebufferRenderbufferOES);
  GF_REFUSE(glFramebufferParameteri);
#undef GF_REFUSE
}

} // namespace gpuferry::gl
