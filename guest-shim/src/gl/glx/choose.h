// Choosing among configs by GLX's rules.
#pragma once

#include "gl/glx/display.h"

/// What a program wishes: for each attribute of the table the value, in a config's place.
struct gf_glx_wish {
  struct gf_glx_config values;
};

/// Starts from GLX's defaults for glXChooseFBConfig.
void gf_glx_wish_default(struct gf_glx_wish *wish);

/// Non-zero if the config fulfils it.
int gf_glx_fulfils(const struct gf_glx_config *config, const struct gf_glx_wish *wish);

/// The fulfilling configs of a screen, best first, as an array for XFree; NULL if there are none.
GLXFBConfig *gf_glx_choose(const struct gf_glx_screen *screen, const struct gf_glx_wish *wish,
                           int *count);
