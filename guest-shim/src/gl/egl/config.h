// EGLConfigs: attributes as plain integers, so that queries and matching go over one table.
#pragma once

#include "gl/egl/display.h"
#include "gl/window/config.h"

/// Opaque to programs: EGLConfig points to one.
struct gf_egl_config {
  EGLint buffer_size;
  EGLint red, green, blue, luminance, alpha, alpha_mask;
  EGLint bind_to_rgb, bind_to_rgba;
  EGLint colour_type;
  EGLint caveat;
  EGLint config_id;
  EGLint conformant;
  EGLint depth, stencil;
  EGLint level;
  EGLint max_pbuffer_width, max_pbuffer_height, max_pbuffer_pixels;
  EGLint min_swap_interval, max_swap_interval;
  EGLint native_renderable, native_visual_id, native_visual_type;
  EGLint renderable_type;
  EGLint sample_buffers, samples;
  EGLint surface_type;
  EGLint transparent_type, transparent_red, transparent_green, transparent_blue;
  EGLint match_native_pixmap;
  EGLint component_type;
};

/// Fills the display's list; zero without memory or a host.
int gf_egl_configs_make(struct gf_egl_display *display);

/// The config of a handle; NULL with EGL_BAD_CONFIG if it is none of the display's.
const struct gf_egl_config *gf_egl_config(const struct gf_egl_display *display, EGLConfig handle);

/// What the surfaces of a config hold.
void gf_egl_config_buffers(const struct gf_egl_config *config, struct gf_gl_config *buffers);
