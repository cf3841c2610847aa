#include "gl/buffer_pin.h"

#include <string.h>

#include "gl/context.h"
#include "gl/stub.h"
#include "heap/heap.h"
#include "session/session.h"

static int ask_host(GLuint name, const struct gf_heap_block *block) {
  struct gf_gl_lane *lane = gf_gl.current;
  struct gf_gl_gfGlPinBuffer_args *args = gf_gl_begin(lane, GF_GL_OP_gfGlPinBuffer, sizeof *args);
  args->memory = (struct gf_heap_range){block->offset_bytes, block->size_bytes};
  args->buffer = name;
  const void *data;
  return gf_gl_call(lane, &data, sizeof(struct gf_gl_gfGlPinBuffer_reply)) == 0 &&
         ((const struct gf_gl_gfGlPinBuffer_reply *)data)->pinned;
}

int gf_gl_pin(GLuint name, GLsizeiptr size, const void *data, GLbitfield flags) {
  if (!(flags & GL_MAP_PERSISTENT_BIT) || gf_gl.current == NULL)
    return 0;
  struct gf_gl_buffer *buffer = gf_gl_buffer_get(name);
  if (buffer == NULL)
    return 0;
  struct gf_heap_block block;
  int pinned = 0;
  if (!buffer->is_immutable && gf_heap_alloc((uint64_t)size, GF_HEAP_PINNED, &block)) {
    if (data != NULL)
      memcpy(gf_session.heap + block.offset_bytes, data, (size_t)size);
    pinned = ask_host(name, &block);
    if (!pinned)
      gf_heap_free(block.offset_bytes);
  }
  if (pinned) {
    gf_gl_buffer_stored(buffer, (uint64_t)size, NULL);
    buffer->copy = GF_GL_COPY_NONE;
    buffer->is_immutable = buffer->is_pinned = 1;
    buffer->storage_flags = flags;
    buffer->heap_offset_bytes = block.offset_bytes;
  }
  gf_gl_buffer_release();
  return pinned;
}

int gf_gl_pinned_refuses(GLuint name, enum gf_gl_pinned_use use) {
  if (gf_gl.current == NULL)
    return 0;
  const struct gf_gl_buffer *buffer = gf_gl_buffer_get(name);
  if (buffer == NULL)
    return 0;
  const int refuses = buffer->is_pinned && (use == GF_GL_PINNED_DATA ||
                                            !(buffer->storage_flags & GL_DYNAMIC_STORAGE_BIT));
  gf_gl_buffer_release();
  if (refuses)
    gf_gl_raise(gf_gl.current, GL_INVALID_OPERATION);
  return refuses;
}
