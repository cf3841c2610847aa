// glArrayElement with arrays in client memory: the element is read here and sent as the immediate commands
// that OpenGL defines it by. Between glBegin and glEnd no array could be set up for the driver.
#include <string.h>

#include "gl/context.h"
#include "gl/data/draw.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_api.h"
#include "gl_send.h"

/// One component as a number; `scale` turns integers into [-1, 1] or [0, 1].
static double component(const uint8_t *at, GLenum type, int normalized) {
  switch (type) {
#define CASE(ENUM, TYPE, MAX)                                                                      \
  case ENUM: {                                                                                     \
    TYPE value;                                                                                    \
    memcpy(&value, at, sizeof value);                                                              \
    return normalized ? (double)value / (MAX) : (double)value;                                     \
  }
    CASE(GL_BYTE, GLbyte, 127.0)
    CASE(GL_UNSIGNED_BYTE, GLubyte, 255.0)
    CASE(GL_SHORT, GLshort, 32767.0)
    CASE(GL_UNSIGNED_SHORT, GLushort, 65535.0)
    CASE(GL_INT, GLint, 2147483647.0)
    CASE(GL_UNSIGNED_INT, GLuint, 4294967295.0)
    CASE(GL_FLOAT, GLfloat, 1.0)
    CASE(GL_DOUBLE, GLdouble, 1.0)
    CASE(GL_FIXED, GLint, 1.0)
#undef CASE
  default:
    return 0;
  }
}

static uint32_t component_bytes(const struct gf_vertex_format *format) {
  const struct gf_vertex_format one = {.type = format->type, .size = 1};
  return gf_vertex_bytes(&one);
}

/// The element's components; those it lacks are 0, 0, 0, 1.
static void read_element(const struct gf_array *array, const uint8_t *at, int normalized,
                         double out[4]) {
  const struct gf_vertex_format *format = &array->format;
  const uint32_t step = component_bytes(format);
  const int is_bgra = format->size == GL_BGRA;
  const uint32_t size = is_bgra ? 4 : format->size;
  out[0] = out[1] = out[2] = 0;
  out[3] = 1;
  for (uint32_t i = 0; i < size && i < 4; i++)
    out[is_bgra && i < 3 ? 2 - i : i] = component(at + i * step, format->type, normalized);
  if (format->type == GL_FIXED) {
    for (uint32_t i = 0; i < size && i < 4; i++)
      out[i] /= 65536.0;
  }
}

static void send_generic(uint32_t index, const struct gf_array *array, const uint8_t *at,
                         const double v[4]) {
  if (array->format.kind == GF_ATTRIB_DOUBLE) {
    glVertexAttribL4dv(index, v);
  } else if (array->format.kind == GF_ATTRIB_INTEGER) {
    const GLint integers[4] = {(GLint)v[0], (GLint)v[1], (GLint)v[2], (GLint)v[3]};
    const GLuint naturals[4] = {(GLuint)(GLint64)v[0], (GLuint)(GLint64)v[1], (GLuint)(GLint64)v[2],
                                (GLuint)(GLint64)v[3]};
    if (array->format.type == GL_UNSIGNED_INT)
      glVertexAttribI4uiv(index, naturals);
    else
      glVertexAttribI4iv(index, integers);
  } else if (array->format.type == GL_INT_2_10_10_10_REV ||
             array->format.type == GL_UNSIGNED_INT_2_10_10_10_REV) {
    GLuint packed;
    memcpy(&packed, at, sizeof packed);
    glVertexAttribP4ui(index, array->format.type, array->format.normalized, packed);
  } else {
    glVertexAttrib4f(index, (GLfloat)v[0], (GLfloat)v[1], (GLfloat)v[2], (GLfloat)v[3]);
  }
}

static void send_element(uint32_t slot, const struct gf_array *array, const uint8_t *at) {
  double v[4];
  const int is_color =
      slot == GF_SLOT_NORMAL || slot == GF_SLOT_COLOR || slot == GF_SLOT_SECONDARY_COLOR;
  read_element(array, at,
               slot >= GF_SLOT_GENERIC0 ? array->format.normalized
                                        : is_color && array->format.type != GL_FIXED,
               v);
  if (slot >= GF_SLOT_GENERIC0) {
    send_generic(slot - GF_SLOT_GENERIC0, array, at, v);
    return;
  }
  if (slot >= GF_SLOT_TEX_COORD0) {
    glMultiTexCoord4f(GL_TEXTURE0 + slot - GF_SLOT_TEX_COORD0, (GLfloat)v[0], (GLfloat)v[1],
                      (GLfloat)v[2], (GLfloat)v[3]);
    return;
  }
  switch (slot) {
  case GF_SLOT_POSITION:
    glVertex4f((GLfloat)v[0], (GLfloat)v[1], (GLfloat)v[2], (GLfloat)v[3]);
    return;
  case GF_SLOT_NORMAL:
    glNormal3f((GLfloat)v[0], (GLfloat)v[1], (GLfloat)v[2]);
    return;
  case GF_SLOT_COLOR:
    glColor4f((GLfloat)v[0], (GLfloat)v[1], (GLfloat)v[2], (GLfloat)v[3]);
    return;
  case GF_SLOT_SECONDARY_COLOR:
    glSecondaryColor3f((GLfloat)v[0], (GLfloat)v[1], (GLfloat)v[2]);
    return;
  case GF_SLOT_FOG_COORD:
    glFogCoordf((GLfloat)v[0]);
    return;
  case GF_SLOT_INDEX:
    glIndexf((GLfloat)v[0]);
    return;
  case GF_SLOT_EDGE_FLAG:
    glEdgeFlag(v[0] != 0);
    return;
  default:
    return;
  }
}

static void send_slot(const struct gf_vertex_array_object *object, uint32_t slot, GLint i) {
  const struct gf_array_binding *binding = &object->bindings[slot];
  if (binding->offset_bytes != 0 && i >= 0)
    send_element(slot, &object->arrays[slot],
                 (const uint8_t *)(uintptr_t)binding->offset_bytes +
                     (uint64_t)i * binding->stride_bytes);
}

GF_GL_EXPORT void glArrayElement(GLint i) {
  if (gf_gl_enter() == NULL)
    return;
  const struct gf_vertex_arrays *arrays = &gf_gl_client_state()->arrays;
  const struct gf_vertex_array_object *object = arrays->bound;
  if (arrays->is_restart_enabled && (uint32_t)i == arrays->restart_index) {
    glPrimitiveRestartNV();
    return;
  }
  if (gf_gl_is_plain(object)) {
    gf_gl_send_glArrayElement(i);
    return;
  }
  // The position makes the vertex, so it comes last.
  const uint64_t positions = 1ull << GF_SLOT_POSITION | 1ull << GF_SLOT_GENERIC0;
  const uint64_t client = gf_arrays_in_client_memory(object);
  for (uint64_t rest = client & ~positions; rest != 0; rest &= rest - 1)
    send_slot(object, (uint32_t)__builtin_ctzll(rest), i);
  if (client >> GF_SLOT_GENERIC0 & 1)
    send_slot(object, GF_SLOT_GENERIC0, i);
  else if (client >> GF_SLOT_POSITION & 1)
    send_slot(object, GF_SLOT_POSITION, i);
}
