// Which config an X visual means.
#pragma once

#include "gl/glx/display.h"

/// The config that a visual stands for; NULL if GL cannot draw there. Where several configs share a visual
/// (an X server without GLX) it is what the program chose it for last, else a double-buffered one with
/// depth and stencil.
const struct gf_glx_config *gf_glx_config_of_visual(struct gf_glx_display *display, int screen,
                                                    VisualID visual);
