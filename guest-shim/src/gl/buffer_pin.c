#include "gl/buffer_pin.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mappings.h"
#include "gl/context.h"
#include "gl/facts.h"
#include "gl/stub.h"
#include "gl_send.h"
#include "heap/heap.h"
#include "heap/shared_pages.h"
#include "session/session.h"

static int ask_host(GLuint name, const struct gf_heap_block *block) {
  struct gf_gl_lane *lane = gf_gl.current;
  struct gf_gl_gfGlPinBuffer_args *args = gf_gl_begin(lane, GF_GL_OP_gfGlPinBuffer, sizeof *args);
  args->memory = (struct gf_heap_range){block->offset_bytes, block->size_bytes};
  args->buffer = name;
  args->bound = gf_gl_bound_buffer(GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD);
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
    gf_gl_buffer_unpin(buffer);
    buffer->copy = GF_GL_COPY_NONE;
    buffer->is_immutable = buffer->is_pinned = 1;
    buffer->storage_flags = flags;
    buffer->shared = gf_session.heap + block.offset_bytes;
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
  const int refuses =
      buffer->is_immutable && buffer->is_pinned &&
      (use == GF_GL_PINNED_DATA || !(buffer->storage_flags & GL_DYNAMIC_STORAGE_BIT));
  gf_gl_buffer_release();
  if (refuses)
    gf_gl_raise(gf_gl.current, GL_INVALID_OPERATION);
  return refuses;
}

int gf_gl_has_pinned_memory(void) {
  const struct gf_gl_facts *facts = gf_gl.context->facts;
  return facts != NULL && gf_gl_has_extension(facts, "GL_AMD_pinned_memory");
}

void gf_gl_unpin_old_store(GLuint name, GLenum target, GLenum usage) {
  struct gf_gl_buffer *buffer = gf_gl.current != NULL ? gf_gl_buffer_get(name) : NULL;
  if (buffer == NULL)
    return;
  const int is_external = buffer->is_external;
  if (is_external) {
    // Mesa would go on with the old one if the new one is as large: so there is none in between.
    if (target != 0)
      gf_gl_send_glBufferData(target, 0, NULL, usage);
    else
      gf_gl_send_glNamedBufferData(name, 0, NULL, usage);
    gf_gl_settle(gf_gl.current);
    gf_gl_buffer_stored(buffer, 0, NULL);
    gf_gl_buffer_unpin(buffer);
  }
  gf_gl_buffer_release();
}

/// The pages around the application's range, shared with the host; or memory of the heap, which is. 0: neither.
static int share(const void *memory, uint64_t bytes, struct gf_shared_pages **pages,
                 struct gf_heap_range *range) {
  const uint64_t first = (uint64_t)memory & ~(uint64_t)(GF_PAGE_BYTES - 1);
  const uint64_t end =
      ((uint64_t)memory + bytes + GF_PAGE_BYTES - 1) & ~(uint64_t)(GF_PAGE_BYTES - 1);
  *pages = NULL;
  if (end <= first)
    return 0;
  const uint64_t offset_bytes = gf_heap_offset((const void *)first);
  *range = (struct gf_heap_range){offset_bytes, end - first};
  if (offset_bytes != UINT64_MAX)
    return end - first <= gf_session.heap_bytes - offset_bytes;
  struct stat region;
  return fstat(gf_session.region_fd, &region) == 0 &&
         gf_memory_kind(first, end, region.st_ino) == GF_MEMORY_OWN &&
         gf_pages_share((uint8_t *)first, end - first, pages) == GF_SHARE_OK;
}

/// glBufferData with pieces of the heap. Non-zero if the driver has taken it.
static int send_memory(GLsizeiptr size, uint32_t inside_bytes, const struct gf_heap_range *pieces,
                       uint32_t count, GLenum usage) {
  struct gf_gl_lane *lane = gf_gl.current;
  const uint64_t pieces_bytes = count * sizeof *pieces;
  struct gf_gl_gfGlPinMemory_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlPinMemory, sizeof *args + gf_gl_room(pieces_bytes));
  args->size = size;
  args->inside_bytes = inside_bytes;
  args->piece_count = count;
  args->usage = usage;
  args->pad = 0;
  gf_gl_put(lane, &args->pieces, pieces, pieces_bytes, args + 1);
  const void *data;
  return gf_gl_call(lane, &data, sizeof(struct gf_gl_gfGlPinMemory_reply)) == 0 &&
         ((const struct gf_gl_gfGlPinMemory_reply *)data)->accepted;
}

void gf_gl_pin_memory(GLsizeiptr size, const void *memory, GLenum usage) {
  const GLuint name = gf_gl_bound_buffer(GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD);
  struct gf_shared_pages *pages = NULL;
  struct gf_heap_range range;
  const int has = size > 0 && memory != NULL && share(memory, (uint64_t)size, &pages, &range);
  const struct gf_heap_range *pieces = pages != NULL ? pages->pieces : &range;
  const uint32_t count = has ? (pages != NULL ? pages->piece_count : 1) : 0;
  const uint32_t inside_bytes = (uint32_t)((uint64_t)memory & (GF_PAGE_BYTES - 1));
  const int accepted = send_memory(size, inside_bytes, pieces, count, usage);
  struct gf_gl_buffer *buffer = accepted ? gf_gl_buffer_get(name) : NULL;
  if (buffer == NULL) {
    gf_pages_release(pages);
    return;
  }
  if (buffer->is_pinned) // what the GPU still does with the old one
    gf_gl_settle(gf_gl.current);
  gf_gl_buffer_stored(buffer, (uint64_t)size, NULL);
  gf_gl_buffer_unpin(buffer);
  buffer->copy = GF_GL_COPY_NONE;
  if (has) {
    buffer->is_pinned = buffer->is_external = 1;
    buffer->storage_flags = GL_MAP_READ_BIT | GL_MAP_WRITE_BIT;
    buffer->shared = (uint8_t *)memory;
    buffer->pages = pages;
  }
  gf_gl_buffer_release();
}
