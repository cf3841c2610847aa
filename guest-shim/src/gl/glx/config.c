#include "gl/glx/config.h"

#include <stddef.h>
#include <string.h>

#define GF_ROW(glx, member, match, unless_named)                                                   \
  {glx, offsetof(struct gf_glx_config, member), GF_GLX_##match, unless_named}
#define GF_ANY ((int)GLX_DONT_CARE)

// Defaults and rules as GLX 1.4 has them in its table of attributes, and the extensions in theirs.
static const struct gf_glx_attribute g_attributes[] = {
    GF_ROW(GLX_FBCONFIG_ID, config_id, EXACT, GF_ANY),
    GF_ROW(GLX_BUFFER_SIZE, buffer_size, AT_LEAST, 0),
    GF_ROW(GLX_LEVEL, level, EXACT, 0),
    GF_ROW(GLX_DOUBLEBUFFER, double_buffer, EXACT, GF_ANY),
    GF_ROW(GLX_STEREO, stereo, EXACT, False),
    GF_ROW(GLX_AUX_BUFFERS, aux_buffers, AT_LEAST, 0),
    GF_ROW(GLX_RED_SIZE, red, AT_LEAST, 0),
    GF_ROW(GLX_GREEN_SIZE, green, AT_LEAST, 0),
    GF_ROW(GLX_BLUE_SIZE, blue, AT_LEAST, 0),
    GF_ROW(GLX_ALPHA_SIZE, alpha, AT_LEAST, 0),
    GF_ROW(GLX_DEPTH_SIZE, depth, AT_LEAST, 0),
    GF_ROW(GLX_STENCIL_SIZE, stencil, AT_LEAST, 0),
    GF_ROW(GLX_ACCUM_RED_SIZE, accum_red, AT_LEAST, 0),
    GF_ROW(GLX_ACCUM_GREEN_SIZE, accum_green, AT_LEAST, 0),
    GF_ROW(GLX_ACCUM_BLUE_SIZE, accum_blue, AT_LEAST, 0),
    GF_ROW(GLX_ACCUM_ALPHA_SIZE, accum_alpha, AT_LEAST, 0),
    GF_ROW(GLX_RENDER_TYPE, render_type, MASK, GLX_RGBA_BIT),
    GF_ROW(GLX_DRAWABLE_TYPE, drawable_type, MASK, GLX_WINDOW_BIT),
    GF_ROW(GLX_X_RENDERABLE, renderable, EXACT, GF_ANY),
    GF_ROW(GLX_X_VISUAL_TYPE, visual_type, EXACT, GF_ANY),
    GF_ROW(GLX_CONFIG_CAVEAT, caveat, EXACT, GF_ANY),
    GF_ROW(GLX_TRANSPARENT_TYPE, transparent_type, EXACT, GLX_NONE),
    GF_ROW(GLX_TRANSPARENT_INDEX_VALUE, transparent_index, EXACT, GF_ANY),
    GF_ROW(GLX_TRANSPARENT_RED_VALUE, transparent_red, EXACT, GF_ANY),
    GF_ROW(GLX_TRANSPARENT_GREEN_VALUE, transparent_green, EXACT, GF_ANY),
    GF_ROW(GLX_TRANSPARENT_BLUE_VALUE, transparent_blue, EXACT, GF_ANY),
    GF_ROW(GLX_TRANSPARENT_ALPHA_VALUE, transparent_alpha, EXACT, GF_ANY),
    GF_ROW(GLX_SAMPLE_BUFFERS, sample_buffers, AT_LEAST, 0),
    GF_ROW(GLX_SAMPLES, samples, AT_LEAST, 0),
    GF_ROW(GLX_VISUAL_ID, visual_id, IGNORED, GF_ANY),
    GF_ROW(GLX_SCREEN, screen, IGNORED, GF_ANY),
    GF_ROW(GLX_MAX_PBUFFER_WIDTH, max_pbuffer_width, IGNORED, GF_ANY),
    GF_ROW(GLX_MAX_PBUFFER_HEIGHT, max_pbuffer_height, IGNORED, GF_ANY),
    GF_ROW(GLX_MAX_PBUFFER_PIXELS, max_pbuffer_pixels, IGNORED, GF_ANY),
    GF_ROW(GLX_OPTIMAL_PBUFFER_WIDTH_SGIX, optimal_pbuffer_width, IGNORED, GF_ANY),
    GF_ROW(GLX_OPTIMAL_PBUFFER_HEIGHT_SGIX, optimal_pbuffer_height, IGNORED, GF_ANY),
    GF_ROW(GLX_VISUAL_SELECT_GROUP_SGIX, visual_select_group, IGNORED, GF_ANY),
    GF_ROW(GLX_SWAP_METHOD_OML, swap_method, EXACT, GF_ANY),
    GF_ROW(GLX_FRAMEBUFFER_SRGB_CAPABLE_EXT, srgb, EXACT, GF_ANY),
    GF_ROW(GLX_BIND_TO_TEXTURE_RGB_EXT, bind_to_texture_rgb, EXACT, GF_ANY),
    GF_ROW(GLX_BIND_TO_TEXTURE_RGBA_EXT, bind_to_texture_rgba, EXACT, GF_ANY),
    GF_ROW(GLX_BIND_TO_MIPMAP_TEXTURE_EXT, bind_to_mipmap, EXACT, GF_ANY),
    GF_ROW(GLX_BIND_TO_TEXTURE_TARGETS_EXT, bind_to_targets, MASK, GF_ANY),
    GF_ROW(GLX_Y_INVERTED_EXT, y_inverted, EXACT, GF_ANY),
};
#undef GF_ROW

const struct gf_glx_attribute *gf_glx_attributes(unsigned *count) {
  *count = sizeof g_attributes / sizeof g_attributes[0];
  return g_attributes;
}

const struct gf_glx_attribute *gf_glx_attribute(int name) {
  for (size_t i = 0; i < sizeof g_attributes / sizeof g_attributes[0]; i++) {
    if (g_attributes[i].name == name)
      return &g_attributes[i];
  }
  return NULL;
}

void gf_glx_config_default(struct gf_glx_config *config, int screen) {
  *config = (struct gf_glx_config){
      .screen = screen,
      .caveat = GLX_NONE,
      .visual_type = GLX_NONE,
      .transparent_type = GLX_NONE,
      .transparent_index = 0,
      .drawable_type = GLX_WINDOW_BIT | GLX_PIXMAP_BIT | GLX_PBUFFER_BIT,
      .render_type = GLX_RGBA_BIT,
      .renderable = True,
      .swap_method = GLX_SWAP_UNDEFINED_OML,
      .max_pbuffer_width = 8192,
      .max_pbuffer_height = 8192,
      .max_pbuffer_pixels = 8192 * 8192,
      .y_inverted = True,
  };
}

void gf_glx_config_bindable(struct gf_glx_config *config) {
  const int is_bindable =
      (config->drawable_type & GLX_PIXMAP_BIT) != 0 && config->red == 8 && config->samples == 0;
  config->bind_to_texture_rgb = is_bindable;
  config->bind_to_texture_rgba = is_bindable && config->alpha == 8;
  config->bind_to_mipmap = False;
  config->bind_to_targets =
      is_bindable ? GLX_TEXTURE_2D_BIT_EXT | GLX_TEXTURE_RECTANGLE_BIT_EXT : 0;
  config->y_inverted = True; // X's first row is the texture's
}

void gf_glx_config_buffers(const struct gf_glx_config *config, struct gf_gl_config *buffers) {
  *buffers = (struct gf_gl_config){
      .red = (uint8_t)config->red,
      .green = (uint8_t)config->green,
      .blue = (uint8_t)config->blue,
      .alpha = (uint8_t)config->alpha,
      .depth = (uint8_t)config->depth,
      .stencil = (uint8_t)config->stencil,
      .samples = (uint8_t)(config->sample_buffers > 0 ? config->samples : 0),
      .accum = (uint8_t)config->accum_red,
      .double_buffer = config->double_buffer != 0,
      .srgb = config->srgb > 0,
      .is_float = (config->render_type & GLX_RGBA_FLOAT_BIT_ARB) != 0,
  };
}
