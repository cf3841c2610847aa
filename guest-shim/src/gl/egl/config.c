#include "gl/egl/config.h"

#include <stdlib.h>

#include "gl/egl/config_table.h"
#include "gl/export.h"
#include "gl/window/host.h"

static const uint8_t g_depths[GF_GL_DEPTH_COUNT][2] = GF_GL_DEPTHS;

struct colours {
  uint8_t red, green, blue, alpha;
};

// A window's pixels are its visual's; alpha is kept beside them where a program wants it.
static const struct colours g_window_colours[] = {{8, 8, 8, 8}, {8, 8, 8, 0}};
static const struct colours g_offscreen_colours[] = {
    {10, 10, 10, 2}, {10, 10, 10, 0}, {8, 8, 8, 8}, {8, 8, 8, 0}, {5, 6, 5, 0}};

static EGLint renderable(const struct gf_gl_host *host) {
  return (host->offers[GF_GL_OFFER_COMPAT].version != 0 ||
                  host->offers[GF_GL_OFFER_CORE].version != 0
              ? EGL_OPENGL_BIT
              : 0) |
         (host->offers[GF_GL_OFFER_ES1].version != 0 ? EGL_OPENGL_ES_BIT : 0) |
         (host->offers[GF_GL_OFFER_ES2].version != 0 ? EGL_OPENGL_ES2_BIT : 0) |
         (host->offers[GF_GL_OFFER_ES2].version >= 300 ? EGL_OPENGL_ES3_BIT : 0);
}

static void add(struct gf_egl_display *display, const struct gf_gl_host *host,
                const struct colours *colours, const uint8_t depth[2], int samples,
                EGLint visual_id, EGLint visual_type) {
  struct gf_egl_config *config = &display->configs[display->config_count++];
  const EGLint most = (EGLint)(host->offers[GF_GL_OFFER_ES2].max_size_pixels != 0
                                   ? host->offers[GF_GL_OFFER_ES2].max_size_pixels
                                   : 4096);
  *config = (struct gf_egl_config){
      .buffer_size = colours->red + colours->green + colours->blue + colours->alpha,
      .red = colours->red,
      .green = colours->green,
      .blue = colours->blue,
      .alpha = colours->alpha,
      .bind_to_rgb = EGL_TRUE,
      .bind_to_rgba = colours->alpha > 0,
      .colour_type = EGL_RGB_BUFFER,
      .caveat = EGL_NONE,
      .config_id = display->config_count,
      .conformant = renderable(host),
      .depth = depth[0],
      .stencil = depth[1],
      .max_pbuffer_width = most,
      .max_pbuffer_height = most,
      .max_pbuffer_pixels = most > 32768 ? INT32_MAX : most * most,
      .min_swap_interval = 0,
      .max_swap_interval = visual_id != 0 ? 1 : 0,
      .native_renderable = visual_id != 0,
      .native_visual_id = visual_id,
      .native_visual_type = visual_type,
      .renderable_type = renderable(host),
      .sample_buffers = samples > 0,
      .samples = samples,
      .surface_type =
          EGL_PBUFFER_BIT |
          (visual_id != 0 ? EGL_WINDOW_BIT | EGL_PIXMAP_BIT | EGL_SWAP_BEHAVIOR_PRESERVED_BIT : 0),
      .transparent_type = EGL_NONE,
      .match_native_pixmap = EGL_NONE,
      .component_type = EGL_COLOR_COMPONENT_TYPE_FIXED_EXT,
  };
}

static void add_all(struct gf_egl_display *display, const struct gf_gl_host *host,
                    const struct colours *colours, int colour_count, EGLint visual_id,
                    EGLint visual_type) {
  const int samples[2] = {0, host->max_samples >= 4 ? 4 : (int)host->max_samples};
  for (int c = 0; c < colour_count; c++) {
    for (int s = 0; s < (samples[1] >= 2 ? 2 : 1); s++) {
      for (int d = 0; d < GF_GL_DEPTH_COUNT; d++)
        add(display, host, &colours[c], g_depths[d], samples[s], visual_id, visual_type);
    }
  }
}

/// The screen's first TrueColor and DirectColor visuals of 8 bits a colour, at its root's depth.
static void add_visuals(struct gf_egl_display *display, const struct gf_gl_host *host) {
  const xcb_setup_t *setup = gf_x.xcb_get_setup(display->x->events);
  xcb_screen_iterator_t screens = gf_x.xcb_setup_roots_iterator(setup);
  int screen = display->screen;
  if (screen < 0 && display->native != NULL)
    screen = DefaultScreen((Display *)display->native);
  for (int i = 0; i < screen && screens.rem > 1; i++)
    gf_x.xcb_screen_next(&screens);
  int has_true = 0, has_direct = 0;
  xcb_depth_iterator_t depths = gf_x.xcb_screen_allowed_depths_iterator(screens.data);
  for (; depths.rem > 0; gf_x.xcb_depth_next(&depths)) {
    if (depths.data->depth != screens.data->root_depth)
      continue;
    const xcb_visualtype_t *visuals = gf_x.xcb_depth_visuals(depths.data);
    for (int v = 0; v < gf_x.xcb_depth_visuals_length(depths.data); v++) {
      const int is_true = visuals[v]._class == XCB_VISUAL_CLASS_TRUE_COLOR;
      const int is_direct = visuals[v]._class == XCB_VISUAL_CLASS_DIRECT_COLOR;
      if ((is_true && has_true++ == 0) || (is_direct && has_direct++ == 0))
        add_all(display, host, g_window_colours, 2, (EGLint)visuals[v].visual_id,
                visuals[v]._class);
    }
  }
}

int gf_egl_configs_make(struct gf_egl_display *display) {
  const struct gf_gl_host *host = gf_gl_host();
  if (display->configs != NULL)
    return 1;
  // Two visuals, or the offscreen colours, in every combination.
  enum { most = 5 * 2 * GF_GL_DEPTH_COUNT };
  if (host == NULL || (display->configs = calloc(most, sizeof *display->configs)) == NULL)
    return 0;
  display->config_count = 0;
  if (display->platform == GF_EGL_X11)
    add_visuals(display, host);
  else
    add_all(display, host, g_offscreen_colours, 5, 0, EGL_NONE);
  return 1;
}

const struct gf_egl_config *gf_egl_config(const struct gf_egl_display *display, EGLConfig handle) {
  const struct gf_egl_config *config = handle;
  if (config >= display->configs && config < display->configs + display->config_count)
    return config;
  gf_egl_fail(EGL_BAD_CONFIG);
  return NULL;
}

void gf_egl_config_buffers(const struct gf_egl_config *config, struct gf_gl_config *buffers) {
  *buffers = (struct gf_gl_config){
      .red = (uint8_t)config->red,
      .green = (uint8_t)config->green,
      .blue = (uint8_t)config->blue,
      .alpha = (uint8_t)config->alpha,
      .depth = (uint8_t)config->depth,
      .stencil = (uint8_t)config->stencil,
      .samples = (uint8_t)config->samples,
      .double_buffer = 1,
  };
}

GF_GL_EXPORT EGLBoolean eglGetConfigs(EGLDisplay handle, EGLConfig *configs, EGLint size,
                                      EGLint *count) {
  const struct gf_egl_display *display = gf_egl_ready(handle);
  if (display == NULL)
    return EGL_FALSE;
  if (count == NULL)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  *count = display->config_count;
  if (configs != NULL) {
    *count = size < display->config_count ? size : display->config_count;
    for (EGLint i = 0; i < *count; i++)
      configs[i] = &display->configs[i];
  }
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglGetConfigAttrib(EGLDisplay handle, EGLConfig config_handle, EGLint name,
                                           EGLint *value) {
  const struct gf_egl_display *display = gf_egl_ready(handle);
  const struct gf_egl_config *config =
      display != NULL ? gf_egl_config(display, config_handle) : NULL;
  if (config == NULL)
    return EGL_FALSE;
  const struct gf_egl_attribute *attribute = gf_egl_attribute(name);
  if (attribute == NULL || name == EGL_MATCH_NATIVE_PIXMAP)
    return gf_egl_fail(EGL_BAD_ATTRIBUTE);
  if (value == NULL)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  *value = *gf_egl_value(config, attribute);
  return gf_egl_succeed();
}
