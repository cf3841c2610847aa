#include "gl/buffer.h"

#include <stdlib.h>
#include <string.h>

#include "abi/base.h"
#include "gl/buffer_pin.h"
#include "gl/buffer_track.h"
#include "gl/context.h"
#include "gl/stub.h"
#include "heap/heap.h"
#include "heap/shared_pages.h"
#include "session/session.h"

/// Buffers by name: two levels, for names that an application may choose freely.
#define PAGE 1024u
#define PAGES 4096u

struct gf_gl_buffers {
  pthread_mutex_t mutex;
  struct gf_gl_buffer **pages[PAGES];
  struct gf_gl_buffer **tracked;
  uint32_t tracked_count, tracked_room;
};

/// So many updates go into a copy that nobody maps before it is given up.
#define UNMAPPED_WRITES_MAX 8u

/// Data stores beyond this are asked about before they are believed in.
#define CERTAIN_BYTES (256ull << 20)

static struct gf_gl_buffers *buffers_of(struct gf_gl_share *share) {
  pthread_mutex_lock(&share->mutex);
  struct gf_gl_buffers *buffers = share->buffers;
  if (buffers == NULL && (buffers = calloc(1, sizeof *buffers)) != NULL) {
    pthread_mutex_init(&buffers->mutex, NULL);
    gf_store_release(&share->buffers, buffers);
  }
  pthread_mutex_unlock(&share->mutex);
  return buffers;
}

static void release_memory(struct gf_gl_buffer *buffer) {
  free(buffer->memory);
  buffer->memory = NULL;
  buffer->memory_bytes = 0;
  buffer->copy = GF_GL_COPY_NONE;
}

static void drop_tracked(struct gf_gl_buffers *buffers, const struct gf_gl_buffer *buffer) {
  for (uint32_t i = 0; i < buffers->tracked_count; i++) {
    if (buffers->tracked[i] != buffer)
      continue;
    buffers->tracked[i] = buffers->tracked[--buffers->tracked_count];
    __atomic_sub_fetch(&gf_gl_tracked_count, 1, __ATOMIC_RELAXED);
  }
}

void gf_gl_buffer_set_track(struct gf_gl_buffer *buffer, struct gf_gl_track *track) {
  struct gf_gl_buffers *buffers = gf_gl.context->share->buffers;
  drop_tracked(buffers, buffer);
  gf_gl_track_free(buffer->track);
  buffer->track = track;
  if (track == NULL)
    return;
  if (buffers->tracked_count == buffers->tracked_room) {
    const uint32_t room = buffers->tracked_room * 2 + 8;
    struct gf_gl_buffer **more = realloc(buffers->tracked, room * sizeof *more);
    if (more == NULL) {
      gf_gl_track_free(track);
      buffer->track = NULL;
      return;
    }
    buffers->tracked = more;
    buffers->tracked_room = room;
  }
  buffers->tracked[buffers->tracked_count++] = buffer;
  __atomic_add_fetch(&gf_gl_tracked_count, 1, __ATOMIC_RELAXED);
}

void gf_gl_buffers_each_tracked(void (*visit)(struct gf_gl_buffer *buffer, void *argument),
                                void *argument) {
  struct gf_gl_buffers *buffers = gf_load_acquire(&gf_gl.context->share->buffers);
  if (buffers == NULL)
    return;
  pthread_mutex_lock(&buffers->mutex);
  for (uint32_t i = 0; i < buffers->tracked_count; i++)
    visit(buffers->tracked[i], argument);
  pthread_mutex_unlock(&buffers->mutex);
}

void gf_gl_buffer_unpin(struct gf_gl_buffer *buffer) {
  if (!buffer->is_pinned)
    return;
  if (buffer->is_external)
    gf_pages_release(buffer->pages);
  else
    gf_heap_free(gf_heap_offset(buffer->shared));
  buffer->pages = NULL;
  buffer->shared = NULL;
  buffer->is_pinned = buffer->is_external = 0;
}

int gf_gl_buffers_hold_pages(struct gf_gl_buffers *buffers) {
  for (uint32_t i = 0; buffers != NULL && i < PAGES; i++) {
    for (uint32_t j = 0; buffers->pages[i] != NULL && j < PAGE; j++) {
      if (buffers->pages[i][j] != NULL && buffers->pages[i][j]->is_external)
        return 1;
    }
  }
  return 0;
}

static void buffer_free(struct gf_gl_buffer *buffer) {
  gf_gl_track_free(buffer->track);
  release_memory(buffer);
  gf_gl_buffer_unpin(buffer);
  free(buffer);
}

void gf_gl_buffers_free(struct gf_gl_buffers *buffers) {
  if (buffers == NULL)
    return;
  for (uint32_t i = 0; i < PAGES; i++) {
    for (uint32_t j = 0; buffers->pages[i] != NULL && j < PAGE; j++) {
      if (buffers->pages[i][j] == NULL)
        continue;
      drop_tracked(buffers, buffers->pages[i][j]);
      buffer_free(buffers->pages[i][j]);
    }
    free(buffers->pages[i]);
  }
  free(buffers->tracked);
  pthread_mutex_destroy(&buffers->mutex);
  free(buffers);
}

static const GLenum g_targets[GF_GL_BUFFER_TARGETS] = {
    GL_ARRAY_BUFFER,
    GL_ELEMENT_ARRAY_BUFFER,
    GL_PIXEL_PACK_BUFFER,
    GL_PIXEL_UNPACK_BUFFER,
    GL_COPY_READ_BUFFER,
    GL_COPY_WRITE_BUFFER,
    GL_UNIFORM_BUFFER,
    GL_TEXTURE_BUFFER,
    GL_TRANSFORM_FEEDBACK_BUFFER,
    GL_DRAW_INDIRECT_BUFFER,
    GL_DISPATCH_INDIRECT_BUFFER,
    GL_SHADER_STORAGE_BUFFER,
    GL_QUERY_BUFFER,
    GL_ATOMIC_COUNTER_BUFFER,
    GL_PARAMETER_BUFFER,
    GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD,
};

int gf_gl_buffer_target(GLenum target) {
  for (int i = 0; target != 0 && i < (int)GF_GL_BUFFER_TARGETS; i++) {
    if (g_targets[i] == target)
      return target != GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD || gf_gl_has_pinned_memory() ? i : -1;
  }
  return -1;
}

GLuint gf_gl_bound_buffer(GLenum target) {
  // Vertex arrays and glPopClientAttrib change these too.
  const uint32_t *shared = gf_arrays_buffer_binding(&gf_gl.context->client.arrays, target);
  if (shared != NULL)
    return *shared;
  const int index = gf_gl_buffer_target(target);
  return index >= 0 ? gf_gl.context->bound_buffers[index] : 0;
}

/// Where the buffer of that name is, or would be. Under the lock.
static struct gf_gl_buffer **slot_of(struct gf_gl_buffers *buffers, GLuint name) {
  if (name / PAGE >= PAGES)
    return NULL;
  struct gf_gl_buffer ***page = &buffers->pages[name / PAGE];
  if (*page == NULL)
    *page = calloc(PAGE, sizeof **page);
  return *page != NULL ? &(*page)[name % PAGE] : NULL;
}

struct gf_gl_buffer *gf_gl_buffer_get(GLuint name) {
  struct gf_gl_buffers *buffers = buffers_of(gf_gl.context->share);
  if (buffers == NULL || name == 0)
    return NULL;
  pthread_mutex_lock(&buffers->mutex);
  struct gf_gl_buffer **slot = slot_of(buffers, name);
  if (slot != NULL && *slot == NULL && (*slot = calloc(1, sizeof **slot)) != NULL)
    (*slot)->name = name;
  if (slot != NULL && *slot != NULL)
    return *slot;
  pthread_mutex_unlock(&buffers->mutex);
  return NULL;
}

void gf_gl_buffer_release(void) { pthread_mutex_unlock(&gf_gl.context->share->buffers->mutex); }

int gf_gl_buffer_make_memory(struct gf_gl_buffer *buffer) {
  if (buffer->memory != NULL && buffer->memory_bytes >= buffer->size_bytes)
    return 1;
  const uint64_t bytes = (buffer->size_bytes + GF_PAGE_BYTES) & ~(uint64_t)(GF_PAGE_BYTES - 1);
  uint8_t *memory = aligned_alloc(GF_PAGE_BYTES, bytes);
  if (memory == NULL)
    return 0;
  free(buffer->memory);
  buffer->memory = memory;
  buffer->memory_bytes = bytes;
  return 1;
}

void gf_gl_buffer_stored(struct gf_gl_buffer *buffer, uint64_t bytes, const void *data) {
  buffer->is_mapped = 0; // a new data store ends a mapping
  if (buffer->track != NULL)
    gf_gl_buffer_set_track(buffer, NULL);
  buffer->is_known = bytes <= CERTAIN_BYTES;
  buffer->size_bytes = bytes;
  if (buffer->memory == NULL || buffer->gpu_writes ||
      buffer->unmapped_writes >= UNMAPPED_WRITES_MAX || !buffer->is_known) {
    release_memory(buffer);
    if (data == NULL && buffer->is_known && !buffer->gpu_writes)
      buffer->copy = GF_GL_COPY_UNDEFINED;
    return;
  }
  if (!gf_gl_buffer_make_memory(buffer)) {
    release_memory(buffer);
    return;
  }
  buffer->copy = data != NULL ? GF_GL_COPY_EXACT : GF_GL_COPY_UNDEFINED;
  if (data != NULL) {
    memcpy(buffer->memory, data, bytes);
    buffer->unmapped_writes++;
  }
}

void gf_gl_buffer_written(struct gf_gl_buffer *buffer, int64_t offset_bytes, uint64_t bytes,
                          const void *data) {
  gf_gl_track_written(buffer, offset_bytes, bytes, data);
  if (buffer->copy == GF_GL_COPY_NONE || bytes == 0)
    return;
  const int fits = buffer->is_known && offset_bytes >= 0 && bytes <= buffer->size_bytes &&
                   (uint64_t)offset_bytes <= buffer->size_bytes - bytes && data != NULL &&
                   !buffer->is_mapped;
  if (!fits || buffer->memory == NULL || ++buffer->unmapped_writes > UNMAPPED_WRITES_MAX) {
    // What the application could do wrong here the driver refuses; the copy is not worth following that.
    if (!buffer->is_mapped)
      release_memory(buffer);
    buffer->copy = GF_GL_COPY_NONE;
    return;
  }
  memcpy(buffer->memory + offset_bytes, data, bytes);
  if (buffer->copy == GF_GL_COPY_UNDEFINED)
    buffer->copy = GF_GL_COPY_EXACT; // what was not written may be anything
}

void gf_gl_buffer_gpu_writes(GLuint name) {
  struct gf_gl_buffer *buffer = gf_gl_buffer_get(name);
  if (buffer == NULL)
    return;
  buffer->gpu_writes = 1;
  buffer->copy = GF_GL_COPY_NONE;
  gf_gl_buffer_release();
}

void gf_gl_buffer_changed(GLuint name) {
  struct gf_gl_buffer *buffer = gf_gl_buffer_get(name);
  if (buffer == NULL)
    return;
  buffer->copy = GF_GL_COPY_NONE;
  gf_gl_track_changed(buffer);
  gf_gl_buffer_release();
}

/// Ends one buffer. Under the lock; what the executor still reads of its pinned memory is waited for.
static void forget(struct gf_gl_buffer **slot) {
  gf_gl_buffer_set_track(*slot, NULL);
  buffer_free(*slot);
  *slot = NULL;
}

static void unbind(GLuint name) {
  for (uint32_t i = 0; i < GF_GL_BUFFER_TARGETS; i++) {
    if (gf_gl.context->bound_buffers[i] == name)
      gf_gl.context->bound_buffers[i] = 0;
  }
}

void gf_gl_observe_glDeleteBuffers(GLsizei n, const GLuint *names) {
  for (GLsizei i = 0; names != NULL && i < n; i++) {
    struct gf_gl_buffer *buffer = names[i] != 0 ? gf_gl_buffer_get(names[i]) : NULL;
    if (buffer == NULL)
      continue;
    if (buffer->is_pinned)
      gf_gl_settle(gf_gl.current);
    forget(slot_of(gf_gl.context->share->buffers, names[i]));
    gf_gl_buffer_release();
    unbind(names[i]);
  }
}
