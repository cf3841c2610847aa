#include "gl/data/image.h"

#include <string.h>

#include "base/log.h"
#include "base/readable.h"
#include "gl/context.h"
#include "gl/data/stage.h"
#include "gl/stub.h"
#include "gl_api.h"
#include "session/session.h"

/// Rows of which less than one part in so many is touched are copied one by one.
#define SPARSE_FACTOR 2u

static void say(struct gf_gl_image_in *in, uint64_t bytes, uint64_t offset) {
  *in = (struct gf_gl_image_in){.payload = {bytes, offset}};
}

static void read_span(const void *pixels, const struct gf_image_span *span,
                      struct gf_gl_image_in *in) {
  const uint64_t bytes = span->end_bytes - span->start_bytes;
  *in = (struct gf_gl_image_in){.data = (const uint8_t *)pixels + span->start_bytes,
                                .bytes = bytes,
                                .row_bytes = span->row_bytes,
                                .touched_bytes = span->width_bytes,
                                .room_bytes = gf_gl_room(bytes)};
  if (span->start_bytes != span->first_row_bytes)
    in->touched_bytes = span->row_bytes; // one dimension, two readings: the whole of it
}

void gf_gl_image_in(const struct gf_image *image, const void *pixels, struct gf_gl_image_in *in) {
  const struct gf_client_state *state = gf_gl_client_state();
  struct gf_image_span span;
  if (state->arrays.pixel_unpack_buffer != 0)
    say(in, GF_GL_PAYLOAD_OFFSET, (uintptr_t)pixels);
  else if (pixels == NULL || !gf_find_image_span(&state->pixels.unpack, image, &span))
    say(in, GF_GL_PAYLOAD_NULL, GF_GL_PAYLOAD_INLINE);
  else
    read_span(pixels, &span, in);
}

void gf_gl_bytes_in(const struct gf_image *image, uint64_t bytes, const void *data,
                    struct gf_gl_image_in *in) {
  const struct gf_client_state *state = gf_gl_client_state();
  struct gf_image_span span;
  if (state->arrays.pixel_unpack_buffer != 0)
    say(in, GF_GL_PAYLOAD_OFFSET, (uintptr_t)data);
  else if (data == NULL || !gf_find_compressed_span(&state->pixels.unpack, image, bytes, &span))
    say(in, GF_GL_PAYLOAD_NULL, GF_GL_PAYLOAD_INLINE);
  else
    read_span(data, &span, in);
}

static void copy_rows(uint8_t *to, const uint8_t *from, uint64_t bytes, uint64_t row_bytes,
                      uint64_t touched_bytes) {
  for (uint64_t at = 0; at < bytes; at += row_bytes)
    memcpy(to + at, from + at, bytes - at < touched_bytes ? bytes - at : touched_bytes);
}

void *gf_gl_put_image(struct gf_gl_lane *lane, struct gf_gl_payload *payload,
                      const struct gf_gl_image_in *in, void *tail) {
  if (in->data == NULL) {
    *payload = in->payload;
    return tail;
  }
  // Of a picture that is not all there the rows are not looked for one by one.
  const int is_sparse = in->touched_bytes * SPARSE_FACTOR < in->row_bytes &&
                        gf_is_readable((const uint8_t *)in->data + in->bytes - 1);
  if (!is_sparse || in->room_bytes != 0 || lane->client.frame == NULL)
    return gf_gl_put(lane, payload, in->data, in->bytes, tail);
  // The layout stays, but what lies between the rows is not copied: a small part of a large picture.
  uint64_t offset_bytes;
  uint8_t *to = gf_gl_stage_take(lane, in->bytes, &offset_bytes);
  if (to == NULL)
    return gf_gl_put(lane, payload, in->data, in->bytes, tail); // says what is wrong
  copy_rows(to, in->data, in->bytes, in->row_bytes, in->touched_bytes);
  *payload = (struct gf_gl_payload){in->bytes, offset_bytes};
  return tail;
}

/// Visits the rows that the driver may have written.
static void each_row(const struct gf_gl_image_out *out, uint8_t *to, const uint8_t *from) {
  for (int32_t z = 0; z < out->depth; z++) {
    uint64_t at =
        out->span.first_row_bytes - out->span.start_bytes + (uint64_t)z * out->span.image_bytes;
    for (int32_t y = 0; y < out->height; y++, at += out->span.row_bytes)
      memcpy(to + at, from + at, out->span.width_bytes);
  }
}

static int stage_out(struct gf_gl_lane *lane, struct gf_gl_image_out *out) {
  const uint64_t bytes = out->span.end_bytes - out->span.start_bytes;
  uint64_t offset_bytes;
  if (bytes == 0) {
    out->payload = (struct gf_gl_payload){GF_GL_PAYLOAD_NULL, GF_GL_PAYLOAD_INLINE};
    out->is_settled = 1;
    return 0;
  }
  // No frame may come between the memory and the one that it is taken for.
  if (gf_load_relaxed(&gf_gl_tracked_count) != 0) {
    gf_gl_send_tracked(lane);
    lane->skips_tracked = 1;
  }
  out->staged = gf_gl_stage_take(lane, bytes, &offset_bytes);
  if (out->staged == NULL) {
    lane->skips_tracked = 0;
    if (!gf_session_is_ended()) {
      gf_log(GF_LOG_ERROR, "no room to stage %llu bytes of an image", (unsigned long long)bytes);
      gf_gl_raise(lane, GL_OUT_OF_MEMORY);
    }
    return -1;
  }
  out->payload = (struct gf_gl_payload){bytes, offset_bytes};
  each_row(out, out->staged, out->pixels + out->span.start_bytes);
  return 0;
}

static int begin_out(const struct gf_image *image, void *pixels, struct gf_gl_image_out *out) {
  *out = (struct gf_gl_image_out){.payload = {GF_GL_PAYLOAD_NULL, GF_GL_PAYLOAD_INLINE},
                                  .is_settled = 1,
                                  .pixels = pixels,
                                  .height = image->height,
                                  .depth = image->depth};
  if (gf_gl_client_state()->arrays.pixel_pack_buffer == 0)
    return pixels != NULL;
  out->payload = (struct gf_gl_payload){GF_GL_PAYLOAD_OFFSET, (uintptr_t)pixels};
  return 0;
}

int gf_gl_image_out(struct gf_gl_lane *lane, const struct gf_image *image, void *pixels,
                    struct gf_gl_image_out *out) {
  if (!begin_out(image, pixels, out) ||
      !gf_find_image_span(&gf_gl_client_state()->pixels.pack, image, &out->span))
    return 0;
  out->is_settled = 0;
  out->pixels -= out->span.before_bytes;
  return stage_out(lane, out);
}

int gf_gl_bytes_out(struct gf_gl_lane *lane, const struct gf_image *image, uint64_t bytes,
                    void *pixels, struct gf_gl_image_out *out) {
  if (!begin_out(image, pixels, out) ||
      !gf_find_compressed_span(&gf_gl_client_state()->pixels.pack, image, bytes, &out->span))
    return 0;
  out->height = out->depth = 1;
  out->span.width_bytes = out->span.end_bytes - out->span.start_bytes;
  out->is_settled = 0;
  return stage_out(lane, out);
}

void gf_gl_take_image(struct gf_gl_lane *lane, const struct gf_gl_image_out *out) {
  if (!out->is_settled)
    each_row(out, out->pixels + out->span.start_bytes, out->staged);
  gf_gl_stage_settle(lane);
}
