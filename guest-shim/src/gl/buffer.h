// Buffer objects as the guest keeps them, so that mapping one needs no round trip.
//
// The executor maps the driver's buffer too, in its own time, so that every error and every question is
// the driver's. What the application gets is memory of the guest's; what it wrote there travels at
// glUnmapBuffer or glFlushMappedBufferRange, into the driver's mapping.
//
// A mapping that must show what the buffer holds needs its contents. They are fetched once; after that the
// memory is kept as a copy, as long as only the guest changes the buffer. Whatever lets the GPU write to it
// (transform feedback, storage blocks, pixel packing, copies …) ends that for good.
//
// What the guest does not know for certain (a size after an error, a buffer of another thread's) it asks
// for: the map is then waited for.
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "gl_api.h"

struct gf_gl_context;
struct gf_gl_lane;
struct gf_gl_share;
struct gf_shared_pages;

#define GF_GL_BUFFER_TARGETS 16u

/// What the copy in `memory` is worth.
enum gf_gl_copy {
  GF_GL_COPY_NONE,
  GF_GL_COPY_UNDEFINED, ///< nobody has written to the buffer: anything is right
  GF_GL_COPY_EXACT,
};

struct gf_gl_buffer {
  uint32_t name;
  int is_known;           ///< `size_bytes` and the flags are what the driver has
  int is_immutable;       ///< glBufferStorage
  int gpu_writes;         ///< the copy cannot be kept
  uint32_t storage_flags; ///< of an immutable one
  uint64_t size_bytes;
  uint8_t *memory; ///< of `memory_bytes`, page-aligned; NULL until mapped first
  uint64_t memory_bytes;
  enum gf_gl_copy copy;
  uint32_t unmapped_writes; ///< updates of the copy since it was mapped last
  // The mapping.
  int is_mapped;
  uint32_t access; ///< GL_MAP_*_BIT
  uint64_t map_offset_bytes;
  uint64_t map_bytes;
  // Memory that guest and driver share: of a buffer that can be mapped while it is drawn from, or that the
  // application has made of its own.
  int is_pinned;
  uint8_t *shared;               ///< as the application sees it
  struct gf_shared_pages *pages; ///< the application's own; NULL: a block of the heap
  int is_external;               ///< its own, or memory of the heap that it has got elsewhere
  struct gf_gl_track *track; ///< a mapping that stays, of memory that is not shared: buffer_track.h
};

/// The buffers of a share group.
struct gf_gl_buffers;

void gf_gl_buffers_free(struct gf_gl_buffers *buffers);

/// Number of a target in gf_gl_context.bound_buffers; -1: none of OpenGL's.
int gf_gl_buffer_target(GLenum target);

/// The name bound to a target of the current context; 0: none, or no such target.
GLuint gf_gl_bound_buffer(GLenum target);

/// The buffer of that name, locked, made if need be; NULL for 0 or without memory. The one lock of the
/// group's buffers is held until gf_gl_buffer_release().
struct gf_gl_buffer *gf_gl_buffer_get(GLuint name);
void gf_gl_buffer_release(void);

/// The buffer has a new data store of `bytes`; `data` (may be NULL) is what it holds.
void gf_gl_buffer_stored(struct gf_gl_buffer *buffer, uint64_t bytes, const void *data);

/// Part of the buffer was written by the application's own data.
void gf_gl_buffer_written(struct gf_gl_buffer *buffer, int64_t offset_bytes, uint64_t bytes,
                          const void *data);

/// It was changed by a copy or a fill inside the driver.
void gf_gl_buffer_changed(GLuint name);

/// From here on the GPU may write to it at any time.
void gf_gl_buffer_gpu_writes(GLuint name);

/// The current context's group's buffers, locked: calls `visit` for each tracked one.
void gf_gl_buffers_each_tracked(void (*visit)(struct gf_gl_buffer *buffer, void *argument),
                                void *argument);

/// Puts it among those, or takes it out. The lock is held.
void gf_gl_buffer_set_track(struct gf_gl_buffer *buffer, struct gf_gl_track *track);

/// What the buffer bound to `target` holds in [offset, offset + size) → `data`, for a draw that the guest takes apart: in
/// OpenGL ES, too, where applications cannot ask. Leaves `data` as it is where there is nothing to be had.
void gf_gl_buffer_contents(uint32_t target, int64_t offset, int64_t size, void *data);

/// Whether any data store of the group is the application's memory.
int gf_gl_buffers_hold_pages(struct gf_gl_buffers *buffers);

/// The driver has another data store: what of the old one was shared is the application's again. The lock is held.
void gf_gl_buffer_unpin(struct gf_gl_buffer *buffer);

/// Memory for the whole buffer. Non-zero if it is there.
int gf_gl_buffer_make_memory(struct gf_gl_buffer *buffer);
