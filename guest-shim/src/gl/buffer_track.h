// Persistent mappings where the host's driver cannot take memory that guest and host share (buffer_pin.h): the
// application has memory of the guest's, and writes into it while the buffer is in use. So before each command
// by which the driver may read a buffer (protocol/api/gl/keeps_state.ts) the mapping is compared with what the
// executor has been sent of it, and what differs is sent. What the GPU writes comes back when the application
// has waited for it: glFinish, a wait for a fence, a fence seen reached.
//
// Of larger mappings only pages are compared that were written to, where the kernel tells (base/written_pages.h). Where it
// does not, comparing takes time by the size of the mapping, some 100 µs a megabyte and command.
#pragma once

#include "gl/buffer.h"

struct gf_gl_track;

/// The buffer was mapped, with GL_MAP_PERSISTENT_BIT in its access. The lock of the buffers is held, as below.
void gf_gl_track(struct gf_gl_buffer *buffer);

/// Sends what was written; the mapping ends.
void gf_gl_untrack(struct gf_gl_lane *lane, struct gf_gl_buffer *buffer);

/// The driver's buffer has new bytes there, from the application: it sees them in its mapping.
void gf_gl_track_written(struct gf_gl_buffer *buffer, int64_t offset_bytes, uint64_t bytes,
                         const void *data);

/// The driver's buffer was changed by the driver.
void gf_gl_track_changed(struct gf_gl_buffer *buffer);

/// The application has waited for the GPU.
void gf_gl_tracked_finished(void);

/// NULL is allowed.
void gf_gl_track_free(struct gf_gl_track *track);
