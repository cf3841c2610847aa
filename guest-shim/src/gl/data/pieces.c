#include <string.h>

#include "gl/data/arrays.h"

#define LOWEST_ADDRESS 4096u // below lie offsets that have lost their buffer

struct interval {
  uint64_t start, end; // addresses
  uint32_t slot, first;
};

/// Which elements of one array are read, as addresses. 0 if none.
static int find_interval(const struct gf_vertex_array_object *object, uint32_t slot,
                         const struct gf_gl_reach *reach, struct interval *found) {
  const struct gf_array *array = &object->arrays[slot];
  const struct gf_array_binding *binding = &object->bindings[slot];
  const uint32_t element_bytes = gf_vertex_bytes(&array->format);
  uint64_t low = reach->low, high = reach->high;
  if (binding->divisor != 0) {
    low = reach->base_instance;
    high = low + (reach->instances - 1) / binding->divisor;
  }
  if (!gf_array_is_sendable(object, slot) || binding->offset_bytes < LOWEST_ADDRESS || low > high ||
      high > UINT32_MAX)
    return 0;
  found->start = binding->offset_bytes + low * binding->stride_bytes;
  found->end = binding->offset_bytes + high * binding->stride_bytes + element_bytes;
  found->slot = slot;
  found->first = (uint32_t)low;
  return found->end > found->start;
}

void gf_gl_find_pieces(const struct gf_vertex_array_object *object, uint64_t client,
                       const struct gf_gl_reach *reach, struct gf_gl_pieces *pieces) {
  struct interval sorted[GF_SLOT_COUNT];
  uint32_t count = 0;
  for (uint64_t rest = client; rest != 0; rest &= rest - 1) {
    struct interval found;
    if (!find_interval(object, (uint32_t)__builtin_ctzll(rest), reach, &found))
      continue;
    uint32_t at = count++;
    for (; at > 0 && sorted[at - 1].start > found.start; at--)
      sorted[at] = sorted[at - 1];
    sorted[at] = found;
  }
  pieces->array_count = pieces->piece_count = 0;
  pieces->bytes = 0;
  uint64_t piece_end = 0;
  for (uint32_t i = 0; i < count; i++) {
    // Interleaved arrays overlap, but for their ends: they are one piece.
    if (pieces->piece_count == 0 || sorted[i].start > piece_end) {
      const uint32_t new_piece = pieces->piece_count++;
      pieces->bytes = GF_ALIGN8(pieces->bytes);
      pieces->pieces[new_piece].from = (const uint8_t *)(uintptr_t)sorted[i].start;
      pieces->pieces[new_piece].offset_bytes = pieces->bytes;
      pieces->pieces[new_piece].bytes = 0;
      piece_end = sorted[i].start;
    }
    const uint32_t last = pieces->piece_count - 1;
    const uint64_t piece_start = (uintptr_t)pieces->pieces[last].from;
    if (sorted[i].end > piece_end)
      piece_end = sorted[i].end;
    pieces->pieces[last].bytes = piece_end - piece_start;
    pieces->bytes = pieces->pieces[last].offset_bytes + pieces->pieces[last].bytes;
    pieces->arrays[pieces->array_count++] = (struct gf_draw_array){
        .slot = sorted[i].slot,
        .first = sorted[i].first,
        .offset_bytes = pieces->pieces[last].offset_bytes + sorted[i].start - piece_start};
  }
}

void gf_gl_copy_pieces(const struct gf_gl_pieces *pieces, uint8_t *to) {
  for (uint32_t i = 0; i < pieces->piece_count; i++)
    memcpy(to + pieces->pieces[i].offset_bytes, pieces->pieces[i].from, pieces->pieces[i].bytes);
}
