// glGetPointerv: every pointer in OpenGL is one that the application gave.
#include "gl/begin_end.h"
#include "gl/context.h"
#include "gl/data/array_gets.h"
#include "gl/debug.h"
#include "gl/export.h"
#include "gl/modes.h"
#include "gl/stub.h"

GF_GL_EXPORT void glGetPointerv(GLenum pname, void **params) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl_is_inside())
    return;
  switch (pname) {
  case GL_SELECTION_BUFFER_POINTER:
  case GL_FEEDBACK_BUFFER_POINTER:
    if (gf_gl.context->api != GF_GL_API_GL || gf_gl.context->is_core)
      gf_gl_raise(lane, GL_INVALID_ENUM);
    else
      *params = gf_gl_modes_pointer(pname);
    return;
  case GL_DEBUG_CALLBACK_FUNCTION:
  case GL_DEBUG_CALLBACK_USER_PARAM:
    *params = gf_gl_debug_pointer(pname);
    return;
  default:
    if (!gf_gl_array_pointer(pname, params))
      gf_gl_raise(lane, GL_INVALID_ENUM);
  }
}
