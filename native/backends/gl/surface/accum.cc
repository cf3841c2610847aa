#include "backends/gl/surface/accum.h"

#include "backends/gl/context.h"
#include "backends/gl/surface/keep.h"
#include "backends/gl/surface/pack_state.h"
#include "backends/gl/surface/paint.h"

#include <algorithm>
#include <array>
#include <cmath>
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
    accum.rgba.assign(size_t{size.width} * size.height * 4, int16_t{0});
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

constexpr float kOne = 32767; // sixteen bits and a sign, as the configs say

/// Towards zero; what is too large wraps around.
int16_t to_accum(float value) {
  constexpr float kMost = 2147483520; // the largest float that is an int32_t
  return static_cast<int16_t>(static_cast<int32_t>(std::clamp(value * kOne, -kMost, kMost)));
}

int16_t add(int16_t a, int16_t b) { return static_cast<int16_t>(a + b); }

/// Mesa sums linear colours where the drawable's could be sRGB, whether GL_FRAMEBUFFER_SRGB is on or not.
bool sums_linear(DefaultFramebuffer &zero) {
  return zero.context().has.is_mesa && stores_srgb(zero.context(), *zero.draw()->drawable);
}

/// The three colours of each pixel; alpha is linear always.
template <class Change> void change_colours(std::vector<float> &rgba, Change change) {
  for (size_t at = 0; at < rgba.size(); ++at)
    if (at % 4 != 3)
      rgba[at] = change(rgba[at]);
}

float to_linear(float srgb) {
  return srgb <= 0.04045f ? srgb / 12.92f : std::pow((srgb + 0.055f) / 1.055f, 2.4f);
}

float to_srgb(float linear) {
  return linear < 0.0031308f ? linear * 12.92f : 1.055f * std::pow(linear, 1 / 2.4f) - 0.055f;
}

/// Stored colours as they are, four numbers a pixel.
std::vector<float> read_stored(DefaultFramebuffer &zero, Colour which, const Rectangle &from) {
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

void take(DefaultFramebuffer &zero, AccumBuffer &accum, const Rectangle &in, float value,
          bool adds) {
  std::vector<float> rgba = read_stored(zero, read_colour(zero.gl()), in);
  if (sums_linear(zero))
    change_colours(rgba, to_linear);
  for_each_pixel(accum, in, [&](int16_t *pixel, size_t at) {
    for (size_t i = 0; i < 4; ++i) {
      const int16_t taken = to_accum(rgba[at + i] * value);
      pixel[i] = adds ? add(pixel[i], taken) : taken;
    }
  });
}

void give_back(DefaultFramebuffer &zero, AccumBuffer &accum, const Rectangle &in, float value) {
  const GlDriver &gl = zero.gl();
  std::vector<float> rgba(static_cast<size_t>(in.width) * static_cast<size_t>(in.height) * 4);
  for_each_pixel(accum, in, [&](const int16_t *pixel, size_t at) {
    for (size_t i = 0; i < 4; ++i)
      rgba[at + i] = std::clamp(pixel[i] * (value / kOne), 0.0f, 1.0f);
  });
  if (sums_linear(zero))
    change_colours(rgba, to_srgb);
  std::array<GLboolean, 4> mask{};
  gl.glGetBooleanv(GL_COLOR_WRITEMASK, mask.data());
  if (!(mask[0] && mask[1] && mask[2] && mask[3])) { // what is masked stays as it is
    const std::vector<float> before = read_stored(zero, Colour::back, in);
    for (size_t at = 0; at < rgba.size(); ++at)
      if (!mask[at % 4])
        rgba[at] = before[at];
  }
  const bool encodes = zero.draw()->buffers->has_srgb && gl.glIsEnabled(GL_FRAMEBUFFER_SRGB);
  if (encodes)
    gl.glDisable(GL_FRAMEBUFFER_SRGB);
  paint(zero, in, {GL_FLOAT, rgba.data()});
  if (encodes)
    gl.glEnable(GL_FRAMEBUFFER_SRGB);
}

} // namespace

void clear_accum(DefaultFramebuffer &zero) {
  const GlDriver &gl = zero.gl();
  std::array<GLfloat, 4> value{};
  gl.glGetFloatv(GL_ACCUM_CLEAR_VALUE, value.data());
  Drawable &drawable = *zero.draw()->drawable;
  AccumBuffer &accum = fitted(drawable, drawable.size());
  for_each_pixel(accum, area(gl, accum.size), [&](int16_t *pixel, size_t) {
    std::transform(value.begin(), value.end(), pixel, to_accum);
  });
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
  case GL_LOAD:
    take(zero, accum, in, value, operation == GL_ACCUM);
    return true;
  case GL_ADD:
    for_each_pixel(accum, in, [&](int16_t *pixel, size_t) {
      for (size_t i = 0; i < 4; ++i)
        pixel[i] = add(pixel[i], to_accum(value));
    });
    return true;
  case GL_MULT:
    for_each_pixel(accum, in, [&](int16_t *pixel, size_t) {
      for (size_t i = 0; i < 4; ++i)
        pixel[i] = to_accum(pixel[i] / kOne * value);
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
