// Images that a command reads or writes: where the driver finds them. What it will touch is computed from
// the executor's own shadow of the pixel store state, never from what the guest says.
#pragma once

#include "backends/gl/call.h"
#include "gl/image_span.h"

namespace gpuferry::gl {

/// Pixels for the driver to read: null for the application's NULL, an offset where an unpack buffer is
/// bound. False: too few came, and the session is poisoned.
bool image(GlCall &call, const gf_gl_payload &payload, const gf_image &image, const void **out);

/// As above for `bytes` that are compressed, or no image.
bool image_bytes(GlCall &call, const gf_gl_payload &payload, const gf_image &image, uint64_t bytes,
                 const void **out);

/// Room in the heap, or an offset into the pack buffer, for pixels that the driver writes.
bool image_out(GlCall &call, const gf_gl_payload &payload, const gf_image &image, void **out);
bool image_bytes_out(GlCall &call, const gf_gl_payload &payload, const gf_image &image,
                     uint64_t bytes, void **out);

} // namespace gpuferry::gl
