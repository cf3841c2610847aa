#include "gl/vertex_format.h"

#include "gl_api.h"

static uint32_t packed_bytes(uint32_t type) {
  switch (type) {
  case GL_INT_2_10_10_10_REV:
  case GL_UNSIGNED_INT_2_10_10_10_REV:
  case GL_UNSIGNED_INT_10F_11F_11F_REV:
    return 4;
  default:
    return 0;
  }
}

static uint32_t component_bytes(uint32_t type) {
  switch (type) {
  case GL_BYTE:
  case GL_UNSIGNED_BYTE:
    return 1;
  case GL_SHORT:
  case GL_UNSIGNED_SHORT:
  case GL_HALF_FLOAT:
  case GL_HALF_FLOAT_OES:
    return 2;
  case GL_INT:
  case GL_UNSIGNED_INT:
  case GL_FLOAT:
  case GL_FIXED:
    return 4;
  case GL_DOUBLE:
    return 8;
  default:
    return 0;
  }
}

uint32_t gf_vertex_bytes(const struct gf_vertex_format *format) {
  const uint32_t packed = packed_bytes(format->type);
  if (packed != 0)
    return packed;
  const uint32_t size = format->size == GL_BGRA ? 4 : format->size;
  return size > 4 ? 0 : size * component_bytes(format->type);
}

static int is_integer(uint32_t type) {
  return component_bytes(type) != 0 && type >= GL_BYTE && type <= GL_UNSIGNED_INT;
}

static int is_generic_valid(const struct gf_vertex_format *format) {
  const uint32_t type = format->type, size = format->size;
  if (format->kind == GF_ATTRIB_INTEGER)
    return size >= 1 && size <= 4 && is_integer(type);
  if (format->kind == GF_ATTRIB_DOUBLE)
    return size >= 1 && size <= 4 && type == GL_DOUBLE;
  if (type == GL_UNSIGNED_INT_10F_11F_11F_REV)
    return size == 3;
  if (packed_bytes(type) != 0)
    return size == 4 || (size == GL_BGRA && format->normalized);
  if (size == GL_BGRA)
    return type == GL_UNSIGNED_BYTE && format->normalized;
  return size >= 1 && size <= 4 && component_bytes(type) != 0;
}

int gf_vertex_format_is_valid(uint32_t slot, const struct gf_vertex_format *format) {
  const uint32_t type = format->type, size = format->size;
  const int packed = type == GL_INT_2_10_10_10_REV || type == GL_UNSIGNED_INT_2_10_10_10_REV;
  const int real = type == GL_FLOAT || type == GL_DOUBLE || type == GL_HALF_FLOAT ||
                   type == GL_FIXED || type == GL_HALF_FLOAT_OES;
  if (slot >= GF_SLOT_GENERIC0)
    return slot < GF_SLOT_COUNT && is_generic_valid(format);
  if (slot >= GF_SLOT_TEX_COORD0)
    return packed ? size == 4 || size == 3 || size == 2 || size == 1
                  : size >= 1 && size <= 4 &&
                        (real || type == GL_BYTE || type == GL_SHORT || type == GL_INT);
  switch (slot) {
  case GF_SLOT_POSITION:
    return size >= 2 && size <= 4 &&
           (packed || real || type == GL_BYTE || type == GL_SHORT || type == GL_INT);
  case GF_SLOT_NORMAL:
    return size == 3 && (packed || real || type == GL_BYTE || type == GL_SHORT || type == GL_INT);
  case GF_SLOT_COLOR:
  case GF_SLOT_SECONDARY_COLOR:
    if (size == GL_BGRA)
      return type == GL_UNSIGNED_BYTE || packed;
    return (size == 3 || size == 4) && (packed || real || is_integer(type));
  case GF_SLOT_FOG_COORD:
    return size == 1 && real;
  case GF_SLOT_INDEX:
    return size == 1 && (real || type == GL_UNSIGNED_BYTE || type == GL_SHORT || type == GL_INT);
  case GF_SLOT_EDGE_FLAG:
    return size == 1 && type == GL_UNSIGNED_BYTE;
  case GF_SLOT_POINT_SIZE:
    return size == 1 && real;
  default:
    return 0;
  }
}
