// X errors that GLX raises: delivered to the application's error handler as if the server had sent them,
// which for direct rendering is what native libraries do too.
#pragma once

#include "gl/glx/display.h"

/// Finds the codes of the server's GLX extension, or makes some.
void gf_glx_error_prepare(struct gf_glx_display *display);

/// `code` is GLXBadContext, …; or with `is_core` BadMatch, BadValue, …. `minor` is X_GLX*.
void gf_glx_error(const struct gf_glx_display *display, int code, XID resource, int minor,
                  int is_core);
