// Which context and drawables are current on this thread, below GLX and EGL, which keep their own
// names for them.
#pragma once

#include "gl/context.h"
#include "gl/window/drawable.h"

/// Makes them current (NULLs: nothing), holding on to the drawables while they are. What the context that
/// was current drew to a front buffer is shown first, for changing contexts flushes. EGL_SUCCESS, or
/// EGL_BAD_ACCESS or the host's error, and then nothing has changed.
int32_t gf_window_make_current(struct gf_gl_context *context, struct gf_gl_drawable *draw,
                               struct gf_gl_drawable *read);
