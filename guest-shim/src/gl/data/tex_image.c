// glGetTexImage and its relatives: the level's size is asked for, then its pixels.
#include "gl/tex_image.h"

#include "gl/context.h"
#include "gl/data/image.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_api.h"
#include "gl_wire.h"

#define NO_LIMIT INT32_MAX

struct request {
  enum gf_get_tex_command command;
  GLenum target;
  GLuint texture; // or unit
  GLint level;
  GLenum format, type;
  GLsizei buf_size; // NO_LIMIT: the command has none
  GLint x, y, z;
  GLsizei width, height, depth;
};

static int ask_level(struct gf_gl_lane *lane, const struct request *request,
                     struct gf_gl_gfGlTexLevel_reply *level) {
  struct gf_gl_gfGlTexLevel_args *args = gf_gl_begin(lane, GF_GL_OP_gfGlTexLevel, sizeof *args);
  *args = (struct gf_gl_gfGlTexLevel_args){.by = gf_get_tex_by(request->command),
                                           .target = request->target,
                                           .texture = request->texture,
                                           .level = request->level};
  const void *reply;
  if (gf_gl_call(lane, &reply, sizeof *level) != 0)
    return -1;
  *level = *(const struct gf_gl_gfGlTexLevel_reply *)reply;
  return 0;
}

/// Where the pixels go. 0, or -1 when there is no room or no session any more.
static int aim(struct gf_gl_lane *lane, const struct request *request, void *pixels,
               struct gf_gl_image_out *out) {
  struct gf_gl_gfGlTexLevel_reply level = {0};
  // Into a buffer it goes without knowing how much it is.
  if (gf_gl_client_state()->arrays.pixel_pack_buffer == 0 && ask_level(lane, request, &level) != 0)
    return -1;
  if (request->command == GF_GET_COMPRESSED_SUB)
    level.width = level.height = level.depth = 0; // of the part nothing is known but its bytes
  const struct gf_image image = {.dimensions = level.dimensions,
                                 .format = request->format,
                                 .type = request->type,
                                 .width = level.width,
                                 .height = level.height,
                                 .depth = level.depth};
  int failed;
  if (gf_get_tex_is_compressed(request->command))
    failed = gf_gl_bytes_out(
        lane, &image,
        gf_get_tex_compressed_bytes(request->command, request->buf_size, level.compressed_bytes,
                                    gf_gl_client_state()->pixels.pack.block_bytes != 0),
        pixels, out);
  else
    failed = gf_gl_image_out(lane, &image, pixels, out);
  return failed;
}

/// What the application's memory cannot hold the driver refuses: it must not be staged either.
static int is_too_small(const struct request *request, const struct gf_gl_image_out *out) {
  return !out->is_settled && request->buf_size != NO_LIMIT &&
         (request->buf_size < 0 || out->span.end_bytes > (uint64_t)request->buf_size);
}

static void get(const struct request *request, void *pixels) {
  struct gf_gl_lane *lane = gf_gl_enter();
  struct gf_gl_image_out out;
  if (lane == NULL || aim(lane, request, pixels, &out) != 0)
    return;
  if (is_too_small(request, &out)) {
    out.is_settled = 1;
    out.payload = (struct gf_gl_payload){GF_GL_PAYLOAD_NULL, GF_GL_PAYLOAD_INLINE};
  }
  struct gf_gl_gfGlGetTexImage_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlGetTexImage, sizeof *args);
  *args = (struct gf_gl_gfGlGetTexImage_args){.pixels = out.payload,
                                              .command = request->command,
                                              .target = request->target,
                                              .texture = request->texture,
                                              .level = request->level,
                                              .format = request->format,
                                              .type = request->type,
                                              .buf_size = request->buf_size,
                                              .x = request->x,
                                              .y = request->y,
                                              .z = request->z,
                                              .width = request->width,
                                              .height = request->height,
                                              .depth = request->depth};
  if (out.is_settled)
    gf_gl_post(lane);
  else if (gf_gl_call(lane, NULL, 0) == 0)
    gf_gl_take_image(lane, &out);
}

GF_GL_EXPORT void glGetTexImage(GLenum target, GLint level, GLenum format, GLenum type,
                                void *pixels) {
  get(&(struct request){.command = GF_GET_TEX_IMAGE,
                        .target = target,
                        .level = level,
                        .format = format,
                        .type = type,
                        .buf_size = NO_LIMIT},
      pixels);
}

GF_GL_EXPORT void glGetnTexImage(GLenum target, GLint level, GLenum format, GLenum type,
                                 GLsizei bufSize, void *pixels) {
  get(&(struct request){.command = GF_GETN_TEX_IMAGE,
                        .target = target,
                        .level = level,
                        .format = format,
                        .type = type,
                        .buf_size = bufSize},
      pixels);
}

GF_GL_EXPORT void glGetnTexImageARB(GLenum target, GLint level, GLenum format, GLenum type,
                                    GLsizei bufSize, void *img) {
  glGetnTexImage(target, level, format, type, bufSize, img);
}

GF_GL_EXPORT void glGetTextureImage(GLuint texture, GLint level, GLenum format, GLenum type,
                                    GLsizei bufSize, void *pixels) {
  get(&(struct request){.command = GF_GET_TEXTURE_IMAGE,
                        .texture = texture,
                        .level = level,
                        .format = format,
                        .type = type,
                        .buf_size = bufSize},
      pixels);
}

GF_GL_EXPORT void glGetTextureImageEXT(GLuint texture, GLenum target, GLint level, GLenum format,
                                       GLenum type, void *pixels) {
  get(&(struct request){.command = GF_GET_TEXTURE_IMAGE_EXT,
                        .texture = texture,
                        .target = target,
                        .level = level,
                        .format = format,
                        .type = type,
                        .buf_size = NO_LIMIT},
      pixels);
}

GF_GL_EXPORT void glGetMultiTexImageEXT(GLenum texunit, GLenum target, GLint level, GLenum format,
                                        GLenum type, void *pixels) {
  get(&(struct request){.command = GF_GET_MULTI_TEX_IMAGE,
                        .texture = texunit,
                        .target = target,
                        .level = level,
                        .format = format,
                        .type = type,
                        .buf_size = NO_LIMIT},
      pixels);
}

GF_GL_EXPORT void glGetCompressedTexImage(GLenum target, GLint level, void *img) {
  get(
      &(struct request){
          .command = GF_GET_COMPRESSED, .target = target, .level = level, .buf_size = NO_LIMIT},
      img);
}

GF_GL_EXPORT void glGetnCompressedTexImage(GLenum target, GLint lod, GLsizei bufSize,
                                           void *pixels) {
  get(
      &(struct request){
          .command = GF_GETN_COMPRESSED, .target = target, .level = lod, .buf_size = bufSize},
      pixels);
}

GF_GL_EXPORT void glGetnCompressedTexImageARB(GLenum target, GLint lod, GLsizei bufSize,
                                              void *img) {
  glGetnCompressedTexImage(target, lod, bufSize, img);
}

GF_GL_EXPORT void glGetCompressedTextureImage(GLuint texture, GLint level, GLsizei bufSize,
                                              void *pixels) {
  get(&(struct request){.command = GF_GET_COMPRESSED_TEXTURE,
                        .texture = texture,
                        .level = level,
                        .buf_size = bufSize},
      pixels);
}

GF_GL_EXPORT void glGetCompressedTextureImageEXT(GLuint texture, GLenum target, GLint lod,
                                                 void *img) {
  get(&(struct request){.command = GF_GET_COMPRESSED_TEXTURE_EXT,
                        .texture = texture,
                        .target = target,
                        .level = lod,
                        .buf_size = NO_LIMIT},
      img);
}

GF_GL_EXPORT void glGetCompressedMultiTexImageEXT(GLenum texunit, GLenum target, GLint lod,
                                                  void *img) {
  get(&(struct request){.command = GF_GET_COMPRESSED_MULTI,
                        .texture = texunit,
                        .target = target,
                        .level = lod,
                        .buf_size = NO_LIMIT},
      img);
}

GF_GL_EXPORT void glGetCompressedTextureSubImage(GLuint texture, GLint level, GLint xoffset,
                                                 GLint yoffset, GLint zoffset, GLsizei width,
                                                 GLsizei height, GLsizei depth, GLsizei bufSize,
                                                 void *pixels) {
  get(&(struct request){.command = GF_GET_COMPRESSED_SUB,
                        .texture = texture,
                        .level = level,
                        .buf_size = bufSize,
                        .x = xoffset,
                        .y = yoffset,
                        .z = zoffset,
                        .width = width,
                        .height = height,
                        .depth = depth},
      pixels);
}
