#include "gl/state.h"

#include <stdlib.h>
#include <string.h>

#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_send.h"

static const GLenum g_names[] = {
#define GF_GL_VALUE(name) name,
#define GF_GL_CAPABILITY(name) GF_GL_IS_ENABLED | name,
#include "gl/state_values.inc"
#undef GF_GL_VALUE
#undef GF_GL_CAPABILITY
};

enum {
#define GF_GL_VALUE(name) VALUE_##name,
#define GF_GL_CAPABILITY(name) CAPABILITY_##name,
#include "gl/state_values.inc"
#undef GF_GL_VALUE
#undef GF_GL_CAPABILITY
  VALUE_COUNT
};

struct gf_gl_state {
  const struct gf_gl_lane *lane; ///< whose `changes` the next two are of
  uint64_t asked_at;             ///< somebody asked then, and nothing was fetched
  uint64_t known_at;             ///< the values are those of then
  uint8_t
      is_absent[VALUE_COUNT]; ///< the driver has no such thing: its error is the driver's to raise
  struct gf_gl_limit values[VALUE_COUNT];
};

void gf_gl_state_free(struct gf_gl_state *state) { free(state); }

static int value_index(GLenum pname) {
  switch (pname) {
#define GF_GL_VALUE(name)                                                                          \
  case name:                                                                                       \
    return VALUE_##name;
#define GF_GL_CAPABILITY(name)
#include "gl/state_values.inc"
#undef GF_GL_VALUE
#undef GF_GL_CAPABILITY
  default:
    return -1;
  }
}

static int capability_index(GLenum cap) {
  switch (cap) {
#define GF_GL_VALUE(name)
#define GF_GL_CAPABILITY(name)                                                                     \
  case name:                                                                                       \
    return CAPABILITY_##name;
#include "gl/state_values.inc"
#undef GF_GL_VALUE
#undef GF_GL_CAPABILITY
  default:
    return -1;
  }
}

/// Asks for everything at once. 0, or -1: the session is over.
static int fetch(struct gf_gl_lane *lane, struct gf_gl_state *state) {
  struct gf_gl_gfGlContextFacts_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlContextFacts, sizeof *args + gf_gl_room(sizeof g_names));
  args->limit_count = VALUE_COUNT;
  args->only_limits = 1;
  gf_gl_put(lane, &args->limits, g_names, sizeof g_names, args + 1);
  const void *data;
  const uint64_t bytes = sizeof(struct gf_gl_gfGlContextFacts_reply) + sizeof state->values;
  const uint64_t changes = lane->changes; // a debug callback may change more
  if (gf_gl_call(lane, &data, bytes) != 0)
    return -1;
  memcpy(state->values, (const struct gf_gl_gfGlContextFacts_reply *)data + 1,
         sizeof state->values);
  for (int i = 0; i < VALUE_COUNT; i++)
    state->is_absent[i] = state->values[i].count == 0 || state->values[i].count > 4;
  state->known_at = changes;
  return 0;
}

static struct gf_gl_state *state_of(struct gf_gl_lane *lane) {
  struct gf_gl_context *context = gf_gl.context;
  if (context->state == NULL)
    context->state = calloc(1, sizeof *context->state);
  struct gf_gl_state *state = context->state;
  if (state != NULL && state->lane != lane) {
    state->lane = lane;
    state->asked_at = state->known_at = 0;
  }
  return state;
}

static const struct gf_gl_limit *find(int index) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (index < 0 || lane == NULL || gf_gl.context->may_be_inside)
    return NULL;
  struct gf_gl_state *state = state_of(lane);
  if (state == NULL || state->is_absent[index])
    return NULL;
  if (state->known_at == lane->changes)
    return &state->values[index];
  if (state->asked_at != lane->changes) {
    state->asked_at = lane->changes; // one question alone is cheaper than all
    return NULL;
  }
  return fetch(lane, state) == 0 && state->known_at == lane->changes && !state->is_absent[index]
             ? &state->values[index]
             : NULL;
}

const struct gf_gl_limit *gf_gl_state_value(GLenum pname) { return find(value_index(pname)); }

GF_GL_EXPORT GLboolean glIsEnabled(GLenum cap) {
  const struct gf_gl_limit *known = find(capability_index(cap));
  return known != NULL ? (GLboolean)(known->values[0] != 0) : gf_gl_send_glIsEnabled(cap);
}
