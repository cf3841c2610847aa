// FBConfigs: what GLX says about each way that a drawable's buffers can be. The attributes are plain
// integers in one structure, so that queries, the server's list and matching go over one table.
#pragma once

#include <GL/glx.h>
#include <GL/glxext.h>
#include <stdint.h>

#include "gl/window/config.h"

/// Opaque to programs: GLXFBConfig points to one.
struct gf_glx_config {
  int screen;
  int buffer_size;
  int level;
  int double_buffer;
  int stereo;
  int aux_buffers;
  int red, green, blue, alpha;
  int depth, stencil;
  int accum_red, accum_green, accum_blue, accum_alpha;
  int caveat;
  int visual_type;
  int transparent_type;
  int transparent_index, transparent_red, transparent_green, transparent_blue, transparent_alpha;
  int drawable_type;
  int render_type;
  int renderable;
  int config_id;
  int visual_id;
  int max_pbuffer_width, max_pbuffer_height, max_pbuffer_pixels;
  int optimal_pbuffer_width, optimal_pbuffer_height;
  int sample_buffers, samples;
  int visual_select_group;
  int swap_method;
  int srgb;
  int bind_to_texture_rgb, bind_to_texture_rgba, bind_to_mipmap, bind_to_targets, y_inverted;
};

/// How glXChooseFBConfig compares an attribute that the program names.
enum gf_glx_match {
  GF_GLX_EXACT,
  GF_GLX_AT_LEAST,
  GF_GLX_MASK,    ///< every bit asked for
  GF_GLX_IGNORED, ///< a limit, not a wish
};

struct gf_glx_attribute {
  int name;         ///< GLX_*
  uint16_t offset;  ///< of the int in gf_glx_config
  uint8_t match;    ///< gf_glx_match
  int unless_named; ///< what glXChooseFBConfig assumes; GLX_DONT_CARE mostly
};

/// NULL if GLX has no such attribute.
const struct gf_glx_attribute *gf_glx_attribute(int name);
const struct gf_glx_attribute *gf_glx_attributes(unsigned *count);

static inline int *gf_glx_value(const struct gf_glx_config *config,
                                const struct gf_glx_attribute *attribute) {
  return (int *)((char *)config + attribute->offset);
}

/// What is not known of a config yet has GLX's default.
void gf_glx_config_default(struct gf_glx_config *config, int screen);

/// Whether its pixmaps can become textures: glx/texture.c decides that, not the server.
void gf_glx_config_bindable(struct gf_glx_config *config);

/// What the drawables of a config hold.
void gf_glx_config_buffers(const struct gf_glx_config *config, struct gf_gl_config *buffers);
