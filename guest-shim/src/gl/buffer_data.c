// What goes into buffers and comes out of them by value.
#include <string.h>

#include "gl/buffer.h"
#include "gl/buffer_pin.h"
#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_send.h"
#include "heap/heap.h"
#include "session/session.h"

static void note_data(GLuint name, GLsizeiptr size, const void *data) {
  struct gf_gl_buffer *buffer = size >= 0 && gf_gl.current != NULL ? gf_gl_buffer_get(name) : NULL;
  if (buffer == NULL)
    return;
  if (!buffer->is_immutable)
    gf_gl_buffer_stored(buffer, (uint64_t)size, data);
  gf_gl_buffer_release();
}

static void note_sub_data(GLuint name, GLintptr offset, GLsizeiptr size, const void *data) {
  struct gf_gl_buffer *buffer = size > 0 && gf_gl.current != NULL ? gf_gl_buffer_get(name) : NULL;
  if (buffer == NULL)
    return;
  gf_gl_buffer_written(buffer, offset, (uint64_t)size, data);
  gf_gl_buffer_release();
}

static GLuint bound(GLenum target) {
  return gf_gl.current != NULL ? gf_gl_bound_buffer(target) : 0;
}

/// Whether the driver makes a new data store, as far as size and usage decide.
static int is_data(GLsizeiptr size, GLenum usage) {
  return size >= 0 && usage >= GL_STREAM_DRAW && usage <= GL_DYNAMIC_COPY;
}

GF_GL_EXPORT void glBufferData(GLenum target, GLsizeiptr size, const void *data, GLenum usage) {
  if (gf_gl_pinned_refuses(bound(target), GF_GL_PINNED_DATA))
    return;
  if (target == GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD && gf_gl.current != NULL &&
      gf_gl_has_pinned_memory()) {
    gf_gl_pin_memory(size, data, usage);
    return;
  }
  if (is_data(size, usage))
    gf_gl_unpin_old_store(bound(target), target, usage);
  gf_gl_send_glBufferData(target, size, data, usage);
  note_data(bound(target), size, data);
}

GF_GL_EXPORT void glNamedBufferData(GLuint buffer, GLsizeiptr size, const void *data,
                                    GLenum usage) {
  if (gf_gl_pinned_refuses(buffer, GF_GL_PINNED_DATA))
    return;
  if (is_data(size, usage))
    gf_gl_unpin_old_store(buffer, 0, usage);
  gf_gl_send_glNamedBufferData(buffer, size, data, usage);
  note_data(buffer, size, data);
}

GF_GL_EXPORT void glNamedBufferDataEXT(GLuint buffer, GLsizeiptr size, const void *data,
                                       GLenum usage) {
  if (gf_gl_pinned_refuses(buffer, GF_GL_PINNED_DATA))
    return;
  if (is_data(size, usage))
    gf_gl_unpin_old_store(buffer, 0, usage);
  gf_gl_send_glNamedBufferDataEXT(buffer, size, data, usage);
  note_data(buffer, size, data);
}

GF_GL_EXPORT void glBufferSubData(GLenum target, GLintptr offset, GLsizeiptr size,
                                  const void *data) {
  if (gf_gl_pinned_refuses(bound(target), GF_GL_PINNED_SUB_DATA))
    return;
  gf_gl_send_glBufferSubData(target, offset, size, data);
  note_sub_data(bound(target), offset, size, data);
}

GF_GL_EXPORT void glNamedBufferSubData(GLuint buffer, GLintptr offset, GLsizeiptr size,
                                       const void *data) {
  if (gf_gl_pinned_refuses(buffer, GF_GL_PINNED_SUB_DATA))
    return;
  gf_gl_send_glNamedBufferSubData(buffer, offset, size, data);
  note_sub_data(buffer, offset, size, data);
}

#define STORAGE_BITS                                                                               \
  (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT |              \
   GL_DYNAMIC_STORAGE_BIT | GL_CLIENT_STORAGE_BIT)

/// Whether the driver takes flags and size, as far as they alone decide.
static int is_storage(GLsizeiptr size, GLbitfield flags) {
  if (size <= 0 || (flags & ~STORAGE_BITS) != 0)
    return 0;
  if ((flags & GL_MAP_PERSISTENT_BIT) && !(flags & (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT)))
    return 0;
  return !(flags & GL_MAP_COHERENT_BIT) || (flags & GL_MAP_PERSISTENT_BIT);
}

static void note_storage(GLuint name, GLsizeiptr size, const void *data, GLbitfield flags) {
  struct gf_gl_buffer *buffer =
      is_storage(size, flags) && gf_gl.current != NULL ? gf_gl_buffer_get(name) : NULL;
  if (buffer == NULL)
    return;
  if (!buffer->is_immutable) {
    gf_gl_buffer_stored(buffer, (uint64_t)size, data);
    buffer->is_immutable = 1;
    buffer->storage_flags = flags;
  }
  gf_gl_buffer_release();
}

GF_GL_EXPORT void glBufferStorage(GLenum target, GLsizeiptr size, const void *data,
                                  GLbitfield flags) {
  const GLuint name = bound(target);
  if (gf_gl_pinned_refuses(name, GF_GL_PINNED_DATA))
    return;
  if (is_storage(size, flags)) {
    gf_gl_unpin_old_store(name, target, GL_STATIC_DRAW);
    if (gf_gl_pin(name, size, data, flags))
      return;
  }
  gf_gl_send_glBufferStorage(target, size, data, flags);
  note_storage(name, size, data, flags);
}

GF_GL_EXPORT void glNamedBufferStorage(GLuint buffer, GLsizeiptr size, const void *data,
                                       GLbitfield flags) {
  if (gf_gl_pinned_refuses(buffer, GF_GL_PINNED_DATA))
    return;
  if (is_storage(size, flags)) {
    gf_gl_unpin_old_store(buffer, 0, GL_STATIC_DRAW);
    if (gf_gl_pin(buffer, size, data, flags))
      return;
  }
  gf_gl_send_glNamedBufferStorage(buffer, size, data, flags);
  note_storage(buffer, size, data, flags);
}

/// From the guest's own copy, if it has one. Non-zero if it did.
static int read_copy(GLuint name, GLintptr offset, GLsizeiptr size, void *data) {
  struct gf_gl_buffer *buffer = offset >= 0 && size > 0 ? gf_gl_buffer_get(name) : NULL;
  if (buffer == NULL)
    return 0;
  const int has = buffer->copy == GF_GL_COPY_EXACT && buffer->is_known && !buffer->is_mapped &&
                  (uint64_t)size <= buffer->size_bytes &&
                  (uint64_t)offset <= buffer->size_bytes - (uint64_t)size;
  if (has)
    memcpy(data, buffer->memory + offset, (size_t)size);
  gf_gl_buffer_release();
  return has;
}

/// Bytes that a reply has room for beside its own fields.
#define REPLY_MAX_BYTES (GF_REPLY_DATA_BYTES - 64u)

static void fetch(GLenum target, GLuint name, GLintptr offset, GLsizeiptr size, void *data,
                  int for_the_guest) {
  struct gf_gl_lane *lane = gf_gl.current;
  struct gf_heap_block block = {0};
  const int is_long = size > (GLsizeiptr)REPLY_MAX_BYTES;
  if (is_long && !gf_heap_alloc((uint64_t)size, GF_HEAP_STAGING, &block)) {
    gf_gl_raise(lane, GL_OUT_OF_MEMORY);
    return;
  }
  struct gf_gl_glGetBufferSubData_args *args =
      gf_gl_begin(lane, GF_GL_OP_glGetBufferSubData, sizeof *args);
  args->offset = offset;
  args->size = size;
  args->memory = (struct gf_heap_range){block.offset_bytes, is_long ? (uint64_t)size : 0};
  args->target = target;
  args->buffer = name;
  args->for_the_guest = (uint32_t)for_the_guest;
  args->pad = 0;
  const void *answer;
  const struct gf_gl_glGetBufferSubData_reply *reply = NULL;
  if (gf_gl_call(lane, &answer, sizeof *reply) == 0)
    reply = answer;
  if (reply != NULL && reply->written && data != NULL && size > 0)
    memcpy(data, is_long ? (const void *)(gf_session.heap + block.offset_bytes) : reply + 1,
           (size_t)size);
  if (is_long)
    gf_heap_free(block.offset_bytes);
}

GF_GL_EXPORT void glGetBufferSubData(GLenum target, GLintptr offset, GLsizeiptr size, void *data) {
  if (gf_gl_enter() != NULL && !read_copy(bound(target), offset, size, data))
    fetch(target, 0, offset, size, data, 0);
}

void gf_gl_buffer_contents(uint32_t target, int64_t offset, int64_t size, void *data) {
  if (!read_copy(bound(target), offset, size, data))
    fetch(target, 0, offset, size, data, 1);
}

GF_GL_EXPORT void glGetNamedBufferSubData(GLuint buffer, GLintptr offset, GLsizeiptr size,
                                          void *data) {
  if (gf_gl_enter() != NULL && !read_copy(buffer, offset, size, data))
    fetch(0, buffer, offset, size, data, 0);
}

GF_GL_EXPORT void glGetNamedBufferSubDataEXT(GLuint buffer, GLintptr offset, GLsizeiptr size,
                                             void *data) {
  glGetNamedBufferSubData(buffer, offset, size, data);
}
