// What the host's OpenGL is: asked once a session, by whoever needs it first.
#pragma once

#include "abi/gl.h"

struct gf_gl_host {
  struct gf_gl_offer offers[GF_GL_OFFER_COUNT]; ///< by GF_GL_OFFER_*
  const struct gf_gl_host_config *configs;
  uint32_t config_count;
  uint32_t max_samples; ///< what every API offers
  const char *egl_vendor;
  const char *egl_version;
  const char *egl_extensions;
  const char *gl_vendor;
  const char *gl_renderer;
  const char *gl_version;
};

/// NULL without a session or where the host has no OpenGL; the reason was logged. Valid for good.
const struct gf_gl_host *gf_gl_host(void);

/// Whether one of the host's EGL extensions is `name`.
int gf_gl_host_has(const char *name);
