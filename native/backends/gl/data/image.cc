#include "backends/gl/data/image.h"

#include "backends/gl/data/draw_guard.h"

namespace gpuferry::gl {
namespace {

const void *at(uint64_t address) { return reinterpret_cast<const void *>(address); }

/// What is the same in both directions: NULL and offsets. True if that was all.
bool is_settled(GlCall &call, const gf_gl_payload &payload, uint32_t buffer, const void **out) {
  *out = nullptr;
  if ((payload.bytes == GF_GL_PAYLOAD_OFFSET) != (buffer != 0)) {
    call.violate("a pixel pointer is an offset where no buffer is bound, or the reverse");
    return true;
  }
  if (buffer != 0 && !is_offset(payload.heap_offset)) {
    call.violate("an offset is beyond every buffer");
    return true;
  }
  if (buffer != 0)
    *out = at(payload.heap_offset);
  return buffer != 0 || payload.bytes == GF_GL_PAYLOAD_NULL;
}

bool read(GlCall &call, const gf_gl_payload &payload, bool is_known, const gf_image_span &span,
          const void **out) {
  const std::byte *bytes = nullptr;
  // What cannot be measured the driver refuses without looking at the pixels.
  if (!is_known)
    return true;
  if (!call.payload(payload, span.end_bytes - span.start_bytes, &bytes))
    return false;
  *out = at(reinterpret_cast<uint64_t>(bytes) - span.start_bytes);
  return true;
}

bool write(GlCall &call, const gf_gl_payload &payload, bool is_known, const gf_image_span &span,
           void **out) {
  if (!is_known)
    return true;
  const uint64_t needed_bytes = span.end_bytes - span.start_bytes;
  std::byte *room = call.heap(payload.heap_offset, payload.bytes, needed_bytes);
  if (!room)
    return false;
  *out = reinterpret_cast<void *>(reinterpret_cast<uint64_t>(room) - span.start_bytes +
                                  span.before_bytes);
  return true;
}

} // namespace

bool image(GlCall &call, const gf_gl_payload &payload, const gf_image &image, const void **out) {
  const gf_client_state &state = call.context().client;
  if (is_settled(call, payload, state.arrays.pixel_unpack_buffer, out))
    return !call.failed();
  gf_image_span span{};
  const bool is_known = gf_find_image_span(&state.pixels.unpack, &image, &span);
  return read(call, payload, is_known, span, out);
}

bool image_bytes(GlCall &call, const gf_gl_payload &payload, const gf_image &image, uint64_t bytes,
                 const void **out) {
  const gf_client_state &state = call.context().client;
  if (is_settled(call, payload, state.arrays.pixel_unpack_buffer, out))
    return !call.failed();
  gf_image_span span{};
  const bool is_known = gf_find_compressed_span(&state.pixels.unpack, &image, bytes, &span);
  return read(call, payload, is_known, span, out);
}

bool image_out(GlCall &call, const gf_gl_payload &payload, const gf_image &image, void **out) {
  const gf_client_state &state = call.context().client;
  const void *settled = nullptr;
  *out = nullptr;
  if (is_settled(call, payload, state.arrays.pixel_pack_buffer, &settled)) {
    *out = const_cast<void *>(settled);
    return !call.failed();
  }
  gf_image_span span{};
  const bool is_known = gf_find_image_span(&state.pixels.pack, &image, &span);
  return write(call, payload, is_known, span, out);
}

bool image_bytes_out(GlCall &call, const gf_gl_payload &payload, const gf_image &image,
                     uint64_t bytes, void **out) {
  const gf_client_state &state = call.context().client;
  const void *settled = nullptr;
  *out = nullptr;
  if (is_settled(call, payload, state.arrays.pixel_pack_buffer, &settled)) {
    *out = const_cast<void *>(settled);
    return !call.failed();
  }
  gf_image_span span{};
  const bool is_known = gf_find_compressed_span(&state.pixels.pack, &image, bytes, &span);
  return write(call, payload, is_known, span, out);
}

} // namespace gpuferry::gl
