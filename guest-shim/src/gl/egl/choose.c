// eglChooseConfig: EGL 1.5, 3.4.1.
#include <stdlib.h>

#include "gl/egl/config_table.h"
#include "gl/export.h"
#include "gl/x11/target.h"

static int fulfils(const struct gf_egl_config *config, const struct gf_egl_config *wish) {
  for (int i = 0; i < gf_egl_attribute_count; i++) {
    const EGLint has = *gf_egl_value(config, &gf_egl_attributes[i]);
    const EGLint wants = *gf_egl_value(wish, &gf_egl_attributes[i]);
    if (wants == EGL_DONT_CARE)
      continue;
    switch (gf_egl_attributes[i].match) {
    case GF_EGL_EXACT:
      if (has != wants)
        return 0;
      break;
    case GF_EGL_AT_LEAST:
      if (has < wants)
        return 0;
      break;
    case GF_EGL_MASK:
      if ((has & wants) != wants)
        return 0;
      break;
    default:
      break;
    }
  }
  return 1;
}

struct candidate {
  const struct gf_egl_config *config;
  EGLint colour_bits; ///< of the components that the program named with a size above zero
};

static int caveat_rank(EGLint caveat) {
  return caveat == EGL_NONE ? 0 : caveat == EGL_SLOW_CONFIG ? 1 : 2;
}

static int compare(const void *left, const void *right) {
  const struct candidate *l = left, *r = right;
  const struct gf_egl_config *a = l->config, *b = r->config;
  const int by[] = {
      (a->component_type != EGL_COLOR_COMPONENT_TYPE_FIXED_EXT) -
          (b->component_type != EGL_COLOR_COMPONENT_TYPE_FIXED_EXT),
      caveat_rank(a->caveat) - caveat_rank(b->caveat),
      r->colour_bits - l->colour_bits,
      a->buffer_size - b->buffer_size,
      a->sample_buffers - b->sample_buffers,
      a->samples - b->samples,
      a->depth - b->depth,
      a->stencil - b->stencil,
      a->alpha_mask - b->alpha_mask,
      a->config_id - b->config_id, // visuals of one class stand together in the list
  };
  for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
    if (by[i] != 0)
      return by[i];
  }
  return 0;
}

static EGLint named(EGLint wish, EGLint bits) {
  return wish != 0 && wish != EGL_DONT_CARE ? bits : 0;
}

/// Reads the list into `wish`; zero with the error set.
static int read_list(const EGLint *list, struct gf_egl_config *wish) {
  for (int i = 0; i < gf_egl_attribute_count; i++)
    *gf_egl_value(wish, &gf_egl_attributes[i]) = gf_egl_attributes[i].unless_named;
  for (; list != NULL && list[0] != EGL_NONE; list += 2) {
    const struct gf_egl_attribute *attribute = gf_egl_attribute(list[0]);
    if (attribute == NULL || !gf_egl_may_wish(attribute, list[1]))
      return gf_egl_fail(EGL_BAD_ATTRIBUTE);
    *gf_egl_value(wish, attribute) = list[1];
  }
  // Who names a config's number gets that one, whatever else is said.
  if (wish->config_id != EGL_DONT_CARE) {
    const EGLint config_id = wish->config_id;
    for (int i = 0; i < gf_egl_attribute_count; i++)
      *gf_egl_value(wish, &gf_egl_attributes[i]) = EGL_DONT_CARE;
    wish->config_id = config_id;
  }
  return 1;
}

/// The depth of the pixmap that a config must fit, 0 if none was named, -1 with the error set.
static int pixmap_depth(struct gf_egl_display *display, const struct gf_egl_config *wish) {
  if (wish->match_native_pixmap == EGL_NONE || wish->match_native_pixmap == EGL_DONT_CARE)
    return 0;
  struct gf_x_target *target =
      display->x != NULL ? gf_x_target_open(display->x, (uint32_t)wish->match_native_pixmap) : NULL;
  if (target == NULL) {
    gf_egl_fail(EGL_BAD_NATIVE_PIXMAP);
    return -1;
  }
  const int depth = target->depth;
  gf_x_target_close(target);
  return depth;
}

GF_GL_EXPORT EGLBoolean eglChooseConfig(EGLDisplay handle, const EGLint *list, EGLConfig *configs,
                                        EGLint size, EGLint *count) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_config wish = {0};
  if (display == NULL)
    return EGL_FALSE;
  if (count == NULL)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  if (!read_list(list, &wish))
    return EGL_FALSE;
  const int depth = pixmap_depth(display, &wish);
  if (depth < 0)
    return EGL_FALSE;
  struct candidate *found = malloc(((size_t)display->config_count + 1) * sizeof *found);
  if (found == NULL)
    return gf_egl_fail(EGL_BAD_ALLOC);
  EGLint found_count = 0;
  for (int i = 0; i < display->config_count; i++) {
    const struct gf_egl_config *config = &display->configs[i];
    const int fits = depth == 0 || config->buffer_size == depth || config->buffer_size == depth + 8;
    if (fits && fulfils(config, &wish))
      found[found_count++] = (struct candidate){
          .config = config,
          .colour_bits = named(wish.red, config->red) + named(wish.green, config->green) +
                         named(wish.blue, config->blue) + named(wish.alpha, config->alpha),
      };
  }
  qsort(found, (size_t)found_count, sizeof *found, compare);
  if (configs != NULL) {
    if (found_count > size)
      found_count = size > 0 ? size : 0;
    for (EGLint i = 0; i < found_count; i++)
      configs[i] = (EGLConfig)found[i].config;
  }
  *count = found_count;
  free(found);
  return gf_egl_succeed();
}
