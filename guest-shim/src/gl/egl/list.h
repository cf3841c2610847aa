// Lists of attributes: of EGLint, as EGL had them before 1.5, in today's width.
#pragma once

#include <EGL/egl.h>

#define GF_EGL_LIST_MOST 64

/// Copies a list into `wide`, which has room for GF_EGL_LIST_MOST, and ends it. Returns `wide`.
static inline const EGLAttrib *gf_egl_widen(const EGLint *list, EGLAttrib *wide) {
  int i = 0;
  for (; list != NULL && list[i] != EGL_NONE && i < GF_EGL_LIST_MOST - 2; i += 2) {
    wide[i] = list[i];
    wide[i + 1] = list[i + 1];
  }
  wide[i] = EGL_NONE;
  return wide;
}
