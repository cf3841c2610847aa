// EGLSurfaces.
#pragma once

#include "gl/egl/config.h"

enum gf_egl_surface_kind { GF_EGL_WINDOW, GF_EGL_PBUFFER, GF_EGL_PIXMAP };

struct gf_egl_surface {
  struct gf_egl_surface *next;
  uint32_t references; ///< atomic: the display's list, and threads that have it current
  enum gf_egl_surface_kind kind;
  const struct gf_egl_config *config;
  uint32_t xid; ///< the X window or pixmap; 0 for a pbuffer
  struct gf_gl_drawable *drawable;
  EGLint render_buffer, colour_space;
  EGLint largest, texture_format, texture_target, mipmap_texture, mipmap_level;
  EGLint multisample_resolve, swap_behaviour;
};

/// The display's surface of a handle; NULL with EGL_BAD_SURFACE.
struct gf_egl_surface *gf_egl_surface(struct gf_egl_display *display, EGLSurface handle);

void gf_egl_surface_unref(struct gf_egl_surface *surface);

/// Takes every surface from the display's list.
void gf_egl_surfaces_give_up(struct gf_egl_display *display);
