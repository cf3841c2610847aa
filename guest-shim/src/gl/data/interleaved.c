// glInterleavedArrays: fourteen layouts, each a choice of arrays with one stride.
#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_api.h"
#include "gl_send.h"

struct layout {
  GLenum format;
  uint8_t tex_coords, colors, vertices; // components; 0: the array is disabled
  uint8_t has_normal;
  uint8_t color_offset, normal_offset, vertex_offset, stride; // bytes
  GLenum color_type;
};

#define F ((uint8_t)sizeof(GLfloat))
#define C 4 // colours of four bytes each are as long as one float

static const struct layout g_layouts[] = {
    {GL_V2F, 0, 0, 2, 0, 0, 0, 0, 2 * F, 0},
    {GL_V3F, 0, 0, 3, 0, 0, 0, 0, 3 * F, 0},
    {GL_C4UB_V2F, 0, 4, 2, 0, 0, 0, C, C + 2 * F, GL_UNSIGNED_BYTE},
    {GL_C4UB_V3F, 0, 4, 3, 0, 0, 0, C, C + 3 * F, GL_UNSIGNED_BYTE},
    {GL_C3F_V3F, 0, 3, 3, 0, 0, 0, 3 * F, 6 * F, GL_FLOAT},
    {GL_N3F_V3F, 0, 0, 3, 1, 0, 0, 3 * F, 6 * F, 0},
    {GL_C4F_N3F_V3F, 0, 4, 3, 1, 0, 4 * F, 7 * F, 10 * F, GL_FLOAT},
    {GL_T2F_V3F, 2, 0, 3, 0, 0, 0, 2 * F, 5 * F, 0},
    {GL_T4F_V4F, 4, 0, 4, 0, 0, 0, 4 * F, 8 * F, 0},
    {GL_T2F_C4UB_V3F, 2, 4, 3, 0, 2 * F, 0, C + 2 * F, C + 5 * F, GL_UNSIGNED_BYTE},
    {GL_T2F_C3F_V3F, 2, 3, 3, 0, 2 * F, 0, 5 * F, 8 * F, GL_FLOAT},
    {GL_T2F_N3F_V3F, 2, 0, 3, 1, 0, 2 * F, 5 * F, 8 * F, 0},
    {GL_T2F_C4F_N3F_V3F, 2, 4, 3, 1, 2 * F, 6 * F, 9 * F, 12 * F, GL_FLOAT},
    {GL_T4F_C4F_N3F_V4F, 4, 4, 4, 1, 4 * F, 8 * F, 11 * F, 15 * F, GL_FLOAT},
};

static const struct layout *find(GLenum format) {
  for (size_t i = 0; i < sizeof g_layouts / sizeof g_layouts[0]; i++) {
    if (g_layouts[i].format == format)
      return &g_layouts[i];
  }
  return NULL;
}

static void enable(GLenum array, int on) {
  if (on)
    glEnableClientState(array);
  else
    glDisableClientState(array);
}

GF_GL_EXPORT void glInterleavedArrays(GLenum format, GLsizei stride, const void *pointer) {
  if (gf_gl_enter() == NULL)
    return;
  const struct layout *layout = find(format);
  if (layout == NULL || stride < 0) {
    gf_gl_send_glInterleavedArrays(format, stride, NULL); // for the error
    return;
  }
  const uint8_t *at = pointer;
  const GLsizei step = stride != 0 ? stride : layout->stride;
  glDisableClientState(GL_EDGE_FLAG_ARRAY);
  glDisableClientState(GL_INDEX_ARRAY);
  enable(GL_TEXTURE_COORD_ARRAY, layout->tex_coords != 0);
  if (layout->tex_coords != 0)
    glTexCoordPointer(layout->tex_coords, GL_FLOAT, step, at);
  enable(GL_COLOR_ARRAY, layout->colors != 0);
  if (layout->colors != 0)
    glColorPointer(layout->colors, layout->color_type, step, at + layout->color_offset);
  enable(GL_NORMAL_ARRAY, layout->has_normal);
  if (layout->has_normal)
    glNormalPointer(GL_FLOAT, step, at + layout->normal_offset);
  glEnableClientState(GL_VERTEX_ARRAY);
  glVertexPointer(layout->vertices, GL_FLOAT, step, at + layout->vertex_offset);
}
