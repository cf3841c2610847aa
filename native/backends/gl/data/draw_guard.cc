#include "backends/gl/data/draw_guard.h"

#include <bit>

namespace gpuferry::gl {
namespace {

GLenum client_array(uint32_t slot) {
  switch (slot) {
  case GF_SLOT_POSITION:
    return GL_VERTEX_ARRAY;
  case GF_SLOT_NORMAL:
    return GL_NORMAL_ARRAY;
  case GF_SLOT_COLOR:
    return GL_COLOR_ARRAY;
  case GF_SLOT_SECONDARY_COLOR:
    return GL_SECONDARY_COLOR_ARRAY;
  case GF_SLOT_FOG_COORD:
    return GL_FOG_COORD_ARRAY;
  case GF_SLOT_INDEX:
    return GL_INDEX_ARRAY;
  case GF_SLOT_EDGE_FLAG:
    return GL_EDGE_FLAG_ARRAY;
  case GF_SLOT_POINT_SIZE:
    return GL_POINT_SIZE_ARRAY_OES;
  default:
    return GL_TEXTURE_COORD_ARRAY;
  }
}

} // namespace

const void *array_pointer(GlCall &call, uint64_t pointer) {
  if (call.context().client.arrays.array_buffer != 0 && is_offset(pointer))
    return reinterpret_cast<const void *>(pointer);
  return pointer != 0 ? reinterpret_cast<const void *>(uintptr_t{1}) : nullptr;
}

NoArrayBuffer::NoArrayBuffer(GlCall &call)
    : call_(call), buffer_(call.context().client.arrays.array_buffer) {
  if (buffer_ != 0)
    call_.driver().glBindBuffer(GL_ARRAY_BUFFER, 0);
}

NoArrayBuffer::~NoArrayBuffer() {
  if (buffer_ != 0)
    call_.driver().glBindBuffer(GL_ARRAY_BUFFER, call_.name(GF_GL_KIND_BUFFER, buffer_));
}

void forget_data(GlCall &call, uint64_t slots) {
  uint64_t &pointed = call.context().client.arrays.pointed;
  slots &= pointed;
  if (slots == 0)
    return;
  const NoArrayBuffer unbound(call);
  for (uint64_t rest = slots; rest != 0; rest &= rest - 1) {
    const auto slot = static_cast<uint32_t>(std::countr_zero(rest));
    // One that has got a buffer meanwhile points into that.
    if (!(call.context().client.arrays.bound->buffered >> slot & 1))
      point_array(call, slot, 0);
  }
  pointed &= ~slots;
}

void point_array(GlCall &call, uint32_t slot, uint64_t address) {
  const GlDriver &gl = call.driver();
  const gf_vertex_arrays &state = call.context().client.arrays;
  const gf_array &array = state.bound->arrays[slot];
  const auto *pointer = reinterpret_cast<const void *>(address);
  const GLint size = array.format.size;
  const GLenum type = array.format.type;
  const GLsizei stride = array.stride_bytes;
  if (slot >= GF_SLOT_GENERIC0) {
    const GLuint index = slot - GF_SLOT_GENERIC0;
    if (array.format.kind == GF_ATTRIB_INTEGER)
      return gl.glVertexAttribIPointer(index, size, type, stride, pointer);
    if (array.format.kind == GF_ATTRIB_DOUBLE)
      return gl.glVertexAttribLPointer(index, size, type, stride, pointer);
    return gl.glVertexAttribPointer(index, size, type, array.format.normalized, stride, pointer);
  }
  switch (slot) {
  case GF_SLOT_POSITION:
    return gl.glVertexPointer(size, type, stride, pointer);
  case GF_SLOT_NORMAL:
    return gl.glNormalPointer(type, stride, pointer);
  case GF_SLOT_COLOR:
    return gl.glColorPointer(size, type, stride, pointer);
  case GF_SLOT_SECONDARY_COLOR:
    return gl.glSecondaryColorPointer(size, type, stride, pointer);
  case GF_SLOT_FOG_COORD:
    return gl.glFogCoordPointer(type, stride, pointer);
  case GF_SLOT_INDEX:
    return gl.glIndexPointer(type, stride, pointer);
  case GF_SLOT_EDGE_FLAG:
    return gl.glEdgeFlagPointer(stride, pointer);
  case GF_SLOT_POINT_SIZE:
    return gl.glPointSizePointerOES(type, stride, pointer);
  default:
    break;
  }
  const uint32_t unit = slot - GF_SLOT_TEX_COORD0;
  if (unit != state.client_unit)
    gl.glClientActiveTexture(GL_TEXTURE0 + unit);
  gl.glTexCoordPointer(size, type, stride, pointer);
  if (unit != state.client_unit)
    gl.glClientActiveTexture(GL_TEXTURE0 + state.client_unit);
}

void switch_array(GlCall &call, uint32_t slot, bool on) {
  const GlDriver &gl = call.driver();
  if (slot >= GF_SLOT_GENERIC0) {
    const GLuint index = slot - GF_SLOT_GENERIC0;
    on ? gl.glEnableVertexAttribArray(index) : gl.glDisableVertexAttribArray(index);
    return;
  }
  const uint32_t unit = call.context().client.arrays.client_unit;
  const bool is_other_unit =
      slot >= GF_SLOT_TEX_COORD0 && slot - GF_SLOT_TEX_COORD0 != unit && gl.glClientActiveTexture;
  if (is_other_unit)
    gl.glClientActiveTexture(GL_TEXTURE0 + slot - GF_SLOT_TEX_COORD0);
  on ? gl.glEnableClientState(client_array(slot)) : gl.glDisableClientState(client_array(slot));
  if (is_other_unit)
    gl.glClientActiveTexture(GL_TEXTURE0 + unit);
}

ArraysOff::ArraysOff(GlCall &call, uint64_t slots) : call_(call), slots_(slots) {
  for (uint64_t rest = slots_; rest != 0; rest &= rest - 1)
    switch_array(call_, static_cast<uint32_t>(std::countr_zero(rest)), false);
}

ArraysOff::~ArraysOff() {
  for (uint64_t rest = slots_; rest != 0; rest &= rest - 1)
    switch_array(call_, static_cast<uint32_t>(std::countr_zero(rest)), true);
}

} // namespace gpuferry::gl
