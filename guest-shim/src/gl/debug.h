// Debug output (KHR_debug, ARB_debug_output): the driver's messages come back as calls of the application's
// callback, on the thread whose context they are about.
//
// The host keeps messages until they are fetched. A reply says when there are some; with
// GL_DEBUG_OUTPUT_SYNCHRONOUS every command is followed by a question for them, so that the callback runs
// before the command returns, as the application has asked.
#pragma once

#include "gl/thread.h"
#include "gl_api.h"

struct gf_gl_debug;

/// Waits for the lane's commands so far and hands their messages to the context's callback.
void gf_gl_debug_fetch(struct gf_gl_lane *lane);

/// As above, after a reply of `bytes` at `reply` that the caller still needs: returns where it is now.
const void *gf_gl_debug_fetch_beside(struct gf_gl_lane *lane, const void *reply, uint32_t bytes);

/// Whether every command of the context is to be waited for.
int gf_gl_debug_is_synchronous(const struct gf_gl_debug *debug);

/// GL_DEBUG_CALLBACK_FUNCTION or _USER_PARAM of the current context.
void *gf_gl_debug_pointer(GLenum pname);

/// NULL is allowed.
void gf_gl_debug_free(struct gf_gl_debug *debug);
