#include "gl/egl/config_table.h"

#include <stddef.h>

#define GF_ROW(egl, member, match, unless_named)                                                   \
  {egl, offsetof(struct gf_egl_config, member), GF_EGL_##match, unless_named}
#define GF_ANY EGL_DONT_CARE

const struct gf_egl_attribute gf_egl_attributes[] = {
    GF_ROW(EGL_BUFFER_SIZE, buffer_size, AT_LEAST, 0),
    GF_ROW(EGL_RED_SIZE, red, AT_LEAST, 0),
    GF_ROW(EGL_GREEN_SIZE, green, AT_LEAST, 0),
    GF_ROW(EGL_BLUE_SIZE, blue, AT_LEAST, 0),
    GF_ROW(EGL_LUMINANCE_SIZE, luminance, AT_LEAST, 0),
    GF_ROW(EGL_ALPHA_SIZE, alpha, AT_LEAST, 0),
    GF_ROW(EGL_ALPHA_MASK_SIZE, alpha_mask, AT_LEAST, 0),
    GF_ROW(EGL_BIND_TO_TEXTURE_RGB, bind_to_rgb, EXACT, GF_ANY),
    GF_ROW(EGL_BIND_TO_TEXTURE_RGBA, bind_to_rgba, EXACT, GF_ANY),
    GF_ROW(EGL_COLOR_BUFFER_TYPE, colour_type, EXACT, EGL_RGB_BUFFER),
    GF_ROW(EGL_CONFIG_CAVEAT, caveat, EXACT, GF_ANY),
    GF_ROW(EGL_CONFIG_ID, config_id, EXACT, GF_ANY),
    GF_ROW(EGL_CONFORMANT, conformant, MASK, 0),
    GF_ROW(EGL_DEPTH_SIZE, depth, AT_LEAST, 0),
    GF_ROW(EGL_STENCIL_SIZE, stencil, AT_LEAST, 0),
    GF_ROW(EGL_LEVEL, level, EXACT, 0),
    GF_ROW(EGL_MAX_PBUFFER_WIDTH, max_pbuffer_width, SPECIAL, GF_ANY),
    GF_ROW(EGL_MAX_PBUFFER_HEIGHT, max_pbuffer_height, SPECIAL, GF_ANY),
    GF_ROW(EGL_MAX_PBUFFER_PIXELS, max_pbuffer_pixels, SPECIAL, GF_ANY),
    GF_ROW(EGL_MIN_SWAP_INTERVAL, min_swap_interval, EXACT, GF_ANY),
    GF_ROW(EGL_MAX_SWAP_INTERVAL, max_swap_interval, EXACT, GF_ANY),
    GF_ROW(EGL_NATIVE_RENDERABLE, native_renderable, EXACT, GF_ANY),
    GF_ROW(EGL_NATIVE_VISUAL_ID, native_visual_id, SPECIAL, GF_ANY),
    GF_ROW(EGL_NATIVE_VISUAL_TYPE, native_visual_type, EXACT, GF_ANY),
    GF_ROW(EGL_RENDERABLE_TYPE, renderable_type, MASK, EGL_OPENGL_ES_BIT),
    GF_ROW(EGL_SAMPLE_BUFFERS, sample_buffers, AT_LEAST, 0),
    GF_ROW(EGL_SAMPLES, samples, AT_LEAST, 0),
    GF_ROW(EGL_SURFACE_TYPE, surface_type, MASK, EGL_WINDOW_BIT),
    GF_ROW(EGL_TRANSPARENT_TYPE, transparent_type, EXACT, EGL_NONE),
    GF_ROW(EGL_TRANSPARENT_RED_VALUE, transparent_red, EXACT, GF_ANY),
    GF_ROW(EGL_TRANSPARENT_GREEN_VALUE, transparent_green, EXACT, GF_ANY),
    GF_ROW(EGL_TRANSPARENT_BLUE_VALUE, transparent_blue, EXACT, GF_ANY),
    GF_ROW(EGL_MATCH_NATIVE_PIXMAP, match_native_pixmap, SPECIAL, EGL_NONE),
    GF_ROW(EGL_COLOR_COMPONENT_TYPE_EXT, component_type, EXACT, EGL_COLOR_COMPONENT_TYPE_FIXED_EXT),
};
const int gf_egl_attribute_count = sizeof gf_egl_attributes / sizeof gf_egl_attributes[0];

const struct gf_egl_attribute *gf_egl_attribute(EGLint name) {
  for (int i = 0; i < gf_egl_attribute_count; i++) {
    if (gf_egl_attributes[i].name == name)
      return &gf_egl_attributes[i];
  }
  return NULL;
}
