// Client arrays on their way to a draw.
#pragma once

#include "gl/client_state.h"
#include "gl/draw.h"

/// At most one piece per array.
struct gf_gl_pieces {
  struct gf_draw_array arrays[GF_SLOT_COUNT];
  uint32_t array_count;
  struct {
    const uint8_t *from;
    uint64_t bytes;
    uint64_t offset_bytes; ///< in the payload
  } pieces[GF_SLOT_COUNT];
  uint32_t piece_count;
  uint64_t bytes; ///< of the payload
};

/// What a draw reads: vertices low … high and instances.
struct gf_gl_reach {
  uint64_t low, high; ///< low > high: no vertex
  int is_lost;        ///< a base vertex leads out of every array: nothing can be read
  uint32_t instances, base_instance;
};

/// Finds the memory behind the arrays in `client` (a bit per slot) that a draw reads. An array without
/// an address to read from is left out: the executor then draws without it.
void gf_gl_find_pieces(const struct gf_vertex_array_object *object, uint64_t client,
                       const struct gf_gl_reach *reach, struct gf_gl_pieces *pieces);

/// Copies the pieces to where the payload is.
void gf_gl_copy_pieces(const struct gf_gl_pieces *pieces, uint8_t *to);
