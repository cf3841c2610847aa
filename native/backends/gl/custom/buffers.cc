// Mapping buffers. The driver's mapping and the application's are two memories: what the guest's side is
// told to have been written is copied into the driver's, as far as the driver itself says that it reaches.
#include "backends/gl/custom/errors.h"
#include "backends/gl/session.h"

#include <algorithm>
#include <cstring>

namespace gpuferry::gl {
namespace {

/// A buffer by what it is bound to, or by its name.
struct Place {
  GLenum target;
  GLuint name; ///< native, if `target` is 0
};

template <class Args> Place place_of(GlCall &call, const Args &args) {
  return {args.target, args.target == 0 ? call.name(GF_GL_KIND_BUFFER, args.buffer) : 0};
}

int64_t parameter(GlCall &call, Place place, GLenum pname) {
  const GlDriver &gl = call.driver();
  GLint64 wide = 0;
  GLint narrow = 0;
  if (place.target == 0) {
    if (gl.glGetNamedBufferParameteri64v) {
      gl.glGetNamedBufferParameteri64v(place.name, pname, &wide);
      return wide;
    }
    if (gl.glGetNamedBufferParameterivEXT)
      gl.glGetNamedBufferParameterivEXT(place.name, pname, &narrow);
    return narrow;
  }
  if (gl.glGetBufferParameteri64v && call.context().version >= 30) {
    gl.glGetBufferParameteri64v(place.target, pname, &wide);
    return wide;
  }
  gl.glGetBufferParameteriv(place.target, pname, &narrow);
  return narrow;
}

std::byte *pointer(GlCall &call, Place place) {
  const GlDriver &gl = call.driver();
  void *mapped = nullptr;
  if (place.target != 0)
    gl.glGetBufferPointerv(place.target, GL_BUFFER_MAP_POINTER, &mapped);
  else if (gl.glGetNamedBufferPointerv)
    gl.glGetNamedBufferPointerv(place.name, GL_BUFFER_MAP_POINTER, &mapped);
  return static_cast<std::byte *>(mapped);
}

void *map_range(GlCall &call, Place place, GLintptr offset, GLsizeiptr size, GLbitfield access) {
  const GlDriver &gl = call.driver();
  if (place.target != 0 && gl.glMapBufferRange)
    return gl.glMapBufferRange(place.target, offset, size, access);
  if (place.target == 0 && gl.glMapNamedBufferRange)
    return gl.glMapNamedBufferRange(place.name, offset, size, access);
  call.missing("glMapBufferRange");
  return nullptr;
}

void *map(GlCall &call, Place place, const gf_gl_gfGlMapBuffer_args &args) {
  const GlDriver &gl = call.driver();
  if (!args.whole)
    return map_range(call, place, args.offset, args.size, args.access);
  return place.target != 0 ? gl.glMapBuffer(place.target, args.access)
                           : gl.glMapNamedBuffer(place.name, args.access);
}

void unmap(GlCall &call, Place place) {
  if (place.target != 0)
    call.driver().glUnmapBuffer(place.target);
  else
    call.driver().glUnmapNamedBuffer(place.name);
}

/// What the buffer holds where it is to be mapped → `out`. A mapping for writing may lie in memory that
/// cannot be read: this one is read through another, before.
bool fetch_contents(GlCall &call, Place place, int64_t offset, int64_t size, std::byte *out) {
  const void *mapped = map_range(call, place, offset, size, GL_MAP_READ_BIT);
  if (mapped) {
    std::memcpy(out, mapped, static_cast<size_t>(size));
    unmap(call, place);
    return true;
  }
  // A data store that may not be mapped for reading may still be asked for.
  if (place.target != 0 && call.driver().glGetBufferSubData)
    call.driver().glGetBufferSubData(place.target, offset, size, out);
  else if (place.target == 0 && call.driver().glGetNamedBufferSubData)
    call.driver().glGetNamedBufferSubData(place.name, offset, size, out);
  return was_accepted_quietly(call);
}

} // namespace

void custom_gfGlMapBuffer(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlMapBuffer_args>();
  auto *reply = call.reply<gf_gl_gfGlMapBuffer_reply>();
  const Place place = place_of(call, *args);
  std::byte *contents = nullptr;
  if (args->contents.size_bytes != 0) {
    if (args->size < 0)
      return call.violate("a mapping of no size has no contents");
    contents = call.heap(args->contents, static_cast<uint64_t>(args->size));
    if (!contents)
      return;
  }
  void *mapped = map(call, place, *args);
  if (mapped && contents) {
    const int64_t offset = args->whole ? 0 : args->offset;
    const bool readable =
        args->whole ? args->access != GL_WRITE_ONLY : (args->access & GL_MAP_READ_BIT) != 0;
    const int64_t size =
        std::min<int64_t>(args->size, parameter(call, place, GL_BUFFER_SIZE) - offset);
    if (readable) {
      std::memcpy(contents, mapped, static_cast<size_t>(std::max<int64_t>(size, 0)));
    } else {
      unmap(call, place);
      settle_errors(call);
      if (size > 0)
        fetch_contents(call, place, offset, size, contents);
      mapped = map(call, place, *args);
    }
  }
  reply->mapped = mapped != nullptr;
  if (mapped && call.is_sync())
    reply->buffer_bytes = parameter(call, place, GL_BUFFER_SIZE);
}

void custom_gfGlWriteMapped(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlWriteMapped_args>();
  const Place place = place_of(call, *args);
  const uint64_t bytes = args->data.bytes;
  const std::byte *data = nullptr;
  if (bytes == GF_GL_PAYLOAD_NULL || !call.payload(args->data, bytes, &data))
    return;
  settle_errors(call);
  std::byte *mapped = pointer(call, place);
  // ES 2 with OES_mapbuffer maps all of a buffer, for writing, and cannot be asked.
  const bool ranges = !call.context().is_es() || call.context().version >= 30;
  const auto start =
      ranges ? static_cast<uint64_t>(parameter(call, place, GL_BUFFER_MAP_OFFSET)) : 0;
  const auto length =
      static_cast<uint64_t>(parameter(call, place, ranges ? GL_BUFFER_MAP_LENGTH : GL_BUFFER_SIZE));
  const bool writable =
      !ranges || (parameter(call, place, GL_BUFFER_ACCESS_FLAGS) & GL_MAP_WRITE_BIT);
  // A mapping that failed leaves nothing to write to; the application has its error.
  if (!was_accepted_quietly(call) || !mapped || !writable || args->offset < start)
    return;
  const uint64_t offset = args->offset - start;
  if (offset <= length && bytes <= length - offset)
    std::memcpy(mapped + offset, data, bytes);
}

void custom_glGetBufferSubData(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetBufferSubData_args>();
  auto *reply = call.reply<gf_gl_glGetBufferSubData_reply>();
  const Place place = place_of(call, *args);
  const uint64_t bytes = args->size > 0 ? static_cast<uint64_t>(args->size) : 0;
  std::byte *out = args->memory.size_bytes != 0 ? call.heap(args->memory, bytes)
                                                : call.reply_array<std::byte>(bytes);
  if (!out)
    return;
  const GlDriver &gl = call.driver();
  if (args->for_the_guest && call.context().is_es()) { // which has no such command
    settle_errors(call);
    reply->written = fetch_contents(call, place, args->offset, args->size, out);
    return;
  }
  if (place.target != 0 ? !gl.glGetBufferSubData : !gl.glGetNamedBufferSubData)
    return call.missing("glGetBufferSubData");
  settle_errors(call);
  if (place.target != 0)
    gl.glGetBufferSubData(place.target, args->offset, args->size, out);
  else
    gl.glGetNamedBufferSubData(place.name, args->offset, args->size, out);
  reply->written = was_accepted(call);
}

} // namespace gpuferry::gl
