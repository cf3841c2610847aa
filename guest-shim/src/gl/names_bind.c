// Names that an application chose itself: outside of a core profile, binding one makes it an object, and
// glGen* must not give it out.
#include "gl/context.h"

static void use(enum gf_gl_kind kind, GLuint name) {
  if (name != 0 && !gf_gl.context->is_core)
    gf_gl_names_use(kind, name);
}

void gf_gl_observe_glBindTexture(GLenum target, GLuint texture) {
  (void)target;
  use(GF_GL_KIND_TEXTURE, texture);
}

void gf_gl_observe_glBindMultiTextureEXT(GLenum texunit, GLenum target, GLuint texture) {
  (void)texunit;
  (void)target;
  use(GF_GL_KIND_TEXTURE, texture);
}

void gf_gl_observe_glBindFramebuffer(GLenum target, GLuint framebuffer) {
  (void)target;
  use(GF_GL_KIND_FRAMEBUFFER, framebuffer);
}

void gf_gl_observe_glBindFramebufferEXT(GLenum target, GLuint framebuffer) {
  gf_gl_observe_glBindFramebuffer(target, framebuffer);
}

void gf_gl_observe_glBindRenderbuffer(GLenum target, GLuint renderbuffer) {
  (void)target;
  use(GF_GL_KIND_RENDERBUFFER, renderbuffer);
}

void gf_gl_observe_glBindRenderbufferEXT(GLenum target, GLuint renderbuffer) {
  gf_gl_observe_glBindRenderbuffer(target, renderbuffer);
}

void gf_gl_observe_glBindProgramARB(GLenum target, GLuint program) {
  (void)target;
  use(GF_GL_KIND_ARB_PROGRAM, program);
}

void gf_gl_observe_glBeginQuery(GLenum target, GLuint id) {
  (void)target;
  // OpenGL ES took queries over as they are in a core profile.
  if (gf_gl.context->api == GF_GL_API_GL)
    use(GF_GL_KIND_QUERY, id);
}
