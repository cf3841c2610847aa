// Shaders are named in the guest without waiting, but for what would not become one.
#include "gl/stub.h"
#include "gl_send.h"

GF_GL_EXPORT GLuint glCreateShader(GLenum type) {
  switch (type) {
  case GL_VERTEX_SHADER:
  case GL_TESS_CONTROL_SHADER:
  case GL_TESS_EVALUATION_SHADER:
  case GL_GEOMETRY_SHADER:
  case GL_FRAGMENT_SHADER:
  case GL_COMPUTE_SHADER:
    return gf_gl_send_glCreateShader(type);
  }
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane != NULL)
    gf_gl_raise(lane, GL_INVALID_ENUM);
  return 0;
}

/// A driver looks at the texts only once it knows the shader, so neither may we: programs pass
/// pointers that lead nowhere along with names that are none.
GF_GL_EXPORT void glShaderSource(GLuint shader, GLsizei count, const GLchar *const *texts,
                                 const GLint *lengths) {
  gf_gl_send_glShaderSource(shader, count, glIsShader(shader) ? texts : NULL, lengths);
}
