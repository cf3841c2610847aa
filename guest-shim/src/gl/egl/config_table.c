#include "gl/egl/config_table.h"

#include <stddef.h>

#define GF_ROW(egl, member, match, values, unless_named, ...)                                      \
  {                                                                                                \
    egl, offsetof(struct gf_egl_config, member), GF_EGL_##match, GF_EGL_##values, unless_named, {  \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
  }
#define GF_ANY EGL_DONT_CARE
#define GF_APIS                                                                                    \
  (EGL_OPENGL_ES_BIT | EGL_OPENVG_BIT | EGL_OPENGL_ES2_BIT | EGL_OPENGL_BIT | EGL_OPENGL_ES3_BIT)
#define GF_SURFACES                                                                                \
  (EGL_PBUFFER_BIT | EGL_PIXMAP_BIT | EGL_WINDOW_BIT | EGL_VG_COLORSPACE_LINEAR_BIT |              \
   EGL_VG_ALPHA_FORMAT_PRE_BIT | EGL_MULTISAMPLE_RESOLVE_BOX_BIT |                                 \
   EGL_SWAP_BEHAVIOR_PRESERVED_BIT)

const struct gf_egl_attribute gf_egl_attributes[] = {
    GF_ROW(EGL_BUFFER_SIZE, buffer_size, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_RED_SIZE, red, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_GREEN_SIZE, green, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_BLUE_SIZE, blue, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_LUMINANCE_SIZE, luminance, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_ALPHA_SIZE, alpha, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_ALPHA_MASK_SIZE, alpha_mask, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_BIND_TO_TEXTURE_RGB, bind_to_rgb, EXACT, BOOLEAN, GF_ANY, 0),
    GF_ROW(EGL_BIND_TO_TEXTURE_RGBA, bind_to_rgba, EXACT, BOOLEAN, GF_ANY, 0),
    GF_ROW(EGL_COLOR_BUFFER_TYPE, colour_type, EXACT, ONE_OF, EGL_RGB_BUFFER, EGL_RGB_BUFFER,
           EGL_LUMINANCE_BUFFER),
    GF_ROW(EGL_CONFIG_CAVEAT, caveat, EXACT, ONE_OF, GF_ANY, EGL_NONE, EGL_SLOW_CONFIG,
           EGL_NON_CONFORMANT_CONFIG),
    GF_ROW(EGL_CONFIG_ID, config_id, EXACT, POSITIVE, GF_ANY, 0),
    GF_ROW(EGL_CONFORMANT, conformant, MASK, BITS, 0, GF_APIS),
    GF_ROW(EGL_DEPTH_SIZE, depth, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_STENCIL_SIZE, stencil, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_LEVEL, level, EXACT, WHATEVER, 0, 0),
    GF_ROW(EGL_MAX_PBUFFER_WIDTH, max_pbuffer_width, SPECIAL, COUNT, GF_ANY, 0),
    GF_ROW(EGL_MAX_PBUFFER_HEIGHT, max_pbuffer_height, SPECIAL, COUNT, GF_ANY, 0),
    GF_ROW(EGL_MAX_PBUFFER_PIXELS, max_pbuffer_pixels, SPECIAL, COUNT, GF_ANY, 0),
    GF_ROW(EGL_MIN_SWAP_INTERVAL, min_swap_interval, EXACT, COUNT, GF_ANY, 0),
    GF_ROW(EGL_MAX_SWAP_INTERVAL, max_swap_interval, EXACT, COUNT, GF_ANY, 0),
    GF_ROW(EGL_NATIVE_RENDERABLE, native_renderable, EXACT, BOOLEAN, GF_ANY, 0),
    GF_ROW(EGL_NATIVE_VISUAL_ID, native_visual_id, SPECIAL, WHATEVER, GF_ANY, 0),
    GF_ROW(EGL_NATIVE_VISUAL_TYPE, native_visual_type, EXACT, WHATEVER, GF_ANY, 0),
    GF_ROW(EGL_RENDERABLE_TYPE, renderable_type, MASK, BITS, EGL_OPENGL_ES_BIT, GF_APIS),
    GF_ROW(EGL_SAMPLE_BUFFERS, sample_buffers, AT_LEAST, BOOLEAN, 0, 0),
    GF_ROW(EGL_SAMPLES, samples, AT_LEAST, COUNT, 0, 0),
    GF_ROW(EGL_SURFACE_TYPE, surface_type, MASK, BITS, EGL_WINDOW_BIT, GF_SURFACES),
    GF_ROW(EGL_TRANSPARENT_TYPE, transparent_type, EXACT, ONE_OF, EGL_NONE, EGL_NONE,
           EGL_TRANSPARENT_RGB),
    GF_ROW(EGL_TRANSPARENT_RED_VALUE, transparent_red, EXACT, COUNT, GF_ANY, 0),
    GF_ROW(EGL_TRANSPARENT_GREEN_VALUE, transparent_green, EXACT, COUNT, GF_ANY, 0),
    GF_ROW(EGL_TRANSPARENT_BLUE_VALUE, transparent_blue, EXACT, COUNT, GF_ANY, 0),
    GF_ROW(EGL_MATCH_NATIVE_PIXMAP, match_native_pixmap, SPECIAL, WHATEVER, EGL_NONE, 0),
    GF_ROW(EGL_COLOR_COMPONENT_TYPE_EXT, component_type, EXACT, ONE_OF,
           EGL_COLOR_COMPONENT_TYPE_FIXED_EXT, EGL_COLOR_COMPONENT_TYPE_FIXED_EXT,
           EGL_COLOR_COMPONENT_TYPE_FLOAT_EXT),
};
const int gf_egl_attribute_count = sizeof gf_egl_attributes / sizeof gf_egl_attributes[0];

const struct gf_egl_attribute *gf_egl_attribute(EGLint name) {
  for (int i = 0; i < gf_egl_attribute_count; i++) {
    if (gf_egl_attributes[i].name == name)
      return &gf_egl_attributes[i];
  }
  return NULL;
}

int gf_egl_may_wish(const struct gf_egl_attribute *attribute, EGLint value) {
  if (value == EGL_DONT_CARE) // of these two it would say nothing
    return attribute->name != EGL_LEVEL && attribute->name != EGL_MATCH_NATIVE_PIXMAP;
  switch (attribute->values) {
  case GF_EGL_COUNT:
    return value >= 0;
  case GF_EGL_POSITIVE:
    return value > 0;
  case GF_EGL_BOOLEAN:
    return value == EGL_FALSE || value == EGL_TRUE;
  case GF_EGL_BITS:
    return (value & ~attribute->allowed[0]) == 0;
  case GF_EGL_ONE_OF:
    for (const EGLint *allowed = attribute->allowed; *allowed != 0; allowed++) {
      if (*allowed == value)
        return 1;
    }
    return 0;
  default:
    return 1;
  }
}
