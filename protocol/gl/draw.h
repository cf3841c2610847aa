// gfGlDraw: a draw that brings data of its own - client vertex arrays, client indices, or the lists of a
// multi draw. All other draws travel as the commands they are.
//
//   │ gf_gl_gfGlDraw_args │ gf_draw_array × arrays │ gf_draw_part × parts │ indices │ vertices │
//                                                                          (or these two in the heap)
// `vertices` holds pieces of the application's arrays as they lie in its memory; arrays that are
// interleaved share a piece. The executor works out from its own shadow of the formats, and from its own
// copy of the indices, which elements the driver will read, and ends the session if they did not come.
#pragma once

#include "abi/gl.h"

/// Which command it was: the driver's errors and gl_DrawID depend on it.
enum gf_draw_entry {
  GF_DRAW_ARRAYS,
  GF_DRAW_ARRAYS_INSTANCED,
  GF_DRAW_ARRAYS_INSTANCED_BASE_INSTANCE,
  GF_DRAW_MULTI_ARRAYS,
  GF_DRAW_ELEMENTS, ///< here and below: with indices
  GF_DRAW_RANGE_ELEMENTS,
  GF_DRAW_ELEMENTS_BASE_VERTEX,
  GF_DRAW_RANGE_ELEMENTS_BASE_VERTEX,
  GF_DRAW_ELEMENTS_INSTANCED,
  GF_DRAW_ELEMENTS_INSTANCED_BASE_VERTEX,
  GF_DRAW_ELEMENTS_INSTANCED_BASE_INSTANCE,
  GF_DRAW_ELEMENTS_INSTANCED_BASE_VERTEX_BASE_INSTANCE,
  GF_DRAW_MULTI_ELEMENTS,
  GF_DRAW_MULTI_ELEMENTS_BASE_VERTEX,
  GF_DRAW_ENTRY_COUNT,
};

/// A client array: element `first` lies `offset_bytes` into `vertices`.
struct gf_draw_array {
  uint32_t slot; ///< protocol/gl/vertex_format.h
  uint32_t first;
  uint64_t offset_bytes;
};

/// One draw; a command that is no multi draw has one as well.
struct gf_draw_part {
  uint64_t indices_offset_bytes; ///< into `indices`, or into the bound element buffer
  int32_t first;                 ///< of a draw without indices; else the base vertex
  int32_t count;
};

struct gf_gl_gfGlDraw_args {
  uint32_t entry;
  uint32_t mode;
  uint32_t type;       ///< of indices
  uint32_t start, end; ///< as the application said for a range draw
  int32_t instances;
  uint32_t base_instance;
  uint16_t arrays;
  uint16_t parts;
  struct gf_gl_payload indices; ///< NULL: in the bound element buffer, or none
  struct gf_gl_payload vertices;
};
GF_STATIC_ASSERT(sizeof(struct gf_gl_gfGlDraw_args) == 64, "no padding");

static inline int gf_draw_has_indices(uint32_t entry) { return entry >= GF_DRAW_ELEMENTS; }
static inline int gf_draw_is_multi(uint32_t entry) {
  return entry == GF_DRAW_MULTI_ARRAYS || entry >= GF_DRAW_MULTI_ELEMENTS;
}
