// The state that OpenGL keeps on the client's side of things, with the stack of glPushClientAttrib.
#pragma once

#include "gl/pixel_store.h"
#include "gl/vertex_arrays.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GF_CLIENT_ATTRIB_DEPTH 16u

struct gf_client_attribs {
  uint32_t mask; ///< which of the following were pushed
  struct gf_pixel_state pixels;
  uint32_t pixel_pack_buffer, pixel_unpack_buffer;
  uint32_t array_buffer, client_unit, restart_index;
  int is_restart_enabled, is_restart_fixed;
  struct gf_vertex_array_object object; ///< the bound one, and what it held
};

struct gf_client_state {
  struct gf_pixel_state pixels;
  struct gf_vertex_arrays arrays;
  struct gf_client_attribs *pushed[GF_CLIENT_ATTRIB_DEPTH];
  uint32_t depth;
};

void gf_client_state_init(struct gf_client_state *state, int is_core);
void gf_client_state_free(struct gf_client_state *state);

void gf_client_state_push(struct gf_client_state *state, uint32_t mask);
void gf_client_state_pop(struct gf_client_state *state);

/// EXT_direct_state_access: what `mask` names goes back to a new context's values.
void gf_client_state_reset(struct gf_client_state *state, uint32_t mask);

#ifdef __cplusplus
}
#endif
