#include "gl/begin_end.h"

#include "gl_api.h"
#include "gl_send.h"

void gf_gl_observe_glBegin(GLenum mode) {
  (void)mode;
  gf_gl.context->may_be_inside = 1;
}

void gf_gl_observe_glEnd(void) { gf_gl.context->may_be_inside = 0; }

int gf_gl_ask_whether_inside(void) {
  // What glBegin belongs to has a matrix mode, which is never 0.
  GLint mode = 0;
  gf_gl_send_glGetIntegerv(GL_MATRIX_MODE, &mode);
  gf_gl.context->may_be_inside = mode == 0;
  return mode == 0;
}
