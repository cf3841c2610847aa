// Reading textures back (protocol/gl/tex_image.h). The driver is asked for the level's size and writes no
// more than that: another context may change the texture meanwhile, so the commands that take the size
// of the memory are preferred to those that do not.
#include "gl/tex_image.h"

#include "backends/gl/custom/errors.h"
#include "backends/gl/data/image.h"

#include <algorithm>

namespace gpuferry::gl {
namespace {

struct Level {
  GLint width = 0, height = 0, depth = 0, compressed_bytes = 0;
  uint32_t dimensions = 2;
};

struct Texture {
  uint32_t by;
  GLenum target;
  GLuint texture; ///< the guest's name, or a unit
  GLint level;
};

GLint ask(GlCall &call, const Texture &of, GLuint native, GLenum pname) {
  const GlDriver &gl = call.driver();
  GLint value = 0;
  switch (of.by) {
  case GF_TEX_BY_TARGET:
    if (gl.glGetTexLevelParameteriv)
      gl.glGetTexLevelParameteriv(of.target, of.level, pname, &value);
    break;
  case GF_TEX_BY_NAME:
    if (gl.glGetTextureLevelParameteriv)
      gl.glGetTextureLevelParameteriv(native, of.level, pname, &value);
    break;
  case GF_TEX_BY_NAME_EXT:
    if (gl.glGetTextureLevelParameterivEXT)
      gl.glGetTextureLevelParameterivEXT(native, of.target, of.level, pname, &value);
    break;
  default:
    if (gl.glGetMultiTexLevelParameterivEXT)
      gl.glGetMultiTexLevelParameterivEXT(of.texture, of.target, of.level, pname, &value);
    break;
  }
  return std::max(value, 0);
}

uint32_t dimensions_of(GLenum target) {
  switch (target) {
  case GL_TEXTURE_1D:
    return 1;
  case GL_TEXTURE_3D:
  case GL_TEXTURE_2D_ARRAY:
  case GL_TEXTURE_CUBE_MAP: // all faces of a texture by name
  case GL_TEXTURE_CUBE_MAP_ARRAY:
    return 3;
  default:
    return 2;
  }
}

/// Where a texture by name is bound. Mesa tells in core profiles alone; else only its own target takes it.
GLenum target_of(GlCall &call, GLuint native) {
  static constexpr struct {
    GLenum target, binding;
  } kTargets[] = {{GL_TEXTURE_2D, GL_TEXTURE_BINDING_2D},
                  {GL_TEXTURE_3D, GL_TEXTURE_BINDING_3D},
                  {GL_TEXTURE_2D_ARRAY, GL_TEXTURE_BINDING_2D_ARRAY},
                  {GL_TEXTURE_CUBE_MAP, GL_TEXTURE_BINDING_CUBE_MAP},
                  {GL_TEXTURE_CUBE_MAP_ARRAY, GL_TEXTURE_BINDING_CUBE_MAP_ARRAY},
                  {GL_TEXTURE_1D, GL_TEXTURE_BINDING_1D}};
  const GlDriver &gl = call.driver();
  GLint target = 0;
  if (gl.glGetTextureParameteriv)
    gl.glGetTextureParameteriv(native, GL_TEXTURE_TARGET, &target);
  if (target != 0 || !gl.glIsTexture(native))
    return static_cast<GLenum>(target);
  for (const auto &[tried, binding] : kTargets) {
    GLint before = 0;
    gl.glGetIntegerv(binding, &before);
    if (!was_accepted_quietly(call))
      continue; // and so without it
    gl.glBindTexture(tried, native);
    if (!was_accepted_quietly(call))
      continue;
    gl.glBindTexture(tried, static_cast<GLuint>(before));
    return tried;
  }
  return GL_TEXTURE_2D; // of two dimensions, whatever it is
}

/// The questions' errors are nobody's: the command itself comes after them.
Level level_of(GlCall &call, const Texture &of) {
  settle_errors(call);
  const bool is_named = of.by == GF_TEX_BY_NAME || of.by == GF_TEX_BY_NAME_EXT;
  const GLuint native = is_named ? call.name(GF_GL_KIND_TEXTURE, of.texture) : 0;
  GLint target = static_cast<GLint>(of.target);
  if (of.by == GF_TEX_BY_NAME)
    target = static_cast<GLint>(target_of(call, native));
  Level level{.width = ask(call, of, native, GL_TEXTURE_WIDTH),
              .height = ask(call, of, native, GL_TEXTURE_HEIGHT),
              .depth = ask(call, of, native, GL_TEXTURE_DEPTH),
              .dimensions = dimensions_of(static_cast<GLenum>(target))};
  const bool has_faces = target == GL_TEXTURE_CUBE_MAP;
  if (has_faces)
    level.depth = 6;
  // Of a level that is not compressed it would be an error to ask.
  if (ask(call, of, native, GL_TEXTURE_COMPRESSED) != 0) {
    const int64_t bytes =
        int64_t{ask(call, of, native, GL_TEXTURE_COMPRESSED_IMAGE_SIZE)} * (has_faces ? 6 : 1);
    level.compressed_bytes = static_cast<GLint>(std::min<int64_t>(bytes, INT32_MAX));
  }
  was_accepted_quietly(call);
  return level;
}

class GetTexImage {
public:
  explicit GetTexImage(GlCall &call)
      : call_(call), gl_(call.driver()), args_(*call.args<gf_gl_gfGlGetTexImage_args>()) {}

  void run();

private:
  void get();
  void get_compressed();
  template <class Native, class... Arguments>
  void with(Native native, const char *symbol, Arguments... arguments) {
    native ? native(arguments...) : call_.missing(symbol);
  }

  GlCall &call_;
  const GlDriver &gl_;
  const gf_gl_gfGlGetTexImage_args &args_;
  void *pixels_ = nullptr;
  GLsizei limit_bytes_ = INT32_MAX; ///< behind pixels_
  GLuint texture_ = 0;
};

void GetTexImage::run() {
  const Texture of{gf_get_tex_by(args_.command), args_.target, args_.texture, args_.level};
  if (args_.command >= GF_GET_TEX_COMMAND_COUNT)
    return call_.violate("a texture is read by a command that is none");
  const bool is_compressed = gf_get_tex_is_compressed(args_.command);
  const bool has_buffer = call_.context().client.arrays.pixel_pack_buffer != 0;
  const bool is_null = args_.pixels.bytes == GF_GL_PAYLOAD_NULL;
  Level level = has_buffer || is_null ? Level{} : level_of(call_, of);
  if (args_.command == GF_GET_COMPRESSED_SUB)
    level.width = level.height = level.depth = 0; // of the part nothing is known but its bytes
  const gf_image image{level.dimensions, args_.format, args_.type,
                       level.width,      level.height, level.depth};
  const gf_pixel_store &pack = call_.context().client.pixels.pack;
  const uint64_t compressed_bytes = gf_get_tex_compressed_bytes(
      args_.command, args_.buf_size, level.compressed_bytes, pack.block_bytes != 0);
  if (!(is_compressed ? image_bytes_out(call_, args_.pixels, image, compressed_bytes, &pixels_)
                      : image_out(call_, args_.pixels, image, &pixels_)))
    return;
  texture_ =
      of.by == GF_TEX_BY_UNIT ? args_.texture : call_.name(GF_GL_KIND_TEXTURE, args_.texture);
  gf_image_span span{};
  if (pixels_ && !has_buffer &&
      (is_compressed ? gf_find_compressed_span(&pack, &image, compressed_bytes, &span)
                     : gf_find_image_span(&pack, &image, &span)))
    limit_bytes_ = static_cast<GLsizei>(std::min<uint64_t>(span.end_bytes, INT32_MAX));
  limit_bytes_ = std::min(limit_bytes_, args_.buf_size);
  // Without memory nothing may be written; the driver still judges the rest of the command.
  if (is_null && !has_buffer)
    limit_bytes_ = std::min(limit_bytes_, 0);
  is_compressed ? get_compressed() : get();
}

void GetTexImage::get() {
  const GLenum target = args_.target, format = args_.format, type = args_.type;
  const GLint level = args_.level;
  // libglvnd has a stub for every name, and Mesa's library lacks the newer one: the stub does nothing.
  const auto getn = gl_.glGetnTexImageARB ? gl_.glGetnTexImageARB : gl_.glGetnTexImage;
  switch (args_.command) {
  case GF_GET_TEX_IMAGE:
    if (pixels_ && limit_bytes_ != INT32_MAX && getn)
      return getn(target, level, format, type, limit_bytes_, pixels_);
    return with(gl_.glGetTexImage, "glGetTexImage", target, level, format, type, pixels_);
  case GF_GETN_TEX_IMAGE:
    return with(getn, "glGetnTexImage", target, level, format, type, limit_bytes_, pixels_);
  case GF_GET_TEXTURE_IMAGE:
    return with(gl_.glGetTextureImage, "glGetTextureImage", texture_, level, format, type,
                limit_bytes_, pixels_);
  case GF_GET_TEXTURE_IMAGE_EXT:
    return with(gl_.glGetTextureImageEXT, "glGetTextureImageEXT", texture_, target, level, format,
                type, pixels_);
  default:
    return with(gl_.glGetMultiTexImageEXT, "glGetMultiTexImageEXT", texture_, target, level, format,
                type, pixels_);
  }
}

void GetTexImage::get_compressed() {
  const GLenum target = args_.target;
  const GLint level = args_.level;
  const auto getn = gl_.glGetnCompressedTexImageARB ? gl_.glGetnCompressedTexImageARB
                                                    : gl_.glGetnCompressedTexImage;
  switch (args_.command) {
  case GF_GET_COMPRESSED:
    if (pixels_ && limit_bytes_ != INT32_MAX && getn)
      return getn(target, level, limit_bytes_, pixels_);
    return with(gl_.glGetCompressedTexImage, "glGetCompressedTexImage", target, level, pixels_);
  case GF_GETN_COMPRESSED:
    return with(getn, "glGetnCompressedTexImage", target, level, limit_bytes_, pixels_);
  case GF_GET_COMPRESSED_TEXTURE:
    return with(gl_.glGetCompressedTextureImage, "glGetCompressedTextureImage", texture_, level,
                limit_bytes_, pixels_);
  case GF_GET_COMPRESSED_TEXTURE_EXT:
    return with(gl_.glGetCompressedTextureImageEXT, "glGetCompressedTextureImageEXT", texture_,
                target, level, pixels_);
  case GF_GET_COMPRESSED_MULTI:
    return with(gl_.glGetCompressedMultiTexImageEXT, "glGetCompressedMultiTexImageEXT", texture_,
                target, level, pixels_);
  default:
    return with(gl_.glGetCompressedTextureSubImage, "glGetCompressedTextureSubImage", texture_,
                level, args_.x, args_.y, args_.z, args_.width, args_.height, args_.depth,
                limit_bytes_, pixels_);
  }
}

} // namespace

void custom_gfGlTexLevel(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlTexLevel_args>();
  auto *reply = call.reply<gf_gl_gfGlTexLevel_reply>();
  if (args->by >= GF_TEX_BY_COUNT)
    return call.violate("a texture is named in a way that there is not");
  const Level level = level_of(call, {args->by, args->target, args->texture, args->level});
  *reply = {.width = level.width,
            .height = level.height,
            .depth = level.depth,
            .compressed_bytes = level.compressed_bytes,
            .dimensions = level.dimensions,
            .pad = 0};
}

void custom_gfGlGetTexImage(GlCall &call) { GetTexImage(call).run(); }

} // namespace gpuferry::gl
