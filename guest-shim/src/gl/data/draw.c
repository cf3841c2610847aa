#include "gl/data/draw.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gl/buffer.h"
#include "gl/context.h"
#include "gl/data/arrays.h"
#include "gl/data/stage.h"
#include "gl/index_range.h"
#include "gl/stub.h"
#include "gl_api.h"
#include "gl_wire.h"
#include "session/session.h"

/// Parts of one frame; longer multi draws go in several.
#define PARTS_MAX 1024u
#define VERTICES_INLINE_MAX_BYTES 16384u

static void widen(struct gf_gl_reach *reach, int64_t low, int64_t high) {
  if (low < 0 || high > UINT32_MAX) {
    reach->is_lost = 1;
    return;
  }
  if (reach->low > reach->high) {
    reach->low = (uint64_t)low;
    reach->high = (uint64_t)high;
    return;
  }
  reach->low = (uint64_t)low < reach->low ? (uint64_t)low : reach->low;
  reach->high = (uint64_t)high > reach->high ? (uint64_t)high : reach->high;
}

static int32_t first_of(const struct gf_gl_draw *draw, uint32_t part) {
  return draw->firsts != NULL ? draw->firsts[part] : 0;
}

/// Vertices that parts without indices reach.
static void reach_of_arrays(const struct gf_gl_draw *draw, struct gf_gl_reach *reach) {
  for (uint32_t i = 0; i < draw->part_count; i++) {
    if (draw->counts[i] > 0)
      widen(reach, first_of(draw, i), (int64_t)first_of(draw, i) + draw->counts[i] - 1);
  }
}

static void reach_of_elements(const struct gf_gl_draw *draw, const struct gf_vertex_arrays *arrays,
                              const void *const *indices, struct gf_gl_reach *reach) {
  uint32_t restart_index;
  const int restart = gf_arrays_restart(arrays, gf_index_bytes(draw->type), &restart_index);
  for (uint32_t i = 0; i < draw->part_count; i++) {
    if (draw->counts[i] <= 0)
      continue;
    const struct gf_index_range range = gf_find_index_range(
        draw->type, indices[i], (uint64_t)draw->counts[i], restart, restart_index);
    if (range.low <= range.high)
      widen(reach, (int64_t)range.low + first_of(draw, i), (int64_t)range.high + first_of(draw, i));
  }
}

/// Indices in a buffer, of a draw whose vertices are not: they must be known here.
static uint8_t *fetch_indices(const struct gf_gl_draw *draw, uint64_t bytes,
                              const void **fetched_parts) {
  uint8_t *fetched = malloc(bytes);
  uint8_t *at = fetched;
  if (fetched == NULL)
    return NULL;
  const uint32_t index_bytes = gf_index_bytes(draw->type);
  for (uint32_t i = 0; i < draw->part_count; i++) {
    const uint64_t part_bytes = draw->counts[i] > 0 ? (uint64_t)draw->counts[i] * index_bytes : 0;
    fetched_parts[i] = at;
    memset(at, 0, part_bytes); // what lies beyond the buffer reads as zero
    if (part_bytes != 0)
      gf_gl_buffer_contents(GL_ELEMENT_ARRAY_BUFFER, (GLintptr)draw->indices[i],
                            (GLsizeiptr)part_bytes, at);
    at += part_bytes;
  }
  return fetched;
}

static uint64_t index_bytes_of(const struct gf_gl_draw *draw) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < draw->part_count; i++)
    bytes += draw->counts[i] > 0 ? (uint64_t)draw->counts[i] * gf_index_bytes(draw->type) : 0;
  return bytes;
}

static void put_parts(const struct gf_gl_draw *draw, int has_index_data,
                      struct gf_draw_part *parts) {
  uint64_t at = 0;
  for (uint32_t i = 0; i < draw->part_count; i++) {
    parts[i] = (struct gf_draw_part){.first = first_of(draw, i), .count = draw->counts[i]};
    if (has_index_data) {
      parts[i].indices_offset_bytes = at;
      at += draw->counts[i] > 0 ? (uint64_t)draw->counts[i] * gf_index_bytes(draw->type) : 0;
    } else if (draw->indices != NULL) {
      parts[i].indices_offset_bytes = (uintptr_t)draw->indices[i];
    }
  }
}

static void copy_indices(const struct gf_gl_draw *draw, const void *const *indices, uint8_t *to) {
  for (uint32_t i = 0; i < draw->part_count; i++) {
    const uint64_t bytes =
        draw->counts[i] > 0 ? (uint64_t)draw->counts[i] * gf_index_bytes(draw->type) : 0;
    memcpy(to, indices[i], bytes);
    to += bytes;
  }
}

/// Room for one of the two payloads: at `*tail` where it is short, else in the heap. NULL: dropped.
static uint8_t *place(struct gf_gl_lane *lane, struct gf_gl_payload *payload, uint64_t bytes,
                      int is_inline, uint8_t **tail) {
  uint8_t *to = *tail;
  *payload = (struct gf_gl_payload){bytes, GF_GL_PAYLOAD_INLINE};
  if (is_inline) {
    *tail += GF_ALIGN8(bytes);
    return to;
  }
  to = gf_gl_stage_take(lane, bytes, &payload->heap_offset);
  if (to == NULL) {
    lane->client.frame = NULL;
    if (!gf_session_is_ended()) {
      gf_log(GF_LOG_ERROR, "a draw was dropped: no room to stage %llu bytes of it",
             (unsigned long long)bytes);
      gf_gl_raise(lane, GL_OUT_OF_MEMORY);
    }
  }
  return to;
}

static void send(struct gf_gl_lane *lane, const struct gf_gl_draw *draw, const void *const *indices,
                 uint64_t index_bytes, const struct gf_gl_pieces *pieces) {
  const struct gf_gl_payload none = {GF_GL_PAYLOAD_NULL, GF_GL_PAYLOAD_INLINE};
  const int indices_inline = index_bytes <= GF_GL_INLINE_MAX_BYTES;
  const int vertices_inline = pieces->bytes <= VERTICES_INLINE_MAX_BYTES;
  struct gf_gl_gfGlDraw_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlDraw,
                  sizeof *args + pieces->array_count * sizeof(struct gf_draw_array) +
                      draw->part_count * sizeof(struct gf_draw_part) +
                      (indices_inline ? GF_ALIGN8(index_bytes) : 0) +
                      (vertices_inline ? GF_ALIGN8(pieces->bytes) : 0));
  *args = (struct gf_gl_gfGlDraw_args){.entry = draw->entry,
                                       .mode = draw->mode,
                                       .type = draw->type,
                                       .start = draw->start,
                                       .end = draw->end,
                                       .instances = draw->instances,
                                       .base_instance = draw->base_instance,
                                       .arrays = (uint16_t)pieces->array_count,
                                       .parts = (uint16_t)draw->part_count,
                                       .indices = none,
                                       .vertices = none};
  uint8_t *tail = (uint8_t *)(args + 1);
  memcpy(tail, pieces->arrays, pieces->array_count * sizeof(struct gf_draw_array));
  tail += pieces->array_count * sizeof(struct gf_draw_array);
  put_parts(draw, indices != NULL, (struct gf_draw_part *)tail);
  tail += draw->part_count * sizeof(struct gf_draw_part);
  if (indices != NULL) {
    uint8_t *to = place(lane, &args->indices, index_bytes, indices_inline, &tail);
    if (to == NULL)
      return;
    copy_indices(draw, indices, to);
  }
  if (pieces->array_count != 0) {
    uint8_t *to = place(lane, &args->vertices, pieces->bytes, vertices_inline, &tail);
    if (to == NULL)
      return;
    gf_gl_copy_pieces(pieces, to);
  }
  gf_gl_post(lane);
}

/// The same draw, parts [first, first + count).
static struct gf_gl_draw slice(const struct gf_gl_draw *draw, uint32_t first, uint32_t count) {
  struct gf_gl_draw part = *draw;
  part.part_count = count;
  part.counts += first;
  part.firsts = draw->firsts != NULL ? draw->firsts + first : NULL;
  part.indices = draw->indices != NULL ? draw->indices + first : NULL;
  return part;
}

static void draw_slice(struct gf_gl_lane *lane, const struct gf_gl_draw *draw) {
  const struct gf_vertex_arrays *arrays = &gf_gl_client_state()->arrays;
  const uint64_t client = gf_arrays_in_client_memory(arrays->bound);
  const int has_indices = gf_draw_has_indices(draw->entry);
  struct gf_gl_reach reach = {
      .low = 1, .instances = (uint32_t)draw->instances, .base_instance = draw->base_instance};
  struct gf_gl_pieces pieces;
  pieces.array_count = pieces.piece_count = 0;
  pieces.bytes = 0;
  const void *fetched_parts[PARTS_MAX];
  const void *const *indices = draw->indices;
  uint8_t *fetched = NULL;
  const uint64_t index_bytes = has_indices ? index_bytes_of(draw) : 0;
  if (has_indices && arrays->bound->element_buffer != 0) {
    indices = NULL;
    if (client != 0 && (fetched = fetch_indices(draw, index_bytes, fetched_parts)) != NULL)
      indices = fetched_parts;
  }
  if (client != 0) {
    if (!has_indices)
      reach_of_arrays(draw, &reach);
    else if (indices != NULL)
      reach_of_elements(draw, arrays, indices, &reach);
    if (!reach.is_lost)
      gf_gl_find_pieces(arrays->bound, client, &reach, &pieces);
  }
  send(lane, draw, has_indices ? indices : NULL, indices != NULL ? index_bytes : 0, &pieces);
  free(fetched);
}

int gf_gl_draw_with_data(struct gf_gl_lane *lane, const struct gf_gl_draw *draw) {
  const int has_indices = gf_draw_has_indices(draw->entry);
  if (draw->instances <= 0 || (has_indices && gf_index_bytes(draw->type) == 0))
    return -1;
  const int is_multi = gf_draw_is_multi(draw->entry);
  for (uint32_t i = 0; i < draw->part_count; i++) {
    // Of a multi draw the driver refuses the whole if a count is negative, and skips empty ones.
    if (!is_multi && (draw->counts[i] <= 0 || (!has_indices && first_of(draw, i) < 0)))
      return -1;
  }
  for (uint32_t first = 0; first < draw->part_count; first += PARTS_MAX) {
    const uint32_t rest = draw->part_count - first;
    const struct gf_gl_draw part = slice(draw, first, rest < PARTS_MAX ? rest : PARTS_MAX);
    draw_slice(lane, &part);
  }
  return 0;
}
