// The attributes of EGL 1.5's table of configs: where each lies, how eglChooseConfig compares it, what
// it assumes.
#pragma once

#include "gl/egl/config.h"

enum gf_egl_match {
  GF_EGL_EXACT,
  GF_EGL_AT_LEAST,
  GF_EGL_MASK,
  GF_EGL_SPECIAL, ///< not compared by the table
};

struct gf_egl_attribute {
  EGLint name;
  unsigned short offset; ///< of the EGLint in gf_egl_config
  unsigned char match;
  EGLint unless_named;
};

extern const struct gf_egl_attribute gf_egl_attributes[];
extern const int gf_egl_attribute_count;

/// NULL if configs have no such attribute.
const struct gf_egl_attribute *gf_egl_attribute(EGLint name);

static inline EGLint *gf_egl_value(const struct gf_egl_config *config,
                                   const struct gf_egl_attribute *attribute) {
  return (EGLint *)((char *)config + attribute->offset);
}
