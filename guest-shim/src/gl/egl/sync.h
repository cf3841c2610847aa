// EGLSyncs: fences, which are OpenGL's sync objects of the context that made them.
#pragma once

#include "gl/egl/display.h"

/// Takes every sync from the display's list.
void gf_egl_syncs_give_up(struct gf_egl_display *display);
