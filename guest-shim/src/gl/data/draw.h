// Draws, as the entry points describe them.
#pragma once

#include <stdint.h>

#include "gl/client_state.h"
#include "gl/draw.h"
#include "gl/thread.h"

struct gf_gl_draw {
  enum gf_draw_entry entry;
  uint32_t mode, type;
  uint32_t start, end;
  int32_t instances;
  uint32_t base_instance;
  uint32_t part_count;
  const int32_t *firsts;      ///< by part; base vertices where there are indices; NULL: zeros
  const int32_t *counts;      ///< by part
  const void *const *indices; ///< by part; offsets where an element buffer is bound
};

/// Whether the draw can travel as the command it is: nothing of it lies in client memory.
static inline int gf_gl_is_plain(const struct gf_vertex_array_object *object) {
  return ((object->enabled & ~object->buffered) | object->redirected) == 0 ||
         gf_arrays_in_client_memory(object) == 0;
}

/// Sends the draw with everything of it that lies in client memory. 0; or -1 if it is one of those that
/// OpenGL refuses or that draw nothing: then the command itself must go, for the driver to judge.
int gf_gl_draw_with_data(struct gf_gl_lane *lane, const struct gf_gl_draw *draw);
