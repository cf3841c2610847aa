// Buffers that stay mapped while the GPU uses them (GL_MAP_PERSISTENT_BIT): their data store is memory of
// the session's heap, which guest and driver share. To the driver such a buffer has an ordinary data store;
// that it is immutable, how it may be mapped and whether it is, the guest keeps and checks.
#pragma once

#include "gl/buffer.h"

/// Gives the buffer a shared data store. 0: this host's driver takes none, or the flags need none; the
/// caller goes on as if nothing had been asked.
int gf_gl_pin(GLuint name, GLsizeiptr size, const void *data, GLbitfield flags);

enum gf_gl_pinned_use { GF_GL_PINNED_DATA, GF_GL_PINNED_SUB_DATA };

/// Raises the error that an immutable buffer gives to a new data store, or to data where it was not made
/// for that. Non-zero if it did; 0 for every buffer that is not shared.
int gf_gl_pinned_refuses(GLuint name, enum gf_gl_pinned_use use);
