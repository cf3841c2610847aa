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

/// What a program may wish for, beside EGL_DONT_CARE.
enum gf_egl_values {
  GF_EGL_COUNT, ///< 0 and above
  GF_EGL_POSITIVE,
  GF_EGL_BOOLEAN,
  GF_EGL_ONE_OF, ///< `allowed`, a list that 0 ends
  GF_EGL_BITS,   ///< of the one mask in `allowed`
  GF_EGL_WHATEVER,
};

struct gf_egl_attribute {
  EGLint name;
  unsigned short offset; ///< of the EGLint in gf_egl_config
  unsigned char match;
  unsigned char values;
  EGLint unless_named;
  EGLint allowed[4];
};

extern const struct gf_egl_attribute gf_egl_attributes[];
extern const int gf_egl_attribute_count;

/// NULL if configs have no such attribute.
const struct gf_egl_attribute *gf_egl_attribute(EGLint name);

/// Whether a program may wish for this value.
int gf_egl_may_wish(const struct gf_egl_attribute *attribute, EGLint value);

static inline EGLint *gf_egl_value(const struct gf_egl_config *config,
                                   const struct gf_egl_attribute *attribute) {
  return (EGLint *)((char *)config + attribute->offset);
}
