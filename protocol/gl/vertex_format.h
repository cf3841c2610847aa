// What one element of a vertex array looks like, and which of those OpenGL allows.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Arrays of the fixed function and of generic attributes in one numbering.
enum {
  GF_SLOT_POSITION = 0,
  GF_SLOT_NORMAL,
  GF_SLOT_COLOR,
  GF_SLOT_SECONDARY_COLOR,
  GF_SLOT_FOG_COORD,
  GF_SLOT_INDEX,
  GF_SLOT_EDGE_FLAG,
  GF_SLOT_POINT_SIZE, ///< OpenGL ES 1
  GF_SLOT_TEX_COORD0 = 8,
  GF_SLOT_GENERIC0 = 16,
  GF_SLOT_COUNT = 48,
};
#define GF_TEX_COORD_SLOTS (GF_SLOT_GENERIC0 - GF_SLOT_TEX_COORD0)
#define GF_GENERIC_SLOTS (GF_SLOT_COUNT - GF_SLOT_GENERIC0)

/// Which of the glVertexAttrib*Pointer commands: what the shader receives.
enum gf_attrib_kind {
  GF_ATTRIB_FLOAT = 0,
  GF_ATTRIB_INTEGER = 1, ///< glVertexAttribI*
  GF_ATTRIB_DOUBLE = 2,  ///< glVertexAttribL*
};

struct gf_vertex_format {
  uint32_t type; ///< GL_FLOAT …
  uint16_t size; ///< 1 to 4, or GL_BGRA
  uint8_t normalized;
  uint8_t kind; ///< enum gf_attrib_kind
};

/// Bytes of one element; 0 for a format that is none.
uint32_t gf_vertex_bytes(const struct gf_vertex_format *format);

/// Whether OpenGL takes this format for the array in `slot`. ES takes fewer types: what it refuses,
/// no draw of a correct program relies on.
int gf_vertex_format_is_valid(uint32_t slot, const struct gf_vertex_format *format);

#ifdef __cplusplus
}
#endif
