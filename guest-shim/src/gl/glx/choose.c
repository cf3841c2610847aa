#include "gl/glx/choose.h"

#include <stdlib.h>

#include "gl/glx/protocol.h"

#include "gl/export.h"

void gf_glx_wish_default(struct gf_glx_wish *wish) {
  unsigned count;
  const struct gf_glx_attribute *attributes = gf_glx_attributes(&count);
  for (unsigned i = 0; i < count; i++)
    *gf_glx_value(&wish->values, &attributes[i]) = attributes[i].unless_named;
}

int gf_glx_fulfils(const struct gf_glx_config *config, const struct gf_glx_wish *wish) {
  unsigned count;
  const struct gf_glx_attribute *attributes = gf_glx_attributes(&count);
  for (unsigned i = 0; i < count; i++) {
    const int has = *gf_glx_value(config, &attributes[i]);
    const int wants = *gf_glx_value(&wish->values, &attributes[i]);
    if (wants == (int)GLX_DONT_CARE)
      continue;
    switch (attributes[i].match) {
    case GF_GLX_EXACT:
      if (has != wants)
        return 0;
      break;
    case GF_GLX_AT_LEAST:
      if (has < wants)
        return 0;
      break;
    case GF_GLX_MASK:
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
  const struct gf_glx_config *config;
  int order; ///< in the screen's list, which decides between equals
};

static int caveat_rank(int caveat) {
  return caveat == GLX_NONE ? 0 : caveat == GLX_SLOW_CONFIG ? 1 : 2;
}

static int visual_rank(int type) {
  // TrueColor, DirectColor, PseudoColor, StaticColor, GrayScale, StaticGray: their numbers rise.
  return type == GLX_NONE ? GLX_STATIC_GRAY + 1 : type;
}

/// None comes first, then the most: what GLX says of buffers that were not asked for, and Mesa does always.
static int most_or_none(int a, int b) { return (a == 0) != (b == 0) ? (a != 0) - (b != 0) : b - a; }

/// GLX 1.4, 3.3.3: the sorting of configs, in the order of its criteria. Sizes of colours count whether they were
/// asked for or not, as in Mesa.
static int compare(const void *left, const void *right) {
  const struct candidate *l = left, *r = right;
  const struct gf_glx_config *a = l->config, *b = r->config;
  const int by[] = {
      a->visual_select_group - b->visual_select_group,
      caveat_rank(a->caveat) - caveat_rank(b->caveat),
      most_or_none(a->red, b->red),
      most_or_none(a->green, b->green),
      most_or_none(a->blue, b->blue),
      most_or_none(a->alpha, b->alpha),
      a->buffer_size - b->buffer_size,
      (a->double_buffer != 0) - (b->double_buffer != 0),
      a->aux_buffers - b->aux_buffers,
      a->sample_buffers - b->sample_buffers,
      a->samples - b->samples,
      most_or_none(a->depth, b->depth),
      a->stencil - b->stencil,
      most_or_none(a->accum_red, b->accum_red),
      visual_rank(a->visual_type) - visual_rank(b->visual_type),
      l->order - r->order,
  };
  for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
    if (by[i] != 0)
      return by[i];
  }
  return 0;
}

GLXFBConfig *gf_glx_choose(const struct gf_glx_screen *screen, const struct gf_glx_wish *wish,
                           int *count) {
  *count = 0;
  struct candidate *found = malloc(((size_t)screen->config_count + 1) * sizeof *found);
  if (found == NULL)
    return NULL;
  int found_count = 0;
  for (int i = 0; i < screen->config_count; i++) {
    if (gf_glx_fulfils(&screen->configs[i], wish))
      found[found_count++] = (struct candidate){&screen->configs[i], i};
  }
  qsort(found, (size_t)found_count, sizeof *found, compare);
  GLXFBConfig *list = found_count > 0 ? malloc((size_t)found_count * sizeof *list) : NULL;
  for (int i = 0; list != NULL && i < found_count; i++)
    list[i] = (GLXFBConfig)found[i].config;
  free(found);
  *count = list != NULL ? found_count : 0;
  return list;
}

GF_GL_EXPORT GLXFBConfig *glXChooseFBConfig(Display *dpy, int screen, const int *attributes,
                                            int *count) {
  int unwanted;
  count = count != NULL ? count : &unwanted;
  *count = 0;
  const struct gf_glx_screen *of = gf_glx_screen(gf_glx_display(dpy), screen);
  if (of == NULL)
    return NULL;
  struct gf_glx_wish wish;
  gf_glx_wish_default(&wish);
  int config_id = (int)GLX_DONT_CARE;
  for (; attributes != NULL && attributes[0] != None; attributes += 2) {
    const struct gf_glx_attribute *attribute = gf_glx_attribute(attributes[0]);
    if (attribute == NULL)
      return NULL;
    *gf_glx_value(&wish.values, attribute) = attributes[1];
    if (attributes[0] == GLX_FBCONFIG_ID)
      config_id = attributes[1];
  }
  // Who names a config's number gets that one, whatever else is said.
  if (config_id != (int)GLX_DONT_CARE) {
    unsigned rows;
    const struct gf_glx_attribute *all = gf_glx_attributes(&rows);
    for (unsigned i = 0; i < rows; i++)
      *gf_glx_value(&wish.values, &all[i]) = (int)GLX_DONT_CARE;
    wish.values.config_id = config_id;
  }
  return gf_glx_choose(of, &wish, count);
}

GF_GL_EXPORT GLXFBConfig *glXGetFBConfigs(Display *dpy, int screen, int *count) {
  const struct gf_glx_screen *of = gf_glx_screen(gf_glx_display(dpy), screen);
  GLXFBConfig *list = of != NULL ? malloc(((size_t)of->config_count + 1) * sizeof *list) : NULL;
  *count = 0;
  for (int i = 0; list != NULL && i < of->config_count; i++)
    list[(*count)++] = (GLXFBConfig)&of->configs[i];
  return list;
}

GF_GL_EXPORT int glXGetFBConfigAttrib(Display *dpy, GLXFBConfig config, int name, int *value) {
  (void)dpy;
  const struct gf_glx_attribute *attribute = gf_glx_attribute(name);
  if (config == NULL)
    return GLXBadFBConfig;
  if (name == GLX_USE_GL || name == GLX_RGBA) { // of visuals, answered as Mesa does
    *value = True;
    return Success;
  }
  if (attribute == NULL)
    return GLX_BAD_ATTRIBUTE;
  *value = *gf_glx_value((const struct gf_glx_config *)config, attribute);
  return Success;
}
