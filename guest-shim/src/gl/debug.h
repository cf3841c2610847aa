// Debug output (KHR_debug, ARB_debug_output): the driver's messages come back as calls of the
// application's callback, on the thread whose context they are about.
#pragma once

#include "gl/thread.h"

/// Waits for the lane's commands so far and hands their messages to the context's callback.
void gf_gl_debug_fetch(struct gf_gl_lane *lane);

/// As above, after a reply of `bytes` at `reply` that the caller still needs: returns where it is now.
const void *gf_gl_debug_fetch_beside(struct gf_gl_lane *lane, const void *reply, uint32_t bytes);

struct gf_gl_debug;

/// Whether the context's debug output is synchronous: messages come before the command returns.
int gf_gl_debug_is_synchronous(const struct gf_gl_debug *debug);

/// NULL is allowed.
void gf_gl_debug_free(struct gf_gl_debug *debug);
