// glMapBuffer and its relatives: see buffer.h.
#include <string.h>

#include "gl/buffer.h"
#include "gl/buffer_track.h"
#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_send.h"
#include "heap/heap.h"
#include "session/session.h"

/// A buffer as a command names it: by what it is bound to, or by its name.
struct place {
  GLenum target;
  GLuint buffer; ///< 0: what is bound to `target`
};

/// What is asked for. `whole`: glMapBuffer, whose access is GL_READ_ONLY … as `enumerant`.
struct request {
  GLintptr offset;
  GLsizeiptr size;
  GLbitfield access;
  GLenum enumerant;
  int whole;
};

static GLuint name_of(struct place place) {
  return place.target != 0 ? gf_gl_bound_buffer(place.target) : place.buffer;
}

/// So much goes into one frame; a longer mapping takes several.
#define SLICE_BYTES (1ull << 20)

static void write_mapped(struct place place, const struct gf_gl_buffer *buffer,
                         uint64_t offset_bytes, uint64_t bytes) {
  for (uint64_t done = 0; done < bytes; done += SLICE_BYTES) {
    struct gf_gl_lane *lane = gf_gl.current;
    const uint64_t slice_bytes = bytes - done < SLICE_BYTES ? bytes - done : SLICE_BYTES;
    struct gf_gl_gfGlWriteMapped_args *args =
        gf_gl_begin(lane, GF_GL_OP_gfGlWriteMapped, sizeof *args + gf_gl_room(slice_bytes));
    args->offset = offset_bytes + done;
    args->target = place.target;
    args->buffer = place.buffer;
    gf_gl_put(lane, &args->data, buffer->memory + offset_bytes + done, slice_bytes, args + 1);
    gf_gl_post(lane);
  }
}

#define RANGE_BITS                                                                                 \
  (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_RANGE_BIT |                              \
   GL_MAP_INVALIDATE_BUFFER_BIT | GL_MAP_FLUSH_EXPLICIT_BIT | GL_MAP_UNSYNCHRONIZED_BIT)
#define INVALIDATES (GL_MAP_INVALIDATE_RANGE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT)
#define STORAGE_ACCESS                                                                             \
  (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT)

/// Whether these bits go together at all.
static int is_access(GLbitfield access) {
  if (!(access & (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT)))
    return 0;
  if ((access & GL_MAP_READ_BIT) && (access & (INVALIDATES | GL_MAP_UNSYNCHRONIZED_BIT)))
    return 0;
  return !(access & GL_MAP_FLUSH_EXPLICIT_BIT) || (access & GL_MAP_WRITE_BIT);
}

/// Whether the driver will certainly do it.
static int is_certain(const struct gf_gl_buffer *buffer, const struct request *request) {
  if (!buffer->is_known || buffer->is_mapped || request->offset < 0 || request->size <= 0 ||
      (request->access & ~RANGE_BITS) != 0 || !is_access(request->access))
    return 0;
  if (buffer->is_immutable && (request->access & STORAGE_ACCESS & ~buffer->storage_flags) != 0)
    return 0;
  return (uint64_t)request->size <= buffer->size_bytes &&
         (uint64_t)request->offset <= buffer->size_bytes - (uint64_t)request->size;
}

/// Whether the application will look for what the buffer holds.
static int needs_contents(const struct gf_gl_buffer *buffer, const struct request *request) {
  if (buffer->copy != GF_GL_COPY_NONE)
    return 0;
  return !(request->access & INVALIDATES);
}

static struct gf_gl_gfGlMapBuffer_args *begin_map(struct place place,
                                                  const struct request *request) {
  struct gf_gl_gfGlMapBuffer_args *args =
      gf_gl_begin(gf_gl.current, GF_GL_OP_gfGlMapBuffer, sizeof *args);
  args->offset = request->offset;
  args->size = request->size;
  args->contents = (struct gf_heap_range){0, 0};
  args->target = place.target;
  args->buffer = place.buffer;
  args->access = request->whole ? request->enumerant : request->access;
  args->whole = (uint32_t)request->whole;
  return args;
}

/// Maps in the driver and waits; learns how large the buffer is. Non-zero if it is mapped.
static int map_and_wait(struct place place, const struct request *request, uint64_t *buffer_bytes,
                        const struct gf_heap_block *contents) {
  struct gf_gl_gfGlMapBuffer_args *args = begin_map(place, request);
  if (contents != NULL)
    args->contents = (struct gf_heap_range){contents->offset_bytes, contents->size_bytes};
  const void *data;
  if (gf_gl_call(gf_gl.current, &data, sizeof(struct gf_gl_gfGlMapBuffer_reply)) != 0)
    return 0;
  const struct gf_gl_gfGlMapBuffer_reply *reply = data;
  *buffer_bytes = (uint64_t)reply->buffer_bytes;
  return reply->mapped != 0;
}

/// The driver decides, and tells what the guest did not know. Non-zero if it is mapped.
static int map_uncertain(struct gf_gl_buffer *buffer, struct place place, struct request *request) {
  uint64_t buffer_bytes;
  if (!map_and_wait(place, request, &buffer_bytes, NULL))
    return 0;
  if (!buffer->is_known || buffer->size_bytes != buffer_bytes) {
    buffer->is_known = 1;
    buffer->size_bytes = buffer_bytes;
    buffer->copy = GF_GL_COPY_NONE;
  }
  if (request->whole)
    request->size = (GLsizeiptr)buffer_bytes;
  return 1;
}

/// Maps with the contents, which the driver puts into the heap on the way. Non-zero on success.
static int map_with_contents(struct gf_gl_buffer *buffer, struct place place,
                             const struct request *request) {
  struct gf_heap_block block;
  uint64_t buffer_bytes;
  if (!gf_heap_alloc((uint64_t)request->size, GF_HEAP_STAGING, &block)) {
    gf_gl_raise(gf_gl.current, GL_OUT_OF_MEMORY);
    return 0;
  }
  const int mapped = map_and_wait(place, request, &buffer_bytes, &block);
  if (mapped)
    memcpy(buffer->memory + request->offset, gf_session.heap + block.offset_bytes,
           (size_t)request->size);
  gf_heap_free(block.offset_bytes);
  const int whole = request->offset == 0 && (uint64_t)request->size == buffer->size_bytes;
  if (mapped && whole && !buffer->gpu_writes)
    buffer->copy = GF_GL_COPY_EXACT;
  return mapped;
}

static void *note_map(struct gf_gl_buffer *buffer, const struct request *request) {
  buffer->is_mapped = 1;
  buffer->access = request->access;
  buffer->map_offset_bytes = (uint64_t)request->offset;
  buffer->map_bytes = (uint64_t)request->size;
  buffer->unmapped_writes = 0;
  if ((request->access & GL_MAP_PERSISTENT_BIT) && !request->whole && !buffer->is_pinned)
    gf_gl_track(buffer);
  return (buffer->is_pinned ? buffer->shared : buffer->memory) + request->offset;
}

static void *map_pinned(struct gf_gl_buffer *buffer, const struct request *request) {
  const GLbitfield storage = GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT;
  const int in_range = request->offset >= 0 && request->size > 0 &&
                       (uint64_t)request->size <= buffer->size_bytes &&
                       (uint64_t)request->offset <= buffer->size_bytes - (uint64_t)request->size;
  if (request->whole && request->access == 0) {
    gf_gl_raise(gf_gl.current, GL_INVALID_ENUM);
    return NULL;
  }
  if (!in_range || (request->access & ~(RANGE_BITS | storage)) != 0) {
    gf_gl_raise(gf_gl.current, request->size == 0 ? GL_INVALID_OPERATION : GL_INVALID_VALUE);
    return NULL;
  }
  if (buffer->is_mapped || !is_access(request->access) ||
      (request->access & STORAGE_ACCESS & ~buffer->storage_flags) != 0) {
    gf_gl_raise(gf_gl.current, GL_INVALID_OPERATION);
    return NULL;
  }
  // What the GPU still does with the buffer comes before what the application does, unless it says
  // otherwise.
  if (!(request->access & GL_MAP_UNSYNCHRONIZED_BIT))
    gf_gl_settle(gf_gl.current);
  return note_map(buffer, request);
}

static void *map_locked(struct gf_gl_buffer *buffer, struct place place, struct request *request) {
  if (request->whole) // of a known buffer; else the driver tells
    request->size = (GLsizeiptr)buffer->size_bytes;
  if (buffer->is_pinned)
    return map_pinned(buffer, request);
  const int certain = is_certain(buffer, request);
  if (!certain) {
    if (!map_uncertain(buffer, place, request))
      return NULL;
    // Mapped now. Contents are fetched by mapping again, which unmapping makes possible.
    if (needs_contents(buffer, request)) {
      if (place.target != 0)
        gf_gl_send_glUnmapBuffer(place.target);
      else
        gf_gl_send_glUnmapNamedBuffer(place.buffer);
    } else if (gf_gl_buffer_make_memory(buffer)) {
      return note_map(buffer, request);
    }
  }
  if (!gf_gl_buffer_make_memory(buffer)) {
    gf_gl_raise(gf_gl.current, GL_OUT_OF_MEMORY);
    return NULL;
  }
  if (needs_contents(buffer, request)) {
    if (!map_with_contents(buffer, place, request))
      return NULL;
  } else {
    (void)begin_map(place, request);
    gf_gl_post(gf_gl.current);
  }
  return note_map(buffer, request);
}

static void *map(struct place place, struct request request) {
  if (gf_gl_enter() == NULL)
    return NULL;
  struct gf_gl_buffer *buffer = gf_gl_buffer_get(name_of(place));
  uint64_t buffer_bytes;
  if (buffer == NULL) { // nothing is bound: the driver's error
    map_and_wait(place, &request, &buffer_bytes, NULL);
    return NULL;
  }
  void *pointer = map_locked(buffer, place, &request);
  gf_gl_buffer_release();
  return pointer;
}

static struct request whole_buffer(GLenum access) {
  struct request request = {.enumerant = access, .whole = 1};
  if (access == GL_READ_ONLY || access == GL_READ_WRITE)
    request.access |= GL_MAP_READ_BIT;
  if (access == GL_WRITE_ONLY || access == GL_READ_WRITE)
    request.access |= GL_MAP_WRITE_BIT;
  return request;
}

GF_GL_EXPORT void *glMapBuffer(GLenum target, GLenum access) {
  return map((struct place){.target = target}, whole_buffer(access));
}

GF_GL_EXPORT void *glMapNamedBuffer(GLuint buffer, GLenum access) {
  return map((struct place){.buffer = buffer}, whole_buffer(access));
}

GF_GL_EXPORT void *glMapNamedBufferEXT(GLuint buffer, GLenum access) {
  return glMapNamedBuffer(buffer, access);
}

GF_GL_EXPORT void *glMapBufferRange(GLenum target, GLintptr offset, GLsizeiptr length,
                                    GLbitfield access) {
  return map((struct place){.target = target},
             (struct request){.offset = offset, .size = length, .access = access});
}

GF_GL_EXPORT void *glMapNamedBufferRange(GLuint buffer, GLintptr offset, GLsizeiptr length,
                                         GLbitfield access) {
  return map((struct place){.buffer = buffer},
             (struct request){.offset = offset, .size = length, .access = access});
}

GF_GL_EXPORT void *glMapNamedBufferRangeEXT(GLuint buffer, GLintptr offset, GLsizeiptr length,
                                            GLbitfield access) {
  return glMapNamedBufferRange(buffer, offset, length, access);
}

static GLboolean send_unmap(struct place place) {
  return place.target != 0 ? gf_gl_send_glUnmapBuffer(place.target)
                           : gf_gl_send_glUnmapNamedBuffer(place.buffer);
}

/// Nobody waits: what the driver would answer is that the mapping was not lost.
static void post_unmap(struct place place) {
  struct gf_gl_lane *lane = gf_gl.current;
  if (place.target != 0) {
    struct gf_gl_glUnmapBuffer_args *args = gf_gl_begin(lane, GF_GL_OP_glUnmapBuffer, sizeof *args);
    args->target = place.target;
  } else {
    struct gf_gl_glUnmapNamedBuffer_args *args =
        gf_gl_begin(lane, GF_GL_OP_glUnmapNamedBuffer, sizeof *args);
    args->buffer = place.buffer;
  }
  gf_gl_post(lane);
}

/// What of an explicitly flushed mapping was not flushed is undefined; drivers that map the buffer itself show
/// it nonetheless, and for a little it costs nothing.
#define UNFLUSHED_MAX_BYTES 4096u

static int is_written_at_unmap(const struct gf_gl_buffer *buffer) {
  if (!(buffer->access & GL_MAP_WRITE_BIT))
    return 0;
  if (!(buffer->access & GL_MAP_FLUSH_EXPLICIT_BIT))
    return 1;
  return !(buffer->access & GL_MAP_UNSYNCHRONIZED_BIT) && buffer->map_bytes <= UNFLUSHED_MAX_BYTES;
}

static GLboolean unmap(struct place place) {
  if (gf_gl_enter() == NULL)
    return GL_FALSE;
  struct gf_gl_buffer *buffer = gf_gl_buffer_get(name_of(place));
  if (buffer == NULL)
    return send_unmap(place);
  const int mapped = buffer->is_mapped;
  if (mapped && !buffer->is_pinned) {
    if (buffer->track != NULL)
      gf_gl_untrack(gf_gl.current, buffer);
    else if (is_written_at_unmap(buffer))
      write_mapped(place, buffer, buffer->map_offset_bytes, buffer->map_bytes);
    const int whole = buffer->map_offset_bytes == 0 && buffer->map_bytes == buffer->size_bytes;
    if ((buffer->access & GL_MAP_INVALIDATE_BUFFER_BIT) ||
        (whole && (buffer->access & INVALIDATES)))
      buffer->copy = GF_GL_COPY_EXACT; // what was not written may be anything
    if (buffer->gpu_writes || (buffer->access & GL_MAP_FLUSH_EXPLICIT_BIT))
      buffer->copy = GF_GL_COPY_NONE;
    post_unmap(place);
  }
  const int pinned = buffer->is_pinned;
  buffer->is_mapped = 0;
  gf_gl_buffer_release();
  if (mapped)
    return GL_TRUE;
  if (!pinned)
    return send_unmap(place);
  gf_gl_raise(gf_gl.current, GL_INVALID_OPERATION);
  return GL_FALSE;
}

GF_GL_EXPORT GLboolean glUnmapBuffer(GLenum target) {
  return unmap((struct place){.target = target});
}

GF_GL_EXPORT GLboolean glUnmapNamedBuffer(GLuint buffer) {
  return unmap((struct place){.buffer = buffer});
}

GF_GL_EXPORT GLboolean glUnmapNamedBufferEXT(GLuint buffer) { return glUnmapNamedBuffer(buffer); }

/// Sends the part that the application calls written. 0: the driver need not hear of it.
static int flush(struct place place, GLintptr offset, GLsizeiptr length) {
  if (gf_gl_enter() == NULL)
    return 0;
  struct gf_gl_buffer *buffer = gf_gl_buffer_get(name_of(place));
  if (buffer == NULL)
    return 1;
  const int pinned = buffer->is_pinned;
  if (buffer->is_mapped && !pinned && (buffer->access & GL_MAP_FLUSH_EXPLICIT_BIT) && offset >= 0 &&
      length > 0 && (uint64_t)length <= buffer->map_bytes &&
      (uint64_t)offset <= buffer->map_bytes - (uint64_t)length)
    write_mapped(place, buffer, buffer->map_offset_bytes + (uint64_t)offset, (uint64_t)length);
  gf_gl_buffer_release();
  return !pinned;
}

GF_GL_EXPORT void glFlushMappedBufferRange(GLenum target, GLintptr offset, GLsizeiptr length) {
  if (flush((struct place){.target = target}, offset, length))
    gf_gl_send_glFlushMappedBufferRange(target, offset, length);
}

GF_GL_EXPORT void glFlushMappedNamedBufferRange(GLuint buffer, GLintptr offset, GLsizeiptr length) {
  if (flush((struct place){.buffer = buffer}, offset, length))
    gf_gl_send_glFlushMappedNamedBufferRange(buffer, offset, length);
}

GF_GL_EXPORT void glFlushMappedNamedBufferRangeEXT(GLuint buffer, GLintptr offset,
                                                   GLsizeiptr length) {
  if (flush((struct place){.buffer = buffer}, offset, length))
    gf_gl_send_glFlushMappedNamedBufferRangeEXT(buffer, offset, length);
}
