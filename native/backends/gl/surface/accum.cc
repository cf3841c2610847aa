#include "backends/gl/surface/accum.h"

#include "backends/gl/context.h"
#include "backends/gl/surface/keep.h"
#include "backends/gl/surface/pack_state.h"
#include "backends/gl/surface/paint.h"

#include <algorithm>
#include <array>
#include <vector>

namespace gpuferry::gl {

namespace {

/// Where pixels may change: the drawable, cut to the scissor.
Rectangle area(const GlDriver &gl, Size size) {
  Rectangle all{0, 0, static_cast<GLsizei>(size.width), static_cast<GLsizei>(size.height)};
  if (!gl.glIsEnabled(GL_SCISSOR_TEST))
    return all;
  GLint box[4] = {};
  gl.glGetIntegerv(GL_SCISSOR_BOX, box);
  const GLint x0 = std::clamp(box[0], 0, all.width), y0 = std::clamp(box[1], 0, all.height);
  const auto end = [](GLint start, GLint extent, GLint most) {
    return static_cast<GLint>(std::clamp<int64_t>(int64_t{start} + extent, 0, most));
  };
  return {x0, y0, std::max(0, end(box[0], box[2], all.width) - x0),
          std::max(0, end(box[1], box[3], all.height) - y0)};
}

/// The drawable's accumulation buffer in its present size; black where it is new.
AccumBuffer &fitted(Drawable &drawable, Size size) {
  AccumBuffer &accum = drawable.accum;
  if (accum.rgba.empty() || !(accum.size == size)) {
    accum.size = size;
    accum.rgba.assign(size_t{size.width} * size.height * 4, 0.0f);
  }
  return accum;
}

template <class Each> void for_each_pixel(AccumBuffer &accum, const Rectangle &in, Each each) {
  size_t nth = 0;
  for (GLint y = in.y; y < in.y + in.height; ++y)
    for (GLint x = in.x; x < in.x + in.width; ++x, ++nth)
      each(&accum.rgba[(static_cast<size_t>(y) * accum.size.width + static_cast<size_t>(x)) * 4],
           nth * 4);
}

std::vector<float> read_colours(DefaultFramebuffer &zero, Colour which, const Rectangle &from) {
  const GlDriver &gl = zero.gl();
  std::vector<float> rgba(static_cast<size_t>(from.width) * static_cast<size_t>(from.height) * 4);
  const GLuint framebuffer = zero.readable(*zero.read(), which);
  zero.rebind();
  gl.glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer);
  {
    const PlainPacking plain(gl, zero.context());
    gl.glReadPixels(from.x, from.y, from.width, from.height, GL_RGBA, GL_FLOAT, rgba.data());
  }
  zero.rebind_read();
  return rgba;
}

Colour read_colour(const GlDriver &gl) {
  return get_number(gl, GL_READ_BUFFER) == GL_COLOR_ATTACHMENT1 ? Colour::front : Colour::back;
}

void give_back(DefaultFramebuffer &zero, AccumBuffer &accum, const Rectangle &in, float value) {
  const GlDriver &gl = zero.gl();
  std::array<GLboolean, 4> mask{};
  gl.glGetBooleanv(GL_COLOR_WRITEMASK, mask.data());
  std::vector<float> rgba(static_cast<size_t>(in.width) * static_cast<size_t>(in.height) * 4);
  const bool all = mask[0] && mask[1] && mask[2] && mask[3];
  if (!all) // what is masked stays as it is
    rgba = read_colours(zero, Colour::back, in);
  for_each_pixel(accum, in, [&](const float *from, size_t at) {
    for (size_t i = 0; i < 4; ++i)
      if (mask[i])
        rgba[at + i] = std::clamp(from[i] * value, 0.0f, 1.0f);
  });
  paint(zero, in, {GL_FLOAT, rgba.data()});
}

} // namespace

void clear_accum(DefaultFramebuffer &zero) {
  const GlDriver &gl = zero.gl();
  std::array<GLfloat, 4> value{};
  gl.glGetFloatv(GL_ACCUM_CLEAR_VALUE, value.data());
  Drawable &drawable = *zero.draw()->drawable;
  AccumBuffer &accum = fitted(drawable, drawable.size());
  for_each_pixel(accum, area(gl, accum.size),
                 [&](float *pixel, size_t) { std::copy(value.begin(), value.end(), pixel); });
}

bool accumulate(DefaultFramebuffer &zero, GLenum operation, GLfloat value) {
  const GlDriver &gl = zero.gl();
  if (!zero.read() || zero.read() != zero.draw() || !zero.is_read_default())
    return false; // the read and the draw drawable have to be the same
  Drawable &drawable = *zero.draw()->drawable;
  AccumBuffer &accum = fitted(drawable, drawable.size());
  const Rectangle in = area(gl, accum.size);
  switch (operation) {
  case GL_ACCUM:
  case GL_LOAD: {
    const std::vector<float> rgba = read_colours(zero, read_colour(gl), in);
    for_each_pixel(accum, in, [&](float *pixel, size_t at) {
      for (size_t i = 0; i < 4; ++i)
        pixel[i] = rgba[at + i] * value + (operation == GL_ACCUM ? pixel[i] : 0.0f);
    });
    return true;
  }
  case GL_ADD:
  case GL_MULT:
    for_each_pixel(accum, in, [&](float *pixel, size_t) {
      for (size_t i = 0; i < 4; ++i)
        pixel[i] = operation == GL_ADD ? pixel[i] + value : pixel[i] * value;
    });
    return true;
  case GL_RETURN:
    give_back(zero, accum, in, value);
    return true;
  default:
    return false;
  }
}

} // namespace gpuferry::gl
