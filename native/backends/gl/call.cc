#include "backends/gl/call.h"

#include "backends/gl/creates.h"
#include "backends/gl/lane.h"
#include "backends/gl/session.h"

#include <cstdio>
#include <cstring>
#include <set>
#include <string>

namespace gpuferry::gl {

ring::Region &GlCall::region() { return session_.region; }

bool GlCall::find_payload(const gf_gl_payload &payload, uint64_t needed_bytes, const void **out) {
  *out = nullptr;
  if (payload.bytes == GF_GL_PAYLOAD_NULL)
    return true;
  if (payload.bytes < needed_bytes) {
    violate("an array is shorter than its command reads");
    return false;
  }
  if (payload.heap_offset != GF_GL_PAYLOAD_INLINE) {
    *out = heap(payload.heap_offset, payload.bytes, needed_bytes);
    return *out != nullptr;
  }
  *out = frame_.take(payload.bytes);
  return *out != nullptr;
}

std::byte *GlCall::heap(uint64_t offset_bytes, uint64_t size_bytes, uint64_t needed_bytes) {
  const auto bytes = session_.region.heap(offset_bytes, size_bytes);
  if (!bytes || size_bytes < needed_bytes) {
    violate("a heap range lies outside of the heap, or is too short");
    return nullptr;
  }
  frame_.names_heap();
  return bytes->data();
}

bool GlCall::is_in_heap(const void *bytes) {
  return bytes && session_.region.in_heap(reinterpret_cast<uint64_t>(bytes), 0);
}

bool GlCall::copy(uint64_t bytes, const void **out) {
  std::byte *own = lane_.allocate(bytes);
  std::memcpy(own, *out, bytes);
  *out = own;
  return true;
}

bool GlCall::text(const gf_gl_payload &payload, const char **out) {
  const void *bytes = nullptr;
  const bool is_null = payload.bytes == GF_GL_PAYLOAD_NULL;
  const uint64_t length = is_null ? 0 : payload.bytes;
  *out = nullptr;
  if (!find_payload(payload, length, &bytes) || (is_in_heap(bytes) && !copy(length, &bytes)))
    return false;
  if (is_null)
    return true;
  const auto *chars = static_cast<const char *>(bytes);
  if (length == 0 || chars[length - 1] != '\0') {
    violate("a text is not terminated");
    return false;
  }
  *out = chars;
  return true;
}

std::byte *GlCall::scratch_bytes(uint64_t bytes) {
  if (bytes > kScratchMaxBytes) {
    violate("a command asks for more memory than any needs");
    return nullptr;
  }
  return lane_.allocate(bytes);
}

std::byte *GlCall::reply_bytes(uint64_t bytes) {
  std::byte *room = reply_.add(bytes);
  if (!room)
    violate("an answer is longer than the reply slot");
  return room;
}

void GlCall::missing(const char *symbol) {
  // Once a symbol: a guest must not fill the host's log.
  static std::mutex lock;
  static std::set<std::string> said;
  std::lock_guard held(lock);
  if (said.insert(symbol).second)
    std::fprintf(stderr, "gpuferry-executor: the host's OpenGL has no %s\n", symbol);
}

const uint32_t *GlCall::names(gf_gl_kind kind, const uint32_t *guests, uint64_t count) {
  auto *natives = scratch<uint32_t>(count);
  for (uint64_t i = 0; natives && i < count; ++i)
    natives[i] = name(kind, gf_load_relaxed(&guests[i]));
  return natives;
}

void GlCall::bind_names(gf_gl_kind kind, const uint32_t *guests, const uint32_t *natives,
                        uint64_t count) {
  NameTable &table = context().table(kind);
  for (uint64_t i = 0; i < count; ++i)
    if (const uint32_t guest = gf_load_relaxed(&guests[i]); guest != 0 && natives[i] != 0)
      table.add(guest, natives[i]);
}

void GlCall::release_names(gf_gl_kind kind, const uint32_t *guests, uint64_t count) {
  NameTable &table = context().table(kind);
  for (uint64_t i = 0; i < count; ++i) {
    const uint32_t guest = gf_load_relaxed(&guests[i]);
    const uint32_t native = guest == 0 ? 0 : table.native(guest);
    if (native == 0)
      continue;
    if (kind == GF_GL_KIND_PROGRAM && (driver().glIsProgram(native) || driver().glIsShader(native)))
      continue;
    table.remove(guest);
  }
}

uint32_t GlCall::unknown_name(gf_gl_kind kind, uint32_t guest) {
  const uint16_t opcode = frame_.header().opcode;
  // OpenGL ES took queries over as they are in a core profile.
  const bool must_be_generated =
      context().is_core || (kind == GF_GL_KIND_QUERY && context().is_es());
  if (must_be_generated || !creates_what_it_names(kind, gl_handlers()[opcode].symbol))
    return kUnknownName;
  const uint32_t native = generate(lane_.driver, kind);
  if (native == 0)
    return kUnknownName;
  context().table(kind).add(guest, native);
  return native;
}

} // namespace gpuferry::gl
