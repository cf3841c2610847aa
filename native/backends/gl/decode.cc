#include "backends/gl/decode.h"

namespace gpuferry::gl {

/// More than any text that a driver reports through generated calls, and less than a reply holds.
constexpr int64_t kTextMaxBytes = 48 << 10;

bool text(GlCall &call, const gf_gl_payload &payload, int64_t length, const GLchar **out) {
  return length < 0 ? call.text(payload, out)
                    : call.private_payload(payload, static_cast<uint64_t>(length), out);
}

bool texts(GlCall &call, const gf_gl_payload &payload, int64_t count, Texts *out) {
  const uint64_t n = gf_gl_count(count);
  if (payload.bytes == GF_GL_PAYLOAD_NULL)
    return true;
  const uint8_t *packed = nullptr;
  if (!call.private_payload(payload, payload.bytes, &packed))
    return false;
  const uint64_t head_bytes = gf_gl_times(n, sizeof(uint32_t));
  if (head_bytes > payload.bytes) {
    call.violate("fewer texts than their count");
    return false;
  }
  const GLchar **strings = call.scratch<const GLchar *>(n + 1);
  auto *lengths = call.scratch<GLint>(n + 1);
  if (!strings || !lengths)
    return false;
  if (n != 0)
    std::memcpy(lengths, packed, head_bytes);
  uint64_t at = head_bytes;
  for (uint64_t i = 0; i < n; ++i) {
    strings[i] = nullptr;
    if (static_cast<uint32_t>(lengths[i]) == GF_GL_TEXT_NULL)
      continue;
    const uint64_t stored = static_cast<uint32_t>(lengths[i]) + uint64_t{1};
    if (stored > payload.bytes - at || packed[at + stored - 1] != 0) {
      call.violate("a text that reaches over its payload");
      return false;
    }
    strings[i] = reinterpret_cast<const GLchar *>(packed + at);
    at += stored;
  }
  out->strings = strings;
  out->lengths = lengths;
  return true;
}

OutText::OutText(GlCall &call, int64_t capacity)
    : data(call.scratch<GLchar>(static_cast<uint64_t>(kTextMaxBytes))), length(-1),
      capacity_(std::min(capacity, kTextMaxBytes)) {
  if (data && capacity_ > 0)
    data[0] = static_cast<GLchar>(kUnwritten);
}

int32_t OutText::send(GlCall &call) const {
  const bool wrote = capacity_ > 0 && static_cast<uint8_t>(data[0]) != kUnwritten;
  if (!wrote && length < 0)
    return -1;
  const uint64_t bytes = wrote ? strnlen(data, static_cast<size_t>(capacity_)) : 0;
  GLchar *room = call.reply_array<GLchar>(bytes + 1);
  if (!room)
    return -1;
  std::memcpy(room, data, bytes);
  room[bytes] = 0;
  return static_cast<int32_t>(bytes);
}

} // namespace gpuferry::gl
