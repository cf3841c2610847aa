// Which buffer is bound where, and what a binding lets the GPU do to it.
#include "gl/buffer.h"
#include "gl/context.h"
#include "gl/facts.h"

static int lets_gpu_write(GLenum target) {
  switch (target) {
  case GL_PIXEL_PACK_BUFFER:
  case GL_TRANSFORM_FEEDBACK_BUFFER:
  case GL_SHADER_STORAGE_BUFFER:
  case GL_ATOMIC_COUNTER_BUFFER:
  case GL_QUERY_BUFFER:
    return 1;
  default:
    return 0;
  }
}

/// A name that no context of the group knows becomes one by being bound, except in a core profile.
static int is_bindable(GLuint buffer) {
  return buffer == 0 || !gf_gl.context->is_core ||
         gf_gl_names_has(&gf_gl.context->share->names[GF_GL_KIND_BUFFER], buffer);
}

void gf_gl_observe_glBindBuffer(GLenum target, GLuint buffer) {
  const int index = gf_gl_buffer_target(target);
  if (index < 0 || !is_bindable(buffer))
    return;
  gf_gl_names_use(GF_GL_KIND_BUFFER, buffer);
  gf_gl.context->bound_buffers[index] = buffer;
  if (buffer != 0 && lets_gpu_write(target))
    gf_gl_buffer_gpu_writes(buffer);
}

/// An index beyond the limit is an error, and then nothing is bound.
static int is_binding_point(GLenum target, GLuint index) {
  const struct gf_gl_facts *facts = gf_gl.context->facts;
  switch (target) {
  case GL_TRANSFORM_FEEDBACK_BUFFER:
    return (int64_t)index < gf_gl_limit_value(facts, GL_MAX_TRANSFORM_FEEDBACK_BUFFERS, 4);
  case GL_UNIFORM_BUFFER:
    return (int64_t)index < gf_gl_limit_value(facts, GL_MAX_UNIFORM_BUFFER_BINDINGS, 36);
  case GL_SHADER_STORAGE_BUFFER:
    return (int64_t)index < gf_gl_limit_value(facts, GL_MAX_SHADER_STORAGE_BUFFER_BINDINGS, 8);
  case GL_ATOMIC_COUNTER_BUFFER:
    return (int64_t)index < gf_gl_limit_value(facts, GL_MAX_ATOMIC_COUNTER_BUFFER_BINDINGS, 1);
  default:
    return 0;
  }
}

void gf_gl_observe_glBindBufferBase(GLenum target, GLuint index, GLuint buffer) {
  if (is_binding_point(target, index))
    gf_gl_observe_glBindBuffer(target, buffer);
}

void gf_gl_observe_glBindBufferRange(GLenum target, GLuint index, GLuint buffer, GLintptr offset,
                                     GLsizeiptr size) {
  if (is_binding_point(target, index) && (buffer == 0 || (offset >= 0 && size > 0)))
    gf_gl_observe_glBindBuffer(target, buffer);
}

// These leave the target's own binding alone.
void gf_gl_observe_glBindBuffersBase(GLenum target, GLuint first, GLsizei count,
                                     const GLuint *buffers) {
  (void)first;
  for (GLsizei i = 0; buffers != NULL && lets_gpu_write(target) && i < count; i++) {
    if (buffers[i] != 0)
      gf_gl_buffer_gpu_writes(buffers[i]);
  }
}

void gf_gl_observe_glBindBuffersRange(GLenum target, GLuint first, GLsizei count,
                                      const GLuint *buffers, const GLintptr *offsets,
                                      const GLsizeiptr *sizes) {
  (void)offsets;
  (void)sizes;
  gf_gl_observe_glBindBuffersBase(target, first, count, buffers);
}

void gf_gl_observe_glTransformFeedbackBufferBase(GLuint xfb, GLuint index, GLuint buffer) {
  (void)xfb;
  (void)index;
  if (buffer != 0)
    gf_gl_buffer_gpu_writes(buffer);
}

void gf_gl_observe_glTransformFeedbackBufferRange(GLuint xfb, GLuint index, GLuint buffer,
                                                  GLintptr offset, GLsizeiptr size) {
  (void)offset;
  (void)size;
  gf_gl_observe_glTransformFeedbackBufferBase(xfb, index, buffer);
}

// A shader may store to a buffer texture.
void gf_gl_observe_glTexBuffer(GLenum target, GLenum internalformat, GLuint buffer) {
  (void)target;
  (void)internalformat;
  if (buffer != 0)
    gf_gl_buffer_gpu_writes(buffer);
}

void gf_gl_observe_glTexBufferRange(GLenum target, GLenum internalformat, GLuint buffer,
                                    GLintptr offset, GLsizeiptr size) {
  (void)offset;
  (void)size;
  gf_gl_observe_glTexBuffer(target, internalformat, buffer);
}

void gf_gl_observe_glTextureBuffer(GLuint texture, GLenum internalformat, GLuint buffer) {
  gf_gl_observe_glTexBuffer(texture, internalformat, buffer);
}

void gf_gl_observe_glTextureBufferRange(GLuint texture, GLenum internalformat, GLuint buffer,
                                        GLintptr offset, GLsizeiptr size) {
  gf_gl_observe_glTexBufferRange(texture, internalformat, buffer, offset, size);
}

void gf_gl_observe_glCopyBufferSubData(GLenum readTarget, GLenum writeTarget, GLintptr readOffset,
                                       GLintptr writeOffset, GLsizeiptr size) {
  (void)readTarget;
  (void)readOffset;
  (void)writeOffset;
  (void)size;
  gf_gl_buffer_changed(gf_gl_bound_buffer(writeTarget));
}

void gf_gl_observe_glCopyNamedBufferSubData(GLuint readBuffer, GLuint writeBuffer,
                                            GLintptr readOffset, GLintptr writeOffset,
                                            GLsizeiptr size) {
  (void)readBuffer;
  (void)readOffset;
  (void)writeOffset;
  (void)size;
  gf_gl_buffer_changed(writeBuffer);
}

void gf_gl_observe_glNamedCopyBufferSubDataEXT(GLuint readBuffer, GLuint writeBuffer,
                                               GLintptr readOffset, GLintptr writeOffset,
                                               GLsizeiptr size) {
  gf_gl_observe_glCopyNamedBufferSubData(readBuffer, writeBuffer, readOffset, writeOffset, size);
}

void gf_gl_observe_glClearBufferData(GLenum target, GLenum internalformat, GLenum format,
                                     GLenum type, const void *data) {
  (void)internalformat;
  (void)format;
  (void)type;
  (void)data;
  gf_gl_buffer_changed(gf_gl_bound_buffer(target));
}

void gf_gl_observe_glClearBufferSubData(GLenum target, GLenum internalformat, GLintptr offset,
                                        GLsizeiptr size, GLenum format, GLenum type,
                                        const void *data) {
  (void)offset;
  (void)size;
  gf_gl_observe_glClearBufferData(target, internalformat, format, type, data);
}

#define OBSERVE_NAMED(suffix)                                                                      \
  void gf_gl_observe_glClearNamedBufferData##suffix(                                               \
      GLuint buffer, GLenum internalformat, GLenum format, GLenum type, const void *data) {        \
    (void)internalformat;                                                                          \
    (void)format;                                                                                  \
    (void)type;                                                                                    \
    (void)data;                                                                                    \
    gf_gl_buffer_changed(buffer);                                                                  \
  }
OBSERVE_NAMED()
OBSERVE_NAMED(EXT)

void gf_gl_observe_glClearNamedBufferSubData(GLuint buffer, GLenum internalformat, GLintptr offset,
                                             GLsizeiptr size, GLenum format, GLenum type,
                                             const void *data) {
  (void)offset;
  (void)size;
  gf_gl_observe_glClearNamedBufferData(buffer, internalformat, format, type, data);
}

void gf_gl_observe_glClearNamedBufferSubDataEXT(GLuint buffer, GLenum internalformat,
                                                GLsizeiptr offset, GLsizeiptr size, GLenum format,
                                                GLenum type, const void *data) {
  gf_gl_observe_glClearNamedBufferSubData(buffer, internalformat, offset, size, format, type, data);
}
