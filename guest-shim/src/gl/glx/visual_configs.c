// Configs for a screen whose X server knows no GLX: its visuals, each with every combination of buffers
// that a host's GL offers. Several configs then share a visual; which one a visual alone means, see
// glx/visual.c.
#include <stdlib.h>

#include "gl/glx/display.h"
#include "gl/window/host.h"

static const uint8_t g_depths[GF_GL_DEPTH_COUNT][2] = GF_GL_DEPTHS;

static int bits(unsigned long mask) { return __builtin_popcountl(mask); }

/// Those whose pictures we can put: see x11/put.c.
static int is_usable(const XVisualInfo *visual) {
  return (visual->class == TrueColor || visual->class == DirectColor) &&
         (visual->depth == 16 || visual->depth == 24 || visual->depth == 30 || visual->depth == 32);
}

struct list {
  struct gf_glx_config *configs;
  int count, capacity;
};

static void add(struct list *list, int screen, const XVisualInfo *visual, int samples,
                const uint8_t depth[2], int double_buffer, int accum) {
  if (list->count == list->capacity) {
    const int capacity = list->capacity ? list->capacity * 2 : 64;
    void *grown = realloc(list->configs, (size_t)capacity * sizeof *list->configs);
    if (grown == NULL)
      return;
    list->configs = grown;
    list->capacity = capacity;
  }
  struct gf_glx_config *config = &list->configs[list->count++];
  gf_glx_config_default(config, screen);
  config->config_id = 0x40 + list->count;
  config->visual_id = (int)visual->visualid;
  config->visual_type = visual->class == TrueColor ? GLX_TRUE_COLOR : GLX_DIRECT_COLOR;
  config->red = bits(visual->red_mask);
  config->green = bits(visual->green_mask);
  config->blue = bits(visual->blue_mask);
  // A depth-24 visual's fourth byte is nobody's in X, so that the buffers may keep alpha there.
  config->alpha = config->red == 8 ? 8 : 0;
  config->buffer_size = config->red + config->green + config->blue + config->alpha;
  config->depth = depth[0];
  config->stencil = depth[1];
  config->double_buffer = double_buffer;
  config->samples = samples;
  config->sample_buffers = samples > 0;
  config->accum_red = config->accum_green = config->accum_blue = config->accum_alpha = accum;
  config->caveat = accum > 0 ? GLX_SLOW_CONFIG : GLX_NONE;
  config->srgb = config->red == 8;
  gf_glx_config_bindable(config);
}

int gf_glx_configs_from_visuals(struct gf_glx_display *display, int screen) {
  const struct gf_gl_host *host = gf_gl_host();
  XVisualInfo wanted = {.screen = screen};
  int visual_count = 0;
  XVisualInfo *visuals =
      gf_x.XGetVisualInfo(display->xlib, VisualScreenMask, &wanted, &visual_count);
  if (visuals == NULL || host == NULL)
    return 0;
  struct list list = {0};
  const int samples[2] = {0, host->max_samples >= 4 ? 4 : (int)host->max_samples};
  for (int v = 0; v < visual_count; v++) {
    if (!is_usable(&visuals[v]))
      continue;
    for (int s = 0; s < 2; s++) {
      if (s > 0 && samples[s] < 2)
        continue;
      for (int d = 0; d < GF_GL_DEPTH_COUNT; d++) {
        for (int accum = 0; accum <= (s == 0 ? 16 : 0); accum += 16) {
          add(&list, screen, &visuals[v], samples[s], g_depths[d], True, accum);
          add(&list, screen, &visuals[v], samples[s], g_depths[d], False, accum);
        }
      }
    }
  }
  gf_x.XFree(visuals);
  display->screens[screen].configs = list.configs;
  display->screens[screen].config_count = list.count;
  return list.count > 0;
}
