// GLX's drawables: from the number a program holds to what GL draws to.
#pragma once

#include "gl/glx/display.h"

/// The drawable of this number, of those that were made; NULL if there is none.
struct gf_glx_drawable *gf_glx_drawable_find(struct gf_glx_display *display, XID id);

/// As above; an X window that nobody has made a GLXWindow of becomes a drawable with the buffers of
/// `config`, if that is not NULL.
struct gf_glx_drawable *gf_glx_drawable_of(struct gf_glx_display *display, XID id,
                                           const struct gf_glx_config *config);

/// Forgets all of them: the display is being closed.
void gf_glx_drawables_close(struct gf_glx_display *display);

/// The config is one of this display's; else GLXBadFBConfig is raised for the request `minor`.
int gf_glx_config_is_valid(struct gf_glx_display *display, const struct gf_glx_config *config,
                           int minor);
