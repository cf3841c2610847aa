// What is asked about buffers: of shared ones the guest knows more than the driver.
#include "gl/buffer.h"
#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_send.h"

/// Of a shared buffer, whose driver's side is an ordinary data store that is never mapped. Non-zero if
/// the guest has the answer.
static int answer(GLuint name, GLenum pname, int64_t *value) {
  const struct gf_gl_buffer *buffer = gf_gl.current != NULL ? gf_gl_buffer_get(name) : NULL;
  if (buffer == NULL)
    return 0;
  const int is_store = pname == GL_BUFFER_IMMUTABLE_STORAGE || pname == GL_BUFFER_STORAGE_FLAGS;
  int has = buffer->is_pinned && !(buffer->is_external && is_store);
  const int mapped = buffer->is_mapped;
  switch (has ? pname : 0) {
  case GL_BUFFER_IMMUTABLE_STORAGE:
    *value = 1;
    break;
  case GL_BUFFER_STORAGE_FLAGS:
    *value = buffer->storage_flags;
    break;
  case GL_BUFFER_MAPPED:
    *value = mapped;
    break;
  case GL_BUFFER_ACCESS_FLAGS:
    *value = mapped ? buffer->access : 0;
    break;
  case GL_BUFFER_ACCESS:
    if ((buffer->access & GL_MAP_READ_BIT) && !(buffer->access & GL_MAP_WRITE_BIT) && mapped)
      *value = GL_READ_ONLY;
    else
      *value = mapped && !(buffer->access & GL_MAP_READ_BIT) ? GL_WRITE_ONLY : GL_READ_WRITE;
    break;
  case GL_BUFFER_MAP_OFFSET:
    *value = mapped ? (int64_t)buffer->map_offset_bytes : 0;
    break;
  case GL_BUFFER_MAP_LENGTH:
    *value = mapped ? (int64_t)buffer->map_bytes : 0;
    break;
  default:
    has = 0;
  }
  gf_gl_buffer_release();
  return has;
}

static GLuint bound(GLenum target) {
  return gf_gl.current != NULL ? gf_gl_bound_buffer(target) : 0;
}

GF_GL_EXPORT void glGetBufferParameteriv(GLenum target, GLenum pname, GLint *params) {
  int64_t value;
  if (answer(bound(target), pname, &value))
    *params = (GLint)value;
  else
    gf_gl_send_glGetBufferParameteriv(target, pname, params);
}

GF_GL_EXPORT void glGetBufferParameteri64v(GLenum target, GLenum pname, GLint64 *params) {
  int64_t value;
  if (answer(bound(target), pname, &value))
    *params = value;
  else
    gf_gl_send_glGetBufferParameteri64v(target, pname, params);
}

GF_GL_EXPORT void glGetNamedBufferParameteriv(GLuint buffer, GLenum pname, GLint *params) {
  int64_t value;
  if (answer(buffer, pname, &value))
    *params = (GLint)value;
  else
    gf_gl_send_glGetNamedBufferParameteriv(buffer, pname, params);
}

GF_GL_EXPORT void glGetNamedBufferParameterivEXT(GLuint buffer, GLenum pname, GLint *params) {
  int64_t value;
  if (answer(buffer, pname, &value))
    *params = (GLint)value;
  else
    gf_gl_send_glGetNamedBufferParameterivEXT(buffer, pname, params);
}

GF_GL_EXPORT void glGetNamedBufferParameteri64v(GLuint buffer, GLenum pname, GLint64 *params) {
  int64_t value;
  if (answer(buffer, pname, &value))
    *params = value;
  else
    gf_gl_send_glGetNamedBufferParameteri64v(buffer, pname, params);
}

static void get_pointer(GLuint name, GLenum pname, void **params) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  const struct gf_gl_buffer *buffer =
      pname == GL_BUFFER_MAP_POINTER ? gf_gl_buffer_get(name) : NULL;
  if (buffer == NULL) {
    gf_gl_raise(lane, pname == GL_BUFFER_MAP_POINTER ? GL_INVALID_OPERATION : GL_INVALID_ENUM);
    return;
  }
  uint8_t *memory = buffer->is_pinned ? buffer->shared : buffer->memory;
  *params = buffer->is_mapped ? memory + buffer->map_offset_bytes : NULL;
  gf_gl_buffer_release();
}

GF_GL_EXPORT void glGetBufferPointerv(GLenum target, GLenum pname, void **params) {
  if (gf_gl.current != NULL && gf_gl_buffer_target(target) < 0)
    gf_gl_raise(gf_gl.current, GL_INVALID_ENUM);
  else
    get_pointer(bound(target), pname, params);
}

GF_GL_EXPORT void glGetNamedBufferPointerv(GLuint buffer, GLenum pname, void **params) {
  get_pointer(buffer, pname, params);
}

GF_GL_EXPORT void glGetNamedBufferPointervEXT(GLuint buffer, GLenum pname, void **params) {
  get_pointer(buffer, pname, params);
}
