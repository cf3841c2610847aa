// Buffers that stay mapped while the GPU uses them (GL_MAP_PERSISTENT_BIT): their data store is memory of
// the session's heap, which guest and driver share. To the driver such a buffer has an ordinary data store;
// that it is immutable, how it may be mapped and whether it is, the guest keeps and checks.
//
// And buffers that the application makes of its own memory (GL_AMD_pinned_memory): its pages become pages of the heap
// (heap/shared_pages.h) as long as the data store lives.
#pragma once

#include "gl/buffer.h"

/// Gives the buffer a shared data store. 0: this host's driver takes none, or the flags need none; the
/// caller goes on as if nothing had been asked.
int gf_gl_pin(GLuint name, GLsizeiptr size, const void *data, GLbitfield flags);

enum gf_gl_pinned_use { GF_GL_PINNED_DATA, GF_GL_PINNED_SUB_DATA };

/// Raises the error that an immutable buffer gives to a new data store, or to data where it was not made
/// for that. Non-zero if it did; 0 for every buffer that is not shared.
int gf_gl_pinned_refuses(GLuint name, enum gf_gl_pinned_use use);

/// Whether the host's driver makes buffers of memory that it is given. There is a current context.
int gf_gl_has_pinned_memory(void);

/// glBufferData of what is bound to GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD. There is a current context.
void gf_gl_pin_memory(GLsizeiptr size, const void *memory, GLenum usage);

/// Before glBufferData and its relatives: a data store that is the application's memory ends, and the memory is
/// the application's alone. `target` is 0 where the buffer is named.
void gf_gl_unpin_old_store(GLuint name, GLenum target, GLenum usage);
