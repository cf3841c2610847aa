#include "gl/client_state.h"

#include "gl_api.h"
#include <stdlib.h>
#include <string.h>

void gf_client_state_init(struct gf_client_state *state, int is_core) {
  memset(state, 0, sizeof *state);
  gf_pixel_state_init(&state->pixels);
  gf_arrays_init(&state->arrays, is_core);
}

void gf_client_state_free(struct gf_client_state *state) {
  gf_arrays_free(&state->arrays);
  while (state->depth > 0)
    free(state->pushed[--state->depth]);
}

void gf_client_state_push(struct gf_client_state *state, uint32_t mask) {
  if (state->depth >= GF_CLIENT_ATTRIB_DEPTH)
    return;
  struct gf_client_attribs *saved = malloc(sizeof *saved);
  if (saved == NULL)
    abort(); // without it every later draw would be judged by wrong state
  const struct gf_vertex_arrays *arrays = &state->arrays;
  *saved = (struct gf_client_attribs){.mask = mask,
                                      .pixels = state->pixels,
                                      .pixel_pack_buffer = arrays->pixel_pack_buffer,
                                      .pixel_unpack_buffer = arrays->pixel_unpack_buffer,
                                      .array_buffer = arrays->array_buffer,
                                      .client_unit = arrays->client_unit,
                                      .restart_index = arrays->restart_index,
                                      .is_restart_enabled = arrays->is_restart_enabled,
                                      .is_restart_fixed = arrays->is_restart_fixed,
                                      .object = *arrays->bound};
  state->pushed[state->depth++] = saved;
}

static void pop_arrays(struct gf_vertex_arrays *arrays, const struct gf_client_attribs *saved) {
  struct gf_vertex_array_object *object = gf_arrays_find(arrays, saved->object.name);
  arrays->array_buffer = saved->array_buffer;
  arrays->client_unit = saved->client_unit;
  arrays->restart_index = saved->restart_index;
  arrays->is_restart_enabled = saved->is_restart_enabled;
  arrays->is_restart_fixed = saved->is_restart_fixed;
  if (object == NULL) // deleted since
    return;
  arrays->bound = object;
  *object = saved->object;
}

void gf_client_state_pop(struct gf_client_state *state) {
  if (state->depth == 0)
    return;
  struct gf_client_attribs *saved = state->pushed[--state->depth];
  if (saved->mask & GL_CLIENT_PIXEL_STORE_BIT) {
    state->pixels = saved->pixels;
    state->arrays.pixel_pack_buffer = saved->pixel_pack_buffer;
    state->arrays.pixel_unpack_buffer = saved->pixel_unpack_buffer;
  }
  if (saved->mask & GL_CLIENT_VERTEX_ARRAY_BIT)
    pop_arrays(&state->arrays, saved);
  free(saved);
}

void gf_client_state_reset(struct gf_client_state *state, uint32_t mask) {
  struct gf_vertex_arrays *arrays = &state->arrays;
  if (mask & GL_CLIENT_PIXEL_STORE_BIT) {
    gf_pixel_state_init(&state->pixels);
    arrays->pixel_pack_buffer = arrays->pixel_unpack_buffer = 0;
  }
  if (mask & GL_CLIENT_VERTEX_ARRAY_BIT) {
    // Of the bound object the arrays of the fixed function and the generic ones, but not its name.
    struct gf_vertex_arrays fresh;
    gf_arrays_init(&fresh, arrays->is_core);
    fresh.zero.name = arrays->bound->name;
    *arrays->bound = fresh.zero;
    arrays->array_buffer = 0;
    arrays->client_unit = 0;
    arrays->is_restart_enabled = arrays->is_restart_fixed = 0;
    arrays->restart_index = 0;
  }
}
