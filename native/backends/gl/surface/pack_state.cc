#include "backends/gl/surface/pack_state.h"

#include "backends/gl/surface/keep.h"

#include <array>

namespace gpuferry::gl {

namespace {

constexpr GLenum kPackInvert = 0x8758;          // GL_PACK_INVERT_MESA
constexpr GLenum kPackReverseRowOrder = 0x93A4; // GL_PACK_REVERSE_ROW_ORDER_ANGLE

struct Transfer {
  GLenum name;
  GLfloat plain;
};
constexpr Transfer kTransfers[] = {
    {GL_RED_SCALE, 1},   {GL_GREEN_SCALE, 1}, {GL_BLUE_SCALE, 1},
    {GL_ALPHA_SCALE, 1}, {GL_RED_BIAS, 0},    {GL_GREEN_BIAS, 0},
    {GL_BLUE_BIAS, 0},   {GL_ALPHA_BIAS, 0},  {GL_MAP_COLOR, 0},
};

bool has_transfer(const GlDriver &gl) {
  for (const Transfer &transfer : kTransfers) {
    GLfloat value = transfer.plain;
    gl.glGetFloatv(transfer.name, &value);
    if (value != transfer.plain)
      return true;
  }
  return false;
}

} // namespace

PlainStore::PlainStore(const GlDriver &gl, const Context &context, const Names &names)
    : gl_(gl), buffer_target_(names.buffer) {
  if (context.has.pixel_buffers && (buffer_ = get_number(gl, names.binding)) != 0)
    gl.glBindBuffer(buffer_target_, 0);
  set(names.alignment, 4);
  if (context.has.pack_row_length) {
    set(names.row_length, 0);
    set(names.skip_rows, 0);
    set(names.skip_pixels, 0);
  }
  if (!context.is_es()) {
    set(names.swap_bytes, 0);
    set(names.lsb_first, 0);
  }
  if (context.has.pixel_transfer && has_transfer(gl)) {
    gl.glPushAttrib(GL_PIXEL_MODE_BIT);
    for (const Transfer &transfer : kTransfers)
      gl.glPixelTransferf(transfer.name, transfer.plain);
    pushed_ = true;
  }
}

void PlainStore::set(GLenum name, GLint plain) {
  const GLint value = get_number(gl_, name);
  if (value == plain)
    return;
  kept_[kept_count_++] = {name, value};
  gl_.glPixelStorei(name, plain);
}

PlainStore::~PlainStore() {
  while (kept_count_ > 0) { // backwards: one that was set twice gets its first value
    const Kept &kept = kept_[--kept_count_];
    gl_.glPixelStorei(kept.name, kept.value);
  }
  if (buffer_)
    gl_.glBindBuffer(buffer_target_, static_cast<GLuint>(buffer_));
  if (pushed_)
    gl_.glPopAttrib();
}

PlainPacking::PlainPacking(const GlDriver &gl, const Context &context, GLint row_pixels,
                           bool from_the_top)
    : PlainStore(gl, context,
                 {GL_PACK_SWAP_BYTES, GL_PACK_LSB_FIRST, GL_PACK_ROW_LENGTH, GL_PACK_SKIP_ROWS,
                  GL_PACK_SKIP_PIXELS, GL_PACK_ALIGNMENT, GL_PIXEL_PACK_BUFFER,
                  GL_PIXEL_PACK_BUFFER_BINDING}) {
  if (context.has.pack_row_length && row_pixels != 0)
    set(GL_PACK_ROW_LENGTH, row_pixels);
  if (context.has.pack_invert)
    set(kPackInvert, from_the_top);
  else if (context.has.pack_reverse)
    set(kPackReverseRowOrder, from_the_top);
}

PlainUnpacking::PlainUnpacking(const GlDriver &gl, const Context &context)
    : PlainStore(gl, context,
                 {GL_UNPACK_SWAP_BYTES, GL_UNPACK_LSB_FIRST, GL_UNPACK_ROW_LENGTH,
                  GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_PIXELS, GL_UNPACK_ALIGNMENT,
                  GL_PIXEL_UNPACK_BUFFER, GL_PIXEL_UNPACK_BUFFER_BINDING}) {}

} // namespace gpuferry::gl
