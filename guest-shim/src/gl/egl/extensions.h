// What EGL says it can, and its one device.
#pragma once

#include "gl/egl/display.h"

/// Fills the display's list from what the host's EGL has.
void gf_egl_extensions_make(struct gf_egl_display *display);

/// The EGLDeviceEXT that stands for the session's host.
void *gf_egl_the_device(void);
